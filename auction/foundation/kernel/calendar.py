"""Counting time as procedure counts it (民事诉讼法第85条), in Shanghai time.

Words: *within X days* ends with the last instant of day X, the starting day not
counted, and moves past weekends and public holidays; *X days before* and *X full
days* are X times 24 hours; *within X hours* is never moved.
"""

from __future__ import annotations

import calendar as gregorian
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import TypeVar

import holidays

#: China keeps one zone and no summer time, so a fixed offset is exact and needs no zone files.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

_LAST_INSTANT = time(23, 59, 59, 999_999)
_ONE_DAY = timedelta(days=1)
_MONTHS_A_YEAR = 12
_SATURDAY = 5

_Moment = TypeVar("_Moment", date, datetime)


class NaiveInstantError(ValueError):
    """A moment without an offset cannot be placed on the court's calendar."""


class CalendarMalformedError(ValueError):
    """The table of exceptional days cannot be read; the message names the entry."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked: the holiday table of China, and days known to differ from it.

    From 2004 on the make-up days of 调休 are known as far as they have been announced;
    for years not yet announced only the holidays themselves, and outside the table's
    years only weekends. ``exceptions`` always win.
    """

    exceptions: Mapping[date, bool] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        """Say whether courts and banks work on that day."""
        exception = self.exceptions.get(day)
        if exception is not None:
            return exception
        return _year(day.year).get(day, day.weekday() < _SATURDAY)

    def next_working_day(self, day: date) -> date:
        """Return the day itself when it is worked, else the first worked day after it."""
        while not self.is_working_day(day):
            day += _ONE_DAY
        return day

    def nth_working_day_after(self, day: date, count: int) -> date:
        """Return the ``count``-th worked day after the day; the day itself is not counted."""
        for _ in range(_not_negative(count)):
            day = self.next_working_day(day + _ONE_DAY)
        return day

    def with_exceptions(self, exceptions: Mapping[date, bool]) -> Calendar:
        """Return this calendar with more exceptional days; later knowledge wins."""
        return Calendar(MappingProxyType({**self.exceptions, **exceptions}))


@lru_cache(maxsize=128)
def _year(year: int) -> Mapping[date, bool]:
    """Return the days of a year that are not what their weekday says: holidays and make-up days."""
    table = holidays.country_holidays("CN", years=year)
    first = date(year, 1, 1)
    days = (first + timedelta(days=n) for n in range(365 + gregorian.isleap(year)))
    return MappingProxyType(
        {day: worked for day in days if (worked := table.is_working_day(day)) != (day.weekday() < _SATURDAY)},
    )


def read_exceptions(text: str) -> Mapping[date, bool]:
    """Read a table of exceptional days, written as in the file beside this module.

    :raises CalendarMalformedError: for a wrong entry, naming it
    """
    try:
        entries = tomllib.loads(text).get("day", [])
    except tomllib.TOMLDecodeError as fault:
        raise CalendarMalformedError(str(fault)) from fault
    if not isinstance(entries, list):
        msg = "`day` must be a list of tables"
        raise CalendarMalformedError(msg)
    found: dict[date, bool] = {}
    for number, entry in enumerate(entries, start=1):
        match entry:
            case {"date": date() as day, "working": bool() as working} if not isinstance(day, datetime):
                if day in found:
                    msg = f"day {number}: {day} is entered twice"
                    raise CalendarMalformedError(msg)
                found[day] = working
            case _:
                msg = f"day {number}: needs a `date` and `working` = true or false"
                raise CalendarMalformedError(msg)
    return MappingProxyType(found)


@lru_cache(maxsize=1)
def china() -> Calendar:
    """Return the calendar this program ships with, read once."""
    file = resources.files(__package__).joinpath("calendar.toml")
    return Calendar(read_exceptions(file.read_text(encoding="utf-8")))


def is_working_day(day: date, *, calendar: Calendar | None = None) -> bool:
    """Say whether the day is worked in China, make-up days included."""
    return (calendar or china()).is_working_day(day)


def within_days(start: datetime, days: int, *, calendar: Calendar | None = None) -> datetime:
    """Return the last instant of a period "within X days" (民事诉讼法第85条第2、3款).

    The starting day is not counted; when the last day is not worked, the period ends
    with the first worked day after it.

    :raises NaiveInstantError: when the start has no offset
    :raises ValueError: when the number of days is negative
    """
    last = day_of(start) + timedelta(days=_not_negative(days))
    return end_of_day((calendar or china()).next_working_day(last))


def within_working_days(start: datetime, days: int, *, calendar: Calendar | None = None) -> datetime:
    """Return the last instant of the X-th worked day after the starting day.

    :raises NaiveInstantError: when the start has no offset
    :raises ValueError: when the number of days is negative
    """
    return end_of_day((calendar or china()).nth_working_day_after(day_of(start), days))


def within_hours(start: datetime, hours: int) -> datetime:
    """Return the end of a period "within X hours"; it is never moved past a holiday.

    :raises NaiveInstantError: when the start has no offset
    :raises ValueError: when the number of hours is negative
    """
    return in_shanghai(start) + timedelta(hours=_not_negative(hours))


def days_before(event: datetime, days: int) -> datetime:
    """Return the latest instant that is X full days (X times 24 hours) before the event.

    :raises NaiveInstantError: when the event has no offset
    :raises ValueError: when the number of days is negative
    """
    return in_shanghai(event) - timedelta(days=_not_negative(days))


def full_days_after(start: datetime, days: int) -> datetime:
    """Return the earliest instant at which X full days (X times 24 hours) have passed.

    :raises NaiveInstantError: when the start has no offset
    :raises ValueError: when the number of days is negative
    """
    return in_shanghai(start) + timedelta(days=_not_negative(days))


def add_months(moment: _Moment, months: int) -> _Moment:
    """Return the same day of the month ``months`` later, or that month's last day where it has none.

    An instant keeps its time of day in Shanghai.

    :raises NaiveInstantError: for a datetime without an offset
    """
    if isinstance(moment, datetime):
        moment = in_shanghai(moment)
    carried, month = divmod(moment.month - 1 + months, _MONTHS_A_YEAR)
    year, month = moment.year + carried, month + 1
    day = min(moment.day, gregorian.monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)


def add_years(moment: _Moment, years: int) -> _Moment:
    """Return the same day ``years`` later; 29 February becomes 28 February.

    :raises NaiveInstantError: for a datetime without an offset
    """
    return add_months(moment, _MONTHS_A_YEAR * years)


def in_shanghai(moment: datetime) -> datetime:
    """Return the same instant in court time.

    :raises NaiveInstantError: when it has no offset
    """
    if moment.utcoffset() is None:
        msg = "an instant needs an offset"
        raise NaiveInstantError(msg)
    return moment.astimezone(SHANGHAI)


def day_of(moment: datetime) -> date:
    """Return the calendar day of an instant in court time.

    :raises NaiveInstantError: when it has no offset
    """
    return in_shanghai(moment).date()


def end_of_day(day: date) -> datetime:
    """Return the last instant of a day in court time, one microsecond before midnight."""
    return datetime.combine(day, _LAST_INSTANT, SHANGHAI)


def start_of_day(day: date) -> datetime:
    """Return the first instant of a day in court time."""
    return datetime.combine(day, time(), SHANGHAI)


def _not_negative(number: int) -> int:
    if number < 0:
        msg = "a period is never negative"
        raise ValueError(msg)
    return number
