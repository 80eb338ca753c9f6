"""What becomes of a lot's things after the close, as later capabilities report it: taken in kind, or not paid for."""

from __future__ import annotations

from sqlalchemy import select, update

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import lock
from auction.foundation.kernel.refusal import NotFound
from auction.procedure.assets import commands as assets
from auction.procedure.lots import basis
from auction.procedure.lots.models import Lot, LotProperty


@command("mark_taken", by=())
def mark_taken(act: Act, *, lot: str) -> None:
    """Take note that a creditor takes a failed lot in kind: its things stand in it again, and in no later round.

    :raises ThingTaken: when a thing stands in another live lot already
    """
    _locked(act, lot)
    basis.refuse_taken(act.session, lot=lot)
    act.session.execute(update(LotProperty).where(LotProperty.lot_id == lot).values(live=True))
    _note(act, lot, to="disposing")


@command("mark_defaulted", by=())
def mark_defaulted(act: Act, *, lot: str) -> None:
    """Take note that the buyer or taker has defaulted: the things are free for a new auction (article 24)."""
    row = _locked(act, lot)
    row.defaulted_at = act.now
    act.session.execute(update(LotProperty).where(LotProperty.lot_id == lot).values(live=False))
    act.session.flush()
    _note(act, lot, to="seized")


def _note(act: Act, lot: str, *, to: str) -> None:
    things = act.session.scalars(
        select(LotProperty.property_id).where(LotProperty.lot_id == lot).order_by(LotProperty.position)
    )
    for thing in things.all():
        assets.note_disposal(act.as_platform(), property=thing, to=to)


def _locked(act: Act, lot: str) -> Lot:
    lock(act, f"lot:{lot}")
    row = act.session.get(Lot, lot, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(what="lot", name=lot)
    return row
