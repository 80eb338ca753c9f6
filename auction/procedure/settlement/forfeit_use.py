"""What a forfeited deposit would be used for today: the re-auction, the costs, the debts (article 24)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from auction.procedure.cases import queries as cases
from auction.procedure.lots import queries as lots
from auction.procedure.lots.queries import LotRecord
from auction.procedure.settlement import claims, forfeits, rules
from auction.procedure.settlement.forfeits import Line, Use
from auction.procedure.settlement.models import Forfeit, Settlement
from auction.procedure.settlement.rules import SettlementStatus

_FALLEN = {SettlementStatus.DEFAULTED.value, SettlementStatus.REVOKED.value}


@dataclass(frozen=True, slots=True)
class Measured:
    """The deposit against what it is for: ``wanted`` is each use in full, ``lines`` what it reaches.

    ``left_minor`` is what no use takes; ``linked`` is what other cases are still owed, by case.
    """

    resold: str
    original_minor: int
    resold_minor: int
    wanted: Use
    lines: Sequence[Line]
    uncovered_minor: int
    left_minor: int
    linked: Mapping[str, int]


def measure(session: Session, *, record: LotRecord, row: Settlement, forfeit: Forfeit) -> Measured:
    """Return what the forfeited deposit covers now that the re-auction has brought something.

    :raises SettlementNotDue: while no re-auction has
    """
    resold, price = _resold(session, record, forfeit, status=SettlementStatus(row.status))
    linked = cases.linked_claims(session, case=record.case, things=record.properties)
    costs = sum(one.amount_minor for one in cases.case(session, row.case_id).costs if one.lot == record.id)
    use = Use(
        costs_minor=costs,
        shortfall_minor=forfeits.shortfall(original_minor=row.price_minor, resold_minor=price),
        case_debt_minor=claims.unpaid(session, case=row.case_id),
        linked_debt_minor=sum(linked.values()),
    )
    lines, uncovered = forfeits.lines(forfeited_minor=forfeit.forfeited_minor, use=use)
    return Measured(
        resold=resold,
        original_minor=row.price_minor,
        resold_minor=price,
        wanted=use,
        lines=lines,
        uncovered_minor=uncovered,
        left_minor=forfeit.forfeited_minor - sum(line.amount_minor for line in lines),
        linked=linked,
    )


def _resold(session: Session, record: LotRecord, forfeit: Forfeit, *, status: SettlementStatus) -> tuple[str, int]:
    """Return the auction that took the broken sale's place and what it brought.

    :raises SettlementNotDue: while none has brought anything
    """
    for later in lots.chain(session, record.id):
        if later.id == record.id or later.announced_at is None or later.announced_at < forfeit.declared_at:
            continue
        settled = session.get(Settlement, later.id)
        if settled is not None and settled.status not in _FALLEN:
            return later.id, settled.price_minor
    raise rules.not_due(
        status, zh="再次拍卖尚未成交", en="the re-auction is not closed with a sale yet", kind=rules.DefaultNotDue
    )
