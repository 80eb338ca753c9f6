"""Deposits on their way back to who paid them: decided, ordered, gone (法释〔2016〕18号 第23条)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from auction.foundation.database.acts import Act
from auction.foundation.ledger.commands import Booking, book_all
from auction.foundation.ledger.rules import Account
from auction.gateways.port import OrderKind
from auction.procedure.deposits import keeping
from auction.procedure.deposits.models import Deposit
from auction.procedure.deposits.rules import DepositStatus
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury.orders import Wanted, request_orders
from auction.procedure.treasury.queries import OrderRecord


def call_in(act: Act, rows: Sequence[Deposit], *, by: Mapping[str, datetime]) -> None:
    """Decide that winners' deposits go to the court, and order it, by an instant told for each lot."""
    _order(act, rows, kind=OrderKind.APPLY, by=by)


def send_back(act: Act, rows: Sequence[Deposit], *, by: Mapping[str, datetime]) -> None:
    """Decide that held deposits go back by an instant told for each lot, and order it: each the way it came."""
    if not rows:
        return
    for row in rows:
        keeping.move(row, DepositStatus.REFUNDABLE)
    orders = _order(act, rows, kind=OrderKind.RELEASE, by=by)
    book_all(act, [_decided(row, order) for row, order in zip(rows, orders, strict=True)])


def gone(act: Act, done: Sequence[tuple[Deposit, OrderRecord]]) -> None:
    """Take note that deposits have left for who paid them.

    Of a hold that had lapsed nothing was left to send: its payer has his money, and that is what is booked.
    """
    for row, _ in done:
        keeping.move(row, DepositStatus.RELEASED)
        row.released_at = act.now
    keeping.book_and_enter(act, done, kind="deposit.released", source=Account.REFUNDABLE, target=Account.OUTSIDE)


def _order(act: Act, rows: Sequence[Deposit], *, kind: OrderKind, by: Mapping[str, datetime]) -> Sequence[OrderRecord]:
    if not rows:
        return []
    paid = treasury.done_orders(act.session, subjects=[row.id for row in rows], kind=OrderKind.HOLD)
    for row in rows:
        row.decided_at, row.return_by = act.now, by[row.lot_id]
    return request_orders(act.as_platform(), wanted=[_wanted(row, paid[row.id], kind=kind) for row in rows])


def _wanted(row: Deposit, paid: OrderRecord, *, kind: OrderKind) -> Wanted:
    return Wanted(
        kind=kind,
        purpose=keeping.PURPOSE,
        subject=row.id,
        case=row.case_id,
        lot=row.lot_id,
        party=row.person_id,
        amount_minor=row.amount_minor,
        way=paid.gateway,
        origin=paid.gateway_reference,
    )


def _decided(row: Deposit, order: OrderRecord) -> Booking:
    carried = keeping.postings(row, minor=row.amount_minor, source=Account.HELD, target=Account.REFUNDABLE)
    return Booking("deposit.refundable", f"{order.id}:decided", carried)
