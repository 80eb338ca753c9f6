from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from auction.edges.figures import Figures
from auction.edges.limits import Limits
from auction.edges.live.sequencer import BATCH_MAX, Sequencer
from auction.edges.platform import Platform
from auction.edges.problems import PlatformUnavailable
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.refusal import InputMalformed, NotFound, Refusal
from auction.procedure.bidding import queries, rules
from tests.edges.opened import START, STEP, entries_of, open_lot
from tests.road import Road


@pytest.fixture
def road(platform: Platform) -> Road:
    return open_lot(platform, bidders="ABCEFGHJ")


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def sequencer(platform: Platform, heard: list[str]) -> Sequencer:
    return Sequencer(platform, figures=Figures(), limits=Limits(), told=heard.append)


def outcome_of(sequencer: Sequencer, person: str, amount_minor: int, bid_id: str) -> str:
    try:
        receipt = sequencer.submit(lot="L1", person=person, amount_minor=amount_minor, bid_id=bid_id).receipt
    except Refusal as refusal:
        return refusal.code
    return receipt.refusal.code if receipt.refusal else "accepted"


def kinds(road: Road) -> Counter[str]:
    return Counter(entry.kind for entry in entries_of(road.platform))


@pytest.mark.race
def test_of_200_equal_bids_at_once_exactly_one_is_accepted(road: Road, sequencer: Sequencer) -> None:
    with ThreadPoolExecutor(50) as crowd:
        answers = Counter(
            crowd.map(lambda n: outcome_of(sequencer, "ABCEFGHJ"[n % 8], START, f"equal-{n}"), range(200))
        )
    assert answers["accepted"] == 1
    assert sum(answers.values()) == 200
    assert set(answers) <= {"accepted", "bidding.too_low", "bidding.own_lead"}
    counted = kinds(road)
    assert counted["bid.accepted"] == 1
    assert counted["bid.refused"] == 199


@pytest.mark.race
def test_the_same_bid_sent_by_many_at_once_has_one_effect_and_one_receipt(road: Road, sequencer: Sequencer) -> None:
    def send(_: int) -> tuple[int, str]:
        receipt = sequencer.submit(lot="L1", person="A", amount_minor=START, bid_id="once").receipt
        return receipt.seq, receipt.entry_hash

    with ThreadPoolExecutor(20) as crowd:
        assert len(set(crowd.map(send, range(40)))) == 1
    assert kinds(road)["bid.accepted"] == 1


def test_waiting_bids_are_decided_together_in_order_of_arrival(road: Road, platform: Platform) -> None:
    figures = Figures()
    sequencer = Sequencer(platform, figures=figures, limits=Limits())
    with ThreadPoolExecutor(100) as crowd:
        list(crowd.map(lambda n: outcome_of(sequencer, "AB"[n % 2], START + n * STEP, f"n{n}"), range(100)))
    batches = figures.registry.get_sample_value("auction_bid_batch_size_count")
    assert batches is not None
    assert batches < 100
    assert figures.registry.get_sample_value("auction_bid_batch_size_bucket", {"le": f"{BATCH_MAX}.0"}) == batches
    with platform.read() as session:
        bids = docket.of_kinds(session, "lot:L1", ["bid.accepted", "bid.refused"])
    arrivals = [entry.public["received_at"] for entry in bids]
    assert arrivals == sorted(arrivals)
    assert len(bids) == 100


def test_watchers_are_told_after_the_commit(road: Road, sequencer: Sequencer, heard: list[str]) -> None:
    outcome_of(sequencer, "A", START, "b1")
    assert heard == ["L1"]


def test_a_failing_database_refuses_its_own_batch_and_the_same_bid_may_be_sent_again(
    road: Road, sequencer: Sequencer
) -> None:
    engine = road.platform.database.engine
    with ThreadPoolExecutor(1) as bidder, engine.connect() as holding, engine.connect() as watching:
        holding.execute(text("SELECT FROM docket_heads WHERE chain = 'lot:L1' FOR UPDATE"))
        waits = bidder.submit(sequencer.submit, lot="L1", person="A", amount_minor=START, bid_id="b1")
        cut = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        while not watching.execute(cut).all():
            watching.rollback()
        with pytest.raises(PlatformUnavailable):
            waits.result(timeout=20)
    assert kinds(road)["bid.accepted"] == 0
    assert outcome_of(sequencer, "A", START, "b1") == "accepted"
    assert kinds(road)["bid.accepted"] == 1


