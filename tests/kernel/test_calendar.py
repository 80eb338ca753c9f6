"""Counting time: which days are worked, and when a period ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auction.foundation.kernel.calendar import (
    SHANGHAI,
    Calendar,
    CalendarMalformedError,
    NaiveInstantError,
    add_months,
    add_years,
    china,
    day_of,
    days_before,
    end_of_day,
    full_days_after,
    is_working_day,
    read_exceptions,
    start_of_day,
    within_days,
    within_hours,
    within_working_days,
)

INSTANTS = st.datetimes(
    min_value=datetime(2004, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone
    max_value=datetime(2099, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone
    timezones=st.sampled_from([SHANGHAI, UTC, timezone(timedelta(hours=-7))]),
)
DAYS = st.integers(min_value=0, max_value=400)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.statute
@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2025, 3, 3), True),  # an ordinary Monday
        (date(2025, 3, 8), False),  # an ordinary Saturday
        (date(2025, 1, 28), False),  # eve of the Spring Festival
        (date(2025, 1, 26), True),  # a Sunday worked instead
        (date(2025, 10, 8), False),  # the last day of the National Day holiday
        (date(2025, 10, 11), True),  # a Saturday worked instead
        (date(2026, 2, 14), True),  # a Saturday worked instead
        (date(2026, 2, 23), False),  # the Spring Festival of 2026 ends
        (date(2026, 10, 10), True),  # a Saturday worked instead
        (date(2004, 10, 1), False),
        (date(2100, 10, 1), False),
        (date(2101, 10, 1), False),
    ],
)
def test_courts_work_on_weekdays_and_on_make_up_days(day: date, *, worked: bool) -> None:
    assert is_working_day(day) is worked


@pytest.mark.statute
@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2025-03-03T09:00:00", 10, "2025-03-13"),
        ("2025-03-03T23:59:59", 1, "2025-03-04"),
        ("2025-03-05T10:00:00", 3, "2025-03-10"),  # ends on a Saturday
        ("2025-09-21T10:00:00", 10, "2025-10-09"),  # ends on 1 October
        ("2025-09-26T10:00:00", 15, "2025-10-11"),  # ends on a Saturday that is worked
    ],
)
def test_a_period_ends_with_its_last_day_or_the_next_worked_one(start: str, days: int, end: str) -> None:
    assert within_days(_at(start), days) == end_of_day(date.fromisoformat(end))


def test_a_period_given_in_another_zone_is_counted_in_court_time() -> None:
    late = datetime(2025, 3, 3, 17, 0, tzinfo=UTC)

    assert day_of(late) == date(2025, 3, 4)
    assert within_days(late, 1) == end_of_day(date(2025, 3, 5))


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [("2025-03-07T10:00:00", 3, "2025-03-12"), ("2025-09-30T10:00:00", 3, "2025-10-11")],
)
def test_working_days_skip_weekends_and_holidays(start: str, days: int, end: str) -> None:
    assert within_working_days(_at(start), days) == end_of_day(date.fromisoformat(end))


def test_hours_are_never_moved_past_a_holiday() -> None:
    assert within_hours(_at("2025-09-30T10:00:00"), 24) == _at("2025-10-01T10:00:00")


def test_days_before_counts_full_days() -> None:
    assert days_before(_at("2025-04-01T10:00:00"), 15) == _at("2025-03-17T10:00:00")


@pytest.mark.parametrize(
    ("moment", "years", "later"),
    [
        ("2024-02-29T12:00:00", 1, "2025-02-28T12:00:00"),
        ("2024-02-29T12:00:00", 4, "2028-02-29T12:00:00"),
        ("2025-03-01T08:00:00", 3, "2028-03-01T08:00:00"),
    ],
)
def test_years_keep_the_day_but_for_the_leap_day(moment: str, years: int, later: str) -> None:
    assert add_years(_at(moment), years) == _at(later)
    assert add_years(_at(moment).date(), years) == _at(later).date()


def test_months_end_on_the_last_day_where_the_day_is_missing() -> None:
    assert add_months(date(2025, 8, 31), 6) == date(2026, 2, 28)
    assert add_months(date(2025, 3, 31), -1) == date(2025, 2, 28)
    assert add_months(datetime(2025, 8, 30, 17, tzinfo=UTC), 6) == _at("2026-02-28T01:00:00")


def test_an_officer_can_say_that_a_day_is_different() -> None:
    day = date(2027, 2, 6)
    changed = china().with_exceptions({day: True})

    assert not is_working_day(day)
    assert is_working_day(day, calendar=changed)
    assert within_days(_at("2027-02-05T10:00:00"), 1, calendar=changed) == end_of_day(day)
    assert changed.with_exceptions({day: False}).is_working_day(day) is False


def test_the_table_of_exceptional_days_is_read() -> None:
    table = read_exceptions('[[day]]\ndate = 2027-02-06\nworking = true\nsource = "通知"\n')

    assert table == {date(2027, 2, 6): True}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[day]]\ndate = 2027-02-06\n", "day 1: needs"),
        ("[[day]]\ndate = 2027-02-06T10:00:00\nworking = true\n", "day 1: needs"),
        ('[[day]]\ndate = "2027-02-06"\nworking = true\n', "day 1: needs"),
        (
            "[[day]]\ndate = 2027-02-06\nworking = true\n[[day]]\ndate = 2027-02-06\nworking = false\n",
            "day 2: 2027-02-06 is entered twice",
        ),
        ("day = 1\n", "`day` must be a list"),
        ("day = = 1\n", "line 1"),
    ],
)
def test_a_wrong_table_of_exceptional_days_names_the_entry(text: str, complaint: str) -> None:
    with pytest.raises(CalendarMalformedError, match=complaint):
        read_exceptions(text)


def test_a_moment_without_an_offset_is_refused() -> None:
    naive = datetime(2025, 3, 1)  # noqa: DTZ001 - the mistake under test

    for count in (within_days, within_working_days, within_hours, days_before, full_days_after, add_years):
        with pytest.raises(NaiveInstantError):
            count(naive, 1)


def test_a_negative_period_is_refused() -> None:
    for count in (within_days, within_working_days, within_hours, days_before, full_days_after):
        with pytest.raises(ValueError, match="never negative"):
            count(_at("2025-03-01T00:00:00"), -1)


@pytest.mark.property
@given(start=INSTANTS, days=DAYS)
@example(start=datetime(2025, 9, 30, 15, 59, 59, 999_999, tzinfo=UTC), days=1)
def test_a_period_ends_on_a_worked_day_at_its_last_instant(start: datetime, days: int) -> None:
    end = within_days(start, days)

    earliest = day_of(start) + timedelta(days=days)
    assert is_working_day(day_of(end))
    assert end.timetz() == time(23, 59, 59, 999_999, SHANGHAI)
    assert end >= start
    assert day_of(end) >= earliest
    skipped = (earliest + timedelta(days=n) for n in range((day_of(end) - earliest).days))
    assert not any(is_working_day(day) for day in skipped)


@pytest.mark.property
@given(start=INSTANTS, days=DAYS, more=DAYS)
def test_a_longer_or_later_period_never_ends_earlier(start: datetime, days: int, more: int) -> None:
    assert within_days(start, days) <= within_days(start, days + more)
    assert within_days(start, days) <= within_days(start + timedelta(days=more), days)
    assert within_days(start, days) <= within_working_days(start, days) or days == 0


@pytest.mark.property
@given(start=INSTANTS, days=st.integers(min_value=0, max_value=60))
def test_working_days_are_counted_one_by_one(start: datetime, days: int) -> None:
    last = day_of(within_working_days(start, days))

    between = (day_of(start) + timedelta(days=n) for n in range(1, (last - day_of(start)).days + 1))
    assert sum(is_working_day(day) for day in between) == days


@pytest.mark.property
@given(event=INSTANTS, days=DAYS)
def test_days_before_and_full_days_after_undo_each_other(event: datetime, days: int) -> None:
    assert full_days_after(days_before(event, days), days) == event
    assert event - days_before(event, days) == timedelta(hours=24 * days)


@pytest.mark.property
@given(moment=INSTANTS, years=st.integers(min_value=0, max_value=100), months=st.integers(0, 240))
def test_adding_months_keeps_day_and_time_or_takes_the_months_last_day(
    moment: datetime, years: int, months: int
) -> None:
    local = moment.astimezone(SHANGHAI)

    later = add_months(add_years(moment, years), months)

    assert later.timetz() == local.timetz()
    assert later.day <= local.day
    if local.day <= 28:
        assert later.day == local.day
    assert (later.year * 12 + later.month) - (local.year * 12 + local.month) == 12 * years + months


@pytest.mark.property
@given(day=st.dates(), worked=st.booleans())
def test_an_exceptional_day_always_wins(day: date, *, worked: bool) -> None:
    assert Calendar({day: worked}).is_working_day(day) is worked


@pytest.mark.property
@given(day=st.dates())
def test_a_day_runs_from_its_first_to_its_last_instant(day: date) -> None:
    assert end_of_day(day) - start_of_day(day) == timedelta(days=1) - timedelta(microseconds=1)
    assert day_of(start_of_day(day)) == day_of(end_of_day(day)) == day
