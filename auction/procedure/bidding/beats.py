"""Beats: by them a process proves that bidding is served; spans that nothing needs any more are forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import and_, delete, func, insert, or_, select, update

from auction.foundation.database.acts import Act, command
from auction.procedure.bidding.models import Bidding, ServiceSpan
from auction.procedure.lots import queries as lots
from auction.rulebook.carried import carries_out

Role = Literal["web", "jobs"]

#: Spans are kept this long, and longer while a lot's certificate may still need them.
SPANS_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Beat:
    """A beat that was written: to which span, and what time the database had then."""

    span: int
    database_at: datetime


@carries_out("auction.outage_window")
@command("beat", by=())
def beat(
    act: Act,
    *,
    process: str,
    role: Role,
    span: int | None,
    oldest_waiting_at: datetime | None = None,
    skew_ms: int = 0,
    jumped_ms: int = 0,
    stopped: bool = False,
) -> Beat:
    """Carry a process's span on to this instant, or begin a new one where there is none to carry on.

    :param role: what the process is there for; only ``web`` serves bidding
    :param span: the span to carry on; None after a lapse or a leap of the clock
    :param skew_ms: how far the machine's clock is ahead of the database's
    :param jumped_ms: by how much the clock has leapt, where that is why a span begins
    :param stopped: whether this is the last beat of a process that ends
    """
    told = {
        "seen_at": func.clock_timestamp(),
        "oldest_waiting_at": oldest_waiting_at,
        "skew_ms": skew_ms,
        "stopped": stopped,
    }
    if span is not None:
        row = act.session.execute(
            update(ServiceSpan)
            .where(ServiceSpan.id == span)
            .values(until_at=func.greatest(ServiceSpan.until_at, act.now), **told)
            .returning(ServiceSpan.id, ServiceSpan.seen_at)
            .execution_options(synchronize_session=False)
        ).one_or_none()
        if row is not None:
            return Beat(span=row.id, database_at=row.seen_at)
    row = act.session.execute(
        insert(ServiceSpan)
        .values(process=process, role=role, began_at=act.now, until_at=act.now, jumped_ms=jumped_ms, **told)
        .returning(ServiceSpan.id, ServiceSpan.seen_at)
    ).one()
    return Beat(span=row.id, database_at=row.seen_at)


@command("forget_spans", by=())
def forget_spans(act: Act) -> int:
    """Forget the spans that are older than kept and that no certificate to come can need; return how many."""
    cutoff = act.now - SPANS_KEPT
    needed = or_(
        Bidding.lot_id.in_(lots.under_way()),
        and_(Bidding.certified_at.is_(None), Bidding.closed_at >= cutoff),
    )
    # LEAST passes over a NULL: no lot at all needs them.
    before = act.session.execute(select(func.least(func.min(Bidding.opened_at), cutoff)).where(needed)).scalar_one()
    gone = act.session.execute(
        delete(ServiceSpan)
        .where(ServiceSpan.until_at < before)
        .returning(ServiceSpan.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())
