"""A lot's row under its lock, and the one way its state changes."""

from __future__ import annotations

from sqlalchemy import select

from auction.foundation.database.acts import Act
from auction.foundation.docket.commands import lock
from auction.foundation.kernel.refusal import NotFound
from auction.procedure.lots import rules
from auction.procedure.lots.models import Lot


def locked(act: Act, lot: str) -> Lot:
    """Lock a lot and return its row.

    :raises NotFound: when there is none of that id
    """
    lock(act, f"lot:{lot}")
    row = act.session.scalars(select(Lot).where(Lot.id == lot).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(what="lot", name=lot)
    return row


def move(row: Lot, target: str) -> None:
    """Move a lot to another state by ``rules.TRANSITIONS``.

    :raises NoSuchStepError: when there is no such step
    """
    rules.check_step(current=row.status, target=target)
    row.status = target
