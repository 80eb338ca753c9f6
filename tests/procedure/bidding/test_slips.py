"""When an amount looks like a slip of the hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.foundation.kernel.money import MINOR_MAX
from auction.procedure.bidding.slips import SLIP, distance

LEAST, STEP = 705_000_00, 5_000_00


def asks(amount_minor: int, *, least_minor: int = LEAST, increment_minor: int = STEP) -> bool:
    return SLIP.looks_like_one(amount_minor=amount_minor, least_minor=least_minor, increment_minor=increment_minor)


@pytest.mark.parametrize(
    ("amount_minor", "likely"),
    [
        (LEAST, False),
        (LEAST + STEP, False),
        (LEAST + 10 * STEP, False),  # the largest button of the page
        (LEAST + 10 * STEP + 1, True),
        (LEAST + 11 * STEP, True),
        (LEAST * 10, True),  # one digit more
        (MINOR_MAX, True),
        (LEAST - STEP, False),  # refused by the rules instead
        (0, False),
        (-LEAST, False),
    ],
)
def test_an_amount_is_asked_about_where_a_digit_may_be_one_too_many(amount_minor: int, *, likely: bool) -> None:
    assert asks(amount_minor) is likely


def test_many_small_steps_of_a_large_thing_are_no_slip() -> None:
    """Twelve steps of a tenth of a percent each are what bidders do."""
    assert not asks(1_012_000_00, least_minor=1_000_000_00, increment_minor=1_000_00)
    assert asks(1_050_000_00, least_minor=1_000_000_00, increment_minor=1_000_00)


def test_one_digit_more_is_asked_about_however_large_the_steps_are() -> None:
    assert asks(10_000_00, least_minor=1_000_00, increment_minor=1_000_00)
    assert not asks(9_000_00, least_minor=1_000_00, increment_minor=1_000_00)


@given(least_minor=st.integers(1, MINOR_MAX), increment_minor=st.integers(1, MINOR_MAX))
def test_the_plain_next_step_is_never_asked_about(least_minor: int, increment_minor: int) -> None:
    for amount_minor in (least_minor, least_minor + increment_minor):
        assert not asks(amount_minor, least_minor=least_minor, increment_minor=increment_minor)


@given(amount_minor=st.integers(1, MINOR_MAX), least_minor=st.integers(1, MINOR_MAX))
def test_what_was_no_slip_is_none_after_the_price_has_risen(amount_minor: int, least_minor: int) -> None:
    if not asks(amount_minor, least_minor=least_minor):
        assert not asks(amount_minor, least_minor=least_minor + STEP)


def test_the_distance_counts_whole_steps_and_tenths() -> None:
    found = distance(amount_minor=LEAST * 10 + 1, least_minor=LEAST, increment_minor=STEP)
    assert (found.over_minor, found.steps, found.tenfold) == (LEAST * 9 + 1, 1269, 100)
    below = distance(amount_minor=1, least_minor=LEAST, increment_minor=STEP)
    assert (below.over_minor, below.steps, below.tenfold) == (0, 0, 0)
