"""What must happen later is caused by a docket entry a later capability reacts to, in its own transaction.

``append_all`` leaves one row per reaction; the reactor claims a row with SKIP
LOCKED, runs the reaction and removes the row in the same transaction, so a
reaction happens exactly once, however often a process dies. A reaction that
answers many entries with a few statements says so (``together``), and where
thousands wait they are run so; each chain's reactions keep their order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Select, and_, delete, select
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act
from auction.foundation.docket.models import DocketEntry, DocketReaction
from auction.foundation.docket.queries import entry_of
from auction.foundation.docket.rules import Entry


class Reaction(Protocol):
    """A command of a later capability that answers an entry."""

    def __call__(self, act: Act, /, *, entry: Entry) -> None:
        """Do what follows from the entry."""


class Together(Protocol):
    """The same for entries of several chains at once."""

    def __call__(self, act: Act, /, *, entries: Sequence[Entry]) -> None:
        """Do for each what the reaction does for it alone."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A reaction under its name, in road order of declaration."""

    name: str
    run: Reaction
    together: Together | None = None


DECLARED: dict[str, list[Declared]] = {}


def reacts_to(kind: str, *, together: Together | None = None) -> Callable[[Reaction], Reaction]:
    """Declare that a command reacts to entries of a kind, to each alone or to several together."""

    def declare(reaction: Reaction) -> Reaction:
        name = f"{getattr(reaction, '__module__', '')}.{getattr(reaction, '__name__', '')}"
        DECLARED.setdefault(kind, []).append(Declared(name, reaction, together))
        return reaction

    return declare


def claim(session: Session, *, now: datetime) -> tuple[DocketReaction, Entry] | None:
    """Claim the oldest waiting reaction that nobody else is working on.

    An entry of a time to come is left alone: a history made at past instants must
    not answer what happens meanwhile.
    """
    query = _waiting(DocketReaction, now=now).limit(1)
    row = session.scalars(query.with_for_update(skip_locked=True, of=DocketReaction)).one_or_none()
    if row is None:
        return None
    found = session.get_one(DocketEntry, (row.chain, row.seq))
    return row, entry_of(found)


def waiting(session: Session, *, more_than: int) -> bool:
    """Say whether more than so many reactions wait."""
    found = session.scalars(select(DocketReaction.id).limit(more_than + 1)).all()
    return len(found) > more_than


def run_one(act: Act) -> str | None:
    """Run the oldest waiting reaction; return its name, or None when nothing waits.

    :raises LookupError: when the reaction is not known to this program
    """
    claimed = claim(act.session, now=act.now)
    if claimed is None:
        return None
    row, entry = claimed
    _declared(entry.kind, row.reaction).run(act, entry=entry)
    act.session.execute(delete(DocketReaction).where(DocketReaction.id == row.id))
    return row.reaction


def run_some(act: Act, *, window: int) -> list[str]:
    """Run the oldest waiting reaction, and with it the same one of other chains where that is done together.

    Return the names of what ran. ``window`` is how many are looked at; of each chain only its oldest is taken.

    :raises LookupError: when the reaction is not known to this program
    """
    seen = act.session.execute(_waiting(DocketReaction.id, DocketReaction.chain, now=act.now).limit(window)).all()
    oldest = {row.chain: row.id for row in reversed(seen)}
    query = _waiting(DocketReaction, DocketEntry, now=act.now).where(DocketReaction.id.in_(oldest.values()))
    claimed = act.session.execute(query.with_for_update(skip_locked=True, of=DocketReaction)).all()
    if not claimed:
        return []
    first, its_entry = claimed[0]
    declared = _declared(its_entry.kind, first.reaction)
    same = [(row, entry) for row, entry in claimed if (row.reaction, entry.kind) == (first.reaction, its_entry.kind)]
    if declared.together is None:
        same = [(first, its_entry)]
        declared.run(act, entry=entry_of(its_entry))
    else:
        declared.together(act, entries=[entry_of(entry) for _, entry in same])
    act.session.execute(delete(DocketReaction).where(DocketReaction.id.in_([row.id for row, _ in same])))
    return [declared.name] * len(same)


def _waiting(*columns: Any, now: datetime) -> Select[Any]:  # noqa: ANN401 - whatever is asked for
    """Select what waits, the oldest first, with its entry; an entry of a time to come is left alone."""
    there = and_(DocketEntry.chain == DocketReaction.chain, DocketEntry.seq == DocketReaction.seq)
    query = select(*columns).select_from(DocketReaction).join(DocketEntry, there)
    return query.where(DocketEntry.at <= now).order_by(DocketReaction.id)


def _declared(kind: str, name: str) -> Declared:
    found = next((one for one in DECLARED.get(kind, []) if one.name == name), None)
    if found is None:
        raise LookupError(name)
    return found
