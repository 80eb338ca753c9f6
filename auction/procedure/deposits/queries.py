"""Read models of deposits and the money of a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auction.foundation.database.narrowing import Cases, of_cases
from auction.foundation.kernel.due import DueAct
from auction.foundation.ledger import queries as ledger
from auction.foundation.ledger.rules import Account
from auction.procedure.cases import payments
from auction.procedure.deposits.models import Deposit
from auction.procedure.deposits.rules import ALARM_BEFORE, DepositStatus
from auction.rulebook.carried import carries_out

#: The kind of ledger entry by which money of a distribution leaves the court's account.
PAID_KIND = "distribution.paid"


@dataclass(frozen=True, slots=True)
class DepositRecord:
    """A deposit as later capabilities and its payer's page read it."""

    id: str
    registration: str
    lot: str
    case: str
    person: str
    code: str
    amount_minor: int
    currency: str
    status: DepositStatus
    requested_at: datetime
    held_at: datetime | None
    return_by: datetime | None
    released_at: datetime | None
    applied_at: datetime | None
    failed_because: str | None


@dataclass(frozen=True, slots=True)
class CaseMoney:
    """The money of a case, as ``show money`` prints it; every field but ``paid_out`` is a balance."""

    held_minor: int
    refundable_minor: int
    forfeited_minor: int
    proceeds_minor: int
    paid_out_minor: int
    escrow_minor: int
    currency: str = "CNY"


def deposit_of(session: Session, *, registration: str) -> DepositRecord | None:
    """Return the deposit of a registration, or None when none was ever asked for."""
    row = session.scalars(select(Deposit).where(Deposit.registration_id == registration)).one_or_none()
    return deposit_record(row) if row else None


def deposits_of_lot(session: Session, *, lot: str) -> list[DepositRecord]:
    """Return a lot's deposits in the order they were asked for."""
    query = select(Deposit).where(Deposit.lot_id == lot).order_by(Deposit.requested_at, Deposit.id)
    return [deposit_record(row) for row in session.scalars(query)]


def due(session: Session, now: datetime, *, case: Cases = None) -> list[DueAct]:
    """Return the deposits that have to go back or to the court as of now."""
    open_states = [DepositStatus.HELD.value, DepositStatus.REFUNDABLE.value]
    kept = select(Deposit).where(Deposit.status.in_(open_states), Deposit.decided_at <= now)
    kept = kept.where(of_cases(Deposit.case_id, case))
    rows = session.scalars(kept.order_by(Deposit.return_by, Deposit.id))
    return [_due_deposit(row, by=row.return_by) for row in rows if row.return_by is not None]


def alarms(session: Session, *, now: datetime) -> list[DueAct]:
    """Return what of it has four hours or less left (20 of the 24 hours have passed)."""
    return [act for act in due(session, now) if now >= act.by - ALARM_BEFORE]


@carries_out("distribution.one_case_one_account")
def money(session: Session, *, case: str) -> CaseMoney:
    """Return the money of a case.

    ``proceeds_minor`` is all that buyers have ever paid in, whatever became of it since, and nothing of the debtor's;
    ``paid_out_minor`` is what distribution has paid of it; the others are balances.
    """
    balances = ledger.case_balances(session, case=case)
    paid = -sum(
        line.minor
        for line in ledger.statement(session, case=case)
        if line.kind == PAID_KIND and line.account == Account.OUTSIDE.value
    )
    from_buyers = balances[Account.PROCEEDS] + balances[Account.ESCROW] + paid - payments.paid_in(session, case=case)
    return CaseMoney(
        held_minor=balances[Account.HELD],
        refundable_minor=balances[Account.REFUNDABLE],
        forfeited_minor=balances[Account.FORFEITED],
        proceeds_minor=from_buyers,
        paid_out_minor=paid,
        escrow_minor=balances[Account.ESCROW],
    )


def deposit_record(row: Deposit) -> DepositRecord:
    """Return a deposit's row as a record."""
    return DepositRecord(
        id=row.id,
        registration=row.registration_id,
        lot=row.lot_id,
        case=row.case_id,
        person=row.person_id,
        code=row.code,
        amount_minor=row.amount_minor,
        currency=row.currency,
        status=DepositStatus(row.status),
        requested_at=row.requested_at,
        held_at=row.held_at,
        return_by=row.return_by,
        released_at=row.released_at,
        applied_at=row.applied_at,
        failed_because=row.failed_because,
    )


def _due_deposit(row: Deposit, *, by: datetime) -> DueAct:
    returns = row.status == DepositStatus.REFUNDABLE.value
    return DueAct(
        what="release_deposit" if returns else "apply_deposit",
        on=row.lot_id,
        by=by,
        case=row.case_id,
        article="法释〔2016〕18号 第23条" if returns else "法释〔2016〕18号 第25条",
        zh=f"竞买代码 {row.code} 的保证金应在竞价结束后 24 小时内" + ("退还" if returns else "转入法院账户"),
        en=f"The deposit of code {row.code} must " + ("go back" if returns else "reach the court") + " within 24 hours",
    )
