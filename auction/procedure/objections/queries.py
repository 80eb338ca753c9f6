"""Read models of objections, and what the court owes on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.due import DueAct
from auction.foundation.kernel.refusal import NotFound
from auction.procedure.assets import queries as assets
from auction.procedure.lots import queries as lots
from auction.procedure.objections import rules
from auction.procedure.objections.models import Objection
from auction.rulebook import rulebook


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

    def blocks(self, now: datetime) -> bool:
        """Say whether it forbids disposal at an instant."""
        return rules.blocks(kind=self.kind, status=self.status, suit_until=self.suit_until, now=now)


def objection(session: Session, objection_id: str) -> ObjectionRecord:
    """Return an objection.

    :raises NotFound: when there is none of that id
    """
    row = session.get(Objection, objection_id)
    if row is None:
        raise NotFound(what="objection", name=objection_id)
    return objection_record(row)


def of_case(session: Session, *, case: str) -> list[ObjectionRecord]:
    """Return a case's objections in the order filed."""
    query = select(Objection).where(Objection.case_id == case).order_by(Objection.filed_at, Objection.id)
    return [objection_record(row) for row in session.scalars(query)]


def against(session: Session, *names: str) -> list[ObjectionRecord]:
    """Return the objections against lots, things or cases, in the order filed."""
    query = select(Objection).where(Objection.against.in_(names)).order_by(Objection.filed_at, Objection.id)
    return [objection_record(row) for row in session.scalars(query)]


def things_of(session: Session, record: ObjectionRecord) -> list[str]:
    """Return the things an objection is about: the thing itself, or those of the lot."""
    match record.against_kind:
        case "property":
            return [record.against]
        case "lot":
            return list(lots.lot(session, record.against).properties)
        case _:
            return []


def due(session: Session) -> list[DueAct]:
    """Return the decisions that are due, and the releases that follow an outsider's success."""
    pending = select(Objection).where(Objection.status == "pending").order_by(Objection.decide_by, Objection.id)
    upheld = select(Objection).where(Objection.status == "upheld", Objection.kind == "outsider")
    acts = [_decision_due(objection_record(row)) for row in session.scalars(pending)]
    for row in session.scalars(upheld.order_by(Objection.decided_at, Objection.id)):
        acts.extend(_releases_due(session, objection_record(row)))
    return acts


def objection_record(row: Objection) -> ObjectionRecord:
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
    )


def _decision_due(record: ObjectionRecord) -> DueAct:
    return DueAct(
        what="decide_objection",
        on=record.id,
        by=record.decide_by,
        case=record.case,
        article=rules.ARTICLES[record.kind],
        zh=f"对 {record.against} 的异议 {record.id} 应审查并裁定",
        en=f"Objection {record.id} against {record.against} is to be decided",
    )


def _releases_due(session: Session, record: ObjectionRecord) -> list[DueAct]:
    if record.suit_until is None:
        return []
    numbers = rulebook().on(day_of(record.filed_at))
    by = rules.release_by(numbers, suit_until=record.suit_until)
    held = [thing for thing in things_of(session, record) if assets.property_record(session, thing).control_until]
    return [
        DueAct(
            what="release",
            on=thing,
            by=by,
            case=record.case,
            article="法释〔2015〕5号 第314条",
            zh=f"案外人异议 {record.id} 成立，申请执行人未起诉的，应解除对 {thing} 的执行措施",
            en=f"The outsider's objection {record.id} was upheld; release {thing} unless the applicant sues",
        )
        for thing in held
    ]
