"""Reading the plain CSV of banks that know no camt: documented columns, one movement a row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from auction.gateways.bank_files.lines import (
    LINES_MAX,
    BadLine,
    Direction,
    FileBroken,
    FileLine,
    FileRead,
    FileTooLarge,
    FileUnknown,
    LineFault,
    currency_of,
    day_or_none,
    instant_of,
    minor_of,
    plain,
)

#: Every column there is; the first six must be in the heading.
COLUMNS = (
    "account",
    "reference",
    "booked_at",
    "amount",
    "currency",
    "direction",
    "value_on",
    "name",
    "other_account",
    "other_bank",
    "end_to_end",
    "creditor_reference",
    "text",
)
_NEEDED = COLUMNS[:6]
_REFERENCE_MAX = 80
_DIRECTIONS = {"credit": Direction.CREDIT, "debit": Direction.DEBIT, "贷": Direction.CREDIT, "借": Direction.DEBIT}


def read(content: bytes) -> FileRead:
    """Return what a CSV says; rows that cannot be money of ours are named, the others are kept.

    :raises FileUnknown: without the columns that must be there
    :raises FileBroken: in an encoding other than UTF-8 or GB 18030, or with an open quotation mark
    :raises FileTooLarge: too many rows
    """
    rows = _rows(_decoded(content))
    lines: list[FileLine] = []
    bad: list[BadLine] = []
    for place, row in rows:
        try:
            lines.append(_line(row, place))
        except LineFault as fault:
            bad.append(BadLine(place=place, why=str(fault)))
        if len(lines) + len(bad) > LINES_MAX:
            raise FileTooLarge
    return FileRead(form="csv", lines=tuple(lines), bad=tuple(bad), not_booked=0)


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileBroken(line=1)


def _rows(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        heading = [name.strip().lower() for name in next(reader, [])]
        if len(set(heading)) != len(heading) or not set(_NEEDED) <= set(heading) <= set(COLUMNS):
            raise FileUnknown(found=plain(",".join(heading), longest=80) or "—")
        for row in reader:
            if any(cell.strip() for cell in row):
                # A row of another length has no columns: what it says cannot be told.
                same = len(row) == len(heading)
                yield reader.line_num, dict(zip(heading, row, strict=True)) if same else {}
    except csv.Error as fault:
        raise FileBroken(line=reader.line_num) from fault


def _line(row: Mapping[str, str], place: int) -> FileLine:
    if not row:
        msg = "列数与表头不符 / the row has another number of columns than the heading"
        raise LineFault(msg)
    direction = _DIRECTIONS.get(row["direction"].strip().lower())
    if direction is None:
        msg = "收付方向应为 credit 或 debit / the direction is credit or debit"
        raise LineFault(msg)
    account, reference = (plain(row[name], longest=_REFERENCE_MAX) for name in ("account", "reference"))
    if account is None or reference is None:
        msg = "缺少账户或银行流水号 / account or the bank’s reference is missing"
        raise LineFault(msg)
    return FileLine(
        place=place,
        account=account,
        bank_reference=reference,
        booked_at=instant_of(row["booked_at"]),
        value_on=day_or_none(row.get("value_on")),
        currency=currency_of(row["currency"]),
        amount_minor=minor_of(row["amount"]),
        direction=direction,
        other_name=plain(row.get("name")),
        other_account=plain(row.get("other_account"), longest=_REFERENCE_MAX),
        other_bank=plain(row.get("other_bank"), longest=_REFERENCE_MAX),
        end_to_end=plain(row.get("end_to_end"), longest=_REFERENCE_MAX),
        creditor_reference=plain(row.get("creditor_reference"), longest=_REFERENCE_MAX),
        text=plain(row.get("text")) or "",
    )
