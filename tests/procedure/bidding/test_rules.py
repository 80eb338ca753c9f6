from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.foundation.kernel.refusal import Refusal
from auction.procedure.bidding import registering, rules
from auction.procedure.bidding.rules import Bidder, Standing, decide
from auction.rulebook import Numbers, rulebook

OPENS = datetime.fromisoformat("2025-03-20T10:00:00+08:00")
ENDS = OPENS + timedelta(hours=24)
NUMBERS: Numbers = rulebook().on(OPENS.date())
START, STEP = 70_000_000, 500_000
FEN = 1
SECOND = timedelta(seconds=1)
A, B = Bidder("RA", "AAAAA"), Bidder("RB", "BBBBB")
FIRST = Bidder("RP", "PPPPP", rank=1)
SECOND_RANK = Bidder("RQ", "QQQQQ", rank=2)


def standing(**changes: object) -> Standing:
    return replace(
        Standing(
            status="open",
            round="first",
            start_price_minor=START,
            increment_minor=STEP,
            opens_at=OPENS,
            ends_at=ENDS,
        ),
        **changes,  # type: ignore[arg-type]
    )


def bid(on: Standing, who: Bidder | None, amount: int, at: datetime = OPENS + SECOND) -> Standing:
    return decide(on, bidder=who, amount_minor=amount, received_at=at, numbers=NUMBERS)


def test_one_bid_at_the_start_price_leads() -> None:
    after = bid(standing(), A, START)
    assert (after.price_minor, after.leader, after.leader_code, after.bids) == (START, "RA", "AAAAA", 1)
    assert after.ends_at == ENDS
    assert rules.outcome(after) == "sold"
    assert rules.outcome(standing()) == "unsold"


