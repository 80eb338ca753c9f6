"""What a step was given, read field by field and refused once with every fault named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from auction.edges.stories.instants import instant, instant_or_day
from auction.procedure.inputs import Checks

_NO_INSTANT = "应为带时区的时刻 / must be an instant with an offset"


class Given:
    """The fields of ``with``: each is read once by its name; ``done`` refuses what was wrong, missing or unknown.

    Values that a command judges for itself are handed on as they are (``plain``).
    """

    def __init__(self, fields: Mapping[str, object]) -> None:
        self._fields = fields
        self._known: set[str] = set()
        self._checks = Checks()

    def done(self) -> None:
        """Refuse when a field was wrong, missing or unknown.

        :raises InputMalformed: naming every field
        """
        for name in self._fields:
            if name not in self._known:
                self._checks.wrong(name[:80], "未知字段 / unknown field")
        self._checks.refuse()

    def has(self, name: str) -> bool:
        """Say whether a field stands there, and count it as known."""
        self._known.add(name)
        return self._fields.get(name) is not None

    def text(self, name: str) -> str:
        """Read a text or id."""
        return self._checks.text(name, self._required(name))

    def text_or_none(self, name: str) -> str | None:
        """Read a text or id that may be left out."""
        return self.text(name) if self.has(name) else None

    def minor(self, name: str, *, least: int = 1) -> int:
        """Read an amount in fen."""
        return self._checks.minor(name, self._required(name), least=least)

    def minor_or_none(self, name: str, *, least: int = 1) -> int | None:
        """Read an amount in fen that may be left out or nothing."""
        return self.minor(name, least=least) if self.has(name) else None

    def truth(self, name: str) -> bool:
        """Read yes or no; no when left out."""
        return self._checks.truth(name, self._fields[name]) if self.has(name) else False

    def answer(self, name: str) -> bool:
        """Read yes or no that must be said."""
        return self._checks.truth(name, self._required(name))

    def whole_or_none(self, name: str, *, least: int, most: int) -> int | None:
        """Read a whole number that may be left out."""
        return self._checks.whole(name, self._fields[name], least=least, most=most) if self.has(name) else None

    def instant(self, name: str) -> datetime | None:
        """Read an instant; None only when it is wrong, which ``done`` refuses."""
        return self._instant(name, instant(self._required(name)))

    def instant_or_none(self, name: str) -> datetime | None:
        """Read an instant that may be left out."""
        return self.instant(name) if self.has(name) else None

    def end_or_none(self, name: str) -> datetime | None:
        """Read the end of a period that may be left out: an instant, or a day and thereby its last instant."""
        return self._instant(name, instant_or_day(self._fields[name])) if self.has(name) else None

    def texts(self, name: str, *, once: bool = False) -> list[str]:
        """Read a list of ids or names; empty when left out. ``once`` refuses one that is named twice."""
        given = self._fields[name] if self.has(name) else []
        read = self._checks.names(name, given)
        if once and isinstance(given, list) and len(read) != len(given):
            self._checks.wrong(name, "重复 / named twice")
        return read

    def objects(self, name: str) -> list[dict[str, object]]:
        """Read a list of objects; empty when left out."""
        given = self._fields[name] if self.has(name) else []
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            self._checks.wrong(name, "应为对象列表 / must be a list of objects")
            return []
        return given

    def plain(self, name: str) -> object:
        """Hand on a field as it is, for the command to judge; None when left out."""
        self._known.add(name)
        return self._fields.get(name)

    def wrong(self, name: str, why: str) -> None:
        """Note a fault that the step itself found."""
        self._checks.wrong(name, why)

    def _required(self, name: str) -> object:
        if not self.has(name):
            self._checks.wrong(name, "缺少该字段 / is missing")
        return self._fields.get(name)

    def _instant(self, name: str, read: datetime | None) -> datetime | None:
        if read is None:
            self._checks.wrong(name, _NO_INSTANT)
        return read
