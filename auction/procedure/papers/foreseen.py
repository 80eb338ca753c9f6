"""Which papers can be drawn up now, and what the others still wait for; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from auction.foundation.kernel.refusal import Refusal
from auction.procedure.papers import queries, texts
from auction.procedure.papers.kinds import KINDS, Kind, Subject
from auction.procedure.papers.queries import PaperRecord
from auction.procedure.papers.texts.builder import PaperNotYet


@dataclass(frozen=True, slots=True)
class Possible:
    """A kind of paper for one subject: those there are, the newest first, and why no other can be drawn up now."""

    kind: Kind
    papers: tuple[PaperRecord, ...]
    not_yet: Refusal | None

    @property
    def draft(self) -> PaperRecord | None:
        """The one that is not final yet."""
        return next((one for one in self.papers if one.final_at is None), None)

    @property
    def in_force(self) -> PaperRecord | None:
        """The final one that nothing has replaced."""
        return next((one for one in self.papers if one.final_at is not None and one.replaced_by is None), None)


def possible(session: Session, *, subject: str, of: Subject, chain: str, now: datetime) -> list[Possible]:
    """Return every kind of paper the desk draws up for a lot or case, in road order."""
    there: Mapping[str, list[PaperRecord]] = _by_kind(queries.of_chain(session, chain))
    return [
        Possible(kind=kind, papers=tuple(there.get(key, ())), not_yet=not_yet(session, key, subject=subject, now=now))
        for key, kind in KINDS.items()
        if kind.subject is of
    ]


def not_yet(session: Session, kind: str, *, subject: str, now: datetime) -> Refusal | None:
    """Return what a paper still waits for, as its refusal would say it; None when it can be drawn up."""
    try:
        texts.BUILDERS[kind].draw(session, subject=subject, now=now)
    except PaperNotYet as refusal:
        return refusal
    return None


def _by_kind(papers: list[PaperRecord]) -> dict[str, list[PaperRecord]]:
    found: dict[str, list[PaperRecord]] = {}
    for one in papers:
        found.setdefault(one.kind.key, []).append(one)
    return found
