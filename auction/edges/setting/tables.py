"""Setting a table: columns as wide as what they hold, rows that break across pages under a repeated head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auction.edges.setting.breaking import lines
from auction.edges.setting.sheet import LEFT, Sheet
from auction.procedure.papers.blocks import Table, Text

SIZE = 10.0
_LINE = 5.2
_PAD = 1.6
_NARROWEST = 12.0
#: A row up to this height is never broken.
_WHOLE_MOST = 120.0


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns begin and how wide they are; ``money`` stand to the right."""

    starts: tuple[float, ...]
    widths: tuple[float, ...]
    money: frozenset[int]


def set_table(sheet: Sheet, table: Table, *, language: str) -> None:
    """Set a table; its head is repeated on each page it goes over."""
    sheet.set_font_size(SIZE)
    head = _said(table.head, language)
    rows = [_said(row, language) for row in table.rows]
    columns = _columns(sheet, [head, *rows], money=table.money)
    _row(sheet, head, columns, strong=True, again=None)
    for row in rows:
        _row(sheet, row, columns, strong=False, again=head)


def _said(row: Sequence[Text], language: str) -> list[str]:
    return [one.en if language == "en" else one.zh for one in row]


def _columns(sheet: Sheet, rows: Sequence[Sequence[str]], *, money: frozenset[int]) -> Columns:
    """Return columns that fill the width: amounts get what they need, the others share the rest by what they hold."""
    number = max(len(row) for row in rows)
    wanted = [
        max([_NARROWEST, *(_longest(sheet, row[at]) + 2 * _PAD + 0.5 for row in rows if at < len(row))])
        for at in range(number)
    ]
    fixed = {at for at in money if at < number}
    spare = sheet.width - sum(wanted[at] for at in fixed)
    if spare < _NARROWEST * (number - len(fixed)):
        fixed, spare = set(), sheet.width
    free = [at for at in range(number) if at not in fixed]
    widths = list(wanted)
    for at, share in zip(free, _shares([wanted[at] for at in free], spare), strict=True):
        widths[at] = share
    if not free:
        widths = [one * sheet.width / sum(widths) for one in widths]
    starts = [LEFT + sum(widths[:at]) for at in range(number)]
    return Columns(starts=tuple(starts), widths=tuple(widths), money=money)


def _shares(wanted: Sequence[float], spare: float) -> list[float]:
    """Divide a width: who wants less than an even share gets it, the rest is divided among the others."""
    left, places = spare, sorted(range(len(wanted)), key=lambda at: wanted[at])
    found = [0.0] * len(wanted)
    for done, at in enumerate(places):
        even = left / (len(places) - done)
        found[at] = min(wanted[at], even)
        left -= found[at]
    # What nobody wants goes to the column that holds the most, so that the table fills the page.
    if places:
        found[places[-1]] += left
    return found


def _longest(sheet: Sheet, text: str) -> float:
    return max(sheet.measure(line) for line in text.split("\n"))


def _row(sheet: Sheet, row: Sequence[str], columns: Columns, *, strong: bool, again: Sequence[str] | None) -> None:
    """Set one row; one that does not fit goes on to the next page whole, one higher than a page between its lines."""
    cells = [lines(text, width=columns.widths[at] - 2 * _PAD, measure=sheet.measure) for at, text in enumerate(row)]
    fresh = False
    while any(cells):
        height = max(len(cell) for cell in cells) * _LINE + 2 * _PAD
        if height > sheet.room and not fresh and (height < _WHOLE_MOST or sheet.room < 4 * _LINE):
            _next_page(sheet, again, columns)
            fresh = True
            continue
        fitting = max(1, int((sheet.room - 2 * _PAD) / _LINE))
        _cells(sheet, [cell[:fitting] for cell in cells], columns, strong=strong)
        cells = [cell[fitting:] for cell in cells]
        fresh = False


def _next_page(sheet: Sheet, head: Sequence[str] | None, columns: Columns) -> None:
    sheet.add_page()
    sheet.set_font_size(SIZE)
    if head is not None:
        _row(sheet, head, columns, strong=True, again=None)


def _cells(sheet: Sheet, cells: Sequence[Sequence[str]], columns: Columns, *, strong: bool) -> None:
    top = float(sheet.y)
    height = max(len(cell) for cell in cells) * _LINE + 2 * _PAD
    sheet.set_draw_color(110)
    sheet.set_line_width(0.2)
    if strong:
        sheet.set_fill_color(240)
    for at, cell in enumerate(cells):
        x, width = columns.starts[at], columns.widths[at]
        sheet.rect(x, top, width, height, style="DF" if strong else "D")
        for place, line in enumerate(cell):
            right = at in columns.money and not strong
            inset = width - _PAD - sheet.measure(line) if right else _PAD
            sheet.put(line, x=x + inset, y=top + _PAD + place * _LINE + 0.6, strong=strong)
    sheet.set_y(top + height)
