"""Payment files: what the bank has to pay is gathered by one person and released by another (法发〔2017〕6号)."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import date

from sqlalchemy import select, update

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import NotFound
from auction.foundation.kernel.roles import Role
from auction.gateways.bank import NAME
from auction.gateways.bank_files import pain001
from auction.gateways.bank_files.pain001 import BankAccount, PaymentFile, Transfer
from auction.procedure.treasury import bank_rules, queries, transfer_queries, ways
from auction.procedure.treasury.bank_desk import refuse_other_court
from auction.procedure.treasury.bank_models import PaymentBatch, PaymentBatchItem
from auction.procedure.treasury.bank_refusals import (
    BatchNotDrafted,
    BatchOutdated,
    LineDoesNotFit,
    NoCourtAccount,
    NothingToPay,
    SecondLookNeeded,
)
from auction.procedure.treasury.orders import refuse_order
from auction.procedure.treasury.queries import OrderRecord
from auction.procedure.treasury.rules import OrderStatus
from auction.procedure.treasury.transfer_queries import BatchRecord, BatchStatus


@command("draft_payment_file", by={Role.FINANCE})
def draft_batch(act: Act, *, court: str) -> BatchRecord:
    """Gather what the bank has to pay for a court and can: in no other file, with its payee's account known.

    :raises NoCourtAccount: while the court's own account is not on record
    :raises NothingToPay: when no order is ready
    :raises AuthForbidden: for another court's finance
    """
    refuse_other_court(act, court)
    lock(act, f"court:{court}")
    if ways.court_account(act.session, court) is None:
        raise NoCourtAccount
    ready = [(one.order, one.to) for one in transfer_queries.to_pay(act.session, court=court) if one.to is not None]
    if not ready:
        raise NothingToPay
    row = PaymentBatch(
        id=new_id("file"), court_id=court, status=BatchStatus.DRAFTED.value, drafted_at=act.now, drafted_by=act.by
    )
    act.session.add(row)
    act.session.flush()
    for place, (order, to) in enumerate(ready, start=1):
        act.session.add(_item(row, order, to, place=place))
    act.session.flush()
    return transfer_queries.batch(act.session, row.id)


@command("release_payment_file", by={Role.HEAD, Role.FINANCE})
def release_batch(act: Act, *, batch: str) -> BatchRecord:
    """Release a draft as the second person: the file is written, checked against its schema, and entered.

    :raises BatchNotDrafted: for a file that is released or cancelled
    :raises SecondLookNeeded: for who drafted it
    :raises BatchOutdated: when an order or an account in it has changed since
    """
    row = _drafted(act, batch)
    if row.drafted_by == act.by:
        raise SecondLookNeeded
    items = _items(act, row)
    orders = {item.order_id: queries.order(act.session, item.order_id) for item in items}
    changed = [item.order_id for item in items if not _still(act, item, orders[item.order_id])]
    if changed:
        raise BatchOutdated(orders=changed)
    content = _written(act, row, items, orders)
    row.content, row.digest = content.decode("utf-8"), hashlib.sha256(content).hexdigest()
    row.status, row.released_at, row.released_by = BatchStatus.RELEASED.value, act.now, act.by
    act.session.flush()
    _enter(act, row, list(orders.values()))
    return transfer_queries.batch(act.session, row.id)


@command("cancel_payment_file", by={Role.HEAD, Role.FINANCE})
def cancel_batch(act: Act, *, batch: str) -> BatchRecord:
    """Cancel a draft; its orders wait for the next file.

    :raises BatchNotDrafted: for a file that is released or cancelled
    """
    row = _drafted(act, batch)
    row.status, row.cancelled_at = BatchStatus.CANCELLED.value, act.now
    act.session.execute(
        update(PaymentBatchItem)
        .where(PaymentBatchItem.batch_id == row.id, PaymentBatchItem.dropped_at.is_(None))
        .values(dropped_at=act.now)
    )
    act.session.flush()
    return transfer_queries.batch(act.session, row.id)


@command("note_transfer_refused", by={Role.FINANCE})
def note_refused(act: Act, *, batch: str, order: str) -> OrderRecord:
    """Take note that the bank would not carry out a transfer of a released file: nothing moved, and it is due again.

    :raises NotFound: when the file does not hold the order
    :raises LineDoesNotFit: when the order no longer waits for the bank
    """
    found = transfer_queries.batch(act.session, batch)
    refuse_other_court(act, found.court)
    lock(act, f"court:{found.court}")
    item = act.session.get(PaymentBatchItem, (batch, order), with_for_update=True, populate_existing=True)
    if item is None or item.dropped_at is not None or found.status is not BatchStatus.RELEASED:
        raise NotFound(what="order", name=order)
    if queries.order(act.session, order).status is not OrderStatus.WAITING:
        raise LineDoesNotFit(line_minor=item.amount_minor, wanted_minor=item.amount_minor)
    item.dropped_at = act.now
    act.session.flush()
    return refuse_order(act.as_platform(), order=order, reason="bank.refused")


def _item(row: PaymentBatch, order: OrderRecord, to: BankAccount, *, place: int) -> PaymentBatchItem:
    return PaymentBatchItem(
        batch_id=row.id,
        order_id=order.id,
        place=place,
        amount_minor=order.amount_minor,
        currency=order.currency,
        holder=to.holder,
        number=to.number,
        bank=to.bank,
        bank_code=to.bank_code,
    )


def _drafted(act: Act, batch: str) -> PaymentBatch:
    """Lock a draft of one's own court.

    :raises NotFound: no such file
    :raises BatchNotDrafted: when it is no draft
    """
    found = transfer_queries.batch(act.session, batch)
    refuse_other_court(act, found.court)
    lock(act, f"court:{found.court}")
    row = act.session.get_one(PaymentBatch, batch, with_for_update=True, populate_existing=True)
    if row.status != BatchStatus.DRAFTED.value:
        raise BatchNotDrafted(status=row.status)
    return row


def _items(act: Act, row: PaymentBatch) -> list[PaymentBatchItem]:
    query = select(PaymentBatchItem).where(PaymentBatchItem.batch_id == row.id).order_by(PaymentBatchItem.place)
    return list(act.session.scalars(query))


def _still(act: Act, item: PaymentBatchItem, order: OrderRecord) -> bool:
    """Say whether an order still waits for the bank, for the same amount and to the same account."""
    to = transfer_queries.destination(act.session, order)
    waits = order.status is OrderStatus.WAITING and order.gateway == NAME
    held = BankAccount(holder=item.holder, number=item.number, bank=item.bank, bank_code=item.bank_code)
    return waits and order.amount_minor == item.amount_minor and to == held


def _written(act: Act, row: PaymentBatch, items: list[PaymentBatchItem], orders: dict[str, OrderRecord]) -> bytes:
    own = ways.court_account(act.session, row.court_id)
    if own is None:
        raise NoCourtAccount
    file = PaymentFile(
        id=row.id,
        made_at=act.now,
        pay_on=_today(act),
        payer=BankAccount(holder=own.holder, number=own.number, bank=own.bank, bank_code=own.bank_code),
        transfers=[
            Transfer(
                order=item.order_id,
                amount_minor=item.amount_minor,
                to=BankAccount(holder=item.holder, number=item.number, bank=item.bank, bank_code=item.bank_code),
                text=transfer_queries.what_for(act.session, orders[item.order_id]),
                currency=item.currency,
            )
            for item in items
        ],
    )
    return pain001.write(file)


def _today(act: Act) -> date:
    return day_of(act.now)


def _enter(act: Act, row: PaymentBatch, orders: list[OrderRecord]) -> None:
    """Enter the file in the docket of each case it pays from: how many transfers, how much, and its digest."""
    by_case: dict[str, list[OrderRecord]] = defaultdict(list)
    for order in orders:
        by_case[order.case].append(order)
    chains = {case: f"case:{case}" for case in by_case if bank_rules.court_of_clearing(case) is None}
    lock(act, *chains.values())
    for case, chain in sorted(chains.items()):
        total = sum(order.amount_minor for order in by_case[case])
        public = {"file": row.id, "transfers": len(by_case[case]), "amount_minor": total, "digest": row.digest}
        append(act, chain, "bank.file_released", public)
