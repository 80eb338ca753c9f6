"""What a decision of the panel would do, told before it is taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from auction.foundation.kernel.refusal import Refusal
from auction.foundation.ledger import queries as ledger
from auction.foundation.ledger.rules import Account
from auction.procedure.lots import queries as lots
from auction.procedure.settlement import forfeit_use, keeping, rules
from auction.procedure.settlement.forfeit_use import Measured
from auction.procedure.settlement.models import Forfeit, Settlement
from auction.procedure.settlement.rules import SettlementNotDue, SettlementStatus


@dataclass(frozen=True, slots=True)
class Loss:
    """What a buyer who does not pay loses: the announced deposit; the rest of what he has paid goes back.

    ``refusal`` says why the default cannot be declared yet.
    """

    from_: datetime
    lost_minor: int
    back_minor: int
    barred: bool
    refusal: Refusal | None


def loss(session: Session, *, lot: str, now: datetime) -> Loss | None:
    """Return what declaring the default would do now, or None where no balance is awaited."""
    row = session.get(Settlement, lot)
    if row is None or row.status != SettlementStatus.AWAITING_BALANCE.value:
        return None
    there = ledger.owed(session, account=Account.PROCEEDS, case=row.case_id, lot=lot)
    auctioned = row.way == "auction"
    # Until the platform has handed it over, the deposit is held, not yet among the proceeds.
    paid = max(there, row.deposit_minor)
    lost = min(lots.lot(session, lot).deposit_minor, paid) if auctioned else 0
    refusal = None
    try:
        rules.check_default(
            SettlementStatus(row.status), due_by=row.balance_due_by, now=now, paying=keeping.on_its_way(session, row)
        )
    except SettlementNotDue as why:
        refusal = why
    return Loss(from_=row.balance_due_by, lost_minor=lost, back_minor=paid - lost, barred=auctioned, refusal=refusal)


def use_of_forfeit(session: Session, *, lot: str) -> Measured | Refusal | None:
    """Return what the forfeited deposit would be used for now, why it cannot be yet, or None when there is none."""
    row, forfeit = session.get(Settlement, lot), session.get(Forfeit, lot)
    if row is None or forfeit is None or forfeit.applied_at is not None:
        return None
    if row.status != SettlementStatus.DEFAULTED.value:
        return None
    try:
        return forfeit_use.measure(session, record=lots.lot(session, lot), row=row, forfeit=forfeit)
    except SettlementNotDue as why:
        return why


def paid_back(session: Session, *, lot: str) -> int:
    """Return what the buyer would get back of a price, were its sale revoked now."""
    row = session.get(Settlement, lot)
    if row is None:
        return 0
    there = ledger.owed(session, account=Account.PROCEEDS, case=row.case_id, lot=lot)
    forfeit = session.get(Forfeit, lot)
    kept = forfeit.forfeited_minor if forfeit is not None and forfeit.applied_at is None else 0
    held = row.deposit_minor if row.status == SettlementStatus.AWAITING_BALANCE.value else 0
    return max(there, held) + kept
