"""Time as a made history lives through it: a clock that stands in the past, and one lot's own instants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from psycopg import Connection
from sqlalchemy import event, text

from auction.edges.jobs.sweep import settle
from auction.edges.platform import Platform
from auction.foundation.database.acts import Act
from auction.foundation.database.engine import Database
from auction.gateways.choice import Gateways
from auction.gateways.clock import Clock, ManualClock
from auction.gateways.sandbox import SandboxGateway
from auction.procedure.bidding import closing
from auction.procedure.bidding import commands as bidding
from auction.procedure.lots import queries as lots


@contextmanager
def hurried(platform: Platform) -> Iterator[Platform]:
    """Give the platform connections whose commits do not wait for the disk, until all that was made is made sure of.

    For invented history only: what a crash cuts off is told anew at the next start. The order of commits holds.
    """
    database = Database(platform.database.url, pool_size=2)
    event.listen(database.engine, "connect", _do_not_wait)
    try:
        yield replace(platform, database=database, gateways=_sandbox(database, platform.clock))
    finally:
        database.dispose()
        # One commit that waits carries everything before it to the disk.
        with platform.act() as act:
            act.session.execute(text("SELECT pg_logical_emit_message(true, 'auction', 'history made')"))


def _sandbox(database: Database, clock: Clock) -> Gateways:
    """Return the one gateway of invented history: no real service is ever asked about it."""
    return Gateways.only(SandboxGateway(database.engine, clock=clock))


def _do_not_wait(connection: Connection[object], _record: object) -> None:
    connection.execute("SET SESSION synchronous_commit = off")
    connection.commit()


@contextmanager
def past(platform: Platform, start: datetime) -> Iterator[Platform]:
    """Give the platform a clock that stands at a past instant and is moved by hand."""
    clock = ManualClock(start)
    yield replace(platform, clock=clock, gateways=_sandbox(platform.database, clock))


def move(then: Platform, instant: datetime) -> None:
    """Move the clock in the past forward to an instant; an earlier one changes nothing."""
    if isinstance(then.clock, ManualClock) and instant > then.clock.now():
        then.clock.set(instant)


def let_pass(then: Platform, *, lot: str, until: datetime) -> None:
    """Let time pass for one lot: it opens and closes at its own instants, and what follows is done.

    Other lots are none of a history's business: a real one that ends meanwhile is closed by the sweep, which waits
    for bids that still stand in a queue.
    """
    while (due := _due(then, lot=lot, until=until)) is not None:
        instant, happen = due
        move(then, instant)
        with then.act() as act:
            happen(act)
        settle(then)
    move(then, until)


def _due(then: Platform, *, lot: str, until: datetime) -> tuple[datetime, Callable[[Act], object]] | None:
    with then.read() as session:
        found = lots.lot(session, lot)
    if found.status == "announced" and found.opens_at <= until:
        return found.opens_at, lambda act: bidding.open_lot(act, lot=lot)
    if found.status == "open" and found.ends_at <= until:
        return found.ends_at, lambda act: closing.close_when_due(act, lot=lot)
    return None
