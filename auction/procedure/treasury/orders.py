"""Money orders: asked for by a capability, carried out by the outside, confirmed once.

A capability declares what its *purpose* does when the outside has answered (``answers``), so that a later
capability is told without an earlier one knowing it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, and_, func, not_, select, true, update

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import lock
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import NotFound
from auction.foundation.kernel.roles import Role
from auction.gateways.port import OrderKind, Receipt, Underway
from auction.procedure.treasury.attempts import claim
from auction.procedure.treasury.models import MoneyOrderRow
from auction.procedure.treasury.queries import OrderRecord, order_record
from auction.procedure.treasury.rules import OrderNotFailed, OrderStatus, delay_after


class Answer(Protocol):
    """What a capability does when an order of its purpose is done or refused."""

    def __call__(self, act: Act, /, *, order: OrderRecord) -> None:
        """Book, enter and go on, in the transaction of the confirmation."""


class Together(Protocol):
    """The same for several orders that are done at once."""

    def __call__(self, act: Act, /, *, orders: Sequence[OrderRecord]) -> None:
        """Do for each what its answer does alone, in the transaction of their confirmation."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What is done when the outside carried an order out, and when it refused."""

    done: Answer
    refused: Answer
    together: Together | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of waiting orders: those of some kinds.

    ``ways`` narrows it to the orders that go by one of these gateways, or by none of them with ``others``; an
    order without a way goes by ``default``.
    """

    kinds: Collection[OrderKind]
    ways: Collection[str] = ()
    others: bool = False
    default: str = ""

    def condition(self) -> ColumnElement[bool]:
        """Return which orders stand in it."""
        kind = MoneyOrderRow.kind.in_([kind.value for kind in self.kinds])
        way = func.coalesce(MoneyOrderRow.gateway, MoneyOrderRow.way, self.default).in_(list(self.ways))
        narrowed = true() if not self.ways and not self.others else not_(way) if self.others else way
        return and_(kind, narrowed)


PURPOSES: dict[str, Purpose] = {}


def answers(purpose: str, *, refused: Answer, together: Together | None = None) -> Callable[[Answer], Answer]:
    """Declare what a purpose does when its orders are done, one or several at once, and when they are refused."""

    def declare(done: Answer) -> Answer:
        PURPOSES[purpose] = Purpose(done=done, refused=refused, together=together)
        return done

    return declare


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order to be left for the cashier, as ``request_order`` takes it."""

    kind: OrderKind
    purpose: str
    subject: str
    case: str
    lot: str | None
    party: str | None
    amount_minor: int
    way: str | None = None
    origin: str | None = None
    held_until: datetime | None = None


@command("request_order", by=())
def request_orders(act: Act, *, wanted: Sequence[Wanted]) -> list[OrderRecord]:
    """Leave several orders for the cashier and return them in order; the caller holds the lock of their lot or case."""
    rows = [
        MoneyOrderRow(
            id=new_id("order"),
            kind=one.kind.value,
            purpose=one.purpose,
            subject_id=one.subject,
            case_id=one.case,
            lot_id=one.lot,
            party_id=one.party,
            amount_minor=one.amount_minor,
            currency="CNY",
            way=one.way,
            origin_reference=one.origin,
            held_until=one.held_until,
            status=OrderStatus.WAITING.value,
            attempts=0,
            next_attempt_at=act.now,
            created_at=act.now,
        )
        for one in wanted
    ]
    act.session.add_all(rows)
    act.session.flush()
    return [order_record(row) for row in rows]


@command("request_order", by=())
def request_order(
    act: Act,
    *,
    kind: OrderKind,
    purpose: str,
    subject: str,
    case: str,
    lot: str | None,
    party: str | None,
    amount_minor: int,
    way: str | None = None,
    origin: str | None = None,
    held_until: datetime | None = None,
) -> OrderRecord:
    """Leave one order for the cashier and return it; the caller holds the lock of the lot or case it names."""
    wanted = Wanted(
        kind=kind,
        purpose=purpose,
        subject=subject,
        case=case,
        lot=lot,
        party=party,
        amount_minor=amount_minor,
        way=way,
        origin=origin,
        held_until=held_until,
    )
    return request_orders(act, wanted=[wanted])[0]


@command("claim_orders", by=())
def claim_orders(act: Act, *, order: str | None = None, limit: int = 16, line: Line | None = None) -> list[OrderRecord]:
    """Claim waiting orders nobody else is working on: those due, of one line or of all, or one by its id, due or not.

    What payers wait for comes first. A claim is itself the schedule of the next attempt, so an order whose cashier
    died is asked again, later and under the same id.
    """
    query = select(MoneyOrderRow).where(MoneyOrderRow.status == OrderStatus.WAITING.value)
    if order is None:
        query = query.where(MoneyOrderRow.next_attempt_at <= act.now)
    else:
        query = query.where(MoneyOrderRow.id == order)
    if line is not None:
        query = query.where(line.condition())
    inward = MoneyOrderRow.kind.in_([kind.value for kind in OrderKind if kind.inward])
    query = query.order_by(inward.desc(), MoneyOrderRow.next_attempt_at, MoneyOrderRow.created_at, MoneyOrderRow.id)
    return [order_record(row) for row in claim(act, query, limit=limit)]


