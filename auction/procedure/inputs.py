"""What a command was given, checked field by field and refused once, with every fault named.

Every edge may hand a command anything; the commands read it through ``Checks``,
so that a wrong type or a wild amount is a named refusal and never a database error.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.money import MINOR_MAX
from auction.foundation.kernel.refusal import InputMalformed

ID_MAX = 80
_RANK_MAX = 10_000
_DEPTH_MAX = 6
_FIELDS_MAX = 200
_TEXT_MAX = 4_000
_YEARS = range(1900, 2200)


class Checks:
    """Collects what is wrong; ``refuse`` raises it all at once.

    A reading that failed returns a harmless value of the right type: ask ``refuse``
    before using any of them.
    """

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}

    def wrong(self, field: str, why: str) -> None:
        """Note a fault of a field; the first one stays."""
        self.errors.setdefault(field, why)

    def take(self, faults: InputMalformed, *, under: str = "") -> None:
        """Take over what another reading found wrong, its fields under a name of ours."""
        errors = faults.facts["errors"]
        for field, why in errors.items() if isinstance(errors, Mapping) else ():
            self.wrong(f"{under}{field}", str(why))

    def refuse(self) -> None:
        """Refuse when anything was wrong.

        :raises InputMalformed: naming every field
        """
        if self.errors:
            raise InputMalformed(errors=self.errors)

    def text(self, field: str, value: object, *, longest: int = 200) -> str:
        """Read a text that says something: trimmed, not empty, no control characters."""
        if not isinstance(value, str):
            self.wrong(field, "应为文字 / must be text")
            return ""
        trimmed = value.strip()
        if not trimmed:
            self.wrong(field, "不能为空 / must not be empty")
        elif len(trimmed) > longest:
            self.wrong(field, f"不得超过{longest}字 / at most {longest} characters")
        elif not _printable(trimmed):
            self.wrong(field, "含有不可见字符 / contains control characters")
        else:
            return trimmed
        return ""

    def text_or_none(self, field: str, value: object, *, longest: int = 200) -> str | None:
        """Read a text that may be left out."""
        return None if value is None else self.text(field, value, longest=longest)

    def identifier(self, field: str, value: object) -> str:
        """Read an id given by the caller."""
        return self.text(field, value, longest=ID_MAX)

    def minor(self, field: str, value: object, *, least: int = 1) -> int:
        """Read an amount in whole minor units."""
        return self.whole(field, value, least=least, most=MINOR_MAX)

    def whole(self, field: str, value: object, *, least: int = 0, most: int = _RANK_MAX) -> int:
        """Read a whole number within bounds; truth values and fractions are none."""
        if type(value) is not int:
            self.wrong(field, "应为整数 / must be a whole number")
        elif not least <= value <= most:
            self.wrong(field, f"应在{least}至{most}之间 / must lie between {least} and {most}")
        else:
            return value
        return least

    def whole_or_none(self, field: str, value: object, *, least: int = 0, most: int = _RANK_MAX) -> int | None:
        """Read a whole number that may be left out."""
        return None if value is None else self.whole(field, value, least=least, most=most)

    def truth(self, field: str, value: object) -> bool:
        """Read yes or no."""
        if not isinstance(value, bool):
            self.wrong(field, "应为是或否 / must be true or false")
            return False
        return value

    def one_of(self, field: str, value: object, choices: Collection[str]) -> str:
        """Read a word of a closed list."""
        if isinstance(value, str) and value in choices:
            return value
        self.wrong(field, f"应为以下之一 / must be one of: {', '.join(sorted(choices))}")
        return ""

    def instant(self, field: str, value: object) -> datetime | None:
        """Read an instant with an offset; None when it is none."""
        if not isinstance(value, datetime) or value.utcoffset() is None:
            self.wrong(field, "应为带时区的时刻 / must be an instant with an offset")
            return None
        if value.year not in _YEARS:
            self.wrong(field, "年份超出范围 / the year is out of range")
            return None
        return value

    def instant_or_none(self, field: str, value: object) -> datetime | None:
        """Read an instant that may be left out."""
        return None if value is None else self.instant(field, value)

    def day_or_none(self, field: str, value: object) -> date | None:
        """Read a calendar day that may be left out: a date, its ISO text, or an instant's day in court time."""
        match value:
            case None:
                return None
            case str():
                day = _iso_day(value)
            case datetime() if value.utcoffset() is not None:
                day = day_of(value)
            case date() if not isinstance(value, datetime):
                day = value
            case _:
                day = None
        if day is None or day.year not in _YEARS:
            self.wrong(field, "应为日期，如2025-01-31 / must be a date such as 2025-01-31")
            return None
        return day

    def known_fields(self, field: str, value: object, known: Collection[str]) -> dict[str, object]:
        """Read an object whose fields are all known by name."""
        if not isinstance(value, Mapping):
            self.wrong(field, "应为数据对象 / must be an object")
            return {}
        for name in value:
            if name not in known:
                self.wrong(f"{field}.{name}"[:ID_MAX], "未知字段 / unknown field")
        return {str(name): item for name, item in value.items()}

    def names(self, field: str, value: object, *, longest: int = ID_MAX) -> list[str]:
        """Read a list of ids or names without repetition, order kept."""
        if isinstance(value, str) or not isinstance(value, Iterable):
            self.wrong(field, "应为列表 / must be a list")
            return []
        read = [self.text(f"{field}[{n}]", item, longest=longest) for n, item in enumerate(value)]
        return list(dict.fromkeys(read))

    def facts(self, field: str, value: object) -> dict[str, object]:
        """Read a JSON object of moderate size: text, whole numbers, truth, lists, objects."""
        if not isinstance(value, Mapping) or not _plain(value, _DEPTH_MAX):
            self.wrong(field, "应为简单的数据对象 / must be an object of plain values")
            return {}
        return dict(value)

    def list_of_facts(self, field: str, value: object) -> list[object]:
        """Read a JSON list of moderate size."""
        if isinstance(value, str) or not isinstance(value, Sequence) or not _plain(value, _DEPTH_MAX):
            self.wrong(field, "应为列表 / must be a list of plain values")
            return []
        return list(value)


def _iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _printable(text: str) -> bool:
    # Cc are control characters (NUL among them), Cs lone surrogates; PostgreSQL and UTF-8 take neither.
    return all(char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"} for char in text)


def _plain(value: object, depth: int) -> bool:
    match value:
        case None | bool():
            return True
        case int():
            return abs(value) <= MINOR_MAX
        case str():
            return len(value) <= _TEXT_MAX and _printable(value)
        case Mapping() | list() | tuple():
            return depth > 0 and len(value) <= _FIELDS_MAX and _plain_parts(value, depth - 1)
        case _:
            return False


def _plain_parts(value: Mapping[object, object] | Sequence[object], depth: int) -> bool:
    if not isinstance(value, Mapping):
        return all(_plain(item, depth) for item in value)
    return all(isinstance(key, str) and _plain(key, depth) and _plain(item, depth) for key, item in value.items())
