"""Reading a desk form: every field by its name, every fault noted beside its field and refused at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

from flask import request
from werkzeug.datastructures import MultiDict

from auction.edges.web import visitor
from auction.edges.web.reading import YEARS, calendar_day, errors_of, yuan
from auction.foundation.kernel.calendar import SHANGHAI, end_of_day, in_shanghai
from auction.foundation.kernel.refusal import InputMalformed
from auction.procedure.inputs import Checks

_ROWS_MAX = 60
_ROW = re.compile(r"\[(\d+)\]\.?")
_WHY_DAY = "请填写日期 / give a date"
_WHY_MOMENT = "请填写日期和时间 / give a date and a time"
_WHY_NUMBER = "请填写整数 / give a whole number"


class Form:
    """What a person sent; ``refuse`` names every fault at once."""

    def __init__(self, given: MultiDict[str, str]) -> None:
        self.given = given
        self.checks = Checks()

    def refuse(self) -> None:
        """Refuse when anything was wrong.

        :raises InputMalformed: naming every field
        """
        self.checks.refuse()

    def raw(self, name: str) -> str:
        """Return what was typed, trimmed; nothing when the field is missing."""
        return self.given.get(name, "").strip()

    def ticked(self, name: str) -> bool:
        """Say whether a box was ticked."""
        return name in self.given

    def text(self, name: str, *, longest: int = 200) -> str:
        """Read a text that must say something."""
        return self.checks.text(name, self.raw(name), longest=longest)

    def text_or_none(self, name: str, *, longest: int = 200) -> str | None:
        """Read a text that may be left out."""
        return self.checks.text(name, self.raw(name), longest=longest) if self.raw(name) else None

    def lines(self, name: str, *, most: int = 40) -> list[str]:
        """Read one entry a line."""
        found = [line.strip() for line in self.raw(name).splitlines() if line.strip()]
        if len(found) > most:
            self.checks.wrong(name, f"最多 {most} 行 / at most {most} lines")
        return [self.checks.text(name, line) for line in found[:most]]

    def yuan(self, name: str) -> int:
        """Read an amount typed in yuan and return fen."""
        try:
            return yuan(self.raw(name), field=name)
        except InputMalformed as faults:
            self.checks.take(faults)
            return 1

    def yuan_or_none(self, name: str) -> int | None:
        """Read an amount that may be left out."""
        return self.yuan(name) if self.raw(name) else None

    def whole_or_none(self, name: str, *, least: int = 1, most: int = 10_000) -> int | None:
        """Read a whole number that may be left out."""
        text = self.raw(name)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= len(str(most))):
            self.checks.wrong(name, _WHY_NUMBER)
            return None
        return self.checks.whole(name, int(text), least=least, most=most)

    def day_or_none(self, name: str) -> date | None:
        """Read a calendar day that may be left out."""
        text = self.raw(name)
        if not text:
            return None
        day = calendar_day(text)
        if day is None:
            self.checks.wrong(name, _WHY_DAY)
            return None
        return day

    def end_of_day_or_none(self, name: str) -> datetime | None:
        """Read a day and return its last instant, as "until" means the day whole."""
        day = self.day_or_none(name)
        return end_of_day(day) if day else None

    def moment_or_none(self, name: str) -> datetime | None:
        """Read a time of the court's clock that may be left out."""
        text = self.raw(name)
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is not None or moment.year not in YEARS:
            self.checks.wrong(name, _WHY_MOMENT)
            return None
        return moment.replace(tzinfo=SHANGHAI)

    def moment(self, name: str) -> datetime | None:
        """Read a time of the court's clock that must be there; None only when a fault was noted."""
        if not self.raw(name):
            self.checks.wrong(name, _WHY_MOMENT)
        return self.moment_or_none(name)

    def rows(self, prefix: str, parts: tuple[str, ...]) -> list[int]:
        """Return the numbers of the rows of a repeated group in which any of the parts was filled in."""
        found = {
            int(number)
            for name in self.given
            for head, number, part in [_split(name)]
            if head == prefix and part in parts and self.raw(name)
        }
        return sorted(found)[:_ROWS_MAX]


def _split(name: str) -> tuple[str, str, str]:
    pieces = name.split("-", 2)
    if len(pieces) != 3 or not (pieces[1].isascii() and pieces[1].isdigit() and len(pieces[1]) <= 3):  # noqa: PLR2004 - prefix, number, part
        return "", "0", ""
    return pieces[0], pieces[1], pieces[2]


def form() -> Form:
    """Return the form of this request."""
    return Form(request.form)


def typed_now() -> str:
    """Return this instant as a date and time field shows it."""
    return in_shanghai(visitor.now()).strftime("%Y-%m-%dT%H:%M")


def field_of(name: str) -> str:
    """Return the form's name of a command's field: ``claims[0].amount_minor`` is ``claims-0-amount``."""
    return _ROW.sub(r"-\1-", name).removesuffix("_minor").rstrip("-").replace(".", "_")


def faults(refusal: InputMalformed) -> Mapping[str, str]:
    """Return the faults by form field, in the visitor's language."""
    return {field_of(name): why for name, why in errors_of(refusal, language=visitor.language()).items()}
