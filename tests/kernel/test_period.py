"""A period is half-open: the start belongs to it, the end does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.foundation.kernel.period import Period, PeriodMalformedError

START = datetime(2025, 3, 1, 2, tzinfo=UTC)
SECONDS = st.integers(min_value=0, max_value=1000)


def _period(start: int, length: int) -> Period:
    begins = START + timedelta(seconds=start)
    return Period(begins, begins + timedelta(seconds=length + 1))


def test_the_end_itself_is_outside() -> None:
    period = Period(START, START + timedelta(hours=24))

    assert period.contains(START)
    assert period.contains(period.end - timedelta(microseconds=1))
    assert not period.contains(period.end)
    assert not period.contains(START - timedelta(microseconds=1))
    assert period.length == timedelta(hours=24)


def test_periods_that_only_touch_do_not_overlap() -> None:
    first = _period(0, 9)
    second = Period(first.end, first.end + timedelta(seconds=1))

    assert not first.overlaps(second)
    assert not second.overlaps(first)


@pytest.mark.parametrize("end", [START, START - timedelta(seconds=1)])
def test_a_period_ends_after_it_starts(end: datetime) -> None:
    with pytest.raises(PeriodMalformedError, match="ends after it starts"):
        Period(START, end)


def test_a_period_needs_offsets() -> None:
    with pytest.raises(PeriodMalformedError, match="offset"):
        Period(START.replace(tzinfo=None), START)


@pytest.mark.property
@given(a=SECONDS, long=SECONDS, b=SECONDS, short=SECONDS)
def test_two_periods_overlap_exactly_when_they_share_an_instant(a: int, long: int, b: int, short: int) -> None:
    one, other = _period(a, long), _period(b, short)

    shared = one.contains(other.start) or other.contains(one.start)

    assert one.overlaps(other) is other.overlaps(one) is shared


@pytest.mark.property
@given(a=SECONDS, long=SECONDS, at=SECONDS)
def test_the_time_left_is_never_negative_nor_more_than_the_whole(a: int, long: int, at: int) -> None:
    period = _period(a, long)
    moment = START + timedelta(seconds=at)

    left = period.remaining(at=moment)

    assert timedelta(0) <= left <= period.length
    assert (left > timedelta(0)) is (moment < period.end)