@pytest.mark.parametrize(
    ("who", "amount", "refusal"),
    [
        (A, START - FEN, rules.BelowStart),
        (A, START + FEN, rules.OffStep),
        (A, START + STEP - FEN, rules.OffStep),
        (None, START, rules.NotAdmitted),
        (None, 1, rules.NotAdmitted),
    ],
)
def test_a_first_bid_is_refused_by_name(who: Bidder | None, amount: int, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        bid(standing(), who, amount)


@pytest.mark.parametrize(
    ("who", "amount", "refusal"),
    [
        (A, START + STEP, rules.OwnLead),
        (A, START - FEN, rules.BelowStart),
        (B, START, rules.BidTooLow),
        (B, START + STEP - FEN, rules.BidTooLow),
        (B, START + STEP + FEN, rules.OffStep),
    ],
)
def test_a_later_bid_is_refused_by_name(who: Bidder, amount: int, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        bid(bid(standing(), A, START), who, amount)


@pytest.mark.parametrize(
    ("at", "status", "refusal"),
    [
        (OPENS - SECOND, "open", rules.BiddingNotOpen),
        (OPENS, "announced", rules.BiddingNotOpen),
        (OPENS, "suspended", rules.BiddingNotOpen),
        (OPENS, "deferred", rules.BiddingNotOpen),
        (ENDS, "open", rules.BiddingClosed),
        (ENDS + SECOND, "open", rules.BiddingClosed),
        (ENDS - SECOND, "closed", rules.BiddingClosed),
    ],
)
def test_time_is_half_open(at: datetime, status: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        bid(standing(status=status), A, START, at)
    assert bid(standing(), A, START, OPENS).bids == 1
    assert bid(standing(), A, START, ENDS - timedelta(microseconds=1)).bids == 1


def test_a_bid_in_the_last_five_minutes_extends_from_its_own_instant() -> None:
    at = ENDS - timedelta(minutes=2)
    after = bid(standing(), A, START, at)
    assert after.ends_at == at + timedelta(minutes=5)
    assert after.extensions == 1


def test_a_bid_exactly_five_minutes_before_the_end_moves_nothing() -> None:
    after = bid(standing(), A, START, ENDS - timedelta(minutes=5))
    assert (after.ends_at, after.extensions) == (ENDS, 0)
    after = bid(standing(), A, START, ENDS - timedelta(minutes=5) + SECOND)
    assert (after.ends_at, after.extensions) == (ENDS + SECOND, 1)


def test_a_refused_bid_extends_nothing() -> None:
    before = bid(standing(), A, START)
    with pytest.raises(rules.BidTooLow):
        bid(before, B, START, ENDS - SECOND)
    assert before.ends_at == ENDS


def test_a_priority_purchaser_may_bid_the_same_price() -> None:
    led = bid(standing(), A, START)
    equal = bid(led, FIRST, START)
    assert (equal.leader, equal.price_minor) == ("RP", START)


def test_among_priority_purchasers_the_better_rank_wins_at_an_equal_price() -> None:
    led = bid(standing(), SECOND_RANK, START)
    assert bid(led, FIRST, START).leader == "RP"
    with pytest.raises(rules.BidTooLow):
        bid(bid(standing(), FIRST, START), SECOND_RANK, START)


def test_of_the_same_rank_the_earlier_bid_wins() -> None:
    other = Bidder("RX", "XXXXX", rank=1)
    with pytest.raises(rules.BidTooLow):
        bid(bid(standing(), FIRST, START), other, START)


def test_a_sale_runs_24_hours_from_its_first_bid() -> None:
    sale = standing(round="sale", ends_at=OPENS + timedelta(days=60))
    at = OPENS + timedelta(days=59, hours=23, minutes=59)
    after = bid(sale, A, START, at)
    assert after.ends_at == at + timedelta(hours=24)
    assert after.extensions == 0
    late = after.ends_at - SECOND
    assert bid(after, B, START + STEP, late).ends_at == late + timedelta(minutes=5)


def test_the_applicant_pays_what_his_claim_falls_short() -> None:
    due = registering.deposit_due
    assert due(deposit_minor=100, sale_price_minor=None, creditor_claim_minor=None) == 100
    assert due(deposit_minor=100, sale_price_minor=None, creditor_claim_minor=99) == 1
    assert due(deposit_minor=100, sale_price_minor=None, creditor_claim_minor=500) == 0
    assert due(deposit_minor=100, sale_price_minor=900, creditor_claim_minor=None) == 900


bidders = st.sampled_from([A, B, FIRST, SECOND_RANK, None])
offers = st.tuples(
    bidders,
    st.one_of(
        st.integers(min_value=-3, max_value=8).map(lambda k: START + k * STEP),
        st.integers(min_value=1, max_value=10**12),
    ),
    st.integers(min_value=-60, max_value=24 * 3600 + 4000),
)


@pytest.mark.property
@given(st.lists(offers, max_size=40))
def test_prices_only_rise_and_the_end_never_comes_nearer(made: list[tuple[Bidder | None, int, int]]) -> None:
    now = standing()
    for who, amount, seconds in made:
        try:
            after = bid(now, who, amount, OPENS + timedelta(seconds=seconds))
        except Refusal as refusal:
            assert refusal.code.startswith("bidding.")  # noqa: PT017 - every refusal is of this family
            continue
        assert after.price_minor is not None
        if now.price_minor is not None:
            equal = after.price_minor == now.price_minor
            assert after.price_minor > now.price_minor or (equal and after.leader_rank is not None)
        assert after.ends_at >= now.ends_at
        assert after.bids == now.bids + 1
        now = after


@pytest.mark.property
@given(st.lists(offers, max_size=40))
def test_the_amount_named_as_least_acceptable_is_accepted(made: list[tuple[Bidder | None, int, int]]) -> None:
    now = standing()
    for who, amount, _ in made:
        try:
            now = bid(now, who, amount)
        except Refusal:
            other = next(one for one in (A, B) if one.registration != now.leader)
            assert bid(now, other, now.least_acceptable_minor).leader == other.registration
