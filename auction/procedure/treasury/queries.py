"""Read models of money orders."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from auction.foundation.database.narrowing import Cases, of_cases
from auction.foundation.kernel.due import DueAct
from auction.foundation.kernel.refusal import NotFound
from auction.gateways import bank
from auction.gateways.port import MoneyOrder, OrderKind
from auction.procedure.treasury.models import MoneyOrderRow
from auction.procedure.treasury.rules import OrderStatus, Paid


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """A money order with what became of it.

    ``way`` is the gateway it was asked to go by (None: the platform's own), ``gateway`` the one it went by;
    ``underway_since`` is when the outside took it, ``no_longer_due_since`` when nobody had to pay it any more;
    ``moved_minor`` is what moved, when that is not what was ordered.
    """

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
    way: str | None
    origin: str | None
    held_until: datetime | None
    gateway: str | None
    gateway_reference: str | None
    underway_since: datetime | None
    no_longer_due_since: datetime | None
    moved_minor: int | None
    created_at: datetime
    done_at: datetime | None
    last_error: str | None

    @property
    def done_minor(self) -> int:
        """What moved when it was done."""
        return self.amount_minor if self.moved_minor is None else self.moved_minor

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
            origin=self.origin,
            reference=self.gateway_reference,
            held_until=self.held_until,
            created_at=self.created_at,
        )


def order(session: Session, order_id: str) -> OrderRecord:
    """Return a money order.

    :raises NotFound: when there is none of that id
    """
    row = session.get(MoneyOrderRow, order_id)
    if row is None:
        raise NotFound(what="order", name=order_id)
    return order_record(row)


def orders_named(session: Session, *, ids: Collection[str]) -> list[OrderRecord]:
    """Return the orders of those ids that exist."""
    return [order_record(row) for row in session.scalars(select(MoneyOrderRow).where(MoneyOrderRow.id.in_(ids)))]


def find_order(session: Session, order_id: str) -> OrderRecord | None:
    """Return a money order, or None when there is none of that id."""
    row = session.get(MoneyOrderRow, order_id)
    return order_record(row) if row else None


def fitting(
    session: Session, *, case: Cases, also: str, credit: bool, amount_minor: int, limit: int
) -> list[OrderRecord]:
    """Return the orders that wait for the bank to move an amount in or out, oldest first.

    :param also: an account of no case whose orders count as well
    """
    kinds = [one.value for one in OrderKind if (one.inward if credit else one.outward)]
    query = select(MoneyOrderRow).where(
        MoneyOrderRow.status == OrderStatus.WAITING.value,
        MoneyOrderRow.gateway == bank.NAME,
        MoneyOrderRow.kind.in_(kinds),
        MoneyOrderRow.amount_minor == amount_minor,
        or_(of_cases(MoneyOrderRow.case_id, case), MoneyOrderRow.case_id == also),
    )
    return [order_record(row) for row in session.scalars(query.order_by(MoneyOrderRow.created_at).limit(limit))]


def orders_of(session: Session, *, subject: str) -> list[OrderRecord]:
    """Return the orders that serve a subject (a deposit, a lot's balance, a plan's line), oldest first."""
    query = (
        select(MoneyOrderRow)
        .where(MoneyOrderRow.subject_id == subject)
        .order_by(MoneyOrderRow.created_at, MoneyOrderRow.id)
    )
    return [order_record(row) for row in session.scalars(query)]


def done_order(session: Session, *, subject: str, kind: OrderKind) -> OrderRecord | None:
    """Return the order of a kind that was done for a subject, the newest, or None."""
    done = [one for one in orders_of(session, subject=subject) if one.kind is kind and one.status is OrderStatus.DONE]
    return done[-1] if done else None


def done_orders(session: Session, *, subjects: Collection[str], kind: OrderKind) -> dict[str, OrderRecord]:
    """Return by subject the order of a kind that was done for it, the newest; without an entry where there is none."""
    query = (
        select(MoneyOrderRow)
        .where(MoneyOrderRow.subject_id.in_(subjects), MoneyOrderRow.kind == kind.value)
        .where(MoneyOrderRow.status == OrderStatus.DONE.value)
        .order_by(MoneyOrderRow.created_at, MoneyOrderRow.id)
    )
    return {row.subject_id: order_record(row) for row in session.scalars(query)}


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


def left_to_give_back(session: Session, *, lot: str, party: str | None) -> list[Paid]:
    """Return what a party has paid for a lot and was not given back yet, by payment, newest first."""
    of_lot = select(MoneyOrderRow).where(MoneyOrderRow.lot_id == lot, MoneyOrderRow.party_id == party)
    rows = session.scalars(of_lot.order_by(MoneyOrderRow.created_at.desc(), MoneyOrderRow.id)).all()
    records = [order_record(row) for row in rows]
    returned: dict[str, int] = {}
    for one in records:
        if one.origin is None:
            continue
        # A hold that was called in and gave less has nothing left of the rest.
        gone = one.amount_minor - (0 if one.kind is OrderKind.RELEASE else one.done_minor)
        returned[one.origin] = returned.get(one.origin, 0) + gone
    return [
        Paid(gateway=one.gateway, reference=one.gateway_reference, minor=left)
        for one in records
        if one.kind.inward and one.status is OrderStatus.DONE and one.gateway and one.gateway_reference
        if (left := one.done_minor - returned.get(one.gateway_reference, 0)) > 0
    ]


def order_by_reference(session: Session, *, gateway: str, reference: str) -> OrderRecord | None:
    """Return the order a gateway calls so, or None."""
    query = select(MoneyOrderRow).where(MoneyOrderRow.gateway == gateway, MoneyOrderRow.gateway_reference == reference)
    row = session.scalars(query.order_by(MoneyOrderRow.created_at).limit(1)).one_or_none()
    return order_record(row) if row else None


def due(session: Session, now: datetime, *, case: Cases = None) -> list[DueAct]:
    """Return the outward orders that the outside refused."""
    failed = select(MoneyOrderRow).where(
        MoneyOrderRow.status == OrderStatus.FAILED.value,
        MoneyOrderRow.kind.in_(["release", "apply", "payout"]),
        MoneyOrderRow.created_at <= now,
        of_cases(MoneyOrderRow.case_id, case),
    )
    return [_due_order(row) for row in session.scalars(failed.order_by(MoneyOrderRow.created_at, MoneyOrderRow.id))]


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
        way=row.way,
        origin=row.origin_reference,
        held_until=row.held_until,
        gateway=row.gateway,
        gateway_reference=row.gateway_reference,
        underway_since=row.underway_since,
        no_longer_due_since=row.no_longer_due_since,
        moved_minor=row.moved_minor,
        created_at=row.created_at,
        done_at=row.done_at,
        last_error=row.last_error,
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
