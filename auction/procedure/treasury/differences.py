"""Differences that are kept: found, found again, explained by finance, closed when they are found no more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.database.narrowing import Cases, of_cases
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.due import DueAct
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.money import grouped
from auction.foundation.kernel.refusal import NotFound
from auction.foundation.kernel.roles import Role
from auction.procedure.cases import queries as cases
from auction.procedure.inputs import Checks
from auction.procedure.treasury.reconciliation_models import DifferenceNote, DifferenceRow
from auction.procedure.treasury.reconciliation_rules import Difference, DifferenceKind

ARTICLE = "法发〔2017〕6号"
_NOTE_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class NoteRecord:
    """What finance says of a difference."""

    by: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class DifferenceRecord:
    """A difference that is kept, with what was said of it."""

    id: str
    difference: Difference
    first_seen: datetime
    last_seen: datetime
    closed_at: datetime | None
    notes: tuple[NoteRecord, ...]

    @property
    def kind(self) -> DifferenceKind:
        """In what the two sides differ."""
        return self.difference.kind


@command("note_difference", by=())
def note_difference(act: Act, *, found: Difference) -> str:
    """Keep a difference that a comparison found, once as long as it is open; return its id."""
    if found.case is not None:
        lock(act, f"case:{found.case}")
    query = select(DifferenceRow).where(DifferenceRow.key == found.key, DifferenceRow.closed_at.is_(None))
    row = act.session.scalars(query.with_for_update()).one_or_none()
    is_new = row is None
    row = row or DifferenceRow(
        id=new_id("difference"),
        key=found.key,
        gateway=found.gateway,
        payment=found.payment,
        order_id=found.order,
        case_id=found.case,
        currency=found.currency,
        first_seen=act.now,
    )
    row.kind, row.since, row.last_seen = found.kind.value, found.since, max(act.now, row.first_seen)
    row.inside_minor, row.outside_minor = found.inside_minor, found.outside_minor
    act.session.add(row)
    act.session.flush()
    if is_new:
        _enter(act, row, "difference.found", kind=found.kind)
    return row.id


@command("close_difference", by=())
def close_difference(act: Act, *, difference: str) -> None:
    """Take note that a comparison no longer finds a difference."""
    row = _locked(act, difference)
    if row.closed_at is None:
        row.closed_at = max(act.now, row.last_seen)
        _enter(act, row, "difference.closed", kind=DifferenceKind(row.kind))
        act.session.flush()


@command("explain_difference", by={Role.FINANCE})
def explain_difference(act: Act, *, difference: str, words: str) -> DifferenceRecord:
    """Say what a difference comes from and what is done about it; only the next comparison closes it.

    :raises NotFound: no such difference, or one of another court's case
    :raises InputMalformed: no words, or too many
    """
    checks = Checks()
    wanted, said = checks.identifier("difference", difference), checks.text("words", words, longest=_NOTE_LONGEST)
    checks.refuse()
    row = _locked(act, wanted)
    _own_court_only(act, row)
    note = DifferenceNote(id=new_id("entry"), difference_id=row.id, by=act.by, at=act.now, words=said)
    act.session.add(note)
    _enter(act, row, "difference.explained", kind=DifferenceKind(row.kind))
    act.session.flush()
    return records(act.session, [row])[0]


def _own_court_only(act: Act, row: DifferenceRow) -> None:
    court = act.actor.court if act.actor else None
    if court is not None and row.case_id is not None and cases.case(act.session, row.case_id).court != court:
        raise NotFound(what="difference", name=row.id)


def _enter(act: Act, row: DifferenceRow, entry: str, *, kind: DifferenceKind) -> None:
    if row.case_id is not None:
        append(act, f"case:{row.case_id}", entry, {"difference": row.id, "kind": kind.value})


def _locked(act: Act, difference: str) -> DifferenceRow:
    case = act.session.scalar(select(DifferenceRow.case_id).where(DifferenceRow.id == difference))
    if case is not None:
        lock(act, f"case:{case}")
    row = act.session.get(DifferenceRow, difference, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(what="difference", name=difference)
    return row


def open_differences(session: Session, *, case: Cases = None, limit: int | None = None) -> list[DifferenceRecord]:
    """Return what is open, oldest first; of cases alone where they are named."""
    query = select(DifferenceRow).where(DifferenceRow.closed_at.is_(None))
    if case is not None:
        query = query.where(of_cases(DifferenceRow.case_id, case))
    return records(
        session, session.scalars(query.order_by(DifferenceRow.first_seen, DifferenceRow.id).limit(limit)).all()
    )


def open_without_case(session: Session, *, limit: int | None = None) -> list[DifferenceRecord]:
    """Return what is open and belongs to no case we know, oldest first."""
    query = select(DifferenceRow).where(DifferenceRow.closed_at.is_(None), DifferenceRow.case_id.is_(None))
    return records(
        session, session.scalars(query.order_by(DifferenceRow.first_seen, DifferenceRow.id).limit(limit)).all()
    )


def open_keys(session: Session) -> dict[str, tuple[str, str | None]]:
    """Return the id and the gateway of every open difference, by its key."""
    query = select(DifferenceRow.key, DifferenceRow.id, DifferenceRow.gateway).where(DifferenceRow.closed_at.is_(None))
    return {row.key: (row.id, row.gateway) for row in session.execute(query)}


def how_open(session: Session) -> tuple[int, datetime | None]:
    """Return how many differences are open, and since when the oldest is known."""
    query = select(func.count(), func.min(DifferenceRow.first_seen)).where(DifferenceRow.closed_at.is_(None))
    count, oldest = session.execute(query).one()
    return count, oldest


def due(session: Session, now: datetime, *, case: Cases = None) -> list[DueAct]:
    """Return the open differences of cases: each is finance's to resolve from the moment it is known.

    Money that no reference explains is the desk's for unmatched money, which has a period of its own.
    """
    query = select(DifferenceRow).where(
        DifferenceRow.closed_at.is_(None),
        DifferenceRow.case_id.is_not(None),
        DifferenceRow.kind != DifferenceKind.UNMATCHED.value,
        DifferenceRow.first_seen <= now,
        of_cases(DifferenceRow.case_id, case),
    )
    return [_due(row) for row in session.scalars(query.order_by(DifferenceRow.first_seen, DifferenceRow.id))]


def _due(row: DifferenceRow) -> DueAct:
    apart = grouped(abs(row.inside_minor - row.outside_minor))
    against = row.gateway or "orders"
    return DueAct(
        what="resolve_difference",
        on=row.id,
        by=row.first_seen,
        case=row.case_id or "",
        article=ARTICLE,
        zh=f"对账不符（{row.order_id or row.payment}，与 {against} 相差 {apart}），查清前不得发放案款",
        en=f"The books differ ({row.order_id or row.payment}, from {against}, by {apart}); nothing is paid out before",
    )


def records(session: Session, rows: Collection[DifferenceRow]) -> list[DifferenceRecord]:
    """Return rows as records with their notes."""
    said: dict[str, list[NoteRecord]] = {row.id: [] for row in rows}
    query = select(DifferenceNote).where(DifferenceNote.difference_id.in_(said))
    for note in session.scalars(query.order_by(DifferenceNote.at, DifferenceNote.id)):
        said[note.difference_id].append(NoteRecord(by=note.by, at=note.at, words=note.words))
    return [
        DifferenceRecord(
            id=row.id,
            difference=Difference(
                kind=DifferenceKind(row.kind),
                gateway=row.gateway,
                payment=row.payment,
                order=row.order_id,
                case=row.case_id,
                currency=row.currency,
                inside_minor=row.inside_minor,
                outside_minor=row.outside_minor,
                since=row.since,
            ),
            first_seen=row.first_seen,
            last_seen=row.last_seen,
            closed_at=row.closed_at,
            notes=tuple(said[row.id]),
        )
        for row in rows
    ]
