"""Breaking text into lines as Chinese typesetting wants it: between characters, never a comma first; pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

#: What never begins a line, and what never ends one.
_NOT_FIRST = frozenset("，。、；：？！）》〉」』】〕”’…—·～％‰℃°,.;:?!)]}%")
_NOT_LAST = frozenset("（《〈「『【〔“‘([{￥¥$")

Measure = Callable[[str], float]


def lines(text: str, *, width: float, measure: Measure, indent: float = 0.0) -> list[str]:
    """Return a text in lines no wider than ``width``; the first of each paragraph is shorter by ``indent``.

    A word of Latin letters or a number stays whole where it fits a line at all. A text always has one line.
    """
    found: list[str] = []
    for paragraph in unicodedata.normalize("NFC", text).split("\n"):
        found.extend(_paragraph(paragraph, width=width, measure=measure, indent=indent))
    return found


def _paragraph(text: str, *, width: float, measure: Measure, indent: float) -> list[str]:
    found: list[str] = []
    line, room = "", width - indent
    for piece in _pieces(text):
        if measure(line + piece.rstrip()) <= room:
            line += piece
            continue
        if line:
            found.append(line.rstrip())
            line, room = "", width
        whole = piece.lstrip() if found else piece
        while measure(whole.rstrip()) > room and len(whole) > 1:
            fitting = _fitting(whole, room, measure)
            found.append(whole[:fitting])
            whole, room = whole[fitting:], width
        line = whole
    return [*found, line.rstrip()]


def _fitting(text: str, room: float, measure: Measure) -> int:
    """Return how many characters of a text fit, one at the least."""
    count = 1
    while count < len(text) and measure(text[: count + 1]) <= room:
        count += 1
    return count


def _pieces(text: str) -> list[str]:
    """Return the pieces between which a line may end."""
    found: list[str] = []
    for char in text:
        if found and _sticks(found[-1], char):
            found[-1] += char
        else:
            found.append(char)
    return found


def _sticks(before: str, char: str) -> bool:
    last = before[-1]
    if char in _NOT_FIRST or last in _NOT_LAST or char == " ":
        return True
    if last == " ":
        return False
    return not _stands_alone(last) and not _stands_alone(char) and last != "-"


def _stands_alone(char: str) -> bool:
    """Say whether a line may end on either side of a character, as with ideographs."""
    return unicodedata.east_asian_width(char) in {"W", "F"} or ord(char) >= 0x2E80  # noqa: PLR2004 - where they begin
