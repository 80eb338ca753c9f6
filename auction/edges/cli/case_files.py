"""Reading case records from a file of unknown origin: CSV or JSON Lines, row by row, nothing trusted."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from auction.edges.cli.sources import SourceUnreadableError, read

SIZE_MAX_BYTES = 100_000_000
_FIELD_MAX = 10_000

REQUIRED = ("number", "court", "debtor_name", "debtor_kind", "claim_creditor", "claim_amount_minor")
_DEBTOR_COLUMNS = {"debtor_name": "name", "debtor_kind": "kind", "debtor_id_number": "id_number"}
_CLAIM_COLUMNS = {
    "claim_id": "id",
    "claim_creditor": "creditor",
    "claim_creditor_kind": "creditor_kind",
    "claim_amount_minor": "amount_minor",
    "claim_kind": "kind",
    "applicant": "applicant",
    "claim_rank": "rank",
    "claim_property": "property",
    "claim_seizure_order": "seizure_order",
    "claim_principal_minor": "principal_minor",
    "claim_performance_due": "performance_due",
}
COLUMNS = ("number", "court", *_DEBTOR_COLUMNS, *_CLAIM_COLUMNS)
_WHOLE_COLUMNS = frozenset({"claim_amount_minor", "claim_rank", "claim_seizure_order", "claim_principal_minor"})
_WHOLE = re.compile(r"-?[0-9]{1,30}")
_YES_OR_NO = {"true": True, "yes": True, "1": True, "是": True, "false": False, "no": False, "0": False, "否": False}


class _Reader(Protocol):
    """What the standard library's CSV reader offers."""

    line_num: int

    def __next__(self) -> list[str]:
        """Return the next row's cells."""

    def __iter__(self) -> Iterator[list[str]]:
        """Return itself."""


class FileUnreadableError(SourceUnreadableError):
    """What was read holds no case records; the message says why."""


class _LineError(ValueError):
    """One line cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """One claim of one case as the file tells it, with the line it stands on."""

    line: int
    number: object
    court: object
    debtor: dict[str, object]
    claim: object


@dataclass(frozen=True, slots=True)
class BadRow:
    """A line that is no row."""

    line: int
    why: str


def rows_of(source: str | Path) -> Iterator[Row | BadRow]:
    """Read a file, or what a registry's address answers, row by row; a line that cannot be read becomes a ``BadRow``.

    :raises SourceUnreadableError: nothing to be read there, or too much
    :raises FileUnreadableError: not text, no header, unknown or doubled columns
    """
    text = _text_of(read(str(source), most_bytes=SIZE_MAX_BYTES, who="the registry"))
    if not text.strip():
        raise FileUnreadableError("the file is empty")
    if text.lstrip().startswith("["):
        raise FileUnreadableError("a JSON list; JSON Lines is wanted: one object a line")
    return _json_rows(text) if text.lstrip().startswith("{") else _csv_rows(text)


def _text_of(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileUnreadableError("neither UTF-8 nor GB 18030 text")


def _csv_rows(text: str) -> Iterator[Row | BadRow]:
    # A field longer than the reader's limit would end the reading; ours is checked row by row instead.
    csv.field_size_limit(SIZE_MAX_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""))
    header = _header(next(reader, []))
    return _csv_body(reader, header)


def _header(cells: list[str]) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    doubled = sorted({name for name in names if names.count(name) > 1})
    unknown = sorted(set(names) - set(COLUMNS))
    missing = [name for name in REQUIRED if name not in names]
    for what, found in (("columns named twice", doubled), ("unknown columns", unknown), ("missing columns", missing)):
        if found:
            shown = ", ".join(name[:40] or "(empty)" for name in found[:10])
            raise FileUnreadableError(f"{what}: {shown}; known are: {', '.join(COLUMNS)}")
    return names


def _csv_body(reader: _Reader, header: list[str]) -> Iterator[Row | BadRow]:
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as fault:
            yield BadRow(start, str(fault))
            continue
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield _csv_row(start, header, cells)


def _csv_row(line: int, header: list[str], cells: list[str]) -> Row | BadRow:
    if len(cells) != len(header):
        return BadRow(line, f"{len(cells)} fields where the header has {len(header)}")
    if max(map(len, cells)) > _FIELD_MAX:
        return BadRow(line, f"a field longer than {_FIELD_MAX} characters")
    given = {name: _value(name, cell.strip()) for name, cell in zip(header, cells, strict=True) if cell.strip()}
    return _flat_row(line, given)


def _value(name: str, cell: str) -> object:
    if name in _WHOLE_COLUMNS and _WHOLE.fullmatch(cell):
        return int(cell)
    return _YES_OR_NO.get(cell.lower(), cell) if name == "applicant" else cell


def _flat_row(line: int, given: dict[str, object]) -> Row:
    return Row(
        line=line,
        number=given.get("number"),
        court=given.get("court"),
        debtor={field: given[name] for name, field in _DEBTOR_COLUMNS.items() if given.get(name) is not None},
        claim={field: given[name] for name, field in _CLAIM_COLUMNS.items() if given.get(name) is not None},
    )


def _json_rows(text: str) -> Iterator[Row | BadRow]:
    for line, said in enumerate(text.split("\n"), start=1):
        if not said.strip():
            continue
        try:
            given = json.loads(said, object_pairs_hook=_once, parse_constant=_no_number)
            yield from _json_line(line, given)
        except (ValueError, RecursionError) as fault:
            yield BadRow(line, str(fault)[:200])


def _json_line(line: int, given: object) -> Iterator[Row]:
    if not isinstance(given, dict):
        raise _LineError("not an object")
    if "claims" not in given:
        _known(given, COLUMNS)
        yield _flat_row(line, given)
        return
    _known(given, ("number", "court", "debtor", "claims"))
    claims, debtor = given["claims"], given.get("debtor")
    if not isinstance(claims, list) or not claims or not isinstance(debtor, dict):
        raise _LineError("claims must be a list of at least one, debtor an object")
    for claim in claims:
        yield Row(line=line, number=given.get("number"), court=given.get("court"), debtor=debtor, claim=claim)


def _known(given: dict[str, object], known: tuple[str, ...]) -> None:
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise _LineError(f"unknown fields: {', '.join(name[:40] for name in unknown[:10])}")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _LineError("a field is named twice")
    return found


def _no_number(name: str) -> object:
    raise _LineError(f"{name} is no value")
