"""What others may know of a case."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.orm import Session

from auction.foundation.kernel.refusal import NotFound
from auction.procedure.cases import rules
from auction.procedure.cases.models import Case, Claim, Cost
from auction.procedure.identity import queries as identity
from auction.procedure.identity.rules import masked


@dataclass(frozen=True, slots=True)
class PartyRecord:
    """A party; ``name`` is for the court and the parties, ``masked`` for everybody else."""

    person: str
    name: str
    masked: str
    kind: str


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """A claim; ``creditor`` is the full name, ``creditor_masked`` what strangers read."""

    id: str
    creditor_person: str
    creditor: str
    creditor_masked: str
    creditor_kind: str
    amount_minor: int
    kind: str
    applicant: bool
    rank: int | None
    property: str | None
    seizure_order: int | None
    principal_minor: int | None
    performance_due: date | None
    price_due: date | None = None
    priority_lapsed: bool = False
    joined_at: datetime | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class CostRecord:
    """A recorded cost."""

    id: str
    case: str
    lot: str | None
    what: str
    amount_minor: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """A whole case; claims in the order of the file, costs in the order recorded."""

    id: str
    number: str
    year: int
    court_code: str
    type: str
    serial: int
    court: str
    court_name: str
    debtor: PartyRecord
    claims: tuple[ClaimRecord, ...]
    costs: tuple[CostRecord, ...]
    opened_at: datetime
    status: str
    officer: str | None

    @property
    def preservation(self) -> bool:
        """Whether the case only preserves: no judgment confirms its claims yet (执保)."""
        return self.type in rules.PRESERVATION_TYPES

    @property
    def costs_minor(self) -> int:
        """The sum of the recorded costs."""
        return sum(cost.amount_minor for cost in self.costs)

    @property
    def claimed_minor(self) -> int:
        """The sum of the claims."""
        return sum(claim.amount_minor for claim in self.claims)


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """One line of a list of cases."""

    id: str
    number: str
    court: str
    court_name: str
    debtor: PartyRecord
    claims: int
    claimed_minor: int
    opened_at: datetime
    status: str
    officer: str | None


def case(session: Session, id: str) -> CaseRecord:  # noqa: A002 - as everywhere
    """Return a case by its id.

    :raises NotFound: no such case
    """
    row = session.get(Case, id)
    if row is None:
        raise NotFound(what="case", name=id)
    return _case(session, row)


def by_number(session: Session, number: str) -> CaseRecord | None:
    """Return the case of a number in its kept form, or None."""
    row = session.scalars(select(Case).where(Case.number == number)).one_or_none()
    return _case(session, row) if row else None


def cases(
    session: Session, *, court: str | None = None, q: str | None = None, limit: int = 50, after: str | None = None
) -> list[CaseSummary]:
    """Return cases, newest first, behind the case ``after``; ``q`` is part of a number or a debtor's whole name."""
    query = select(Case).order_by(Case.opened_at.desc(), Case.id.desc()).limit(limit)
    if court is not None:
        query = query.where(Case.court_id == court)
    if q is not None and q.strip():
        wanted = q.strip().replace("(", "（").replace(")", "）")
        debtors = [person.id for person in identity.persons_named(session, name=q)]
        query = query.where(or_(Case.number.contains(wanted, autoescape=True), Case.debtor_person_id.in_(debtors)))
    if after is not None:
        last = select(Case.opened_at, Case.id).where(Case.id == after)
        query = query.where(tuple_(Case.opened_at, Case.id) < last.scalar_subquery())
    return _summaries(session, list(session.scalars(query)))


def ids(*, court: str | None = None, officer: str | None = None) -> Select[str]:
    """Return the question for the cases of a court, of an officer, or of both, for others to narrow theirs by."""
    query = select(Case.id)
    if court is not None:
        query = query.where(Case.court_id == court)
    return query if officer is None else query.where(Case.officer_id == officer)


def preserving() -> Select[str]:
    """Return the question for the cases that only preserve."""
    return select(Case.id).where(Case.type.in_(rules.PRESERVATION_TYPES))


def is_case(case: str) -> ColumnElement[bool]:
    """Return the condition that narrows ``ids`` to one case."""
    return Case.id == case


def summaries(session: Session, *, ids: Collection[str]) -> dict[str, CaseSummary]:
    """Return cases by their ids, in short."""
    found = _summaries(session, list(session.scalars(select(Case).where(Case.id.in_(ids)))))
    return {one.id: one for one in found}


def creditor_of(session: Session, claim: str) -> str | None:
    """Return the person a claim belongs to, or None when there is no such claim."""
    return session.scalar(select(Claim.creditor_person_id).where(Claim.id == claim))


