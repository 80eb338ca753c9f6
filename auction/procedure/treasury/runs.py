"""Runs of the comparison that are kept: when one is due, that it was asked for, what it found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.roles import Role
from auction.procedure.treasury.reconciliation_models import ReconciliationRun
from auction.procedure.treasury.reconciliation_rules import RUNS_EVERY

#: A run that has not ended after this long was cut off, and another may begin.
_CUT_OFF_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A comparison as its readers see it; ``silent`` are the gateways that did not answer."""

    id: str
    asked_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    orders: int
    movements: int
    found: int
    silent: tuple[str, ...]


@command("ask_reconciliation", by={Role.FINANCE, Role.HEAD})
def ask_reconciliation(act: Act) -> RunRecord:
    """Ask for a comparison now; while one is asked for or under way, that one serves."""
    row = _newest(act.session)
    if row is None or row.ended_at is not None or _cut_off(row, now=act.now):
        row = ReconciliationRun(id=new_id("run"), asked_at=act.now, asked_by=act.by, silent=[])
        act.session.add(row)
        act.session.flush()
    return _record(row)


@command("begin_reconciliation", by=())
def begin_reconciliation(act: Act) -> str | None:
    """Begin the comparison that was asked for, or the day's; return its id, or None when none is due."""
    row = _newest(act.session, lock=True)
    if row is not None and row.ended_at is None:
        if row.begun_at is not None and not _cut_off(row, now=act.now):
            return None
    elif row is None or act.now - row.asked_at >= RUNS_EVERY:
        row = ReconciliationRun(id=new_id("run"), asked_at=act.now, asked_by=act.by, silent=[])
        act.session.add(row)
    else:
        return None
    row.begun_at = act.now
    act.session.flush()
    return row.id


@command("end_reconciliation", by=())
def end_reconciliation(act: Act, *, run: str, orders: int, movements: int, found: int, silent: Sequence[str]) -> None:
    """Take note of what a comparison looked at and found."""
    row = act.session.get_one(ReconciliationRun, run, with_for_update=True)
    row.ended_at, row.orders, row.movements, row.found, row.silent = act.now, orders, movements, found, list(silent)
    act.session.flush()


def last_run(session: Session) -> RunRecord | None:
    """Return the newest comparison that has ended, or None."""
    query = select(ReconciliationRun).where(ReconciliationRun.ended_at.is_not(None))
    row = session.scalars(query.order_by(ReconciliationRun.ended_at.desc()).limit(1)).one_or_none()
    return _record(row) if row else None


def asked_for(session: Session) -> bool:
    """Say whether a comparison is asked for or under way."""
    row = _newest(session)
    return row is not None and row.ended_at is None


def _newest(session: Session, *, lock: bool = False) -> ReconciliationRun | None:
    """Return the run that is not ended, or the last one."""
    query = select(ReconciliationRun).order_by(
        ReconciliationRun.ended_at.desc().nulls_first(), ReconciliationRun.asked_at.desc()
    )
    query = query.limit(1)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def _cut_off(row: ReconciliationRun, *, now: datetime) -> bool:
    return row.begun_at is not None and now - row.begun_at >= _CUT_OFF_AFTER


def _record(row: ReconciliationRun) -> RunRecord:
    return RunRecord(
        id=row.id,
        asked_at=row.asked_at,
        begun_at=row.begun_at,
        ended_at=row.ended_at,
        orders=row.orders,
        movements=row.movements,
        found=row.found,
        silent=tuple(row.silent),
    )
