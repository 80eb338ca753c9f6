"""The cashier: carries waiting money orders to the gateway and confirms what it answers.

Three steps, each safe to be cut off after: claim (one transaction), ask the gateway (none open), confirm (another).
Whoever dies between them leaves an order that is asked again under the same id; the gateway gives the same receipt.
"""

from __future__ import annotations

import logging
from datetime import datetime

from auction.edges.platform import Platform
from auction.foundation.kernel.roles import PLATFORM
from auction.gateways.port import GatewayRefused, GatewayUnavailable, send
from auction.procedure.deposits import orders
from auction.procedure.deposits import queries as deposits
from auction.procedure.deposits.queries import OrderRecord
from auction.procedure.deposits.rules import OrderStatus

_log = logging.getLogger(__name__)
_BATCH = 16


def carry_out(platform: Platform, order: str) -> OrderRecord:
    """Carry one order out now, unless somebody else is at it, and return how it stands.

    :raises NotFound: when there is no such order
    """
    with platform.database.act(actor=PLATFORM, now=platform.clock.now()) as act:
        claimed = orders.claim_orders(act, order=order)
    for one in claimed:
        _ask(platform, one)
    with platform.database.read() as session:
        return deposits.order(session, order)


def carry_out_waiting(platform: Platform, now: datetime | None = None) -> int:
    """Carry out every order whose time has come, also those that follow from them; return how many were done."""
    done = 0
    while True:
        instant = now or platform.clock.now()
        with platform.database.act(actor=PLATFORM, now=instant) as act:
            claimed = orders.claim_orders(act, limit=_BATCH)
        if not claimed:
            return done
        done += sum(_ask(platform, one) for one in claimed)


def _ask(platform: Platform, order: OrderRecord) -> bool:
    """Ask the gateway, outside any transaction, and take its answer down; say whether the order is done."""
    try:
        receipt = send(platform.gateway, order.instruction())
    except GatewayUnavailable as silence:
        with platform.database.act(actor=PLATFORM, now=platform.clock.now()) as act:
            rest = orders.put_off_order(act, order=order.id, reason=str(silence) or "gateway.unavailable")
        _log.warning("order %s: no answer, asked again in %.0f s", order.id, rest.total_seconds())
        return False
    except GatewayRefused as refusal:
        with platform.database.act(actor=PLATFORM, now=platform.clock.now()) as act:
            orders.refuse_order(act, order=order.id, reason=refusal.reason)
        _log.info("order %s: refused, %s", order.id, refusal.reason)
        return False
    with platform.database.act(actor=PLATFORM, now=platform.clock.now()) as act:
        confirmed = orders.confirm_order(act, order=order.id, receipt=receipt)
    return confirmed.status is OrderStatus.DONE
