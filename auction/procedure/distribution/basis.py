"""What a plan is made from: the money that is there, and what earlier plans have already paid."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlalchemy.orm import Session

from auction.foundation.kernel.calendar import day_of
from auction.foundation.ledger import queries as ledger
from auction.foundation.ledger.rules import Account
from auction.procedure.assets import queries as assets
from auction.procedure.assets.queries import TransferRecord
from auction.procedure.cases import payments
from auction.procedure.cases import queries as cases
from auction.procedure.cases.queries import CaseRecord, ClaimRecord
from auction.procedure.distribution import fees
from auction.procedure.distribution.pools import Pool
from auction.procedure.distribution.queries import PlanRecord
from auction.procedure.distribution.rules import Claim, ClaimKind, Cost, File, Part, Setaside, Waterfall
from auction.procedure.distribution.sharing import to_the_queue, without
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
    money: Sequence[Pool] | None = None,
) -> File:
    """Return the file a plan is computed from.

    :param money: what there would be to distribute, where it is not what there is
    """
    found = pools(session, case=case.id) if money is None else list(money)
    paid = _paid_before(earlier)
    for claim, minor in settled_claims.credits_of(session, case=case.id).items():
        paid[claim, False] = paid.get((claim, False), 0) + minor
    until = _interest_until(session, case=case.id, pools=found, asked=interest_until)
    claims = [_claim(claim, paid=paid, numbers=numbers, interest_until=until) for claim in case.claims]
    fee = fees.fee_of(found, claims, numbers=numbers) if enforcement_fee else 0
    return File(
        pools=found,
        claims=[*claims, *_of_first_seizures(session, case=case.id, paid=paid)],
        enterprise=case.debtor.kind == "enterprise",
        costs=_costs(case, paid_minor=paid.get((Part.COSTS.value, False), 0)),
        enforcement_fee_minor=fee,
        setasides=_setasides(session, found),
    )


def pools(session: Session, *, case: str) -> list[Pool]:
    """Return the money of each lot whose price is whole, and the case's money that comes from no lot.

    What a broken sale still holds is its deposit as used for the case (article 24); a revoked one gives all back.
    """
    whole = {
        record.lot
        for record in settlements.of_case(session, case=case)
        if record.status is SettlementStatus.DEFAULTED
        or (record.paid_at is not None and record.status is not SettlementStatus.REVOKED)
    }
    found: list[Pool] = []
    of_lots = 0
    for lot in lots.of_case(session, case=case):
        there = ledger.owed(session, account=Account.PROCEEDS, case=case, lot=lot.id)
        of_lots += there
        if lot.id in whole and there > 0:
            found.append(Pool(lot=lot.id, properties=frozenset(lot.properties), minor=there))
    other = ledger.owed(session, account=Account.PROCEEDS, case=case) - of_lots
    if other > 0:
        found.append(Pool(lot=None, properties=frozenset(), minor=other))
    return found


def queued(session: Session, *, case: str, plan: Waterfall) -> Waterfall:
    """Return a plan whose surplus goes to the cases that waited for the things first, and then to the debtor."""
    queues, needs = waiting_for(session, case=case, of={draw.lot for draw in plan.surplus if draw.lot})
    return to_the_queue(plan, queues=queues, needs=needs)


def waiting_for(session: Session, *, case: str, of: Collection[str]) -> tuple[dict[str, list[str]], dict[str, int]]:
    """Return the cases that waited for the things of some lots, in order, and what each of them still lacks."""
    queues: dict[str, list[str]] = {}
    for lot in lots.of_case(session, case=case):
        if lot.id in of:
            places = [one for thing in lot.properties for one in assets.queue(session, thing)]
            waiting = [one.case for one in places if one.status in {"waiting", "spent"}]
            queues[lot.id] = list(dict.fromkeys(waiting))
    return queues, {other: payments.outstanding(session, case=other) for line in queues.values() for other in line}


def reserved(session: Session, *, case: str) -> set[str]:
    """Return the claims of first-seizing cases whose share is kept until a judgment confirms them (法释〔2016〕6号)."""
    return {
        claim.id
        for moved in _transfers(session, case=case)
        if moved.undecided
        for claim in cases.case(session, moved.from_case).claims
        if claim.id not in moved.confirmed
    }


def _transfers(session: Session, *, case: str) -> list[TransferRecord]:
    """Return the transfers by which a case came to dispose of the things of its lots."""
    things = dict.fromkeys(thing for lot in lots.of_case(session, case=case) for thing in lot.properties)
    found = [moved for thing in things for moved in assets.transfers(session, thing)]
    return [moved for moved in found if moved.transferred_at is not None and moved.to_case == case]


def _of_first_seizures(session: Session, *, case: str, paid: dict[tuple[str, bool], int]) -> list[Claim]:
    """Return the claims of the cases that seized a transferred thing first, before all others in that order."""
    found: list[Claim] = []
    for moved in _transfers(session, case=case):
        there = settled_claims.paid_to(session, case=moved.from_case)
        for one in cases.case(session, moved.from_case).claims:
            owed = moved.confirmed.get(one.id, one.amount_minor)
            got = max(paid.get((one.id, False), 0), there.get(one.id, 0))
            prior = one.property == moved.property
            found.append(
                Claim(
                    id=one.id,
                    kind=ClaimKind(one.kind) if prior else ClaimKind.ORDINARY,
                    minor=max(0, owed - got),
                    rank=one.rank if prior else None,
                    property=one.property if prior else None,
                    seizure_order=0,
                    only=moved.property,
                )
            )
    return found


def _interest_until(session: Session, *, case: str, pools: Iterable[Pool], asked: date | None) -> date | None:
    """Return until when doubled interest is counted: not past the service of the last ruling (法释〔2014〕8号 第3条).

    While something of the money comes from no ruling, it runs as it was asked for.
    """
    served = {one.lot: one.ruling_served_at for one in settlements.of_case(session, case=case)}
    ends = [served.get(pool.lot) if pool.lot else None for pool in pools]
    known = [day_of(end) for end in ends if end is not None]
    if asked is None or not known or len(known) < len(ends):
        return asked
    return min(asked, max(known))


def _paid_before(earlier: Iterable[PlanRecord]) -> dict[tuple[str, bool], int]:
    """Return what earlier plans give, by payee; doubled interest counts apart from the sum itself."""
    paid: dict[tuple[str, bool], int] = {}
    for plan in earlier:
        for line in without(plan.lines, settled=plan.settled):
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
