"""What the bank has to pay, where it goes, and the payment files there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from auction.foundation.kernel.refusal import NotFound
from auction.gateways.bank import NAME
from auction.gateways.bank_files.pain001 import BankAccount
from auction.gateways.port import OrderKind
from auction.procedure.cases import queries as cases
from auction.procedure.treasury import bank_lines, bank_rules, payees, queries
from auction.procedure.treasury.bank_lines import LineRecord
from auction.procedure.treasury.bank_models import PaymentBatch, PaymentBatchItem
from auction.procedure.treasury.bank_refusals import BatchNotReleased
from auction.procedure.treasury.bank_rules import Why
from auction.procedure.treasury.models import MoneyOrderRow
from auction.procedure.treasury.queries import OrderRecord, order_record
from auction.procedure.treasury.rules import OrderStatus

_OUTWARD = (OrderKind.RELEASE.value, OrderKind.PAYOUT.value)


class BatchStatus(StrEnum):
    """The life of a payment file."""

    DRAFTED = "drafted"
    RELEASED = "released"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ToPay:
    """An order the bank has to carry out, and the account it goes to; None while that is not known."""

    order: OrderRecord
    to: BankAccount | None


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """A transfer in a payment file, and how its order stands."""

    order: OrderRecord
    amount_minor: int
    to: BankAccount
    dropped: bool


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """A payment file: who drafted and who released it, how many transfers and how much; its digest once released."""

    id: str
    court: str
    status: BatchStatus
    drafted_at: datetime
    drafted_by: str
    released_at: datetime | None
    released_by: str | None
    cancelled_at: datetime | None
    digest: str | None
    transfers: int
    total_minor: int
    open: int


def to_pay(session: Session, *, court: str) -> list[ToPay]:
    """Return the orders of a court that the bank has to carry out and that are in no file, oldest first."""
    in_a_file = select(PaymentBatchItem.order_id).where(PaymentBatchItem.dropped_at.is_(None))
    query = (
        select(MoneyOrderRow)
        .where(
            MoneyOrderRow.status == OrderStatus.WAITING.value,
            MoneyOrderRow.gateway == NAME,
            MoneyOrderRow.kind.in_(_OUTWARD),
            _of_court(court),
            MoneyOrderRow.id.not_in(in_a_file),
        )
        .order_by(MoneyOrderRow.created_at, MoneyOrderRow.id)
    )
    found = [order_record(row) for row in session.scalars(query)]
    return [ToPay(order=one, to=destination(session, one)) for one in found]


def destination(session: Session, order: OrderRecord) -> BankAccount | None:
    """Return the account an order pays to: what came goes back where it came from, all else to the payee's own.

    What belongs to nobody by name (costs, fees) goes to the account the court has named for them.
    """
    line = _came_by(session, order)
    came_from = payees.account_of(line) if line is not None and line.why is not Why.RETURNED else None
    if came_from is not None:
        return came_from
    court = court_of(session, order.case)
    return payees.payee_account(session, order.party or payees.of_court(court))


def what_for(session: Session, order: OrderRecord) -> str:
    """Return what the payee reads on his statement: the case and the kind, and nothing of the auction's persons."""
    case = bank_rules.court_of_clearing(order.case)
    number = "" if case is not None else cases.case(session, order.case).number
    word = "案款发放" if order.kind is OrderKind.PAYOUT else "退款"
    return f"{number} {word} {order.id}".strip()


def batches(session: Session, *, court: str, limit: int = 30) -> list[BatchRecord]:
    """Return the payment files of a court, newest first."""
    query = select(PaymentBatch).where(PaymentBatch.court_id == court)
    rows = session.scalars(query.order_by(PaymentBatch.drafted_at.desc(), PaymentBatch.id).limit(limit))
    return [_record(session, row) for row in rows]


def batch(session: Session, batch_id: str) -> BatchRecord:
    """Return a payment file.

    :raises NotFound: when there is none of that id
    """
    row = session.get(PaymentBatch, batch_id)
    if row is None:
        raise NotFound(what="file", name=batch_id)
    return _record(session, row)


def items(session: Session, batch_id: str) -> list[ItemRecord]:
    """Return the transfers of a payment file in order."""
    query = select(PaymentBatchItem).where(PaymentBatchItem.batch_id == batch_id).order_by(PaymentBatchItem.place)
    return [
        ItemRecord(
            order=queries.order(session, row.order_id),
            amount_minor=row.amount_minor,
            to=BankAccount(holder=row.holder, number=row.number, bank=row.bank, bank_code=row.bank_code),
            dropped=row.dropped_at is not None,
        )
        for row in session.scalars(query)
    ]


def content(session: Session, batch_id: str) -> bytes:
    """Return the file as it was released, byte for byte.

    :raises NotFound: when there is none of that id
    :raises BatchNotReleased: before its release, and for a cancelled one
    """
    row = session.get(PaymentBatch, batch_id)
    if row is None:
        raise NotFound(what="file", name=batch_id)
    if row.content is None:
        raise BatchNotReleased(status=row.status)
    return row.content.encode("utf-8")


def court_of(session: Session, case: str) -> str:
    """Return the court of a case, or of a clearing account."""
    return bank_rules.court_of_clearing(case) or cases.case(session, case).court


def _came_by(session: Session, order: OrderRecord) -> LineRecord | None:
    """Return the bank line of the payment an order gives back, or None when it gives none back that came by bank."""
    if order.kind is not OrderKind.RELEASE or order.origin is None:
        return None
    if order.purpose == "unclaimed":
        return bank_lines.line(session, order.origin)
    paid = queries.order_by_reference(session, gateway=NAME, reference=order.origin)
    return bank_lines.of_order(session, paid.id) if paid else None


def _of_court(court: str) -> ColumnElement[bool]:
    return or_(MoneyOrderRow.case_id.in_(cases.ids(court=court)), MoneyOrderRow.case_id == bank_rules.clearing(court))


def _record(session: Session, row: PaymentBatch) -> BatchRecord:
    live = PaymentBatchItem.dropped_at.is_(None)
    count, total, waiting = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(PaymentBatchItem.amount_minor), 0),
            func.count().filter(live, MoneyOrderRow.status == OrderStatus.WAITING.value),
        )
        .select_from(PaymentBatchItem)
        .join(MoneyOrderRow, MoneyOrderRow.id == PaymentBatchItem.order_id)
        .where(PaymentBatchItem.batch_id == row.id)
    ).one()
    return BatchRecord(
        id=row.id, court=row.court_id, status=BatchStatus(row.status), drafted_at=row.drafted_at,
        drafted_by=row.drafted_by, released_at=row.released_at, released_by=row.released_by,
        cancelled_at=row.cancelled_at, digest=row.digest, transfers=int(count), total_minor=int(total),
        open=int(waiting),
    )  # fmt: skip
