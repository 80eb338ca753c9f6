from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest

from auction.edges.jobs.sweep import fall_due, sweeping
from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.procedure.bidding import queries as bidding
from auction.procedure.deposits import queries as deposits
from tests.road import YUAN, Road

START = 700_000 * YUAN
TOLERANCE = timedelta(seconds=60)


@pytest.fixture
def road(platform: Platform) -> Road:
    made = Road(platform)
    made.begin()
    lot = made.announce()
    made.admit("A")
    made.admit("B")
    made.wait_until(lot.opens_at)
    made.bid("A", START)
    return made


def kinds(road: Road) -> list[str]:
    with road.platform.read() as session:
        return [entry.kind for entry in docket.entries(session, "lot:L1")]


def late_sweep(road: Road, late: timedelta) -> None:
    """Let the sweep come late: the clock is past the end before anything looks."""
    with road.platform.read() as session:
        ends = bidding.outcome(session, "L1").ends_at
    road.clock.set(ends + late)
    fall_due(road.platform, until=ends + late)


def test_a_close_that_comes_a_little_late_records_the_exact_end(road: Road) -> None:
    late_sweep(road, TOLERANCE)
    with road.platform.read() as session:
        result = bidding.outcome(session, "L1")
    assert (result.status, result.outcome, result.closed_at) == ("closed", "sold", result.ends_at)


def test_a_lot_whose_end_was_not_served_is_deferred_not_closed(road: Road) -> None:
    late_sweep(road, TOLERANCE + timedelta(seconds=1))
    with road.platform.read() as session:
        assert bidding.outcome(session, "L1").status == "deferred"
        entry = docket.of_kinds(session, "lot:L1", ["lot.deferred"])[0]
    assert entry.public["ground"] == "platform_fault"
    assert entry.public["late_ms"] == 61_000
    assert "lot.closed" not in kinds(road)


def test_what_follows_from_a_close_happens_once(road: Road) -> None:
    road.wait_until(road.now + timedelta(hours=24))
    before = kinds(road)
    fall_due(road.platform, until=road.now)
    assert kinds(road) == before
    with road.platform.read() as session:
        statuses = sorted(deposit.status for deposit in deposits.deposits_of_lot(session, lot="L1"))
    assert statuses == ["applied", "released"]


def test_sweeps_at_once_close_a_lot_once(road: Road) -> None:
    with road.platform.read() as session:
        ends = bidding.outcome(session, "L1").ends_at
    road.clock.set(ends)

    def sweep() -> None:
        with sweeping(road.platform):
            fall_due(road.platform, until=ends)

    threads = [Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kinds(road).count("lot.closed") == 1
    assert kinds(road).count("settlement.confirmed") == 1
