"""The certificate of availability: what it says of a lot, and that anybody can reckon it again."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.edges.jobs.certifying import certify
from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.docket.commands import lock
from auction.foundation.docket.rules import GENESIS, Entry
from auction.foundation.kernel.canonical import instant_text, sha256_hex
from auction.foundation.kernel.refusal import AuthForbidden
from auction.foundation.kernel.roles import Actor
from auction.procedure.bidding import certificate, certifying, closing, stays
from auction.procedure.bidding.certificate import BOUNDS_MS, Waits, stretches, waits
from auction.procedure.bidding.commands import place_bids
from auction.procedure.bidding.offers import Offer
from auction.procedure.bidding.queries import outcome
from auction.procedure.lots import queries as lots
from auction.procedure.publicity import queries as publicity
from auction.procedure.publicity.rules import DocketWrongError, verify
from tests.procedure.bidding.serving import serve
from tests.road import YUAN, Road

START, STEP = 700_000 * YUAN, 5_000 * YUAN
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
AT = datetime.fromisoformat("2026-03-02T10:00:00+08:00")


def entry(kind: str, at: datetime, **public: object) -> Entry:
    told = {key: instant_text(value) if isinstance(value, datetime) else value for key, value in public.items()}
    return Entry(chain="lot:L1", seq=1, at=at, kind=kind, public=told, sealed=None, prev=GENESIS, hash=GENESIS)


def test_bidding_runs_from_the_opening_to_the_end_but_not_while_it_stands_still() -> None:
    ends_at = AT + 24 * HOUR
    course = [
        entry("lot.opened", AT + SECOND, opens_at=AT),
        entry("lot.suspended", AT + HOUR, ends_at=ends_at),
        entry("lot.resumed", AT + 5 * HOUR, status="open", ends_at=ends_at + 4 * HOUR),
        entry("lot.deferred", ends_at + 9 * HOUR, ends_at=ends_at + 4 * HOUR),
        entry("lot.resumed", ends_at + 20 * HOUR, status="open", ends_at=ends_at + 20 * HOUR + 5 * MINUTE),
        entry("lot.closed", ends_at + 21 * HOUR, ends_at=ends_at + 20 * HOUR + 5 * MINUTE),
    ]

    assert stretches(course) == [
        (AT, AT + HOUR),
        (AT + 5 * HOUR, ends_at + 4 * HOUR),
        (ends_at + 20 * HOUR, ends_at + 20 * HOUR + 5 * MINUTE),
    ]


def test_a_lot_that_stood_still_before_it_opened_runs_from_its_opening() -> None:
    ends_at = AT + 24 * HOUR
    course = [
        entry("lot.deferred", AT - HOUR, ends_at=ends_at),
        entry("lot.resumed", AT, status="open", ends_at=ends_at),
        entry("lot.opened", AT, opens_at=AT),
        entry("lot.closed", ends_at, ends_at=ends_at),
    ]

    assert stretches(course) == [(AT, ends_at)]


@pytest.mark.parametrize(
    ("wait", "step"),
    [(0, 0), (5_000, 0), (5_001, 1), (10_000, 1), (5_000_000, 9), (5_000_001, 10), (3_600_000_000, 10), (-7_000, 0)],
)
def test_each_wait_falls_in_one_step(wait: int, step: int) -> None:
    found = waits([entry("bid.refused", AT + timedelta(microseconds=wait), received_at=AT)])

    assert found.counts.index(1) == step
    assert sum(found.counts) == 1
    assert found.longest == timedelta(microseconds=max(0, wait))


@pytest.mark.property
@given(st.lists(st.integers(min_value=0, max_value=10_000_000)))
def test_every_bid_is_counted_once(told: list[int]) -> None:
    found = waits([entry("bid.accepted", AT + timedelta(microseconds=one), received_at=AT) for one in told])

    assert sum(found.counts) == len(told)
    for bound, until in zip(BOUNDS_MS, range(1, len(BOUNDS_MS) + 1), strict=True):
        assert sum(found.counts[:until]) == sum(one <= bound * 1000 for one in told)


@pytest.fixture
def road(platform: Platform) -> Road:
    """A lot that has closed after some bids, each decided some milliseconds after it arrived."""
    walked = Road(platform)
    walked.begin()
    walked.announce()
    walked.admit("A")
    walked.admit("B")
    walked.wait_until(_lot(walked).opens_at)
    serve(platform, walked.now - HOUR, walked.now + 6 * HOUR)
    serve(platform, walked.now + 6 * HOUR + 4 * SECOND, walked.now + 12 * HOUR)
    serve(platform, walked.now + 12 * HOUR + 30 * SECOND, walked.now + 30 * HOUR, process="W2")
    for name, amount, wait in [("A", START, 3), ("B", START + STEP, 5), ("B", START + STEP * 2, 40), ("A", 1, 7_000)]:
        _bid(walked, name, amount, wait=timedelta(milliseconds=wait))
    walked.wait_until(_lot(walked).ends_at)
    assert _lot(walked).status == "closed"
    return walked


def _lot(road: Road, lot: str = "L1") -> lots.LotRecord:
    with road.platform.read() as session:
        return lots.lot(session, lot)


def _bid(road: Road, name: str, amount_minor: int, *, wait: timedelta) -> None:
    road.clock.set(road.now + MINUTE)
    offer = Offer(
        person=road.person(name).person or "", amount_minor=amount_minor, bid_id=f"{name}{amount_minor}",
        received_at=road.now - wait,
    )  # fmt: skip
    with road.platform.act() as act:
        place_bids(act, lot="L1", offers=[offer])


def _certified(road: Road) -> dict[str, Any]:
    with road.platform.read() as session:
        found = certifying.availability(session, "L1")
    assert found.certificate is not None
    assert found.measured
    return dict(found.certificate.public)


def test_a_closed_lot_is_certified_a_little_later_and_once(road: Road) -> None:
    assert certify(road.platform) == 0
    road.clock.set(road.now + certifying.SETTLED)
    assert certify(road.platform) == 1
    assert certify(road.platform) == 0

    lot = _lot(road)
    certified = _certified(road)
    cut = lot.opens_at + 12 * HOUR
    assert certified == {
        "from": instant_text(lot.opens_at),
        "to": instant_text(lot.ends_at),
        "bidding_ms": 24 * 3_600_000,
        "measured_from": instant_text(lot.opens_at - HOUR),
        "measured_ms": 24 * 3_600_000,
        "served_ms": 24 * 3_600_000 - 30_000,
        "floor_ms": 5_000,
        # The gap of four seconds is shorter than beats can tell.
        "gaps": [{"from": instant_text(cut), "to": instant_text(cut + 30 * SECOND), "ms": 30_000}],
        "decided": 4,
        "longest_ms": 7_000,
        "histogram": {"bounds_ms": list(BOUNDS_MS), "counts": [2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1]},
    }


def test_what_the_database_counts_is_what_the_entries_give(road: Road) -> None:
    with road.platform.read() as session:
        entries = docket.entries(session, "lot:L1")
        assert certifying.waits_of(session, ["lot:L1", "lot:L2"]) == {"lot:L1": waits(entries), "lot:L2": Waits()}


def test_where_nothing_was_measured_nothing_is_certified(platform: Platform) -> None:
    road = Road(platform)
    road.begin()
    road.announce()
    road.wait_until(_lot(road).ends_at + HOUR)

    assert _lot(road).status == "closed"
    assert certify(platform) == 0


def test_what_closed_before_the_first_measurement_is_not_certified(platform: Platform) -> None:
    road = Road(platform)
    road.begin()
    road.announce()
    road.wait_until(_lot(road).ends_at)
    serve(platform, road.now + SECOND, road.now + HOUR)
    road.clock.set(road.now + HOUR)

    assert certify(platform) == 0


def test_nothing_is_said_of_the_time_before_the_first_measurement(platform: Platform) -> None:
    road = Road(platform)
    road.begin()
    road.announce()
    ends_at = _lot(road).ends_at
    serve(platform, ends_at - HOUR, ends_at + HOUR)
    road.wait_until(ends_at)
    road.clock.set(road.now + MINUTE)
    assert certify(platform) == 1

    certified = _certified(road)
    assert (certified["bidding_ms"], certified["measured_ms"], certified["served_ms"]) == (
        24 * 3_600_000,
        3_600_000,
        3_600_000,
    )
    assert certified["gaps"] == []
    assert certified["decided"] == certified["longest_ms"] == 0


def test_many_lots_are_certified_batch_by_batch(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auction.edges.jobs.certifying._BATCH", 2)
    road = Road(platform)
    road.begin()
    for number in range(1, 4):
        if number > 1:
            road.seize(f"P{number}")
        road.announce(f"L{number}", properties=(f"P{number}",))
    serve(platform, _lot(road).opens_at, _lot(road).ends_at + HOUR)
    road.wait_until(_lot(road).ends_at + MINUTE)

    assert certify(platform) == 3


def test_a_lot_whose_docket_somebody_holds_is_certified_later(road: Road) -> None:
    road.clock.set(road.now + MINUTE)
    with road.platform.act() as act:
        lock(act, "lot:L1")
        assert certify(road.platform) == 0
    assert certify(road.platform) == 1


def test_nobody_but_the_platform_certifies(platform: Platform, panel: Actor, bidder: Actor) -> None:
    for actor in (panel, bidder):
        with pytest.raises(AuthForbidden), platform.act(actor) as act:
            certifying.certify_closed(act, limit=1)


@pytest.fixture
def document(road: Road) -> dict[str, Any]:
    """The export of the certified lot."""
    road.clock.set(road.now + MINUTE)
    certify(road.platform)
    with road.platform.read() as session:
        found: dict[str, Any] = publicity.export(session, "L1")
    assert verify(found).status == "closed"
    return found


def rehashed(document: dict[str, Any]) -> dict[str, Any]:
    """Chain a changed export anew, as a forger with the whole file would."""
    prev = GENESIS
    for seq, one in enumerate(document["entries"], start=1):
        one["seq"], one["prev"] = seq, prev
        prev = one["hash"] = sha256_hex({key: value for key, value in one.items() if key != "hash"})
    document["checkpoints"][-1] |= {"seq": len(document["entries"]), "hash": prev}
    return document


def _more_bids(told: dict[str, Any]) -> None:
    told["histogram"]["counts"][0] += 1


def _no_gap(told: dict[str, Any]) -> None:
    told["gaps"] = []


def _short_gap(told: dict[str, Any]) -> None:
    told["gaps"][0] |= {"to": told["gaps"][0]["from"], "ms": 0}


def _gap_twice(told: dict[str, Any]) -> None:
    told["gaps"] *= 2


def _gap_outside(told: dict[str, Any]) -> None:
    told["gaps"][0]["from"] = told["measured_from"]


FORGED: list[Callable[[dict[str, Any]], object]] = [
    _more_bids,
    _no_gap,
    _short_gap,
    _gap_twice,
    _gap_outside,
    lambda told: told.update(served_ms=told["served_ms"] + 1),
    lambda told: told.update(longest_ms=1),
    lambda told: told.update(decided=3),
    lambda told: told.update(to=told["from"]),
    lambda told: told.update(bidding_ms=0),
    lambda told: told.update(floor_ms=0),
    lambda told: told.update(note="served well"),
    lambda told: told.pop("histogram"),
    lambda told: told.pop("gaps"),
    lambda told: told.update(gaps=None),
    lambda told: told.update(gaps={}),
    lambda told: told.update(gaps=[1]),
    lambda told: told.update(gaps=[{"from": "yesterday", "to": "today", "ms": 1}]),
    lambda told: told.update(measured_from="2026-03-02T10:00:00"),
    lambda told: told.update(measured_from=None),
    lambda told: told.update(measured_from=7),
]


def test_a_certificate_that_does_not_follow_from_its_docket_is_found(document: dict[str, Any]) -> None:
    for number, forge in enumerate(FORGED):
        forged = copy.deepcopy(document)
        told = next(one for one in forged["entries"] if one["kind"] == certificate.KIND)
        forge(told["public"])

        with pytest.raises(DocketWrongError) as found:
            verify(rehashed(forged))

        assert found.value.seq == told["seq"], number

    forged = copy.deepcopy(document)
    told = next(one for one in forged["entries"] if one["kind"] == certificate.KIND)
    forged["entries"] = [*forged["entries"][:5], told]

    with pytest.raises(DocketWrongError, match=r"never ran|certif"):
        verify(rehashed(forged))


def test_a_lot_deferred_for_an_outage_and_closed_later_is_certified_with_the_gap(
    platform: Platform, panel: Actor
) -> None:
    road = Road(platform)
    road.begin()
    road.announce()
    lot = _lot(road)
    serve(platform, lot.opens_at, lot.ends_at - 2 * MINUTE)
    road.wait_until(lot.ends_at + SECOND)
    with platform.act(panel) as act:
        resumed = stays.resume(act, lot="L1")
    serve(platform, resumed.ends_at - 5 * MINUTE, resumed.ends_at + HOUR)
    road.clock.set(resumed.ends_at)
    with platform.act() as act:
        closing.close_lot(act, lot="L1")
    road.clock.set(road.now + MINUTE)
    certify(platform)

    certified = _certified(road)
    assert [one["ms"] for one in certified["gaps"]] == [120_000]
    assert certified["bidding_ms"] == (24 * 60 + 5) * 60_000
    assert certified["served_ms"] == certified["bidding_ms"] - 120_000
    with platform.read() as session:
        assert outcome(session, "L1").outcome == "unsold"
        assert verify(publicity.export(session, "L1")).status == "closed"
