"""What has fallen due happens: lots open and close, what follows from it follows, money orders are carried out.

Nothing is remembered between sweeps; each looks at the database and takes the
earliest thing that is due. A missed tick costs lateness, never a lost act.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from auction.edges.inbox import cashier, giving_back
from auction.edges.platform import Platform
from auction.foundation.docket import reactions
from auction.gateways.clock import ManualClock
from auction.procedure.assets import queries as assets
from auction.procedure.assets import queue
from auction.procedure.bidding import closing
from auction.procedure.bidding import commands as bidding
from auction.procedure.lots import queries as lots

#: Who holds this advisory lock sweeps; others leave it alone, so that made history is not swept half made.
_SWEEP_LOCK = 0x6A61_7377
#: Who opens and closes lots shares this one; who makes history has it alone.
_HOURS_LOCK = 0x6A61_7379
#: Who holds this one gives deposits back; they go beside the sweep, so that no opening and no close waits for them.
_RETURNS_LOCK = 0x6A61_7378


@contextmanager
def sweeping(platform: Platform) -> Iterator[None]:
    """Keep every other process from sweeping, from giving back and from the hours of lots; waits for who is at it."""
    with _locked(platform, _RETURNS_LOCK), _locked(platform, _SWEEP_LOCK), _locked(platform, _HOURS_LOCK):
        yield


def sweep(platform: Platform) -> None:
    """Do what is due by now, but leave to those beside it what goes back to payers, and the hours of lots."""
    with _locked(platform, _SWEEP_LOCK):
        fall_due(platform, until=platform.clock.now(), beside=True)


@contextmanager
def hours_free(platform: Platform) -> Iterator[bool]:
    """Say whether lots may be opened and closed now, and keep history from being made meanwhile."""
    with platform.database.engine.connect() as connection:
        query = text("SELECT pg_try_advisory_lock_shared(:key)")
        free = bool(connection.execute(query, {"key": _HOURS_LOCK}).scalar_one())
        connection.commit()
        try:
            yield free
        finally:
            if free:
                connection.execute(text("SELECT pg_advisory_unlock_shared(:key)"), {"key": _HOURS_LOCK})
                connection.commit()


def give_back(platform: Platform) -> int:
    """Give back what is due to payers, beside the sweep, and return how many orders were done.

    Another process that is at it, or that makes history, is left alone.
    """
    with platform.database.engine.connect() as connection:
        taken = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _RETURNS_LOCK}).scalar_one()
        connection.commit()
        if not taken:
            return 0
        try:
            return giving_back.give_back_waiting(platform)
        finally:
            _unlock(connection, _RETURNS_LOCK)


@contextmanager
def _locked(platform: Platform, key: int) -> Iterator[None]:
    with platform.database.engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": key})
        connection.commit()
        try:
            yield
        finally:
            _unlock(connection, key)


def _unlock(connection: Connection, key: int) -> None:
    connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
    connection.commit()


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing the passing of time did: the verb, its subject, when it fell due."""

    what: str
    on: str
    at: datetime


def fall_due(
    platform: Platform, *, until: datetime, grace: timedelta = timedelta(0), beside: bool = False
) -> list[Happened]:
    """Do everything that is due up to and including an instant, in order, and return it.

    ``grace`` is how long a close waits for bids that arrived before the end and
    still stand in a queue (design: one clock, one order). A clock moved by hand is
    moved to each instant, so that a story's acts carry the times they fell due.
    ``beside`` it others give money back to its payers, and open and close lots.
    """
    happened = settle(platform, returns=not beside)
    while (event := _earliest(platform, until=until, grace=grace, hours=not beside)) is not None:
        at, what, on = event
        _move(platform, at)
        happened.append(_perform(platform, what=what, on=on, at=at))
        happened.extend(settle(platform, returns=not beside))
    _move(platform, until)
    return happened


def settle(platform: Platform, *, returns: bool = True) -> list[Happened]:
    """Run every waiting reaction, then every waiting money order, until nothing waits."""
    happened: list[Happened] = []
    while True:
        ran = _react(platform, happened)
        carried = cashier.carry_out_waiting(platform, returns=returns)
        if carried:
            happened.append(Happened(what="money_orders", on=str(carried), at=platform.clock.now()))
        if not ran and not carried:
            return happened


def _react(platform: Platform, happened: list[Happened]) -> int:
    ran = 0
    while True:
        with platform.act() as act:
            name = reactions.run_one(act)
        if name is None:
            return ran
        ran += 1
        happened.append(Happened(what=name.rpartition(".")[2], on=name, at=platform.clock.now()))


def _earliest(
    platform: Platform, *, until: datetime, grace: timedelta, hours: bool
) -> tuple[datetime, str, str] | None:
    with platform.read() as session:
        opening = lots.next_opening(session, until=until) if hours else None
        ending = lots.next_closing(session, until=until - grace) if hours else None
        lapsing = assets.next_lapse(session, until=until)
    events = (("open_lot", opening), ("close_lot", ending), ("take_effect", lapsing))
    due = [(found[0], what, found[1]) for what, found in events if found]
    return min(due) if due else None


def _perform(platform: Platform, *, what: str, on: str, at: datetime) -> Happened:
    with platform.act() as act:
        match what:
            case "open_lot":
                bidding.open_lot(act, lot=on)
            case "close_lot":
                closing.close_when_due(act, lot=on)
            case _:
                queue.take_effect(act, property=on)
    return Happened(what=what, on=on, at=at)


def _move(platform: Platform, at: datetime) -> None:
    if isinstance(platform.clock, ManualClock) and at > platform.clock.now():
        platform.clock.set(at)
