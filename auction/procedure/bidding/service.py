"""Reading what the processes have proved of their service: outages before an end, who lives, what still waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, extract, func, literal, or_, select
from sqlalchemy.orm import Session

from auction.procedure.bidding.models import ServiceSpan
from auction.procedure.bidding.outage import Outage, Span, outage
from auction.rulebook import Numbers

#: A process whose last beat is older than this by the database's own clock is not taken to live any more.
LIVING = timedelta(seconds=5)
#: A close waits for so long for a process that fell silent: a machine out of breath is not a machine that is gone.
HELD_UP = timedelta(seconds=15)
#: Clocks of processes and database may differ by this much before it is told.
SKEW_MS_MAX = 250
#: A leap of a clock is told for so long.
_REMEMBERED = timedelta(minutes=10)
#: Only these processes take bids.
_SERVES = ServiceSpan.role == "web"


@dataclass(frozen=True, slots=True)
class Due:
    """A lot whose end has come: since when bidding ran without a stay, and the numbers it is frozen to."""

    since: datetime
    ends_at: datetime
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Clocks:
    """How the clocks of processes and database stand to each other: ``ok``, ``apart``, ``jumped`` or ``unmeasured``."""

    state: str
    apart_ms: int


@dataclass(frozen=True, slots=True)
class Living:
    """A process that runs now, as its last beat tells it."""

    process: str
    role: str
    began_at: datetime
    until_at: datetime
    oldest_waiting_at: datetime | None
    skew_ms: int
    jumped_ms: int
    seen_ms_ago: int


def outages(session: Session, due: Mapping[str, Due], *, now: datetime) -> dict[str, Outage]:
    """Return which of some lots must be deferred instead of closed, each with the reason; all from one reading.

    ``now`` is the act's own instant: a process that lives is taken to serve until then, as its next beat will tell.
    """
    if not due:
        return {}
    earliest = min(one.ends_at - one.numbers.auction.outage_window for one in due.values())
    since = measured_from(session)
    proved = spans(session, begin=earliest, end=now, now=now) if since is not None else []
    found = {
        lot: outage(proved, ran_from=one.since, ends_at=one.ends_at, numbers=one.numbers, measured_from=since, now=now)
        for lot, one in due.items()
    }
    return {lot: why for lot, why in found.items() if why is not None}


def measured_from(session: Session) -> datetime | None:
    """Return since when service has been measured on this database, as far as it is kept; None when it never was."""
    query = select(ServiceSpan.began_at).where(_SERVES).order_by(ServiceSpan.id).limit(1)
    return session.scalars(query).one_or_none()


def spans(session: Session, *, begin: datetime, end: datetime, now: datetime) -> list[Span]:
    """Return the spans that touch ``[begin, end)``, in order; one of a living process reaches to ``now``."""
    rows = session.execute(
        select(
            ServiceSpan.process,
            ServiceSpan.began_at,
            ServiceSpan.until_at,
            _lives().label("lives"),
        ).where(_SERVES, or_(ServiceSpan.until_at >= begin, _lives()), ServiceSpan.began_at < end)
    ).all()
    found = (
        Span(row.began_at, max(row.until_at, now) if row.lives else row.until_at, row.process)
        for row in rows
        if row.began_at <= now
    )
    return sorted(found)


def living(session: Session) -> list[Living]:
    """Return the processes that run now, in the order they began."""
    age_ms = extract("epoch", func.clock_timestamp() - ServiceSpan.seen_at) * 1000
    rows = session.execute(select(ServiceSpan, age_ms.label("age_ms")).where(_lives()).order_by(ServiceSpan.id)).all()
    return [
        Living(
            process=row.process,
            role=row.role,
            began_at=row.began_at,
            until_at=row.until_at,
            oldest_waiting_at=row.oldest_waiting_at,
            skew_ms=row.skew_ms,
            jumped_ms=row.jumped_ms,
            seen_ms_ago=int(age),
        )
        for row, age in rows
    ]


def decided_until(session: Session) -> datetime | None:
    """Return the instant up to which every bid that has arrived is decided, or None when no process serves bidding.

    A lot that ends at or before it may be closed: nothing that arrived in time waits in any line any more. A process
    that has fallen silent without a word may be held up with bids in its lines; it is waited for for a while.
    """
    rows = session.execute(
        select(ServiceSpan.process, ServiceSpan.oldest_waiting_at, ServiceSpan.until_at, ServiceSpan.stopped)
        .where(_SERVES, _silent_for() < literal(HELD_UP))
        .order_by(ServiceSpan.id)
    )
    latest = {row.process: row for row in rows}
    told = [row.oldest_waiting_at or row.until_at for row in latest.values() if not row.stopped]
    return min(told, default=None)


def clocks(processes: Sequence[Living], *, now: datetime) -> Clocks:
    """Compare the clocks of living processes with each other and with the database's, which stands at 0."""
    skews = [0, *(one.skew_ms for one in processes)]
    apart_ms = max(skews) - min(skews)
    if not processes:
        return Clocks(state="unmeasured", apart_ms=0)
    if apart_ms > SKEW_MS_MAX:
        return Clocks(state="apart", apart_ms=apart_ms)
    leapt = any(one.jumped_ms and now - one.began_at < _REMEMBERED for one in processes)
    return Clocks(state="jumped" if leapt else "ok", apart_ms=apart_ms)


def _lives() -> ColumnElement[bool]:
    return and_(ServiceSpan.stopped.is_(False), _silent_for() < literal(LIVING))


def _silent_for() -> ColumnElement[timedelta]:
    return func.clock_timestamp() - ServiceSpan.seen_at
