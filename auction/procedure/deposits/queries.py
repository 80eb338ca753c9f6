"""Read models of deposits and the money of a case."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
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
    lapsed_minor: int | None
    failed_because: str | None

    @property
    def counted_minor(self) -> int:
        """What of it counts toward the price its payer owes: what is held for it or has come."""
        if self.status not in {DepositStatus.HELD, DepositStatus.APPLIED}:
            return 0
        return self.amount_minor - (self.lapsed_minor or 0)


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


def deposits_of(session: Session, *, registrations: Collection[str]) -> dict[str, DepositRecord]:
    """Return the deposits of registrations that were asked for one, by registration."""
    rows = session.scalars(select(Deposit).where(Deposit.registration_id.in_(registrations)))
    return {row.registration_id: deposit_record(row) for row in rows}


def deposits_of_lot(session: Session, *, lot: str) -> list[DepositRecord]:
    """Return a lot's deposits in the order they were asked for."""
    query = select(Deposit).where(Deposit.lot_id == lot).order_by(Deposit.requested_at, Deposit.id)
    return [deposit_record(row) for row in session.scalars(query)]


def lapsed_registrations() -> Select[str]:
    """Return the question which registrations a deposit of was not whole when it was called in."""
    return select(Deposit.registration_id).where(Deposit.lapsed_minor > 0)


@dataclass(frozen=True, slots=True)
class GoingBack:
    """How far a lot is with giving deposits back: ``done`` of ``total``, and by when the last must be gone."""

    lot: str
    case: str
    done: int
    total: int
    by: datetime | None


def going_back(session: Session, *, case: Cases = None) -> list[GoingBack]:
    """Return the lots whose deposits are on their way back, the most pressing first; none once all are gone."""
    open_lots = select(Deposit.lot_id).where(Deposit.status == DepositStatus.REFUNDABLE.value)
    open_lots = open_lots.where(of_cases(Deposit.case_id, case)).distinct()
    done = func.count().filter(Deposit.status == DepositStatus.RELEASED.value)
    last = func.max(Deposit.return_by)
    query = (
        select(Deposit.lot_id, Deposit.case_id, done, func.count(), last)
        .where(Deposit.lot_id.in_(open_lots))
        .where(Deposit.status.in_([DepositStatus.REFUNDABLE.value, DepositStatus.RELEASED.value]))
        .group_by(Deposit.lot_id, Deposit.case_id)
        .order_by(last, Deposit.lot_id)
    )
    return [GoingBack(*row) for row in session.execute(query)]


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
        lapsed_minor=row.lapsed_minor,
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
