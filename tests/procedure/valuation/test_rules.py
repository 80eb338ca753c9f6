from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.foundation.kernel.money import MINOR_MAX
from auction.foundation.kernel.refusal import InputMalformed
from auction.procedure.valuation import rules
from auction.procedure.valuation.rules import Mode, Offer, Result
from auction.rulebook import rulebook

SENT = datetime.fromisoformat("2025-03-03T09:00:00+08:00")  # a Monday: three days end on Thursday night
NUMBERS = rulebook().on(SENT.date())
DAY = timedelta(days=1)
AMOUNTS = st.integers(1, MINOR_MAX)


def inquire(*results: Result, now: datetime = SENT + 20 * DAY) -> rules.Inquiry:
    return rules.inquired(results, sent_at=SENT, now=now, numbers=NUMBERS.valuation)


@pytest.mark.statute
def test_identical_figures_of_both_sides_are_the_price() -> None:
    same = [Offer("D", 500), Offer("K1", 500)]
    assert rules.negotiated(same, debtor="D", creditors={"K1", "N1"}) == 500
    assert rules.negotiated([Offer("D", 500), Offer("K1", 499)], debtor="D", creditors={"K1"}) is None
    assert rules.negotiated([Offer("D", 500)], debtor="D", creditors={"K1"}) is None
    assert rules.negotiated([Offer("K1", 500), Offer("K2", 500)], debtor="D", creditors={"K1", "K2"}) is None


@pytest.mark.statute
def test_the_price_is_the_mean_of_those_in_time_and_the_late_get_no_more_time() -> None:
    found = inquire(
        Result("甲", 100, SENT + DAY),
        Result("乙", 201, SENT + 3 * DAY),
        Result("丙", 999, SENT + 4 * DAY, extension_requested=True),
    )
    assert (found.amount_minor, found.counted) == (151, ("甲", "乙"))


@pytest.mark.statute
def test_three_days_end_with_the_last_instant_of_the_third() -> None:
    midnight = datetime.fromisoformat("2025-03-07T00:00:00+08:00")
    assert inquire(Result("甲", 100, midnight - timedelta(microseconds=1))).amount_minor == 100
    assert inquire(Result("甲", 100, midnight)).amount_minor is None


@pytest.mark.statute
def test_when_all_are_late_and_all_asked_three_more_days_are_given() -> None:
    late = [
        Result("甲", 100, SENT + 4 * DAY, extension_requested=True),
        Result("乙", 300, SENT + 6 * DAY, extension_requested=True),
    ]
    assert inquire(*late).amount_minor == 200
    assert inquire(*late, Result("丙", 1, SENT + 4 * DAY)).amount_minor is None
    too_late = [Result("甲", 100, SENT + 15 * DAY, extension_requested=True)]
    assert inquire(*too_late) == rules.Inquiry(None, None, ())


@pytest.mark.statute
def test_while_the_longer_time_runs_nothing_has_failed_yet() -> None:
    waiting = inquire(Result("甲", None, extension_requested=True), now=SENT + 4 * DAY)
    assert waiting.amount_minor is None
    assert waiting.pending_until is not None
    assert inquire(Result("甲", None), now=SENT + 4 * DAY).pending_until is None


@pytest.mark.property
@given(st.lists(st.tuples(AMOUNTS, st.integers(0, 10), st.booleans()), min_size=1, max_size=8))
def test_a_mean_lies_between_the_results_it_counts(given_results: list[tuple[int, int, bool]]) -> None:
    results = [Result(str(n), minor, SENT + d * DAY, asked) for n, (minor, d, asked) in enumerate(given_results)]
    found = inquire(*results)
    counted = [one.amount_minor or 0 for one in results if one.platform in found.counted]
    assert (found.amount_minor is None) == (not counted)
    if found.amount_minor is not None:
        assert min(counted) <= found.amount_minor <= max(counted)
    in_time = [one for one in results if one.delivered_at is not None and one.delivered_at <= SENT + 3 * DAY]
    if in_time:
        assert set(found.counted) == {one.platform for one in in_time}


@pytest.mark.statute
def test_a_mode_waits_for_the_earlier_ones_to_fail() -> None:
    def check(mode: Mode, failed: set[Mode], *, agreed: bool = False, reason: str | None = None) -> None:
        rules.check_order(mode, failed=failed, taken=failed, agreed=agreed, reason=reason)

    check(Mode.NEGOTIATION, set())
    check(Mode.DIRECTED_INQUIRY, {Mode.NEGOTIATION})
    check(Mode.ONLINE_INQUIRY, {Mode.NEGOTIATION, Mode.DIRECTED_INQUIRY})
    check(Mode.APPRAISAL, {Mode.NEGOTIATION, Mode.DIRECTED_INQUIRY, Mode.ONLINE_INQUIRY})
    check(Mode.APPRAISAL, {Mode.ONLINE_INQUIRY})
    check(Mode.APPRAISAL, set(), agreed=True)
    check(Mode.APPRAISAL, set(), reason="法律规定必须委托评估")
    for mode, failed, first in (
        (Mode.DIRECTED_INQUIRY, set[Mode](), "negotiation"),
        (Mode.ONLINE_INQUIRY, {Mode.NEGOTIATION}, "directed_inquiry"),
        (Mode.APPRAISAL, {Mode.NEGOTIATION, Mode.DIRECTED_INQUIRY}, "online_inquiry"),
        (Mode.APPRAISAL, {Mode.NEGOTIATION}, "directed_inquiry"),
        (Mode.APPRAISAL, {Mode.DIRECTED_INQUIRY}, "online_inquiry"),
    ):
        with pytest.raises(rules.OutOfOrder) as refused:
            check(mode, failed)
        assert refused.value.facts["first"] == first
        assert refused.value.message("zh")
        assert first in refused.value.message("en")


@pytest.mark.statute
def test_a_price_stands_for_a_year_at_the_most() -> None:
    assert rules.valid_until(NUMBERS.valuation, fixed_at=SENT, asked=None) == SENT.replace(year=2026)
    last = datetime.fromisoformat("2026-03-03T23:59:59+08:00")
    assert rules.valid_until(NUMBERS.valuation, fixed_at=SENT, asked=last) == last
    with pytest.raises(rules.ValidityTooLong):
        rules.valid_until(NUMBERS.valuation, fixed_at=SENT, asked=last + timedelta(seconds=1))
    with pytest.raises(InputMalformed):
        rules.valid_until(NUMBERS.valuation, fixed_at=SENT, asked=SENT)


@dataclass(frozen=True)
class Price:
    valid_until: datetime


@pytest.mark.statute
@pytest.mark.parametrize(
    ("announced", "at", "usable"),
    [
        (None, SENT, True),
        (None, SENT + timedelta(microseconds=1), False),
        (SENT, SENT + 180 * DAY, True),
        (SENT, SENT + 185 * DAY, False),
        (SENT + timedelta(microseconds=1), SENT + DAY, False),
    ],
)
def test_an_announcement_in_time_gives_six_months_of_grace(
    announced: datetime | None, at: datetime, *, usable: bool
) -> None:
    price = Price(valid_until=SENT)
    assert rules.usable_at(price, now=at, first_announced_at=announced, numbers=NUMBERS) is usable
