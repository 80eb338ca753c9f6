from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest

from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.docket.rules import Head, first_fault
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, Refusal
from auction.foundation.kernel.roles import PLATFORM
from auction.procedure.bidding import commands, queries, registering, rules
from auction.procedure.bidding.kept import Kept
from auction.procedure.bidding.offers import Offer
from auction.procedure.bidding.receipts import Receipt
from auction.procedure.lots import queries as lots
from tests.road import YUAN, Road

START, STEP = 700_000 * YUAN, 5_000 * YUAN


@pytest.fixture
def road(platform: Platform) -> Road:
    """A lot open for bidding with A and B admitted."""
    made = Road(platform)
    made.begin()
    lot = made.announce()
    made.admit("A")
    made.admit("B")
    made.wait_until(lot.opens_at)
    return made


def kinds(road: Road) -> list[str]:
    with road.platform.read() as session:
        return [entry.kind for entry in docket.entries(session, "lot:L1")]


def test_a_lot_opens_extends_and_closes_at_its_exact_instants(road: Road) -> None:
    with road.platform.read() as session:
        ends = queries.outcome(session, "L1").ends_at
    road.bid("A", START)
    road.wait_until(ends - timedelta(minutes=1))
    receipt = road.bid("B", START + STEP)
    assert receipt.extended
    road.wait_until(ends + timedelta(minutes=4))
    with road.platform.read() as session:
        result = queries.outcome(session, "L1")
    assert (result.status, result.outcome, result.price_minor) == ("closed", "sold", START + STEP)
    assert result.ends_at == ends + timedelta(minutes=4)
    assert kinds(road)[-1] != "bid.accepted"
    assert kinds(road).count("lot.extended") == 1
    with road.platform.read() as session:
        assert first_fault(docket.entries(session, "lot:L1")) is None


def test_a_lot_without_a_bid_is_unsold(road: Road) -> None:
    road.wait_until(road.now + timedelta(hours=24))
    with road.platform.read() as session:
        assert queries.outcome(session, "L1").outcome == "unsold"


def test_the_same_bid_twice_has_the_effect_of_one(road: Road) -> None:
    first = road.bid("A", START, bid_id="same")
    again = road.bid("A", START, bid_id="same")
    assert (again.seq, again.entry_hash, again.repeated) == (first.seq, first.entry_hash, True)
    assert kinds(road).count("bid.accepted") == 1


def test_an_id_used_for_another_amount_or_by_another_person_is_refused(road: Road) -> None:
    road.bid("A", START, bid_id="same")
    before = kinds(road)
    with pytest.raises(rules.BidIdReused):
        road.bid("A", START + STEP, bid_id="same")
    with pytest.raises(rules.BidIdReused):
        road.bid("B", START, bid_id="same")
    assert kinds(road) == before


def test_a_refusal_after_admission_is_receipted_with_what_would_work(road: Road) -> None:
    road.bid("A", START)
    receipt = road.bid("B", START)
    assert not receipt.accepted
    assert isinstance(receipt.refusal, rules.BidTooLow)
    assert receipt.refusal.facts["least_acceptable_minor"] == START + STEP
    assert kinds(road)[-1] == "bid.refused"


def test_a_stranger_is_refused_and_nothing_is_written(road: Road) -> None:
    before = kinds(road)
    with pytest.raises(rules.NotAdmitted):
        road.bid("C", START)
    assert kinds(road) == before


@pytest.mark.parametrize("amount", [0, -1, True, 1.5, "700000", None, 10**20])
def test_an_amount_that_is_none_is_refused(road: Road, amount: object) -> None:
    before = kinds(road)
    with pytest.raises(InputMalformed):
        road.bid("A", amount)  # type: ignore[arg-type]
    assert kinds(road) == before


@pytest.mark.parametrize("bid_id", ["", "a b", "x" * 65, "出价", "a\n"])
def test_an_id_that_is_none_is_refused(road: Road, bid_id: str) -> None:
    offer = Offer(person="A", amount_minor=START, bid_id=bid_id or "", received_at=road.now)
    with pytest.raises(InputMalformed), road.platform.act(road.person("A")) as act:
        commands.bid(act, lot="L1", offer=offer)


def test_nobody_bids_or_registers_for_another(road: Road) -> None:
    offer = Offer(person="A", amount_minor=START, bid_id="x", received_at=road.now)
    with pytest.raises(AuthForbidden), road.platform.act(road.person("B")) as act:
        commands.bid(act, lot="L1", offer=offer)
    with pytest.raises(AuthForbidden), road.platform.act(road.person("B")) as act:
        commands.register(act, lot="L1", person="C")


