"""Bids within 50 ms either side of the end: the instant of arrival decides, whenever the decision is made (article 20).

A bid accepted in the last five minutes moves the end, so each try that is in time has an end of its own: the next one
is made at the end that this one has set. The clock is set to the arrival by hand and runs on by itself, so that the
decision falls later, and for most bids in time after the end they were made for.
"""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from auction.edges.figures import Figures
from auction.edges.limits import Limits
from auction.edges.live.sequencer import Sequencer
from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.procedure.bidding.receipts import Receipt
from auction.procedure.lots import queries as lots
from tests.drills.history import Answer, Operation, check
from tests.drills.replay import Terms
from tests.procedure.selling import INCREMENT_MINOR, START_MINOR, Sale
from tests.program.running import tell

NEAR = timedelta(milliseconds=50)
INSTANT = timedelta(microseconds=1)
#: How much later each look at the clock is than the one before.
TICK = timedelta(milliseconds=30)
TERMS = Terms(START_MINOR, INCREMENT_MINOR, timedelta(minutes=5), timedelta(minutes=5))
_CHANCE = secrets.SystemRandom()


class RunningClock:
    """A clock that is set to an arrival and moves on with every look at it."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        seen, self.instant = self.instant, self.instant + TICK
        return seen


@dataclass
class Tries:
    """One lot, tried at its ends over the sequencers of two processes."""

    lot: str
    clock: RunningClock
    sequencers: list[Sequencer]
    ends_at: datetime
    operations: list[Operation] = field(default_factory=list)
    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    decided_late: int = 0

    def at(self, distance: timedelta) -> None:
        """Bid the least that will do, arriving this long after the end (before it, when negative)."""
        number = len(self.operations)
        person, amount = "AB"[number % 2], START_MINOR + INCREMENT_MINOR * number
        bid_id = f"{self.lot}-{number}"
        self.clock.instant = arrival = self.ends_at + distance
        invoked = time.monotonic()
        sequencer = self.sequencers[number % len(self.sequencers)]
        receipt = sequencer.submit(lot=self.lot, person=person, amount_minor=amount, bid_id=bid_id).receipt
        assert datetime.fromisoformat(receipt.received_at) == arrival
        self._note(receipt, person=person, invoked_at=invoked, late=distance >= timedelta(0))

    def _note(self, receipt: Receipt, *, person: str, invoked_at: float, late: bool) -> None:
        code = receipt.refusal.code if receipt.refusal else "accepted"
        self.answers["at the end or after" if late else "before the end", code] += 1
        self.decided_late += not late and datetime.fromisoformat(receipt.decided_at) >= self.ends_at
        self.ends_at = max(self.ends_at, datetime.fromisoformat(receipt.ends_at))
        answer = Answer(time.monotonic(), code, receipt.seq, receipt.entry_hash)
        self.operations.append(
            Operation(person, self.lot, receipt.bid_id, receipt.amount_minor, invoked_at, answers=(answer,))
        )


def spread(count: int) -> Iterator[timedelta]:
    """Return distances below 50 ms, one from each of so many equal parts, both extremes among them."""
    yield timedelta(0)
    for part in range(1, count - 1):
        yield NEAR * ((part + _CHANCE.random()) / count)
    yield NEAR - INSTANT


def opened(platform: Platform, *, count: int) -> list[str]:
    sale = Sale(platform)
    sale.open()
    names = [f"L{number}" for number in range(1, count + 1)]
    for lot in names:
        sale.announce(lot)
    for lot in names:
        for person in "AB":
            sale.admit(person, lot)
    sale.until_open(names[0])
    return names


@pytest.mark.parametrize(
    ("count", "tries"), [(1, 20), pytest.param(40, 10_000, marks=pytest.mark.slow)], ids=["a_few", "ten_thousand"]
)
def test_arrival_before_the_end_is_accepted_and_at_the_end_is_late(platform: Platform, count: int, tries: int) -> None:
    names = opened(platform, count=count)
    answers: Counter[tuple[str, str]] = Counter()
    decided_late = 0
    for lot in names:
        one = _tried(platform, lot, tries=tries // count)
        answers += one.answers
        decided_late += one.decided_late
        with platform.read() as session:
            assert check(docket.entries(session, f"lot:{lot}"), one.operations, TERMS) == []
    half = tries // 2
    assert answers == {("before the end", "accepted"): half, ("at the end or after", "bidding.closed"): half}
    assert decided_late > half // 2
    tell(
        f"{tries} bids within 50 ms of the end on {count} lots: {half} that arrived before it accepted "
        f"({decided_late} of them decided after it), {half} that arrived at it or after refused"
    )


def _tried(platform: Platform, lot: str, *, tries: int) -> Tries:
    with platform.read() as session:
        ends_at = lots.lot(session, lot).ends_at
    clock = RunningClock(ends_at - NEAR)
    process = replace(platform, clock=clock)
    sequencers = [Sequencer(process, figures=Figures(), limits=Limits()) for _ in range(2)]
    one = Tries(lot, clock, sequencers, ends_at)
    for distance in spread(tries // 2):
        one.at(-distance - INSTANT)
    for distance in spread(tries // 2):
        one.at(distance)
    return one
