"""Lots stand still, go on and are taken back by the ordinary commands (法释〔2016〕18号 第28、31、36条)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.calendar import within_days
from auction.foundation.kernel.refusal import AuthForbidden, AuthRequired, InputMalformed, NotFound, Refusal
from auction.foundation.kernel.roles import Actor
from auction.procedure.bidding import commands as bids
from auction.procedure.bidding import queries as bidding
from auction.procedure.bidding import stays
from auction.procedure.bidding.offers import Offer
from auction.procedure.bidding.rules import BiddingClosed, BiddingNotOpen
from auction.procedure.lots import grounds
from auction.procedure.lots import queries as lots
from auction.procedure.lots import stays as lot_stays
from auction.procedure.lots.queries import LotRecord
from auction.procedure.publicity import queries as publicity
from auction.procedure.publicity.rules import verify
from auction.rulebook import rulebook
from tests.road import YUAN, Road

START = 700_000 * YUAN
SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def road(platform: Platform) -> Road:
    walked = Road(platform)
    walked.begin()
    walked.announce()
    return walked


def record(road: Road) -> LotRecord:
    with road.platform.read() as session:
        return lots.lot(session, "L1")


def do(road: Road, verb: str, actor: Actor | None, **given: str) -> LotRecord:
    with road.platform.act(actor) as act:
        done: LotRecord = getattr(stays, verb)(act, lot="L1", **given)
        return done


def heads(road: Road) -> tuple[object, ...]:
    with road.platform.read() as session:
        return docket.head(session, "lot:L1"), lots.lot(session, "L1"), lot_stays.stayed(session)


def refused(road: Road, refusal: type[Refusal], verb: str, actor: Actor | None, **given: str) -> None:
    before = heads(road)
    with pytest.raises(refusal):
        do(road, verb, actor, **given)
    assert heads(road) == before


def opened(road: Road, *, for_: timedelta = timedelta(0)) -> None:
    road.admit("A")
    road.admit("B")
    road.wait_until(record(road).opens_at + for_)


def test_only_a_fault_of_the_platform_is_the_administrators_to_defer_for(
    road: Road, administrator: Actor, panel: Actor
) -> None:
    refused(road, AuthForbidden, "defer", administrator, ground="panel")
    assert do(road, "defer", administrator, ground="platform_fault").status == "deferred"
    do(road, "resume", panel)
    assert do(road, "defer", panel, ground="panel").status == "deferred"


@pytest.mark.parametrize("role", ["officer", "bidder", "supervisor", "finance", "head", "administrator"])
def test_nobody_else_stops_a_lot_or_lets_it_go_on(road: Road, role: str, request: pytest.FixtureRequest) -> None:
    actor = request.getfixturevalue(role)
    if role != "administrator":
        refused(road, AuthForbidden, "defer", actor, ground="platform_fault")
    refused(road, AuthForbidden, "suspend", actor, ground="panel")
    refused(road, AuthForbidden, "resume", actor)
    refused(road, AuthForbidden, "withdraw", actor, ground="panel")
    refused(road, AuthForbidden, "revoke", actor, ground="31-1")
    refused(road, AuthRequired, "suspend", None, ground="panel")


@pytest.mark.parametrize("ground", ["", "PANEL", "panel ", "proceeds_suffice", "31-7", "暂缓", "a\x00b", "p" * 10_000])
def test_a_ground_the_law_does_not_know_is_refused(road: Road, panel: Actor, ground: str) -> None:
    for verb in ("defer", "suspend", "withdraw", "revoke"):
        refused(road, InputMalformed, verb, panel, ground=ground)


def test_a_lot_that_nobody_knows_is_not_found(road: Road, panel: Actor) -> None:
    for verb, given in (("defer", {"ground": "panel"}), ("resume", {}), ("withdraw", {"ground": "panel"})):
        with road.platform.act(panel) as act, pytest.raises(NotFound):
            getattr(stays, verb)(act, lot="L9", **given)


def test_an_open_lot_goes_on_with_the_time_it_had_left(road: Road, panel: Actor) -> None:
    opened(road, for_=timedelta(hours=5))
    left = record(road).ends_at - road.now
    do(road, "suspend", panel, ground="settlement_talks")
    road.wait_until(road.now + timedelta(days=12))
    assert do(road, "resume", panel).ends_at == road.now + left
    assert road.bid("A", START).accepted


def test_a_lot_stopped_in_its_last_moments_has_five_minutes(road: Road, panel: Actor) -> None:
    opened(road)
    road.wait_until(record(road).ends_at - SECOND)
    do(road, "suspend", panel, ground="settlement_talks")
    road.wait_until(road.now + timedelta(days=1))
    five = rulebook().on(road.now.date()).auction.resumed_bidding_min
    assert do(road, "resume", panel).ends_at == road.now + five
    road.wait_until(road.now + five - MICROSECOND)
    assert record(road).status == "open"
    road.wait_until(road.now + MICROSECOND)
    assert record(road).status == "closed"


def test_one_whose_opening_has_passed_opens_at_once_with_its_full_time(road: Road, panel: Actor) -> None:
    do(road, "suspend", panel, ground="panel")
    terms = record(road)
    road.wait_until(terms.opens_at + timedelta(days=2))
    assert record(road).status == "suspended"
    resumed = do(road, "resume", panel)
    assert (resumed.status, resumed.ends_at) == ("open", road.now + (terms.closes_at - terms.opens_at))


def test_one_whose_opening_is_still_to_come_is_announced_as_before(road: Road, panel: Actor) -> None:
    before = record(road)
    do(road, "defer", panel, ground="panel")
    resumed = do(road, "resume", panel)
    assert (resumed.status, resumed.opens_at, resumed.ends_at) == ("announced", before.opens_at, before.ends_at)


def test_what_does_not_stand_still_is_not_resumed(road: Road, panel: Actor) -> None:
    refused(road, grounds.NotStayed, "resume", panel)
    do(road, "suspend", panel, ground="panel")
    refused(road, BiddingNotOpen, "suspend", panel, ground="panel")
    refused(road, BiddingNotOpen, "defer", panel, ground="panel")
    do(road, "resume", panel)
    refused(road, grounds.NotStayed, "resume", panel)


def test_at_its_end_a_lot_is_neither_stopped_nor_withdrawn(road: Road, panel: Actor) -> None:
    opened(road)
    road.clock.set(record(road).ends_at)
    refused(road, BiddingClosed, "suspend", panel, ground="panel")
    refused(road, BiddingClosed, "withdraw", panel, ground="panel")
    road.wait_until(road.now)
    for verb in ("defer", "suspend", "withdraw"):
        refused(road, grounds.Over, verb, panel, ground="panel")
    refused(road, grounds.NotSold, "revoke", panel, ground="31-1")


def test_a_fault_of_the_platform_may_be_why_the_end_passed_unnoticed(
    road: Road, administrator: Actor, panel: Actor
) -> None:
    opened(road)
    road.bid("A", START)
    ends = record(road).ends_at
    road.clock.set(ends + timedelta(minutes=3))
    assert do(road, "defer", administrator, ground="platform_fault").status == "deferred"
    resumed = do(road, "resume", panel)
    assert resumed.ends_at == road.now + rulebook().on(road.now.date()).auction.resumed_bidding_min


def test_what_stopped_is_to_go_on_within_five_days_of_the_fault(road: Road, administrator: Actor) -> None:
    do(road, "defer", administrator, ground="platform_fault")
    since = road.now
    by = within_days(since, rulebook().on(since.date()).auction.resume_within_days)
    for passed, overdue in ((by - since, False), (by - since + MICROSECOND, True)):
        now = since + passed
        with road.platform.read() as session:
            (act,) = [one for one in lot_stays.due(session, now) if one.what == "resume"]
        assert (act.on, act.by, act.overdue(now)) == ("L1", by, overdue)


def test_nothing_is_due_while_what_stopped_it_lasts(road: Road, panel: Actor) -> None:
    do(road, "suspend", panel, ground="retrial")
    with road.platform.read() as session:
        assert [one for one in lot_stays.due(session, road.now + timedelta(days=90)) if one.what == "resume"] == []


def test_a_bid_that_came_while_the_lot_stood_still_stays_refused_and_the_export_says_why(
    road: Road, panel: Actor
) -> None:
    opened(road)
    road.bid("A", START)
    do(road, "suspend", panel, ground="panel")
    came = road.now + timedelta(minutes=2)
    road.wait_until(came + timedelta(hours=1))
    do(road, "resume", panel)
    offer = Offer(person="B", amount_minor=START + 5_000 * YUAN, bid_id="queued", received_at=came)
    with road.platform.act(road.people["B"]) as act:
        receipt = bids.bid(act, lot="L1", offer=offer)
    assert receipt.refusal is not None
    assert receipt.refusal.code == "bidding.not_open"
    with road.platform.read() as session:
        found = verify(publicity.export(session, "L1"))
        assert (found.status, found.refused) == ("open", 1)
        assert bidding.outcome(session, "L1").price_minor == START


@pytest.mark.parametrize(
    ("verb", "ground", "status"), [("withdraw", "panel", "withdrawn"), ("revoke", "31-1", "revoked")]
)
def test_a_bid_on_a_lot_taken_back_is_refused_and_the_export_says_why(
    road: Road, panel: Actor, verb: str, ground: str, status: str
) -> None:
    opened(road)
    road.bid("A", START)
    if verb == "revoke":
        road.wait_until(record(road).ends_at)
    do(road, verb, panel, ground=ground)
    receipt = road.bid("B", START + 5_000 * YUAN)
    assert receipt.refusal is not None
    assert receipt.refusal.code == "bidding.not_open"
    with road.platform.read() as session:
        assert verify(publicity.export(session, "L1")).status == status


def test_a_bid_that_came_before_a_stay_outlasted_the_opening_is_refused_and_the_export_says_why(
    road: Road, panel: Actor
) -> None:
    road.admit("A")
    do(road, "suspend", panel, ground="panel")
    came = record(road).opens_at + timedelta(minutes=1)
    road.wait_until(came + timedelta(days=1))
    do(road, "resume", panel)
    offer = Offer(person="A", amount_minor=START, bid_id="queued", received_at=came)
    with road.platform.act(road.people["A"]) as act:
        receipt = bids.bid(act, lot="L1", offer=offer)
    assert receipt.refusal is not None
    assert receipt.refusal.code == "bidding.not_open"
    assert road.bid("A", START).accepted
    with road.platform.read() as session:
        assert verify(publicity.export(session, "L1")).refused == 1