@command("confirm_order", by=())
def confirm_order(act: Act, *, order: str, receipt: Receipt) -> OrderRecord:
    """Take note that the outside carried an order out, and do what follows; the second time changes nothing.

    :raises NotFound: when there is no such order
    """
    row = _locked(act, order)
    if row.status == OrderStatus.DONE.value:
        return order_record(row)
    mark_done(row, receipt=receipt, now=act.now)
    act.session.flush()
    PURPOSES[row.purpose].done(act.as_platform(), order=order_record(row))
    return order_record(row)


@command("refuse_order", by=())
def refuse_order(act: Act, *, order: str, reason: str) -> OrderRecord:
    """Take note that the outside refused an order, and do what follows; nothing moved."""
    row = _locked(act, order)
    if row.status != OrderStatus.WAITING.value:
        return order_record(row)
    row.status, row.last_error = OrderStatus.FAILED.value, reason[:200]
    act.session.flush()
    PURPOSES[row.purpose].refused(act.as_platform(), order=order_record(row))
    return order_record(row)


def no_longer_due(act: Act, *, subjects: Collection[str]) -> None:
    """Let nobody pay the waiting orders of some subjects any more: the cashier takes them back at once.

    What was paid already, or is at this instant, is confirmed all the same and its purpose says what becomes of it.
    An order the outside has not answered yet is asked first, and taken back when it turns out to wait for its payer.
    """
    act.session.execute(
        update(MoneyOrderRow)
        .where(
            MoneyOrderRow.subject_id.in_(subjects),
            MoneyOrderRow.status == OrderStatus.WAITING.value,
            MoneyOrderRow.kind.in_([OrderKind.HOLD.value, OrderKind.CHARGE.value]),
        )
        .values(no_longer_due_since=act.now, next_attempt_at=act.now)
    )


@command("note_underway", by=())
def note_underway(act: Act, *, order: str, word: Underway) -> OrderRecord:
    """Take note that the outside has taken an order, or waits for its payer; it is asked again after a rest."""
    row = _locked(act, order)
    mark_underway(row, word=word, now=act.now)
    act.session.flush()
    return order_record(row)


@command("put_off_order", by=())
def put_off_order(act: Act, *, order: str, reason: str) -> timedelta:
    """Take note that no answer came; return how long the order rests before it is asked again."""
    row = _locked(act, order)
    if row.status == OrderStatus.WAITING.value:
        row.last_error = reason[:200]
        row.next_attempt_at = max(row.next_attempt_at, act.now + delay_after(row.attempts))
        act.session.flush()
    return row.next_attempt_at - act.now


@command("retry_order", by={Role.FINANCE})
def retry_order(act: Act, *, order: str) -> OrderRecord:
    """Send an order the outside refused again, under the same id: money that must go back or be paid out.

    :raises OrderNotFailed: unless the outside refused it, or when who pays has to ask anew himself
    """
    row = _locked(act, order)
    if row.status != OrderStatus.FAILED.value or OrderKind(row.kind).inward:
        raise OrderNotFailed(status=row.status)
    row.status, row.attempts, row.next_attempt_at = OrderStatus.WAITING.value, 0, act.now
    act.session.flush()
    return order_record(row)


def chain_of(*, lot: str | None, case: str) -> str:
    """Return whose lock orders the acts on an order: its lot's, else its case's."""
    return f"lot:{lot}" if lot else f"case:{case}"


def mark_done(row: MoneyOrderRow, *, receipt: Receipt, now: datetime) -> None:
    """Put down in an order's row that it was carried out."""
    row.status, row.done_at, row.last_error = OrderStatus.DONE.value, now, None
    row.gateway, row.gateway_reference = receipt.gateway, receipt.reference
    if receipt.moved_minor is not None and receipt.moved_minor != row.amount_minor:
        row.moved_minor = receipt.moved_minor


def mark_underway(row: MoneyOrderRow, *, word: Underway, now: datetime) -> None:
    """Put down in the row of an order that waits that the outside has taken it."""
    if row.status == OrderStatus.WAITING.value:
        taken_back = row.underway_since is None and row.no_longer_due_since is not None
        row.gateway, row.gateway_reference = word.gateway, word.reference
        row.underway_since, row.last_error = row.underway_since or now, None
        row.next_attempt_at = now if taken_back else now + word.ask_again


def _locked(act: Act, order: str) -> MoneyOrderRow:
    found = act.session.execute(
        select(MoneyOrderRow.lot_id, MoneyOrderRow.case_id).where(MoneyOrderRow.id == order)
    ).one_or_none()
    if found is None:
        raise NotFound(what="order", name=order)
    # The subject's lock comes first, as in every command, so that two acts never wait for each other.
    lock(act, chain_of(lot=found.lot_id, case=found.case_id))
    return act.session.scalars(
        select(MoneyOrderRow)
        .where(MoneyOrderRow.id == order)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
