"""What must happen later is caused by a docket entry a later capability reacts to, in its own transaction.

``append_all`` leaves one row per reaction; the reactor claims a row with SKIP
LOCKED, runs the reaction and removes the row in the same transaction, so a
reaction happens exactly once, however often a process dies. A reaction that
answers many entries with a few statements says so (``together``), and where
thousands wait they are run so, by as many processes as there are; each chain's
reactions keep their order, and one that fails keeps only its own chain waiting
(``setbacks``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Select, and_, delete, select
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act
from auction.foundation.docket.models import DocketEntry, DocketReaction
from auction.foundation.docket.queries import entry_of
from auction.foundation.docket.rules import Entry
from auction.foundation.docket.setbacks import Setbacks

#: Where a reaction finds the entry it answers.
_ITS_ENTRY = and_(DocketEntry.chain == DocketReaction.chain, DocketEntry.seq == DocketReaction.seq)


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
    """A reaction under its name: the module and the command."""

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


def put_in_order(road: Sequence[str]) -> None:
    """Let what answers the same entry run in the order of the road, whichever module was imported first."""

    def place(one: Declared) -> tuple[int, str]:
        module = one.name.rpartition(".")[0]
        found = [number for number, name in enumerate(road) if f".{name}." in f"{module}."]
        return (found[0] if found else len(road), module)

    for declared in DECLARED.values():
        declared.sort(key=place)


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


def run_some(act: Act, *, window: int, setbacks: Setbacks) -> list[str]:
    """Run the oldest waiting reaction, and with it the same one of other chains where that is done together.

    Return the names of what ran. ``window`` is how many are looked at at once; what others are at is passed over, and
    of each chain only its oldest is taken. The caller strikes ``setbacks`` off once this is committed.

    :raises LookupError: when the reaction is not known to this program
    """
    for batch in _batches(act, window=window, setbacks=setbacks):
        query = select(DocketReaction, DocketEntry).join(DocketEntry, _ITS_ENTRY).order_by(DocketReaction.id)
        query = query.where(DocketReaction.id.in_(batch.ids)).limit(batch.at_most)
        claimed = act.session.execute(query.with_for_update(skip_locked=True, of=DocketReaction)).all()
        if claimed:
            setbacks.begin([row.chain for row, _ in claimed])
            entries = [entry_of(entry) for _, entry in claimed]
            declared = _declared(batch.kind, batch.reaction)
            if declared.together is None:
                declared.run(act, entry=entries[0])
            else:
                declared.together(act, entries=entries)
            act.session.execute(delete(DocketReaction).where(DocketReaction.id.in_([row.id for row, _ in claimed])))
            return [declared.name] * len(claimed)
    return []


@dataclass(slots=True)
class _Batch:
    """Reactions of one name to one kind of entry, the oldest first, and how many of them may go together."""

    reaction: str
    kind: str
    at_most: int | None
    ids: list[int] = field(default_factory=list)


def _batches(act: Act, *, window: int, setbacks: Setbacks) -> Iterator[_Batch]:
    """Divide what waits, window by window, into what may be run together; of a chain only its oldest is told."""
    columns = (DocketReaction.id, DocketReaction.chain, DocketReaction.reaction, DocketEntry.kind)
    passed, after = setbacks.resting(act.now), 0
    while True:
        query = _waiting(*columns, now=act.now).where(DocketReaction.id > after).limit(window)
        seen = act.session.execute(query).all()
        batches: dict[tuple[str, str, str | None], _Batch] = {}
        for row in seen:
            if row.chain not in passed:
                passed.add(row.chain)
                declared = next((one for one in DECLARED.get(row.kind, []) if one.name == row.reaction), None)
                single = declared is None or declared.together is None or row.chain in setbacks.alone
                by_itself = row.chain if row.chain in setbacks.alone else None
                fresh = _Batch(row.reaction, row.kind, at_most=1 if single else None)
                batches.setdefault((row.reaction, row.kind, by_itself), fresh).ids.append(row.id)
        yield from batches.values()
        if len(seen) < window:
            return
        after = seen[-1].id


def _waiting(*columns: Any, now: datetime) -> Select[Any]:  # noqa: ANN401 - whatever is asked for
    """Select what waits, the oldest first, with its entry; an entry of a time to come is left alone."""
    query = select(*columns).select_from(DocketReaction).join(DocketEntry, _ITS_ENTRY)
    return query.where(DocketEntry.at <= now).order_by(DocketReaction.id)


def _declared(kind: str, name: str) -> Declared:
    found = next((one for one in DECLARED.get(kind, []) if one.name == name), None)
    if found is None:
        raise LookupError(name)
    return found