def test_a_database_that_hangs_costs_a_retryable_answer_and_the_same_bid_is_told_what_became_of_it(
    road: Road, platform: Platform
) -> None:
    impatient = Sequencer(platform, figures=Figures(), limits=Limits(), patience=0.5)
    with platform.database.engine.connect() as holding:
        holding.execute(text("SELECT FROM docket_heads WHERE chain = 'lot:L1' FOR UPDATE"))
        with pytest.raises(PlatformUnavailable):
            impatient.submit(lot="L1", person="A", amount_minor=START, bid_id="b1")
    receipt = impatient.submit(lot="L1", person="A", amount_minor=START, bid_id="b1").receipt
    assert receipt.accepted
    assert kinds(road)["bid.accepted"] == 1
    assert impatient.oldest_arrival() is None


@pytest.mark.parametrize(
    ("amount_minor", "bid_id", "code"),
    [
        (-START, "b1", "input.malformed"),
        (0, "b1", "input.malformed"),
        (10**18, "b1", "input.malformed"),
        (START + 1, "b1", "accepted"),
        (START - STEP, "b1", "bidding.below_start"),
        (START + 1, "", "input.malformed"),
        (START, "x" * 65, "input.malformed"),
        (START, "b 1", "input.malformed"),
    ],
)
def test_wild_amounts_and_ids_are_refused_by_name(
    road: Road, sequencer: Sequencer, amount_minor: int, bid_id: str, code: str
) -> None:
    expected = "bidding.off_step" if code == "accepted" else code
    assert outcome_of(sequencer, "A", amount_minor, bid_id) == expected


@pytest.mark.parametrize("amount", [START + 0.5, "70000000", True, None, [START], {"minor": START}])
def test_what_is_no_whole_number_is_no_amount(road: Road, sequencer: Sequencer, amount: object) -> None:
    with pytest.raises(InputMalformed):
        sequencer.submit(lot="L1", person="A", amount_minor=amount, bid_id="b1")  # type: ignore[arg-type]
    assert kinds(road)["bid.refused"] == 0


@pytest.mark.parametrize("lot", ["L9", "", "x" * 81, "L1\x00", "L1;--", "\ud800"])
def test_an_unknown_lot_is_refused_and_leaves_no_line_behind(road: Road, sequencer: Sequencer, lot: str) -> None:
    with pytest.raises(NotFound):
        sequencer.submit(lot=lot, person="A", amount_minor=START, bid_id="b1")
    assert sequencer.oldest_arrival() is None


def test_who_is_not_admitted_is_turned_away_and_nothing_is_written(road: Road, sequencer: Sequencer) -> None:
    road.person("Z")
    with pytest.raises(rules.NotAdmitted):
        sequencer.submit(lot="L1", person="Z", amount_minor=START, bid_id="b1")
    counted = kinds(road)
    assert counted["bid.accepted"] + counted["bid.refused"] == 0


def test_another_bidders_id_is_not_his_receipt(road: Road, sequencer: Sequencer) -> None:
    assert outcome_of(sequencer, "A", START, "b1") == "accepted"
    assert outcome_of(sequencer, "B", START, "b1") == "bidding.id_reused"
    assert outcome_of(sequencer, "A", START + STEP, "b1") == "bidding.id_reused"
    assert outcome_of(sequencer, "A", START, "b1") == "accepted"


def test_a_bid_stamped_at_the_end_is_late(road: Road, sequencer: Sequencer) -> None:
    with road.platform.read() as session:
        ends = queries.outcome(session, "L1").ends_at
    road.clock.set(ends)
    assert outcome_of(sequencer, "A", START, "late") == "bidding.closed"
    road.wait_until(ends)
    assert outcome_of(sequencer, "A", START, "later") == "bidding.closed"


def test_a_full_line_says_so(road: Road, platform: Platform) -> None:
    sequencer = Sequencer(platform, figures=Figures(), limits=Limits(queue_per_lot=1))
    with ThreadPoolExecutor(30) as crowd:
        answers = Counter(crowd.map(lambda n: outcome_of(sequencer, "A", START, f"n{n}"), range(30)))
    assert answers["platform.unavailable"] > 0
    assert answers["accepted"] == 1
