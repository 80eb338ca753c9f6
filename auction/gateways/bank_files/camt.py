"""Reading camt.053 and camt.054 of ISO 20022, any version, element by element and never the whole document at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from auction.gateways.bank_files.camt_entry import accounts_of, lines_of
from auction.gateways.bank_files.lines import (
    LINES_MAX,
    BadLine,
    FileBroken,
    FileHostile,
    FileLine,
    FileRead,
    FileTooLarge,
    FileUnknown,
    LineFault,
)

_FORM = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:(camt\.05[34]\.001\.\d\d)\}Document")
#: A statement is six to ten elements deep.
_DEPTH_MAX = 40
_REPORTS = {"Stmt", "Ntfctn"}


def read(file: IO[bytes]) -> FileRead:
    """Return what a camt file says.

    :raises FileHostile: it declares types or entities, or nests too deep
    :raises FileBroken: it ends early, or is not well formed
    :raises FileUnknown: it is another document
    :raises FileTooLarge: too many lines
    """
    reading = _Reading()
    try:
        for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
            reading.take(event, element)
    except DefusedXmlException as danger:
        raise FileHostile from danger
    except ParseError as fault:
        raise FileBroken(line=fault.position[0]) from fault
    except (ValueError, LookupError) as fault:
        # An encoding the parser cannot read, or one that no such name is known of.
        raise FileBroken(line=1) from fault
    return FileRead(
        form=reading.form or "", lines=tuple(reading.lines), bad=tuple(reading.bad), not_booked=reading.not_booked
    )


class _Reading:
    """Where the reader stands in a document, and what it has found."""

    def __init__(self) -> None:
        self.form: str | None = None
        self.lines: list[FileLine] = []
        self.bad: list[BadLine] = []
        self.not_booked = 0
        self._open: list[Element] = []
        self._account: tuple[str, str | None] | None = None
        self._place = 0

    def take(self, event: str, element: Element) -> None:
        name = element.tag.rpartition("}")[2]
        if event == "start":
            self._begin(element)
            return
        self._open.pop()
        parent = self._open[-1].tag.rpartition("}")[2] if self._open else ""
        if parent in _REPORTS and name == "Acct":
            self._account = accounts_of(element)
        elif parent in _REPORTS and name == "Ntry":
            self._entry(element)
        if name in _REPORTS:
            self._account = None
        if parent in _REPORTS or name in _REPORTS:
            # What was read is let go, so that a long file takes no more memory than its lines.
            self._open[-1].remove(element) if self._open else element.clear()

    def _begin(self, element: Element) -> None:
        if not self._open:
            found = _FORM.fullmatch(element.tag)
            if found is None:
                raise FileUnknown(found=element.tag[:80])
            self.form = found.group(1)
        self._open.append(element)
        if len(self._open) > _DEPTH_MAX:
            raise FileHostile

    def _entry(self, entry: Element) -> None:
        self._place += 1
        try:
            for line in self._lines_of(entry):
                if line is None:
                    self.not_booked += 1
                else:
                    self.lines.append(line)
        except LineFault as fault:
            self.bad.append(BadLine(place=self._place, why=str(fault)))
        if len(self.lines) + len(self.bad) > LINES_MAX:
            raise FileTooLarge

    def _lines_of(self, entry: Element) -> Iterator[FileLine | None]:
        if self._account is None:
            msg = "没有写明账户 / no account is named"
            raise LineFault(msg)
        yield from lines_of(entry, account=self._account[0], place=self._place)
