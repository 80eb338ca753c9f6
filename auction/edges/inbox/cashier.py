"""The cashier: carries waiting money orders to the gateway and confirms what it answers.

Three steps, each safe to be cut off after: claim (one transaction), ask the gateway (none open), confirm (another).
Whoever dies between them leaves an order that is asked again under the same id; the gateway gives the same receipt.

Orders stand in three lines, so that nobody who pays waits behind ten thousand deposits: what is paid in or out goes
one by one and before all else, then in slices the winners' deposits that the court calls in, and beside it what goes
back to payers (``giving_back``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

from auction.edges.inbox import giving_back, slices
from auction.edges.platform import Platform
from auction.gateways.port import (
    GatewayRefused,
    GatewayUnavailable,
    MoneyOrder,
    OrderKind,
    PaymentGateway,
    Receipt,
    Underway,
    send,
)
from auction.procedure.treasury import orders
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury.orders import Line
from auction.procedure.treasury.queries import OrderRecord
from auction.procedure.treasury.rules import OrderStatus

_log = logging.getLogger(__name__)
_BATCH = 16
_IN_AND_OUT = Line(kinds=set(OrderKind) - {OrderKind.RELEASE, OrderKind.APPLY})
_Verb = Callable[[MoneyOrder], Receipt | Underway]


def carry_out(platform: Platform, order: str) -> OrderRecord:
    """Carry one order out now, unless somebody else is at it, and return how it stands.

    :raises NotFound: when there is no such order
    """
    with platform.act() as act:
        claimed = orders.claim_orders(act, order=order)
    for one in claimed:
        _ask(platform, one)
    with platform.database.read() as session:
        return treasury.order(session, order)


def carry_out_some(platform: Platform) -> int:
    """Carry out some of the orders whose time has come, but those that give money back; return how many were taken."""
    taken, _ = _in_and_out(platform)
    return taken + (slices.carry_out_slice(platform, kind=OrderKind.APPLY) or 0)


def carry_out_waiting(platform: Platform, *, returns: bool = True) -> int:
    """Carry out every order whose time has come, also those that follow from them; return how many were done.

    Without ``returns`` those that give money back to its payers are left to who gives back beside it.
    """
    done = 0
    while True:
        taken, now_done = _in_and_out(platform)
        done += now_done
        if taken:
            continue
        moved = slices.carry_out_slice(platform, kind=OrderKind.APPLY)
        if moved is None and returns:
            moved = giving_back.give_back_some(platform)
        if moved is None:
            return done
        done += moved


def _in_and_out(platform: Platform) -> tuple[int, int]:
    """Carry out some of the orders by which money comes in or is paid out; return how many were taken and done."""
    with platform.act() as act:
        claimed = orders.claim_orders(act, limit=_BATCH, line=_IN_AND_OUT)
    done: list[bool] = []
    with ExitStack() as stack:
        # What is called at the end is called also when something before it broke off.
        for one in reversed(claimed):
            stack.callback(lambda order: done.append(_ask(platform, order)), one)
    return len(claimed), sum(done)


def give_up(platform: Platform, order: str) -> OrderRecord:
    """Take back an order its payer has not paid, so that he may pay another way; return how it stands."""
    with platform.read() as session:
        found = treasury.order(session, order)
    if found.status is OrderStatus.WAITING:
        _take_down(platform, found, lambda: _verb(platform.gateways.of(found.gateway or found.way), gone=True))
    with platform.read() as session:
        return treasury.order(session, order)


def _ask(platform: Platform, order: OrderRecord) -> bool:
    """Ask the gateway, outside any transaction, and take its answer down; say whether the order is done."""
    gone = order.no_longer_due_since is not None and order.underway_since is not None
    return _take_down(platform, order, lambda: _verb(platform.gateways.of(order.gateway or order.way), gone=gone))


def _verb(gateway: PaymentGateway, *, gone: bool) -> _Verb:
    return gateway.give_up if gone else partial(send, gateway)


def _take_down(platform: Platform, order: OrderRecord, verb: Callable[[], _Verb]) -> bool:
    try:
        word = verb()(order.instruction())
    except GatewayUnavailable as silence:
        with platform.act() as act:
            rest = orders.put_off_order(act, order=order.id, reason=str(silence) or "gateway.unavailable")
        _log.warning("order %s: no answer, asked again in %.0f s", order.id, rest.total_seconds())
        return False
    except GatewayRefused as refusal:
        with platform.act() as act:
            orders.refuse_order(act, order=order.id, reason=refusal.reason)
        _log.info("order %s: refused, %s", order.id, refusal.reason)
        return False
    with platform.act() as act:
        if isinstance(word, Underway):
            return orders.note_underway(act, order=order.id, word=word).status is OrderStatus.DONE
        return orders.confirm_order(act, order=order.id, receipt=word).status is OrderStatus.DONE
