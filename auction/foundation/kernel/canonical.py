"""RFC 8785 canonical JSON, for the values a docket may hold: text, whole numbers, truth, lists, objects."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

_SAFE_INTEGER = 2**53 - 1
_SHANGHAI = ZoneInfo("Asia/Shanghai")
#: Since 1991 the zone has had one offset, whose arithmetic costs a tenth of a look into the tables.
_ONE_OFFSET, _SINCE = timezone(timedelta(hours=8)), datetime(1992, 1, 1, tzinfo=UTC)
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


class NotCanonicalError(ValueError):
    """The value has no exact canonical form here (a float, a huge number, a lone surrogate)."""


def canonical(value: object) -> bytes:
    """Return the RFC 8785 form, UTF-8.

    Object names are ASCII here, so sorting by code point is sorting by UTF-16
    unit; floats are refused, so no number formatting can differ.

    :raises NotCanonicalError: for what has no exact form
    """
    _check(value)
    try:
        return _ENCODER.encode(value).encode("utf-8")
    except UnicodeEncodeError as fault:
        msg = "text with a lone surrogate"
        raise NotCanonicalError(msg) from fault


def sha256_hex(value: object) -> str:
    """Return the lower-case hex SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()


@lru_cache(maxsize=4_096)
def instant_text(moment: datetime) -> str:
    """Write an instant as RFC 3339 in court time with microseconds kept.

    :raises ValueError: for a naive datetime
    """
    if moment.tzinfo is None:
        msg = "an instant has an offset"
        raise ValueError(msg)
    if moment >= _SINCE:
        return moment.astimezone(_ONE_OFFSET).isoformat(timespec="microseconds")
    return moment.astimezone(UTC).astimezone(_SHANGHAI).isoformat(timespec="microseconds")


def _check(value: object) -> None:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return
    if isinstance(value, dict):
        _check_object(value)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item)
    elif isinstance(value, int):
        if not -_SAFE_INTEGER <= value <= _SAFE_INTEGER:
            msg = f"a number beyond 2**53: {value}"
            raise NotCanonicalError(msg)
    elif not isinstance(value, str):
        msg = f"not a docket value: {kind.__name__}"
        raise NotCanonicalError(msg)


def _check_object(value: dict[object, object]) -> None:
    # Thousands of times a second: all names at once, and a look at what is nearly always there before the long way.
    try:
        named = "".join(value).isascii()  # type: ignore[arg-type]  # that they are texts is what is asked
    except TypeError:
        named = False
    if not named:
        msg = f"object names that are not ASCII text: {list(value)!r}"
        raise NotCanonicalError(msg)
    for item in value.values():
        if type(item) is not str and item is not None:
            _check(item)
