"""Read models of objections, and what the court owes on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from auction.foundation.database.narrowing import Cases, of_cases
from auction.foundation.kernel.due import DueAct
from auction.foundation.kernel.refusal import NotFound
from auction.procedure.assets import queries as assets
from auction.procedure.lots import queries as lots
from auction.procedure.lots import stays as lot_stays
from auction.procedure.objections import course as courses
from auction.procedure.objections import duties, rules
from auction.procedure.objections.course import Course, Step, Taken
from auction.procedure.objections.models import Objection, ObjectionStep, OrderedStay


@dataclass(frozen=True, slots=True)
class ObjectionRecord:
    """An objection; ``by`` is a person on record, for the court alone."""

    id: str
    case: str
    kind: str
    against: str
    against_kind: str
    by: str
    status: str
    filed_at: datetime
    decide_by: datetime
    decided_at: datetime | None
    suit_until: datetime | None
    course: Course

    def blocks(self, now: datetime) -> bool:
        """Say whether it forbids disposal at an instant."""
        return rules.blocks(kind=self.kind, status=self.status, suit_until=self.suit_until, course=self.course, now=now)


@dataclass(frozen=True, slots=True)
class OrderedStayRecord:
    """A lot's stay of limited time, and on whose order."""

    lot: str
    ordered: str
    since: datetime
    until: datetime


def objection(session: Session, objection_id: str) -> ObjectionRecord:
    """Return an objection.

    :raises NotFound: when there is none of that id
    """
    row = session.get(Objection, objection_id)
    if row is None:
        raise NotFound(what="objection", name=objection_id)
    return _records(session, [row])[0]


def of_case(session: Session, *, case: str) -> list[ObjectionRecord]:
    """Return a case's objections in the order filed."""
    return _found(session, select(Objection).where(Objection.case_id == case))


def against(session: Session, *names: str) -> list[ObjectionRecord]:
    """Return the objections against lots, things or cases, in the order filed."""
    return _found(session, select(Objection).where(Objection.against.in_(names)))


def by_person(session: Session, *, person: str) -> list[ObjectionRecord]:
    """Return what a person has objected to, in the order filed."""
    return _found(session, select(Objection).where(Objection.by_person_id == person))


def of_cases_found(session: Session, *, case: Cases, limit: int) -> list[ObjectionRecord]:
    """Return the objections of several cases: the pending first by when they are to be decided, then the newest."""
    query = select(Objection).where(of_cases(Objection.case_id, case))
    waiting = query.where(Objection.status == "pending").order_by(Objection.decide_by, Objection.id).limit(limit)
    done = query.where(Objection.status != "pending").order_by(Objection.decided_at.desc(), Objection.id).limit(limit)
    return _records(session, [*session.scalars(waiting), *session.scalars(done)][:limit])


def things_of(session: Session, record: ObjectionRecord) -> list[str]:
    """Return the things an objection is about: the thing itself, or those of the lot."""
    match record.against_kind:
        case "property":
            return [record.against]
        case "lot":
            return list(lots.lot(session, record.against).properties)
        case _:
            return []


def live_lots(session: Session, record: ObjectionRecord) -> list[str]:
    """Return the lots in which the things of an objection still stand."""
    things = things_of(session, record)
    return lot_stays.live_lots(session, things=things) if things else []


def due(session: Session, now: datetime, *, case: Cases = None) -> list[DueAct]:
    """Return what is due on objections: their filing, review and reconsideration, and what follows from them."""
    asked = select(ObjectionStep.objection_id).where(ObjectionStep.kind == Step.RECONSIDERATION_ASKED.value)
    answered = select(ObjectionStep.objection_id).where(ObjectionStep.kind == Step.RECONSIDERED.value)
    judged = select(ObjectionStep.objection_id).where(ObjectionStep.kind == Step.JUDGED.value)
    query = select(Objection).where(
        of_cases(Objection.case_id, case),
        Objection.filed_at <= now,
        or_(
            Objection.status == "pending",
            (Objection.kind == "outsider") & (Objection.status == "upheld"),
            Objection.id.in_(judged),
            Objection.id.in_(asked) & Objection.id.not_in(answered),
        ),
    )
    acts: list[DueAct] = []
    for record in _found(session, query):
        acts.extend(duties.of_review(record))
        if record.kind == "outsider" and courses.outsider_has_it(status=record.status, course=record.course):
            acts.extend(_given_up(session, record))
    return [*acts, *_stays_over(session, case=case)]


def objection_record(row: Objection, *, taken: Sequence[Taken] = ()) -> ObjectionRecord:
    """Return an objection's row as a record."""
    return ObjectionRecord(
        id=row.id,
        case=row.case_id,
        kind=row.kind,
        against=row.against,
        against_kind=row.against_kind,
        by=row.by_person_id,
        status=row.status,
        filed_at=row.filed_at,
        decide_by=row.decide_by,
        decided_at=row.decided_at,
        suit_until=row.suit_until,
        course=courses.course_of(taken),
    )


def _found(session: Session, query: Select[Objection]) -> list[ObjectionRecord]:
    return _records(session, list(session.scalars(query.order_by(Objection.filed_at, Objection.id))))


def _records(session: Session, rows: Sequence[Objection]) -> list[ObjectionRecord]:
    taken: dict[str, list[Taken]] = {row.id: [] for row in rows}
    if rows:
        query = select(ObjectionStep).where(ObjectionStep.objection_id.in_(taken))
        for step in session.scalars(query.order_by(ObjectionStep.at, ObjectionStep.id)):
            taken[step.objection_id].append(_taken(step))
    return [objection_record(row, taken=taken[row.id]) for row in rows]


def _taken(row: ObjectionStep) -> Taken:
    return Taken(
        kind=Step(row.kind),
        at=row.at,
        by=row.by_person_id,
        until=row.until,
        answer=row.answer,
        words=row.words,
        digest=row.digest,
        amount_minor=row.amount_minor,
    )


def _ordered(row: OrderedStay) -> OrderedStayRecord:
    return OrderedStayRecord(lot=row.lot_id, ordered=row.ordered, since=row.since, until=row.until)


def _given_up(session: Session, record: ObjectionRecord) -> list[DueAct]:
    """Return what the court owes the outsider whose the thing is: its lots withdrawn, the thing released."""
    held = [thing for thing in things_of(session, record) if assets.property_record(session, thing).control_until]
    return duties.given_up(record, lots=live_lots(session, record), things=held)


def _stays_over(session: Session, *, case: Cases) -> list[DueAct]:
    acts = []
    for row in session.scalars(
        select(OrderedStay).where(of_cases(OrderedStay.case_id, case)).order_by(OrderedStay.until, OrderedStay.id)
    ):
        running = lot_stays.stay(session, lot=row.lot_id)
        if running is not None and running.since == row.since:
            acts.append(duties.resumption(lot=row.lot_id, case=row.case_id, ordered=row.ordered, until=row.until))
    return acts
