"""Objections to a distribution plan as pages show them: who disputes what, how it stands, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from auction.procedure.cases.queries import CaseRecord
from auction.procedure.distribution import queries
from auction.procedure.distribution.disputed import Stand
from auction.procedure.distribution.queries import PlanRecord


@dataclass(frozen=True, slots=True)
class Dispute:
    """One objection to a plan; ``until`` is the last instant of what may be done about it next."""

    objector_person: str
    objector: str
    claim: str
    creditor: str
    amount_minor: int
    raised_at: datetime
    stand: Stand
    opposed_by: str | None
    until: datetime | None
    sued_at: datetime | None


def disputes_of(session: Session, case: CaseRecord, plan: PlanRecord | None, *, now: datetime) -> list[Dispute]:
    """Return the objections to a plan in the order raised."""
    if plan is None:
        return []
    names, creditors = names_of(case), {one.id: one.creditor for one in case.claims}
    return [
        Dispute(
            objector_person=one.objector,
            objector=names.get(one.objector, ""),
            claim=one.objection.claim,
            creditor=creditors.get(one.objection.claim, one.objection.claim),
            amount_minor=one.objection.amount_minor,
            raised_at=one.raised_at,
            stand=one.objection.stand(now),
            opposed_by=names.get(one.opposed_by, "") if one.opposed_by else None,
            until=one.objection.suit_until or one.objection.opposition_until,
            sued_at=one.sued_at,
        )
        for one in queries.objections(session, plan=plan.id)
    ]


def names_of(case: CaseRecord) -> Mapping[str, str]:
    """Return the parties of a case by person."""
    return {case.debtor.person: case.debtor.name} | {one.creditor_person: one.creditor for one in case.claims}


def shares_of(case: CaseRecord, plan: PlanRecord | None) -> list[tuple[str, str, int]]:
    """Return the claims that get something in a plan: id, creditor, share."""
    creditors = {one.id: one.creditor for one in case.claims}
    found: dict[str, int] = {}
    for line in plan.lines if plan else ():
        if line.to in creditors:
            found[line.to] = found.get(line.to, 0) + line.amount_minor
    return [(claim, creditors[claim], minor) for claim, minor in found.items()]
