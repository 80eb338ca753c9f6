"""Instants and offsets as a scenario writes them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from auction.foundation.kernel.calendar import end_of_day

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_OFFSET = re.compile(r"\+(\d{1,15})(ms|d|h|m|s)")
_UNITS = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}
#: The years a database, a calendar and a reader can all hold.
YEARS = range(1900, 2200)


def instant(text: object) -> datetime | None:
    """Return an RFC 3339 instant with its offset, or None when the text is none."""
    if not isinstance(text, str) or not _INSTANT.fullmatch(text.strip()):
        return None
    try:
        moment = datetime.fromisoformat(text.strip().upper())
    except ValueError:
        return None
    return moment if moment.year in YEARS else None


def instant_or_day(text: object) -> datetime | None:
    """Return an instant; a day alone means its last instant in court time."""
    if isinstance(text, str) and _DAY.fullmatch(text.strip()):
        try:
            day = datetime.fromisoformat(text.strip()).date()
        except ValueError:
            return None
        return end_of_day(day) if day.year in YEARS else None
    return instant(text)


def moved(start: datetime, offset: str) -> datetime | None:
    """Return the instant ``+<n>`` days, hours, minutes, seconds or milliseconds later, or None when it is no offset."""
    found = _OFFSET.fullmatch(offset)
    if found is None:
        return None
    try:
        moment = start + int(found[1]) * _UNITS[found[2]]
    except OverflowError:
        return None
    return moment if moment.year in YEARS else None