def claim(session: Session, id: str) -> ClaimRecord:  # noqa: A002 - as everywhere
    """Return a claim by its id.

    :raises NotFound: no such claim
    """
    row = session.get(Claim, id)
    if row is None:
        raise NotFound(what="claim", name=id)
    return _claim(row)


def case_of_claim(session: Session, claim: str) -> str | None:
    """Return the case a claim belongs to, or None."""
    return session.scalar(select(Claim.case_id).where(Claim.id == claim))


def linked_claims(session: Session, *, case: str, things: Collection[str]) -> dict[str, int]:
    """Return what the debtor of a case owes in his other cases for claims on some things, by case."""
    debtor = select(Case.debtor_person_id).where(Case.id == case).scalar_subquery()
    rows = session.execute(
        select(Claim.case_id, func.sum(Claim.amount_minor))
        .join(Case, Case.id == Claim.case_id)
        .where(Case.debtor_person_id == debtor, Claim.case_id != case, Claim.property_id.in_(things))
        .group_by(Claim.case_id)
        .order_by(Claim.case_id)
    )
    return {other: int(total) for other, total in rows}


def cases_of_person(session: Session, person: str) -> list[str]:
    """Return the cases a person is debtor or creditor of."""
    owing = select(Case.id).where(Case.debtor_person_id == person)
    owed = select(Claim.case_id).where(Claim.creditor_person_id == person)
    return sorted(session.scalars(owing.union(owed)))


def cost_record(row: Cost) -> CostRecord:
    """Return a cost's row as a record."""
    return CostRecord(
        id=row.id, case=row.case_id, lot=row.lot_id, what=row.what, amount_minor=row.amount_minor, at=row.at
    )


def _case(session: Session, row: Case) -> CaseRecord:
    debtor = identity.person(session, row.debtor_person_id)
    claims = session.scalars(select(Claim).where(Claim.case_id == row.id).order_by(Claim.position))
    costs = session.scalars(select(Cost).where(Cost.case_id == row.id).order_by(Cost.at, Cost.id))
    return CaseRecord(
        id=row.id,
        number=row.number,
        year=row.year,
        court_code=row.court_code,
        type=row.type,
        serial=row.serial,
        court=row.court_id,
        court_name=identity.court(session, row.court_id).name,
        debtor=_party(debtor, row.debtor_kind),
        claims=tuple(_claim(one) for one in claims),
        costs=tuple(cost_record(one) for one in costs),
        opened_at=row.opened_at,
        status=row.status,
        officer=row.officer_id,
    )


def _party(person: identity.PersonRecord, kind: str) -> PartyRecord:
    return PartyRecord(person=person.id, name=person.name, masked=person.masked_name, kind=kind)


def _claim(row: Claim) -> ClaimRecord:
    return ClaimRecord(
        id=row.id,
        creditor_person=row.creditor_person_id,
        creditor=row.creditor_name,
        creditor_masked=masked(row.creditor_name, kind=row.creditor_kind),
        creditor_kind=row.creditor_kind,
        amount_minor=row.amount_minor,
        # A priority that was not used in time leaves an ordinary claim (法释〔2020〕25号 第41条).
        kind="ordinary" if row.priority_lapsed else row.kind,
        applicant=row.applicant,
        rank=row.rank,
        property=row.property_id,
        seizure_order=row.seizure_order,
        principal_minor=row.principal_minor,
        performance_due=row.performance_due,
        price_due=row.price_due,
        priority_lapsed=row.priority_lapsed,
        joined_at=row.joined_at,
        title=row.title,
    )


def _summaries(session: Session, rows: list[Case]) -> list[CaseSummary]:
    ids = [row.id for row in rows]
    sums = session.execute(
        select(Claim.case_id, func.count(), func.sum(Claim.amount_minor))
        .where(Claim.case_id.in_(ids))
        .group_by(Claim.case_id)
    ).all()
    claimed = {case_id: (int(number), int(total)) for case_id, number, total in sums}
    debtors = identity.persons(session, ids=[row.debtor_person_id for row in rows])
    courts = {court.id: court.name for court in identity.courts(session)}
    return [
        CaseSummary(
            id=row.id,
            number=row.number,
            court=row.court_id,
            court_name=courts[row.court_id],
            debtor=_party(debtors[row.debtor_person_id], row.debtor_kind),
            claims=claimed.get(row.id, (0, 0))[0],
            claimed_minor=claimed.get(row.id, (0, 0))[1],
            opened_at=row.opened_at,
            status=row.status,
            officer=row.officer_id,
        )
        for row in rows
    ]
