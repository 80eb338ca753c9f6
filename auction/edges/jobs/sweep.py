"""What has fallen due happens: lots open and close, what follows from it follows, money orders are carried out.

Nothing is remembered between sweeps; each looks at the database and takes the
earliest thing that is due. A missed tick costs lateness, never a lost act.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from auction.edges.inbox import cashier, giving_back
from auction.edges.jobs.following import follow
from auction.edges.platform import Platform
from auction.foundation.docket import reactions
from auction.foundation.docket.setbacks import Setbacks
from auction.gateways.clock import ManualClock
from auction.procedure.assets import queries as assets
from auction.procedure.assets import queue
from auction.procedure.bidding import closing
from auction.procedure.bidding import commands as bidding
from auction.procedure.lots import queries as lots

#: Who sweeps shares this advisory lock; who makes history has it alone, so that it is not swept half made.
_SWEEP_LOCK = 0x6A61_7377
#: Who opens and closes lots shares this one; who makes history has it alone.
_HOURS_LOCK = 0x6A61_7379
#: Who gives deposits back shares this one; they go beside the sweep, so that no opening and no close waits for them.
_RETURNS_LOCK = 0x6A61_7378
_RUN_SECONDS = 5.0
_FEW = 20


@contextmanager
def sweeping(platform: Platform) -> Iterator[None]:
    """Keep every other process from sweeping, from giving back and from the hours of lots; waits for who is at it."""
    with (
        _held(platform, _RETURNS_LOCK, waits=True),
        _held(platform, _SWEEP_LOCK, waits=True),
        _held(platform, _HOURS_LOCK, waits=True),
    ):
        yield


def sweep(platform: Platform, *, setbacks: Setbacks | None = None) -> None:
    """Do what follows and what is due, but the hours of lots and what goes back to payers, which are done beside it.

    Reactions first, those of many lots together, then money; while a storm of closings is followed up the two take
    turns, so that nobody who pays waits for its end. A run ends after a few seconds, so that the process can be
    stopped; the next goes on. Other processes sweep at the same time; one that makes history is left alone.

    :param setbacks: what failed in sweeps before, where they are remembered
    """
    known = setbacks if setbacks is not None else Setbacks()
    with _held(platform, _SWEEP_LOCK, shared=True) as free:
        ends = time.monotonic() + _RUN_SECONDS
        while free and time.monotonic() < ends:
            if not follow(platform, setbacks=known) + cashier.carry_out_some(platform) + _let_lapse(platform):
                return


@contextmanager
def hours_free(platform: Platform) -> Iterator[bool]:
    """Say whether lots may be opened and closed now, and keep history from being made meanwhile."""
    with _held(platform, _HOURS_LOCK, shared=True) as free:
        yield free


def quiet(platform: Platform) -> bool:
    """Say whether little waits, so that what can wait (setting papers) takes no time from what people wait for."""
    with platform.read() as session:
        return not reactions.waiting(session, more_than=_FEW)


def give_back(platform: Platform) -> int:
    """Give back what is due to payers, beside the sweep, and return how many orders were done.

    Other processes do so at the same time; one that makes history is left alone.
    """
    with _held(platform, _RETURNS_LOCK, shared=True) as free:
        return giving_back.give_back_waiting(platform) if free else 0


@contextmanager
def _held(platform: Platform, key: int, *, shared: bool = False, waits: bool = False) -> Iterator[bool]:
    """Hold an advisory lock, and say whether: where somebody else has it, it is left to him, or waited for."""
    among = "_shared" if shared else ""
    take = f"pg_advisory_lock{among}" if waits else f"pg_try_advisory_lock{among}"
    with platform.database.engine.connect() as connection:
        # One that waits tells nothing, and has it once it answers.
        taken = connection.execute(text(f"SELECT {take}(:key)"), {"key": key}).scalar_one() or waits
        connection.commit()
        try:
            yield taken
        finally:
            if taken:
                connection.execute(text(f"SELECT pg_advisory_unlock{among}(:key)"), {"key": key})
                connection.commit()


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing the passing of time did: the verb, its subject, when it fell due."""

    what: str
    on: str
    at: datetime


def fall_due(platform: Platform, *, until: datetime, grace: timedelta = timedelta(0)) -> list[Happened]:
    """Do everything that is due up to and including an instant, in order, and return it.

    ``grace`` is how long a close waits for bids that arrived before the end and
    still stand in a queue (design: one clock, one order). A clock moved by hand is
    moved to each instant, so that a story's acts carry the times they fell due.
    """
    happened = settle(platform)
    while (event := _earliest(platform, until=until, grace=grace)) is not None:
        at, what, on = event
        _move(platform, at)
        happened.append(_perform(platform, what=what, on=on, at=at))
        happened.extend(settle(platform))
    _move(platform, until)
    return happened


def settle(platform: Platform) -> list[Happened]:
    """Run every waiting reaction, then every waiting money order, until nothing waits."""
    happened: list[Happened] = []
    while True:
        ran = _react(platform, happened)
        carried = cashier.carry_out_waiting(platform)
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


def _let_lapse(platform: Platform) -> int:
    with platform.read() as session:
        due = assets.next_lapse(session, until=platform.clock.now())
    if due is None:
        return 0
    _perform(platform, what="take_effect", on=due[1], at=due[0])
    return 1


def _earliest(platform: Platform, *, until: datetime, grace: timedelta) -> tuple[datetime, str, str] | None:
    with platform.read() as session:
        opening = lots.next_opening(session, until=until)
        ending = lots.next_closing(session, until=until - grace)
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