def test_two_hundred_equal_bids_at_once_make_one_leader(road: Road) -> None:
    answers: list[Receipt | Refusal] = []

    def crowd(worker: int) -> None:
        for number in range(25):
            name = "A" if (worker + number) % 2 else "B"
            offer = Offer(person=name, amount_minor=START, bid_id=f"{worker}-{number}", received_at=road.now)
            with road.platform.act(PLATFORM) as act:
                answers.extend(commands.place_bids(act, lot="L1", offers=[offer]))

    threads = [Thread(target=crowd, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    accepted = [one for one in answers if isinstance(one, Receipt) and one.accepted]
    assert len(answers) == 200
    assert len(accepted) == 1
    assert kinds(road).count("bid.accepted") == 1


def test_a_batch_is_decided_in_the_order_given(road: Road) -> None:
    offers = [
        Offer(person="A", amount_minor=START, bid_id="1", received_at=road.now),
        Offer(person="B", amount_minor=START, bid_id="2", received_at=road.now),
        Offer(person="B", amount_minor=START + STEP, bid_id="3", received_at=road.now),
        Offer(person="B", amount_minor=START + STEP, bid_id="3", received_at=road.now),
        Offer(person="Z", amount_minor=START + 2 * STEP, bid_id="4", received_at=road.now),
    ]
    with road.platform.act(PLATFORM) as act:
        answers = commands.place_bids(act, lot="L1", offers=offers)
    verdicts = [
        ("accepted" if one.accepted else one.refusal.code if one.refusal else "")
        if isinstance(one, Receipt)
        else one.code
        for one in answers
    ]
    assert verdicts == ["accepted", "bidding.too_low", "accepted", "accepted", "bidding.not_admitted"]
    assert isinstance(answers[2], Receipt)
    assert isinstance(answers[3], Receipt)
    assert answers[2].seq == answers[3].seq


def test_what_is_kept_of_a_lot_is_what_would_be_read_anew(road: Road) -> None:
    road.bid("A", START)
    kept, seen = Kept(), []
    road.wait_until(road.now + timedelta(hours=23, minutes=58))
    for number, name in enumerate("BAB", start=1):
        offer = Offer(road.person(name).person or "", START + number * STEP, f"kept-{number}", road.now)
        with road.platform.act(PLATFORM) as act:
            commands.place_bids(act, lot="L1", offers=[offer], kept=kept)
        with road.platform.read() as session:
            last = docket.entries(session, "lot:L1")[-1]
            reading = kept.as_of(session, lot="L1", head=Head(last.seq, last.hash, last.at), persons=[])
            found = lots.lot(session, "L1")
            assert reading.standing == queries.standing(session, found)
            assert reading.standing.leader_code == queries.leader_code(session, lot="L1")
            assert reading.lot.ends_at == found.ends_at
            seen.append(reading)
    assert all(one is seen[0] for one in seen), "kept, not read anew"
    assert seen[0].standing.extensions == 1


def test_a_bid_that_arrived_before_the_end_counts_though_decided_after(road: Road) -> None:
    with road.platform.read() as session:
        ends = queries.outcome(session, "L1").ends_at
    arrived = ends - timedelta(milliseconds=1)
    road.clock.set(ends + timedelta(milliseconds=300))
    offer = Offer(person="A", amount_minor=START, bid_id="late", received_at=arrived)
    with road.platform.act(PLATFORM) as act:
        receipt = commands.place_bids(act, lot="L1", offers=[offer])[0]
    assert isinstance(receipt, Receipt)
    assert receipt.accepted
    assert receipt.ms_to_end > 0


def test_a_bid_before_the_sweep_opens_the_lot_itself(platform: Platform) -> None:
    road = Road(platform)
    road.begin()
    lot = road.announce()
    road.admit("A")
    road.clock.set(lot.opens_at)
    assert road.bid("A", START).accepted
    assert kinds(road)[-2:] == ["lot.opened", "bid.accepted"]


def test_codes_are_not_the_names_and_differ(road: Road) -> None:
    with road.platform.read() as session:
        made = queries.registrations(session, "L1")
        exported = str([entry.as_json() for entry in docket.entries(session, "lot:L1")])
    assert len({one.code for one in made}) == 2
    assert "竞买人" not in exported
    assert '"A"' not in exported


def test_nobody_registers_before_the_announcement_or_after_the_end(platform: Platform) -> None:
    road = Road(platform)
    road.begin()
    road.draft()
    with pytest.raises(Refusal) as early:
        road.register("A")
    assert early.value.code == "registration.closed"
    lot = road.announce("L2")
    road.wait_until(lot.closes_at)
    with pytest.raises(registering.RegistrationClosed):
        road.register("A", lot="L2")


def test_a_priority_that_the_court_has_not_confirmed_is_none(road: Road) -> None:
    with pytest.raises(registering.PriorityNotConfirmed):
        road.register("C", as_priority=True)


def test_one_person_registers_once(road: Road) -> None:
    with pytest.raises(registering.RegisteredAlready):
        road.register("A")
