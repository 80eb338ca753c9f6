"""Lots close at their exact end: one by one as a story tells it, or all that end at one stroke, in batches.

A batch is one transaction. It takes lots that nobody else is at; one whose bids are being decided right now, or whose
thing somebody holds, is left for the next. What is decided, recorded and entered is the same for one lot as for many.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import lock
from auction.foundation.docket.many import append_to_many, claim
from auction.foundation.docket.rules import Head, Line
from auction.foundation.kernel.canonical import instant_text
from auction.procedure.assets import many as assets
from auction.procedure.bidding import queries, rules, service, stays
from auction.procedure.bidding.models import Bidding
from auction.procedure.bidding.offers import DECIDED_WITHIN
from auction.procedure.bidding.standing import standing_of
from auction.procedure.lots import hours
from auction.procedure.lots import queries as lots
from auction.procedure.lots.hours import Hour
from auction.rulebook import Numbers, frozen_numbers
from auction.rulebook.carried import carries_out

#: A close waits so long for bids that arrived in time and stand in a line, where no process tells what waits.
CLOSE_GRACE = timedelta(milliseconds=1500)
#: The least it waits in any case.
LEAST_WAIT = timedelta(milliseconds=200)


@dataclass(frozen=True, slots=True)
class Struck:
    """What a batch did; ``left`` are lots that must wait, because somebody holds a thing of theirs."""

    done: int = 0
    deferred: int = 0
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """How a lot ended; ``winner`` is a registration id where it was sold."""

    lot: str
    case: str
    price_minor: int | None
    winner: str | None
    ends_at: datetime
    balance_days: int
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class _Ending:
    """An open lot whose end has come, under its lock."""

    hour: Hour
    standing: rules.Standing

    @property
    def outcome(self) -> str:
        return rules.outcome(self.standing)

    @property
    def ran_from(self) -> datetime:
        return self.standing.resumed_at or self.standing.opens_at


def close_up_to(session: Session, *, now: datetime) -> datetime:
    """Return the instant up to which lots may be closed: whatever arrived before it is decided (design: one order).

    Each process that takes bids tells beat by beat since when the oldest undecided bid waits there; a process that
    cannot catch up keeps nobody longer than a bid is waited for.
    """
    decided = service.decided_until(session)
    if decided is None:
        return now - CLOSE_GRACE
    return max(min(decided, now - LEAST_WAIT), now - DECIDED_WITHIN)


@command("close_lot", by=())
def close_lot(act: Act, *, lot: str) -> queries.Outcome:
    """Close an open lot whose end has come; the recorded end is exact, whenever this runs.

    :raises BiddingNotOpen: when the lot is not open, or its end lies ahead
    """
    lock(act, hours.chain_of(lot))
    endings = _endings(act, [lot])
    if not endings:
        found = lots.lot(act.session, lot)
        raise rules.BiddingNotOpen(status=found.status, opens_at=found.opens_at)
    return _close_alone(act, endings)


@carries_out("auction.outage_tolerance")
@command("close_lot", by=())
def close_when_due(act: Act, *, lot: str) -> queries.Outcome | None:
    """Close a lot if it is still open and its end has come; None when a bid moved the end or somebody closed it.

    Who chose the lot did so before it had the lock, so the choice is checked again under it.
    """
    lock(act, hours.chain_of(lot))
    endings = _endings(act, [lot])
    if not endings or _defer(act, endings):
        return None
    return _close_alone(act, endings)


@carries_out("auction.outage_tolerance")
@command("close_lot", by=())
def close_lots_due(act: Act, *, until: datetime, limit: int) -> Struck:
    """Close lots whose end came at an instant or before it, at most ``limit``; one not served is deferred instead."""
    claimed = claim(act, hours.ending(until=until), limit=limit)
    endings = [one for one in _endings(act, hours.lots_of(claimed)) if one.hour.ends_at <= until]
    deferred = _defer(act, endings)
    endings = [one for one in endings if one.hour.id not in deferred]
    things = _things_of_unsold(act, endings)
    free = assets.claim_things(act, {thing for of_lot in things.values() for thing in of_lot})
    held = {lot for lot, of_lot in things.items() if not free.issuperset(of_lot)}
    closing = [one for one in endings if one.hour.id not in held]
    _close(act, closing, known=claimed)
    return Struck(done=len(closing), deferred=len(deferred), left=tuple(sorted(held)))


def ended(session: Session, ids: Collection[str]) -> dict[str, Ended]:
    """Return how several closed lots ended, by lot."""
    found = hours.struck(session, ids)
    numbers = _numbers(session, found)
    query = select(Bidding.lot_id, Bidding.price_minor, Bidding.leader_id)
    rows = session.execute(query.where(Bidding.lot_id.in_([one.id for one in found])))
    bids = {row.lot_id: row for row in rows}
    return {
        one.id: Ended(
            lot=one.id,
            case=one.case,
            price_minor=bids[one.id].price_minor,
            winner=bids[one.id].leader_id if one.outcome == "sold" else None,
            ends_at=one.ends_at,
            balance_days=one.balance_days,
            numbers=numbers[one.frozen],
        )
        for one in found
    }


def _endings(act: Act, locked: Sequence[str]) -> list[_Ending]:
    """Return those of the locked lots that are open and whose end has come, the first to end first."""
    found = hours.struck(act.session, locked) if locked else []
    due = [one for one in found if one.status == "open" and one.ends_at <= act.now]
    query = select(Bidding).where(Bidding.lot_id.in_([one.id for one in due]))
    rows = {row.lot_id: row for row in act.session.scalars(query.execution_options(populate_existing=True))}
    return [_Ending(one, standing_of(one, rows[one.id])) for one in due]


def _things_of_unsold(act: Act, endings: Sequence[_Ending]) -> dict[str, list[str]]:
    unsold = [one.hour.id for one in endings if one.outcome == "unsold"]
    return hours.things_of(act.session, unsold) if unsold else {}


def _close_alone(act: Act, endings: Sequence[_Ending]) -> queries.Outcome:
    """Close one lot; waits for who is at one of its things."""
    (ending,) = endings
    things = _things_of_unsold(act, endings)
    lock(act, *(assets.chain_of(thing) for thing in things.get(ending.hour.id, [])))
    _close(act, endings)
    return queries.outcome(act.session, ending.hour.id)


def _close(act: Act, endings: Sequence[_Ending], *, known: Mapping[str, Head] | None = None) -> None:
    if not endings:
        return
    ended = [one.hour.id for one in endings]
    act.session.execute(update(Bidding).where(Bidding.lot_id.in_(ended)).values(closed_at=act.now))
    closed = [hours.Closed(one.hour.id, one.outcome, one.standing.price_minor) for one in endings]
    hours.mark_closed(act.as_platform(), closed=closed)
    append_to_many(act.as_platform(), {hours.chain_of(one.hour.id): [_line(one)] for one in endings}, known=known)


def _line(ending: _Ending) -> Line:
    standing = ending.standing
    public = {
        "outcome": ending.outcome,
        "price_minor": standing.price_minor,
        "code": standing.leader_code,
        "ends_at": instant_text(standing.ends_at),
        "bids": standing.bids,
        "extensions": standing.extensions,
    }
    return Line("lot.closed", public)


def _defer(act: Act, endings: Sequence[_Ending]) -> set[str]:
    """Defer the lots whose bidding was not served before their end, and return them (design: the outage rule)."""
    deferred = service.outages(act.session, _due(act.session, endings), now=act.now)
    for lot, outage in deferred.items():
        stays.defer_for_outage(act.as_platform(), lot=lot, outage=outage)
    return set(deferred)


def _due(session: Session, endings: Sequence[_Ending]) -> dict[str, service.Due]:
    """Return each lot's end with the numbers it is frozen to."""
    numbers = _numbers(session, [one.hour for one in endings])
    return {one.hour.id: service.Due(one.ran_from, one.hour.ends_at, numbers[one.hour.frozen]) for one in endings}


def _numbers(session: Session, found: Sequence[Hour]) -> dict[str, Numbers]:
    """Return the numbers that lots are frozen to; those announced on one day share theirs."""
    first = {one.frozen: one.id for one in reversed(found)}
    return {frozen: frozen_numbers(hours.frozen_rulebook(session, lot)) for frozen, lot in first.items()}
