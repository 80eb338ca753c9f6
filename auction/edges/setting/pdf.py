"""Setting a paper: court, title, number, addressee, body, who signs, the place of the seal, and how to check it."""

from __future__ import annotations

import io
import json
import unicodedata
from dataclasses import dataclass
from typing import assert_never

import segno

from auction.edges.setting.breaking import lines
from auction.edges.setting.excerpt import excerpt
from auction.edges.setting.sheet import BODY, LEFT, OWN_CHARACTERS, SMALL, Lent, NotInExcerptError, Sheet
from auction.edges.setting.tables import set_table
from auction.procedure.papers import characters, words
from auction.procedure.papers.blocks import (
    Block,
    Content,
    Heading,
    Items,
    Pairs,
    Paragraph,
    Table,
    Text,
    content_json,
)

_LEADING = 7.4
_SIGNED_LEADING = 8.2
_SEAL = 20.0
_QR = 22.0
_TINY, _TINY_LEADING = 7.5, 3.8
_CHECK_WIDTH = 50.0
_NAMES_WIDEST = 50.0

_TRANSLATION = "Translation for information; the Chinese text is binding."
_NO_NUMBER_ZH, _NO_NUMBER_EN = "（终稿时编号）", "(number given when it is final)"
_SEAL_ZH, _SEAL_EN = "（院印）", "(court seal)"
#: What stands on papers beside what they say themselves; a character that is missing here only costs time.
_ON_EVERY = f"{_TRANSLATION}{_NO_NUMBER_ZH}{_NO_NUMBER_EN}{_SEAL_ZH}{_SEAL_EN}To: ：国．00. "


@dataclass(frozen=True, slots=True)
class Issue:
    """What a paper carries beside its content: how anybody can check it.

    ``check`` is the address under the QR code, ``digest`` that of the content; a draft carries neither number.
    """

    number: str | None
    digest: str
    check: str
    draft: bool


def set_paper(content: Content, issue: Issue, *, language: str) -> tuple[bytes, int]:
    """Return a paper as PDF in a language, and its number of pages; the same paper gives the same bytes."""
    wanted = characters_of(content, issue)
    try:
        with excerpt(characters.main_font(), wanted) as file:
            return set_with(content, issue, language=language, lent=Lent(file, wanted))
    except NotInExcerptError:
        return set_with(content, issue, language=language, lent=None)


def characters_of(content: Content, issue: Issue) -> frozenset[str]:
    """Return the characters a paper is made of: what it says, how to check it, and what stands on every one."""
    said = json.dumps(content_json(content), ensure_ascii=False)
    told = "".join(_check_words(issue, english=True) + _check_words(issue, english=False))
    day = words.day_in_numerals(content.dated) + words.day(content.dated).en
    return frozenset(unicodedata.normalize("NFC", said + told + day + _ON_EVERY)) | OWN_CHARACTERS | {"\n", "\t"}


def set_with(content: Content, issue: Issue, *, language: str, lent: Lent | None) -> tuple[bytes, int]:
    """Return the same set with a font that is lent for it, or with the whole font.

    :raises NotInExcerptError: when what is lent lacks a character
    """
    sheet = Sheet(
        language=language,
        title=" ".join(filter(None, [_in(content.title, language), issue.number])),
        author=content.court,
        subject=content.kind,
        made=content.dated,
        draft=issue.draft,
        lent=lent,
    )
    try:
        _head(sheet, content, issue)
        for block in content.blocks:
            _block(sheet, block)
        _close(sheet, content, issue)
        return bytes(sheet.output()), sheet.page
    finally:
        sheet.let_go()


def _in(text: Text, language: str) -> str:
    return text.en if language == "en" else text.zh


def _head(sheet: Sheet, content: Content, issue: Issue) -> None:
    _centred(sheet, content.court, size=18, after=2)
    _centred(sheet, _in(content.title, sheet.language), size=22, after=3, strong=True)
    if sheet.language == "en":
        _centred(sheet, _TRANSLATION, size=SMALL, after=2)
    number = issue.number or (_NO_NUMBER_EN if sheet.language == "en" else _NO_NUMBER_ZH)
    sheet.set_font_size(BODY)
    for line in lines(number, width=sheet.width, measure=sheet.measure):
        sheet.put(line, x=LEFT + sheet.width - sheet.measure(line), y=sheet.y)
        sheet.set_y(sheet.y + _LEADING)
    sheet.set_y(sheet.y + 2)
    if content.to is not None:
        _flow(sheet, f"{_in(content.to, sheet.language)}：" if sheet.language != "en" else f"To: {content.to.en}")


def _centred(sheet: Sheet, text: str, *, size: float, after: float, strong: bool = False) -> None:
    sheet.set_font_size(size)
    for line in lines(text, width=sheet.width, measure=sheet.measure):
        sheet.put(line, x=LEFT + (sheet.width - sheet.measure(line)) / 2, y=sheet.y, strong=strong)
        sheet.set_y(sheet.y + size * 0.3528 * 1.45)
    sheet.set_y(sheet.y + after)
    sheet.set_font_size(BODY)


def _block(sheet: Sheet, block: Block) -> None:
    sheet.set_font_size(BODY)
    match block:
        case Heading():
            sheet.set_y(sheet.y + 2)
            sheet.need(3 * _LEADING)
            _flow(sheet, _in(block.text, sheet.language), strong=True)
        case Paragraph():
            _flow(sheet, _in(block.text, sheet.language), indented=True, strong=block.strong)
        case Items():
            _items(sheet, block)
        case Pairs():
            _pairs(sheet, block)
        case Table():
            sheet.set_y(sheet.y + 1)
            set_table(sheet, block, language=sheet.language)
            sheet.set_y(sheet.y + 3)
            sheet.set_font_size(BODY)
        case _:
            assert_never(block)


