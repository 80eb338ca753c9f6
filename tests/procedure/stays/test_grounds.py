"""On which grounds a lot stands still or is taken back, and how long it has when it goes on: pure decisions."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.foundation.kernel.money import MINOR_MAX
from auction.foundation.kernel.refusal import InputMalformed
from auction.procedure.lots import grounds
from auction.rulebook import Numbers, rulebook

BEGINS = datetime.fromisoformat("2025-03-20T10:00:00+08:00")
NUMBERS: Numbers = rulebook().on(BEGINS.date())
LEAST = NUMBERS.auction.resumed_bidding_min
SPAN = st.timedeltas(min_value=timedelta(microseconds=1), max_value=timedelta(days=400))
LISTS = (grounds.DEFER, grounds.SUSPEND, grounds.WITHDRAW, grounds.REVOKE)


@pytest.mark.property
@given(left=SPAN, still=SPAN)
def test_resumed_bidding_has_what_it_had_left_five_minutes_at_least(left: timedelta, still: timedelta) -> None:
    now = BEGINS + still
    ends = grounds.end_after_stay(NUMBERS, since=BEGINS, ends_at=BEGINS + left, now=now)
    assert ends - now == max(left, LEAST)


@pytest.mark.property
@given(late=SPAN, still=SPAN)
def test_what_stood_still_after_its_end_unnoticed_has_five_minutes(late: timedelta, still: timedelta) -> None:
    now = BEGINS + still
    assert grounds.end_after_stay(NUMBERS, since=BEGINS, ends_at=BEGINS - late, now=now) == now + LEAST


@pytest.mark.parametrize(("short", "has"), [(timedelta(microseconds=1), LEAST), (timedelta(0), LEAST)])
def test_five_minutes_are_had_from_both_sides(short: timedelta, has: timedelta) -> None:
    ends = grounds.end_after_stay(NUMBERS, since=BEGINS, ends_at=BEGINS + LEAST - short, now=BEGINS)
    assert ends - BEGINS == has
    longer = grounds.end_after_stay(NUMBERS, since=BEGINS, ends_at=BEGINS + LEAST + short, now=BEGINS)
    assert longer - BEGINS == LEAST + short


@pytest.mark.property
@given(before=SPAN, first=SPAN, second=SPAN)
def test_two_stays_take_no_more_bidding_time_than_one(before: timedelta, first: timedelta, second: timedelta) -> None:
    ends = BEGINS + before
    again = grounds.end_after_stay(NUMBERS, since=BEGINS, ends_at=ends, now=BEGINS + first)
    resumed = BEGINS + first
    last = grounds.end_after_stay(NUMBERS, since=resumed, ends_at=again, now=resumed + second)
    assert last - (resumed + second) == max(before, LEAST)


@pytest.mark.parametrize("known", LISTS)
def test_every_ground_of_a_list_is_taken(known: tuple[str, ...]) -> None:
    assert [grounds.check_ground(one, known=known) for one in known] == list(known)
    assert len(set(known)) == len(known)


@pytest.mark.property
@pytest.mark.parametrize("known", LISTS)
@given(ground=st.text(max_size=40))
def test_no_other_ground_is(known: tuple[str, ...], ground: str) -> None:
    if ground not in known:
        with pytest.raises(InputMalformed) as refused:
            grounds.check_ground(ground, known=known)
        assert list(refused.value.facts) == ["errors"]


def test_what_stops_a_lot_names_its_article() -> None:
    assert {*grounds.DEFER, *grounds.SUSPEND, grounds.PROCEEDS_SUFFICE} <= set(grounds.ARTICLES)


def test_nobody_stops_a_lot_because_the_proceeds_suffice() -> None:
    assert all(grounds.PROCEEDS_SUFFICE not in known for known in LISTS)


@pytest.mark.property
@given(missing=st.integers(1, MINOR_MAX))
def test_as_paid_is_withdrawn_only_what_is_paid_to_the_fen(missing: int) -> None:
    grounds.check_paid(ground="debtor_paid", outstanding_minor=0)
    with pytest.raises(grounds.DebtNotPaid) as refused:
        grounds.check_paid(ground="debtor_paid", outstanding_minor=missing)
    assert refused.value.facts == {"outstanding_minor": missing}
    for other in grounds.WITHDRAW:
        if other != "debtor_paid":
            grounds.check_paid(ground=other, outstanding_minor=missing)
