"""Payment events: taken in at once, worked later. An event wakes the cashier, who asks the service how it stands.

So events may be late, lost, doubled, out of order or about things long settled: what is booked is always the
service's present word. An order nobody was told of is asked about on its own schedule all the same.
"""

from __future__ import annotations

import hashlib
import logging

from sqlalchemy.exc import DBAPIError

from auction.edges.inbox import cashier
from auction.edges.platform import Platform
from auction.foundation.kernel.refusal import Refusal
from auction.gateways.stripe_service.notices import Notice, read_notice
from auction.procedure.treasury import payment_events
from auction.procedure.treasury.payment_events import EventRecord
from auction.procedure.treasury.payment_events_rules import Outcome
from auction.procedure.treasury.rules import OrderStatus

_log = logging.getLogger(__name__)
_BATCH = 50
STRIPE = "stripe"


def take_in(platform: Platform, *, body: bytes, signature: str | None, secret: str) -> bool:
    """Keep a signed event of Stripe's; False when it was kept before.

    :raises Forged: when the signature does not hold
    :raises Unreadable: when it is no event
    """
    notice = read_notice(body, signature=signature, secret=secret)
    return _keep(platform, notice, digest=hashlib.sha256(body).hexdigest())


def work(platform: Platform) -> int:
    """Work every event whose time has come; return how many were worked."""
    worked = 0
    while True:
        with platform.act() as act:
            claimed = payment_events.claim_events(act, limit=_BATCH)
        if not claimed:
            return worked
        worked += sum(_work(platform, event) for event in claimed)


def _keep(platform: Platform, notice: Notice, *, digest: str) -> bool:
    with platform.act() as act:
        return payment_events.take_event(
            act,
            gateway=STRIPE,
            event=notice.id,
            kind=notice.type,
            subject=notice.subject,
            payment=notice.payment,
            order=notice.order,
            digest=digest,
        )


def _work(platform: Platform, event: EventRecord) -> bool:
    try:
        outcome = _asked(platform, event)
    except (Refusal, DBAPIError) as fault:
        # One event that cannot be worked now must not keep the others waiting; its claim says when it is tried again.
        reason = fault.code if isinstance(fault, Refusal) else type(fault).__name__
        with platform.act() as act:
            payment_events.put_off_event(act, gateway=event.gateway, event=event.id, reason=reason)
        _log.warning("payment event %s: %s, tried again later", event.id, reason)
        return False
    with platform.act() as act:
        payment_events.conclude_event(act, gateway=event.gateway, event=event.id, outcome=outcome)
    return True


def _asked(platform: Platform, event: EventRecord) -> Outcome:
    """Have the cashier ask about the order of an event, unless that is settled or nobody's."""
    with platform.read() as session:
        order = payment_events.order_of(session, event)
    if order is None:
        return Outcome.UNKNOWN_ORDER
    if order.status is not OrderStatus.WAITING:
        return Outcome.SETTLED_ALREADY
    cashier.carry_out(platform, order.id)
    return Outcome.ASKED
