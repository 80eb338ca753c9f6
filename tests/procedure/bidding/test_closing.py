"""Lots that end at one stroke are closed in batches, exactly as each would be alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import text

from auction.edges.jobs import closing as hours
from auction.edges.jobs.sweep import give_back, settle, sweep, sweeping
from auction.edges.platform import Platform
from auction.foundation.database.acts import Act
from auction.foundation.docket import queries as docket
from auction.foundation.docket.commands import lock
from auction.foundation.docket.rules import Entry, first_fault
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.roles import PLATFORM
from auction.gateways.clock import ManualClock
from auction.procedure.bidding import beats, closing, queries, rules, stays
from auction.procedure.bidding.closing import Struck
from auction.procedure.bidding.offers import DECIDED_WITHIN
from auction.procedure.bidding.opening import open_lots_due
from auction.procedure.lots import queries as lots
from tests.procedure.selling import DEPOSIT_MINOR, INCREMENT_MINOR, START_MINOR, Sale

LOTS = ("L1", "L2", "L3", "L4")
#: What an act on lots may change, without what differs between two runs of the same.
WRITTEN = (
    "SELECT to_jsonb(one) FROM lots AS one ORDER BY id",
    "SELECT to_jsonb(one) FROM lot_properties AS one ORDER BY lot_id",
    "SELECT to_jsonb(one) FROM biddings AS one ORDER BY lot_id",
    "SELECT to_jsonb(one) FROM properties AS one ORDER BY id",
    "SELECT to_jsonb(one) FROM docket_heads AS one ORDER BY chain",
    "SELECT to_jsonb(one) - 'position' - 'txid' FROM docket_entries AS one ORDER BY chain, seq",
    "SELECT to_jsonb(one) - 'id' FROM docket_reactions AS one ORDER BY chain, seq, id",
)


@pytest.fixture
def sale(platform: Platform) -> Sale:
    """Four lots that end at one instant: sold, sold after a better bid, without a bid, without a bidder."""
    made = Sale(platform)
    made.open(
        claims=[{"id": "K1", "creditor": "甲银行", "amount_minor": 10**12, "kind": "ordinary", "applicant": True}]
    )
    for lot in LOTS:
        made.announce(lot)
    for lot in LOTS[:3]:
        made.admit("A", lot)
    made.admit("B", "L2")
    made.until_open()
    made.bid("A", START_MINOR, "L1")
    made.bid("A", START_MINOR, "L2")
    made.bid("B", START_MINOR + INCREMENT_MINOR, "L2")
    return made


def end_of(sale: Sale, lot: str) -> datetime:
    with sale.platform.read() as session:
        return lots.lot(session, lot).ends_at


def go_to(sale: Sale, moment: datetime) -> None:
    assert isinstance(sale.platform.clock, ManualClock)
    sale.platform.clock.set(moment)


def close(sale: Sale, *, limit: int = 100, until: datetime | None = None) -> Struck:
    with sale.platform.act() as act:
        return closing.close_lots_due(act, until=until or act.now, limit=limit)


def entries(sale: Sale, lot: str) -> list[Entry]:
    with sale.platform.read() as session:
        found = docket.entries(session, f"lot:{lot}")
    assert first_fault(found) is None
    return found


def kinds(sale: Sale, lot: str) -> list[str]:
    return [entry.kind for entry in entries(sale, lot)]


def written(act: Act) -> list[list[Any]]:
    return [list(act.session.scalars(text(query))) for query in WRITTEN]


def undone(sale: Sale, what: Callable[[Act], object]) -> list[list[Any]]:
    """Do something, return what was written by it, and take it back."""
    with sale.platform.act() as act:
        with act.session.begin_nested() as inner:
            what(act)
            found = written(act)
            inner.rollback()
        return found


def one_by_one(act: Act) -> None:
    for lot in LOTS:
        closing.close_when_due(act, lot=lot)


@contextmanager
def held_by_another(sale: Sale, chain: str) -> Iterator[None]:
    """Hold a docket in another transaction meanwhile."""
    holds, over = Event(), Event()

    def hold() -> None:
        with sale.platform.act() as act:
            lock(act, chain)
            holds.set()
            over.wait(10)

    thread = Thread(target=hold)
    thread.start()
    assert holds.wait(10)
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_a_batch_closes_each_lot_as_it_would_be_closed_alone(sale: Sale) -> None:
    ends_at = end_of(sale, "L1")
    go_to(sale, ends_at + timedelta(milliseconds=700))
    together = undone(sale, lambda act: closing.close_lots_due(act, until=act.now, limit=100))
    assert undone(sale, one_by_one) == together
    assert close(sale) == Struck(done=4)
    with sale.platform.act() as act:
        assert written(act) == together
    for lot, outcome, price, bids in (
        ("L1", "sold", START_MINOR, 1),
        ("L2", "sold", START_MINOR + INCREMENT_MINOR, 2),
        ("L3", "unsold", None, 0),
        ("L4", "unsold", None, 0),
    ):
        with sale.platform.read() as session:
            ended = queries.outcome(session, lot)
        assert (ended.status, ended.outcome, ended.price_minor) == ("closed", outcome, price)
        assert ended.closed_at == ends_at
        last = entries(sale, lot)[-1]
        assert (last.kind, last.at) == ("lot.closed", ends_at + timedelta(milliseconds=700))
        assert last.public == {
            "outcome": outcome,
            "price_minor": price,
            "code": ended.winner_code,
            "ends_at": instant_text(ends_at),
            "bids": bids,
            "extensions": 0,
        }


def by_the_jobs(platform: Platform) -> None:
    """Let the works of the jobs process do what follows, until nothing waits."""
    for _ in range(4):
        sweep(platform)
        give_back(platform)


@pytest.mark.parametrize("follow", [settle, by_the_jobs])
def test_what_follows_from_a_batch_is_what_follows_from_each(sale: Sale, follow: Callable[[Platform], object]) -> None:
    go_to(sale, end_of(sale, "L1"))
    close(sale)
    follow(sale.platform)
    assert sale.money().held_minor == 0
    assert sale.money().proceeds_minor == 2 * DEPOSIT_MINOR
    bids = ["bid.accepted", "bid.accepted", "lot.closed", "settlement.confirmed"]
    assert kinds(sale, "L2")[-6:-2] == bids
    assert sorted(kinds(sale, "L2")[-2:]) == ["deposit.applied", "deposit.released"]
    assert kinds(sale, "L3")[-2:] == ["lot.closed", "deposit.released"]
    with sale.platform.read() as session:
        assert session.execute(text("SELECT count(*) FROM docket_reactions")).scalar_one() == 0
    with sale.platform.read() as session:
        things = session.scalars(text("SELECT status FROM properties ORDER BY id")).all()
    assert things == ["disposing", "disposing", "seized", "seized"]


def test_no_lot_is_closed_before_its_end(sale: Sale) -> None:
    ends_at = end_of(sale, "L1")
    go_to(sale, ends_at - timedelta(microseconds=1))
    assert close(sale) == Struck()
    # Whoever asks for more than has passed gets no more.
    assert close(sale, until=ends_at + timedelta(days=1)) == Struck()
    assert close(sale, limit=0) == Struck()
    go_to(sale, ends_at)
    assert close(sale, until=ends_at - timedelta(microseconds=1)) == Struck()
    assert close(sale) == Struck(done=4)
    assert close(sale) == Struck()


def test_a_batch_takes_no_more_than_it_may(sale: Sale) -> None:
    go_to(sale, end_of(sale, "L1"))
    assert [close(sale, limit=3).done, close(sale, limit=3).done, close(sale, limit=3).done] == [3, 1, 0]


def test_an_extended_a_suspended_and_a_closed_lot_are_left_alone(sale: Sale) -> None:
    ends_at = end_of(sale, "L1")
    go_to(sale, ends_at - timedelta(minutes=2))
    sale.bid("A", START_MINOR + 2 * INCREMENT_MINOR, "L2")
    with sale.platform.act(PLATFORM) as act:
        stays.suspend(act, lot="L3", ground="panel")
    go_to(sale, ends_at)
    with sale.platform.act() as act:
        closing.close_lot(act, lot="L4")
    before = {lot: kinds(sale, lot) for lot in LOTS[1:]}
    assert close(sale) == Struck(done=1)
    assert {lot: kinds(sale, lot) for lot in LOTS[1:]} == before
    go_to(sale, ends_at + timedelta(minutes=3))
    assert close(sale) == Struck(done=1)
    assert entries(sale, "L2")[-1].public["extensions"] == 1
    with sale.platform.act() as act, pytest.raises(rules.BiddingNotOpen):
        closing.close_lot(act, lot="L2")


def test_a_lot_whose_bids_are_being_decided_is_closed_next_time(sale: Sale) -> None:
    go_to(sale, end_of(sale, "L1"))
    with held_by_another(sale, "lot:L1"):
        assert close(sale) == Struck(done=3)
        assert close(sale) == Struck()
    assert close(sale) == Struck(done=1)


def test_a_case_stops_selling_once_lots_closed_together_cover_it(platform: Platform) -> None:
    sale = Sale(platform)
    sale.open()
    for lot in ("L1", "L2"):
        sale.announce(lot)
    sale.admit("A", "L1")
    sale.until_open()
    sale.bid("A", START_MINOR, "L1")
    go_to(sale, end_of(sale, "L1") - timedelta(minutes=1))
    sale.admit("A", "L2")
    sale.bid("A", START_MINOR, "L2")
    go_to(sale, end_of(sale, "L1"))
    assert close(sale) == Struck(done=1)
    by_the_jobs(platform)
    assert kinds(sale, "L2")[-1] == "lot.suspended"


def test_a_lot_whose_thing_somebody_holds_is_closed_next_time(sale: Sale) -> None:
    go_to(sale, end_of(sale, "L1"))
    with held_by_another(sale, "property:P3"):
        assert close(sale) == Struck(done=3, left=("L3",))
        assert "lot.closed" not in kinds(sale, "L3")
    assert close(sale) == Struck(done=1)


def test_a_bid_that_moves_the_end_while_the_batch_waits_for_its_turn_counts(sale: Sale) -> None:
    """The batch chose by what it read; under the lock it looks again."""
    ends_at = end_of(sale, "L1")
    go_to(sale, ends_at)
    with sale.platform.act() as act:
        act.session.execute(text("UPDATE lots SET ends_at = ends_at + interval '5 minutes' WHERE id = 'L1'"))
        assert closing.close_lots_due(act, until=act.now, limit=100).done == 3


def test_lots_that_were_not_served_are_deferred_beside_those_that_were(sale: Sale) -> None:
    ends_at = end_of(sale, "L1")
    go_to(sale, ends_at - timedelta(minutes=1))
    sale.bid("A", START_MINOR + 2 * INCREMENT_MINOR, "L2")
    go_to(sale, ends_at + timedelta(minutes=4))
    assert close(sale) == Struck(done=1, deferred=3)
    assert kinds(sale, "L1")[-1] == "lot.deferred"
    assert kinds(sale, "L2")[-1] == "lot.closed"


def test_closers_at_once_close_each_lot_once(sale: Sale) -> None:
    go_to(sale, end_of(sale, "L1") + closing.CLOSE_GRACE)
    threads = [Thread(target=hours.strike, args=[sale.platform]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    hours.strike(sale.platform)
    assert [kinds(sale, lot).count("lot.closed") for lot in LOTS] == [1, 1, 1, 1]


def test_nobody_closes_while_history_is_made(sale: Sale) -> None:
    go_to(sale, end_of(sale, "L1") + closing.CLOSE_GRACE)
    with sweeping(sale.platform):
        assert hours.strike(sale.platform) == 0
    assert hours.strike(sale.platform) == 4


def test_the_close_waits_for_who_arrived_in_time(sale: Sale) -> None:
    go_to(sale, end_of(sale, "L1") + closing.CLOSE_GRACE - timedelta(microseconds=1))
    assert hours.strike(sale.platform) == 0
    go_to(sale, end_of(sale, "L1") + closing.CLOSE_GRACE)
    assert hours.strike(sale.platform) == 4


def beat(sale: Sale, process: str, *, oldest_waiting_at: datetime | None = None, role: beats.Role = "web") -> None:
    """Let a process tell what waits there at this instant."""
    with sale.platform.act() as act:
        beats.beat(act, process=process, role=role, span=None, oldest_waiting_at=oldest_waiting_at)


def forget_beats(sale: Sale) -> None:
    with sale.platform.act() as act:
        act.session.execute(text("DELETE FROM service_spans"))


def test_the_close_waits_for_a_bid_that_arrived_in_time_and_still_waits(sale: Sale) -> None:
    ends_at = end_of(sale, "L1")
    arrived = ends_at - timedelta(microseconds=1)
    go_to(sale, ends_at + timedelta(seconds=3))
    beat(sale, "idle")
    beat(sale, "busy", oldest_waiting_at=arrived)
    beat(sale, "a sweep", oldest_waiting_at=arrived, role="jobs")
    assert hours.strike(sale.platform) == 0
    forget_beats(sale)
    beat(sale, "busy", oldest_waiting_at=ends_at)
    assert hours.strike(sale.platform) == 4


def test_the_close_waits_until_each_process_has_told_what_waited_at_the_end(sale: Sale) -> None:
    ends_at = end_of(sale, "L1")
    go_to(sale, ends_at - timedelta(microseconds=1))
    beat(sale, "web")
    go_to(sale, ends_at + timedelta(seconds=3))
    assert hours.strike(sale.platform) == 0
    beat(sale, "web again")
    assert hours.strike(sale.platform) == 0
    forget_beats(sale)
    beat(sale, "web")
    assert hours.strike(sale.platform) == 4


def test_the_close_waits_a_little_in_any_case_and_for_nobody_longer_than_a_bid_may_wait(sale: Sale) -> None:
    ends_at = end_of(sale, "L1")
    waits = {"least": closing.LEAST_WAIT, "longest": DECIDED_WITHIN}
    for told, wait in waits.items():
        go_to(sale, ends_at + wait)
        forget_beats(sale)
        beat(sale, "web", oldest_waiting_at=None if told == "least" else ends_at - timedelta(hours=1))
        with sale.platform.act() as act:
            assert closing.close_up_to(act.session, now=act.now) == ends_at


def test_lots_that_open_at_one_stroke_open_as_each_would_alone(platform: Platform) -> None:
    sale = Sale(platform)
    sale.open()
    for lot in LOTS:
        sale.announce(lot)
    with platform.read() as session:
        opens_at = lots.lot(session, "L1").opens_at
    go_to(sale, opens_at - timedelta(microseconds=1))
    assert hours.strike(platform) == 0
    go_to(sale, opens_at + timedelta(seconds=1))
    with platform.act() as act:
        assert open_lots_due(act, until=act.now, limit=3) == 3
    assert hours.strike(platform) == 1
    assert hours.strike(platform) == 0
    for lot in LOTS:
        last = entries(sale, lot)[-1]
        ends_at = end_of(sale, lot)
        assert last.kind == "lot.opened"
        assert last.public == {"opens_at": instant_text(opens_at), "ends_at": instant_text(ends_at)}
    sale.admit("A", "L1")
    sale.bid("A", START_MINOR, "L1")
