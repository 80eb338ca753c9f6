"""The chain, as pure arithmetic: how an entry is hashed, and how a chain is checked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
