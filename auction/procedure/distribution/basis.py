"""What a plan is made from: the money that is there, and what earlier plans have already paid."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy.orm import Session

from auction.foundation.ledger import queries as ledger
from auction.foundation.ledger.rules import Account
from auction.procedure.assets import queries as assets
from auction.procedure.cases.queries import CaseRecord, ClaimRecord
from auction.procedure.distribution import fees
from auction.procedure.distribution.queries import PlanRecord
from auction.procedure.distribution.rules import Claim, ClaimKind, Cost, File, Part, Pool, Setaside
from auction.procedure.lots import queries as lots
from auction.procedure.settlement import claims as settled_claims
from auction.procedure.settlement import queries as settlements
from auction.procedure.settlement.rules import SettlementStatus
from auction.rulebook.numbers import DistributionNumbers


def file_of(
    session: Session,
    *,
    case: CaseRecord,
    earlier: Iterable[PlanRecord],
    numbers: DistributionNumbers,
    enforcement_fee: bool,
    interest_until: date | None,
) -> File:
    """Return the file a plan is computed from."""
    pools = _pools(session, case=case.id)
    paid = _paid_before(earlier)
    for claim, minor in settled_claims.credits_of(session, case=case.id).items():
        paid[claim, False] = paid.get((claim, False), 0) + minor
    claims = [_claim(claim, paid=paid, numbers=numbers, interest_until=interest_until) for claim in case.claims]
    enforced = min(sum(pool.minor for pool in pools), sum(claim.minor for claim in claims))
    return File(
        pools=pools,
        claims=claims,
        enterprise=case.debtor.kind == "enterprise",
        costs=_costs(case, paid_minor=paid.get((Part.COSTS.value, False), 0)),
        enforcement_fee_minor=fees.enforcement_fee(enforced, numbers=numbers) if enforcement_fee else 0,
        setasides=_setasides(session, pools),
    )


def _pools(session: Session, *, case: str) -> list[Pool]:
    """Return the money of each lot whose price is whole, and the case's money that comes from no lot.

    What a broken sale still holds is its deposit as used for the case (article 24); a revoked one gives all back.
    """
    whole = {
        record.lot
        for record in settlements.of_case(session, case=case)
        if record.status is SettlementStatus.DEFAULTED
        or (record.paid_at is not None and record.status is not SettlementStatus.REVOKED)
    }
    pools: list[Pool] = []
    of_lots = 0
    for lot in lots.of_case(session, case=case):
        there = ledger.owed(session, account=Account.PROCEEDS, case=case, lot=lot.id)
        of_lots += there
        if lot.id in whole and there > 0:
            pools.append(Pool(lot=lot.id, properties=frozenset(lot.properties), minor=there))
    other = ledger.owed(session, account=Account.PROCEEDS, case=case) - of_lots
    if other > 0:
        pools.append(Pool(lot=None, properties=frozenset(), minor=other))
    return pools


def _paid_before(earlier: Iterable[PlanRecord]) -> dict[tuple[str, bool], int]:
    """Return what earlier plans give, by payee; doubled interest counts apart from the sum itself."""
    paid: dict[tuple[str, bool], int] = {}
    for plan in earlier:
        for line in plan.lines:
            key = (line.to, line.part is Part.DOUBLED_INTEREST)
            paid[key] = paid.get(key, 0) + line.amount_minor
    return paid


def _claim(
    record: ClaimRecord,
    *,
    paid: dict[tuple[str, bool], int],
    numbers: DistributionNumbers,
    interest_until: date | None,
) -> Claim:
    unpaid = max(0, record.amount_minor - paid.get((record.id, False), 0))
    interest = 0
    if interest_until is not None and record.performance_due is not None:
        principal = record.amount_minor if record.principal_minor is None else record.principal_minor
        interest = fees.doubled_interest(
            unpaid_minor=min(principal, unpaid), due=record.performance_due, until=interest_until, numbers=numbers
        )
    return Claim(
        id=record.id,
        kind=ClaimKind(record.kind),
        minor=unpaid,
        rank=record.rank,
        property=record.property,
        seizure_order=record.seizure_order,
        interest_minor=interest,
    )


def _costs(case: CaseRecord, *, paid_minor: int) -> list[Cost]:
    """Return the recorded costs not yet paid by an earlier plan, the oldest counted as paid first."""
    left: list[Cost] = []
    for cost in case.costs:
        covered = min(cost.amount_minor, paid_minor)
        paid_minor -= covered
        left.append(Cost(minor=cost.amount_minor - covered, lot=cost.lot))
    return left


def _setasides(session: Session, pools: Iterable[Pool]) -> list[Setaside]:
    things = [assets.property_record(session, thing) for pool in pools for thing in sorted(pool.properties)]
    return [
        Setaside(property=thing.id, minor=thing.living_setaside_minor)
        for thing in things
        if thing.living_setaside_minor
    ]
