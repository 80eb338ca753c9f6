"""Many things at once, when thousands of lots fail at one stroke."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select, update

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.many import claim_named
from auction.procedure.assets import rules
from auction.procedure.assets.models import Property

_CHAIN = "property:"


def chain_of(thing: str) -> str:
    """Return the docket of a thing."""
    return f"{_CHAIN}{thing}"


def claim_things(act: Act, things: Collection[str]) -> set[str]:
    """Lock those things that nobody else is at and whose lot may fail as they stand, and return them."""
    free = [chain.removeprefix(_CHAIN) for chain in claim_named(act, [chain_of(thing) for thing in things])]
    rows = act.session.execute(select(Property.id, Property.status).where(Property.id.in_(free)))
    return {row.id for row in rows if row.status == "released" or _may_come_back(row.status)}


@command("note_disposal", by=())
def note_failure(act: Act, *, things: Collection[str]) -> None:
    """Move locked things of failed lots back to ``seized``, for the next round.

    One released meanwhile does not come back: its lot ends all the same.
    """
    if things:
        come_back = [status for status in rules.STATUSES if status != "seized" and _may_come_back(status)]
        act.session.execute(
            update(Property)
            .where(Property.id.in_(things), Property.status.in_(come_back))
            .values(status="seized", disposal_begun_at=func.coalesce(Property.disposal_begun_at, act.now))
        )


def _may_come_back(status: str) -> bool:
    return status == "seized" or "seized" in rules.TRANSITIONS[status]
