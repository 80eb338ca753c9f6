"""What must happen later is caused by a docket entry a later capability reacts to, in its own transaction.

``append_all`` leaves one row per reaction; the reactor claims a row with SKIP
LOCKED, runs the reaction and removes the row in the same transaction, so a
reaction happens exactly once, however often a process dies.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act
from auction.foundation.docket.models import DocketEntry, DocketReaction
from auction.foundation.docket.queries import entry_of
from auction.foundation.docket.rules import Entry


class Reaction(Protocol):
    """A command of a later capability that answers an entry."""

    def __call__(self, act: Act, /, *, entry: Entry) -> None:
        """Do what follows from the entry."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A reaction under its name, in road order of declaration."""

    name: str
    run: Reaction


DECLARED: dict[str, list[Declared]] = {}


def reacts_to(kind: str) -> Callable[[Reaction], Reaction]:
    """Declare that a command reacts to entries of a kind."""

    def declare(reaction: Reaction) -> Reaction:
        name = f"{getattr(reaction, '__module__', '')}.{getattr(reaction, '__name__', '')}"
        DECLARED.setdefault(kind, []).append(Declared(name, reaction))
        return reaction

    return declare


def claim(session: Session, *, now: datetime) -> tuple[DocketReaction, Entry] | None:
    """Claim the oldest waiting reaction that nobody else is working on.

    An entry of a time to come is left alone: a history made at past instants must
    not answer what happens meanwhile.
    """
    row = session.scalars(
        select(DocketReaction)
        .join(DocketEntry, and_(DocketEntry.chain == DocketReaction.chain, DocketEntry.seq == DocketReaction.seq))
        .where(DocketEntry.at <= now)
        .order_by(DocketReaction.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=DocketReaction)
    ).one_or_none()
    if row is None:
        return None
    found = session.get_one(DocketEntry, (row.chain, row.seq))
    return row, entry_of(found)


def run_one(act: Act) -> str | None:
    """Run the oldest waiting reaction; return its name, or None when nothing waits.

    :raises LookupError: when the reaction is not known to this program
    """
    claimed = claim(act.session, now=act.now)
    if claimed is None:
        return None
    row, entry = claimed
    declared = next((d for d in DECLARED.get(entry.kind, []) if d.name == row.reaction), None)
    if declared is None:
        raise LookupError(row.reaction)
    declared.run(act, entry=entry)
    act.session.execute(delete(DocketReaction).where(DocketReaction.id == row.id))
    return row.reaction
