"""The chain, as pure arithmetic: how an entry is hashed, and how a chain is checked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from auction.foundation.kernel.canonical import canonical, instant_text, sha256_hex

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the outside sees it (contract section 5)."""

    chain: str
    seq: int
    at: datetime
    kind: str
    public: Mapping[str, Any]
    sealed: str | None
    prev: str
    hash: str

    def content(self) -> dict[str, Any]:
        """Return what the hash covers; the subject's kind names its field: ``{"lot": …}``."""
        subject, _, name = self.chain.partition(":")
        return {
            subject: name,
            "seq": self.seq,
            "at": instant_text(self.at),
            "kind": self.kind,
            "public": dict(self.public),
            "sealed": self.sealed,
            "prev": self.prev,
        }

    def as_json(self) -> dict[str, Any]:
        """Return the export form."""
        return {**self.content(), "hash": self.hash}


def next_entry(
    *,
    chain: str,
    seq: int,
    prev: str,
    at: datetime,
    kind: str,
    public: Mapping[str, Any],
    sealed: str | None = None,
) -> Entry:
    """Return entry ``seq`` of a chain, chained to ``prev`` by SHA-256 over canonical JSON."""
    return next_written(chain=chain, seq=seq, prev=prev, at=at, kind=kind, public=public, sealed=sealed)[0]


def next_written(
    *,
    chain: str,
    seq: int,
    prev: str,
    at: datetime,
    kind: str,
    public: Mapping[str, Any],
    sealed: str | None = None,
) -> tuple[Entry, str]:
    """Return what ``next_entry`` does, and beside it the entry in JSON, hash and all, since that was just hashed."""
    entry = Entry(chain=chain, seq=seq, at=at, kind=kind, public=public, sealed=sealed, prev=prev, hash="")
    form = canonical(entry.content())
    # Before anybody has seen it: a copy of each of thousands of bids a second would cost as much as its hash.
    object.__setattr__(entry, "hash", hashlib.sha256(form).hexdigest())
    return entry, f'{form[:-1].decode("utf-8")},"hash":"{entry.hash}"}}'


class Head(NamedTuple):
    """Where a chain stands."""

    seq: int
    hash: str
    at: datetime | None


#: Where a chain stands that nobody has entered anything in.
UNBEGUN = Head(0, GENESIS, None)


@dataclass(frozen=True, slots=True)
class Line:
    """What is to be entered: kind, public part and, where needed, a content to seal."""

    kind: str
    public: Mapping[str, Any]
    seal: Mapping[str, Any] | None = None


class Seal(Protocol):
    """Keeps what opens a sealed content of an entry, by its number, and returns the commitment."""

    def __call__(self, seq: int, content: Mapping[str, Any], /) -> str:
        """Return the commitment to the content."""


@dataclass(frozen=True, slots=True)
class Chained:
    """The entries that lines became behind a head, each as it is written down, and where the chain stands then."""

    entries: Sequence[Entry]
    written: Sequence[str]
    head: Head


def chained(chain: str, head: Head, lines: Iterable[Line], *, now: datetime, seal: Seal | None = None) -> Chained:
    """Return the entries that lines become behind a head, at this instant or the chain's last: it never runs backwards.

    :raises ValueError: for a line with a content to seal, where nobody seals
    """
    seq, prev = head.seq, head.hash
    at = max(now, head.at) if head.at else now
    entries: list[Entry] = []
    written: list[str] = []
    for line in lines:
        seq += 1
        sealed = None
        if line.seal is not None:
            if seal is None:
                msg = f"nobody seals here: {line.kind}"
                raise ValueError(msg)
            sealed = seal(seq, line.seal)
        entry, text = next_written(
            chain=chain, seq=seq, prev=prev, at=at, kind=line.kind, public=line.public, sealed=sealed
        )
        entries.append(entry)
        written.append(text)
        prev = entry.hash
    return Chained(entries, written, Head(seq, prev, at) if entries else head)


def first_fault(entries: Iterable[Entry]) -> tuple[int, str] | None:
    """Return the first number that is wrong and why, or None when the chain is whole."""
    prev = GENESIS
    for seq, entry in enumerate(entries, start=1):
        if entry.seq != seq:
            return seq, f"expected number {seq}, found {entry.seq}"
        if entry.prev != prev:
            return seq, "prev is not the hash of the entry before"
        if entry.hash != sha256_hex(entry.content()):
            return seq, "the hash does not fit the content"
        prev = entry.hash
    return None
