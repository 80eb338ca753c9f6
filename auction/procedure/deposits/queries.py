"""Read models of deposits, money orders and the money of a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from auction.foundation.database.narrowing import Cases, of_cases
from auction.foundation.kernel.due import DueAct
from auction.foundation.kernel.refusal import NotFound
from auction.foundation.ledger import queries as ledger
from auction.foundation.ledger.rules import Account
from auction.gateways.port import MoneyOrder, OrderKind
from auction.procedure.cases import payments
from auction.procedure.deposits.models import Deposit, MoneyOrderRow
from auction.procedure.deposits.rules import ALARM_BEFORE, DepositStatus, OrderStatus
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
class OrderRecord:
    """A money order with what became of it."""

    id: str
    kind: OrderKind
    purpose: str
    subject: str
    case: str
    lot: str | None
    party: str | None
    amount_minor: int
    currency: str
    status: OrderStatus
    attempts: int
    next_attempt_at: datetime
    gateway: str | None
    gateway_reference: str | None
    created_at: datetime
    done_at: datetime | None
    last_error: str | None

    def instruction(self) -> MoneyOrder:
        """Return what the gateway is told."""
        return MoneyOrder(
            id=self.id,
            kind=self.kind,
            amount_minor=self.amount_minor,
            currency=self.currency,
            case=self.case,
            lot=self.lot,
            party=self.party,
        )


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


def order(session: Session, order_id: str) -> OrderRecord:
    """Return a money order.

    :raises NotFound: when there is none of that id
    """
    row = session.get(MoneyOrderRow, order_id)
    if row is None:
        raise NotFound(what="order", name=order_id)
    return order_record(row)


def orders_of(session: Session, *, subject: str) -> list[OrderRecord]:
    """Return the orders that serve a subject (a deposit, a lot's balance, a plan's line), oldest first."""
    query = (
        select(MoneyOrderRow)
        .where(MoneyOrderRow.subject_id == subject)
        .order_by(MoneyOrderRow.created_at, MoneyOrderRow.id)
    )
    return [order_record(row) for row in session.scalars(query)]


def orders_of_prefix(session: Session, *, prefix: str) -> list[OrderRecord]:
    """Return the orders whose subject begins so (the lines of a plan), oldest first."""
    query = (
        select(MoneyOrderRow)
        .where(MoneyOrderRow.subject_id.startswith(prefix, autoescape=True))
        .order_by(MoneyOrderRow.created_at, MoneyOrderRow.id)
    )
    return [order_record(row) for row in session.scalars(query)]


def orders_of_case(session: Session, *, case: str) -> list[OrderRecord]:
    """Return every order of a case, oldest first."""
    query = (
        select(MoneyOrderRow).where(MoneyOrderRow.case_id == case).order_by(MoneyOrderRow.created_at, MoneyOrderRow.id)
    )
    return [order_record(row) for row in session.scalars(query)]


def orders_waiting(session: Session, *, now: datetime) -> int:
    """Return how many orders are to be sent now."""
    query = select(func.count()).where(
        MoneyOrderRow.status == OrderStatus.WAITING.value, MoneyOrderRow.next_attempt_at <= now
    )
    return session.scalar(query) or 0


def due(session: Session, now: datetime, *, case: Cases = None) -> list[DueAct]:
    """Return the deposits that have to go back or to the court as of now, and the orders the outside refused."""
    open_states = [DepositStatus.HELD.value, DepositStatus.REFUNDABLE.value]
    kept = select(Deposit).where(Deposit.status.in_(open_states), Deposit.decided_at <= now)
    failed = select(MoneyOrderRow).where(
        MoneyOrderRow.status == OrderStatus.FAILED.value,
        MoneyOrderRow.kind.in_(["release", "apply", "payout"]),
        MoneyOrderRow.created_at <= now,
    )
    kept, failed = kept.where(of_cases(Deposit.case_id, case)), failed.where(of_cases(MoneyOrderRow.case_id, case))
    rows = session.scalars(kept.order_by(Deposit.return_by, Deposit.id))
    refused = session.scalars(failed.order_by(MoneyOrderRow.created_at, MoneyOrderRow.id))
    acts = [_due_deposit(row, by=row.return_by) for row in rows if row.return_by is not None]
    return acts + [_due_order(row) for row in refused]


def alarms(session: Session, *, now: datetime) -> list[DueAct]:
    """Return what of it has four hours or less left (20 of the 24 hours have passed)."""
    return [act for act in due(session, now) if act.what != "retry_order" and now >= act.by - ALARM_BEFORE]


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


def order_record(row: MoneyOrderRow) -> OrderRecord:
    """Return an order's row as a record."""
    return OrderRecord(
        id=row.id,
        kind=OrderKind(row.kind),
        purpose=row.purpose,
        subject=row.subject_id,
        case=row.case_id,
        lot=row.lot_id,
        party=row.party_id,
        amount_minor=row.amount_minor,
        currency=row.currency,
        status=OrderStatus(row.status),
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        gateway=row.gateway,
        gateway_reference=row.gateway_reference,
        created_at=row.created_at,
        done_at=row.done_at,
        last_error=row.last_error,
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


def _due_order(row: MoneyOrderRow) -> DueAct:
    return DueAct(
        what="retry_order",
        on=row.id,
        by=row.next_attempt_at,
        case=row.case_id,
        article="法发〔2017〕6号",
        zh=f"付款指令 {row.id} 被退回（{row.last_error}），请核对后重新发送",
        en=f"Money order {row.id} was refused ({row.last_error}); check it and send it again",
    )
