"""What a lot's hammer price would be distributed by, gathered from the case as it stands; nothing is decided here."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from auction.foundation.kernel.calendar import day_of
from auction.procedure.cases import queries as cases
from auction.procedure.distribution import basis, queries
from auction.procedure.distribution.foreseen import Outlook, Setting, outlook
from auction.procedure.distribution.pools import Pool
from auction.procedure.distribution.refusals import PlanStatus
from auction.procedure.lots import basis as burdens
from auction.procedure.lots import rules as terms
from auction.procedure.lots.queries import LotRecord
from auction.rulebook import rulebook


def foresee(
    session: Session,
    *,
    lot: LotRecord,
    now: datetime,
    enforcement_fee: bool = False,
    interest_until: date | None = None,
) -> Outlook:
    """Return who would get what of a lot at any price, with the money the case has already (法释〔1998〕15号 第34条).

    Claims, costs and set-asides count as they stand now; of lots not sold yet nothing does.
    """
    case = cases.case(session, lot.case)
    there = [pool for pool in basis.pools(session, case=case.id) if pool.lot != lot.id]
    numbers = rulebook().on(day_of(now)).distribution
    file = basis.file_of(
        session,
        case=case,
        earlier=[plan for plan in queries.plans(session, case=case.id) if plan.status is PlanStatus.PAID],
        numbers=numbers,
        enforcement_fee=False,
        interest_until=interest_until,
        money=[*there, Pool(lot=lot.id, properties=frozenset(lot.properties), minor=0)],
    )
    own = {claim.id for claim in case.claims}
    queues, needs = basis.waiting_for(session, case=case.id, of={pool.lot for pool in file.pools if pool.lot})
    return outlook(
        Setting(
            file=file,
            lot=lot.id,
            queues=queues,
            needs=needs,
            numbers=numbers,
            fee_on=[claim for claim in file.claims if claim.id in own] if enforcement_fee else None,
        )
    )


def least_minor(session: Session, *, lot: LotRecord) -> int | None:
    """Return the least start price that leaves the applicant something, or None where he ranks first (第6条)."""
    case = cases.case(session, lot.case)
    return terms.least_with_surplus(burdens.burden(case, things=set(lot.properties)))
