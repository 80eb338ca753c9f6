"""The reference price and how it came about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from auction.foundation.database.narrowing import Cases, of_cases
from auction.foundation.kernel.calendar import day_of, within_days
from auction.foundation.kernel.due import DueAct
from auction.procedure.assets import queries as assets
from auction.procedure.cases import queries as cases
from auction.procedure.valuation import duties, journal
from auction.procedure.valuation.models import Valuation, ValuationStep
from auction.procedure.valuation.refusals import ObjectionPending
from auction.procedure.valuation.standing import Standing, standing
from auction.rulebook import rulebook
from auction.rulebook.carried import carries_out
from auction.rulebook.numbers import ValuationNumbers

#: The steps that ask somebody for something; a thing without any of them owes nothing between its price and its lot.
_ASKING = ("entrusted", "price_voided", "report_objected")


@dataclass(frozen=True, slots=True)
class ReferencePrice:
    """The price disposal goes by, until when it stands, and the article it rests on."""

    amount_minor: int
    method: str
    valid_until: datetime
    fixed_at: datetime
    article: str


@dataclass(frozen=True, slots=True)
class ValuationRecord:
    """One attempt; ``outcome`` is ``price``, ``failed`` or ``pending``."""

    id: str
    property: str
    method: str
    outcome: str
    amount_minor: int | None
    valid_until: datetime | None
    at: datetime
    details: Mapping[str, Any]
    article: str


def reference_price(session: Session, property_id: str) -> ReferencePrice | None:
    """Return the newest price of a property, expired or not, or None; one that was voided gives none (第26条)."""
    row = session.scalars(
        select(Valuation)
        .where(Valuation.property_id == property_id, Valuation.outcome == "price")
        .order_by(Valuation.position.desc())
        .limit(1)
    ).one_or_none()
    if row is None or row.amount_minor is None or row.valid_until is None or row.id in voided(session, property_id):
        return None
    return ReferencePrice(
        amount_minor=row.amount_minor,
        method=row.method,
        valid_until=row.valid_until,
        fixed_at=row.at,
        article=row.article,
    )


def history(session: Session, property_id: str) -> list[ValuationRecord]:
    """Return every attempt, oldest first."""
    query = select(Valuation).where(Valuation.property_id == property_id).order_by(Valuation.position)
    return [_record(row) for row in session.scalars(query)]


def voided(session: Session, property_id: str) -> frozenset[str]:
    """Return which attempts give no price any more: returned for correction, or objected to with success."""
    query = select(ValuationStep.details["valuation"].astext).where(
        ValuationStep.property_id == property_id, ValuationStep.kind == "price_voided"
    )
    return frozenset(session.scalars(query))


def standing_of(session: Session, property_id: str) -> Standing:
    """Return where a property's valuation stands: who was asked, by when, what came and what is said against it."""
    return journal.standing_of(session, property_id)


def check_undisputed(session: Session, property_id: str) -> None:
    """Refuse to go by a result while an objection against its report is pending: it is no reference price yet (第26条).

    :raises ObjectionPending: naming the objections
    """
    pending = journal.standing_of(session, property_id).pending
    if pending:
        raise ObjectionPending(objections=[one.objection for one in pending])


@carries_out("valuation.start_within_days", "valuation.start_disposal_within_days")
def due(session: Session, now: datetime, *, case: Cases = None) -> list[DueAct]:
    """Return what is due on the way to a price and after it, soonest first.

    The valuations to begin (第1条), the reports and corrections that were asked for, the reports to send (第21条),
    the way of objections (第23条), and the disposals to begin (第30条): these wait for a result nobody contests.
    """
    numbers = rulebook().on(day_of(now)).valuation
    acts = [_begin_valuation(one, numbers) for one in assets.awaiting_valuation(session, case=case)]
    unsold = assets.awaiting_disposal(session, case=case)
    begun = _begun(session, case)
    steps = journal.steps_of(session, {*begun, *(thing.id for thing in unsold)})
    stands = {thing: standing(found) for thing, found in steps.items()}
    for thing, of_case in begun.items():
        owed = list(duties.of_standing(numbers, stands[thing], thing=thing, case=of_case, at=now))
        # Only a thing that owes something is looked up: most that were ever valued owe nothing any more.
        if owed and assets.property_record(session, thing).control_until is not None:
            acts += owed
    for one in unsold:
        acts += _after_the_price(session, one, stands.get(one.id, Standing()), numbers)
    return sorted(acts, key=lambda act: (act.by, act.on))


def _begun(session: Session, case: Cases) -> dict[str, str]:
    """Return the things with steps that may still ask for something, and the case of each."""
    query = (
        select(ValuationStep.property_id, ValuationStep.case_id)
        .where(ValuationStep.kind.in_(_ASKING), of_cases(ValuationStep.case_id, case))
        .distinct()
    )
    return {thing: of for thing, of in session.execute(query).all()}  # noqa: C416 - a row is no pair to a type checker


def _after_the_price(
    session: Session, thing: assets.PropertyRecord, now: Standing, numbers: ValuationNumbers
) -> Iterator[DueAct]:
    if now.report is not None:
        file = cases.case(session, thing.case)
        applicants = {claim.creditor_person for claim in file.claims if claim.applicant}
        yield from duties.to_send(
            numbers, now, thing=thing.id, case=thing.case, parties=frozenset({file.debtor.person, *applicants})
        )
    gone = now.report is not None and now.report.void
    if thing.price_fixed_at is not None and not gone and not now.pending:
        settled = [one.decided_at for one in now.contests.values() if one.decided_at is not None]
        yield _begin_disposal(thing, max([thing.price_fixed_at, *settled]), numbers)


def _begin_valuation(thing: assets.PropertyRecord, numbers: ValuationNumbers) -> DueAct:
    days = numbers.start_within_days
    return DueAct(
        what="start_valuation",
        on=thing.id,
        by=within_days(thing.seized_at, days),
        case=thing.case,
        article="法释〔2018〕15号 第1条",
        zh=f"查封后{days}日内启动确定参考价程序",
        en=f"begin valuation within {days} days of the seizure",
    )


def _begin_disposal(thing: assets.PropertyRecord, fixed_at: datetime, numbers: ValuationNumbers) -> DueAct:
    days = numbers.start_disposal_within_days
    return DueAct(
        what="start_disposal",
        on=thing.id,
        by=within_days(fixed_at, days),
        case=thing.case,
        article="法释〔2018〕15号 第30条",
        zh=f"参考价确定后{days}日内启动变价程序",
        en=f"begin disposal within {days} days of the reference price",
    )


def _record(row: Valuation) -> ValuationRecord:
    return ValuationRecord(
        id=row.id,
        property=row.property_id,
        method=row.method,
        outcome=row.outcome,
        amount_minor=row.amount_minor,
        valid_until=row.valid_until,
        at=row.at,
        details=dict(row.details),
        article=row.article,
    )