def _flow(
    sheet: Sheet,
    text: str,
    *,
    indented: bool = False,
    strong: bool = False,
    x: float = LEFT,
    width: float | None = None,
) -> None:
    """Set a text line by line over as many pages as it takes; a paragraph begins two characters in."""
    room = width if width is not None else sheet.width
    indent = 2 * sheet.measure("国") if indented and sheet.language != "en" else 0.0
    for part in text.split("\n"):
        for place, line in enumerate(lines(part, width=room, measure=sheet.measure, indent=indent)):
            sheet.need(_LEADING)
            sheet.put(line, x=x + (indent if place == 0 else 0.0), y=sheet.y, strong=strong)
            sheet.set_y(sheet.y + _LEADING)
    if indented and sheet.language == "en":
        sheet.set_y(sheet.y + 1.5)


def _items(sheet: Sheet, items: Items) -> None:
    for place, point in enumerate(items.points, start=1):
        mark = f"{place}. " if sheet.language == "en" else f"{place}．"
        if sheet.language != "en":
            _flow(sheet, mark + _in(point, sheet.language), indented=True)
            continue
        hang = sheet.measure("00. ")
        sheet.need(_LEADING)
        sheet.put(mark, x=LEFT, y=sheet.y)
        _flow(sheet, point.en, x=LEFT + hang, width=sheet.width - hang)


def _pairs(sheet: Sheet, pairs: Pairs) -> None:
    """Set names and what they are in two columns; a long name breaks in its own column."""
    named = [(_in(name, sheet.language), _in(what, sheet.language)) for name, what in pairs.rows]
    widest = min(_NAMES_WIDEST, max(sheet.measure(name) for name, _ in named) + 1) if named else 0.0
    gap = sheet.measure("国")
    for name, what in named:
        left = lines(name, width=widest, measure=sheet.measure)
        right = lines(what, width=sheet.width - widest - gap, measure=sheet.measure)
        for place in range(max(len(left), len(right))):
            sheet.need(_LEADING)
            if place < len(left):
                sheet.put(left[place], x=LEFT, y=sheet.y, strong=True)
            if place < len(right):
                sheet.put(right[place], x=LEFT + widest + gap, y=sheet.y)
            sheet.set_y(sheet.y + _LEADING)
    sheet.set_y(sheet.y + 1)


def _close(sheet: Sheet, content: Content, issue: Issue) -> None:
    """Set the end of a paper, together on one page: how to check it, the place of the seal, who signs and the day."""
    sheet.set_font_size(BODY)
    signers = [_in(one, sheet.language) for one in content.signers]
    day = words.day(content.dated).en if sheet.language == "en" else words.day_in_numerals(content.dated)
    rows = [
        line
        for text in [*signers, content.court, day]
        for line in lines(text, width=sheet.width * 0.4, measure=sheet.measure)
    ]
    sheet.set_font_size(_TINY)
    told = [
        line
        for text in _check_words(issue, english=sheet.language == "en")
        for line in lines(text, width=_CHECK_WIDTH, measure=sheet.measure)
    ]
    sheet.need(max(len(rows) * _SIGNED_LEADING, 2 * _SEAL, _QR + 2 + len(told) * _TINY_LEADING) + 8)
    top = float(sheet.y) + 6
    _check(sheet, issue, told=told, top=top)
    sheet.set_font_size(BODY)
    right = LEFT + sheet.width
    for place, line in enumerate(rows):
        sheet.put(line, x=right - sheet.measure(line), y=top + place * _SIGNED_LEADING)
    _seal(sheet, middle=LEFT + _CHECK_WIDTH + 3 + _SEAL, top=top)


def _seal(sheet: Sheet, *, middle: float, top: float) -> None:
    """Draw where the court's seal goes."""
    words_of_it = _SEAL_EN if sheet.language == "en" else _SEAL_ZH
    with sheet.local_context():
        sheet.set_draw_color(190, 60, 60)
        sheet.set_text_color(190, 60, 60)
        sheet.set_line_width(0.3)
        sheet.set_dash_pattern(dash=1.6, gap=1.2)
        sheet.circle(middle, top + _SEAL, _SEAL)
        sheet.set_dash_pattern()
        sheet.put(words_of_it, x=middle - sheet.measure(words_of_it) / 2, y=top + _SEAL - 2.5)


def _check_words(issue: Issue, *, english: bool) -> list[str]:
    digest = " ".join(issue.digest[at : at + 8] for at in range(0, 32, 8))
    return [
        ("Check this paper: " if english else "核对本文书：") + issue.check,
        ("Number: " if english else "编号：") + (issue.number or ("draft" if english else "草稿")),
        ("Digest of the content: " if english else "内容摘要：") + digest,
    ]


def _check(sheet: Sheet, issue: Issue, *, told: list[str], top: float) -> None:
    """Set the QR code that leads to the check page, with address, number and digest under it."""
    code = io.BytesIO()
    segno.make(issue.check, error="m", micro=False).save(code, kind="png", scale=6, border=0)
    sheet.image(code, x=LEFT, y=top, w=_QR, h=_QR, alt_text=issue.check)
    sheet.set_font_size(_TINY)
    for place, line in enumerate(told):
        sheet.put(line, x=LEFT, y=top + _QR + 2 + place * _TINY_LEADING)
