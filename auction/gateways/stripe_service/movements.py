"""What Stripe knows of the account's money, for reconciliation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import stripe

from auction.gateways.port import Movement
from auction.gateways.stripe_service.asking import asking
from auction.gateways.stripe_service.intents import received, told_order

_PAGE = 100
#: While a dispute is in one of these states its money is still with us, or with us again.
_NOT_TAKEN = frozenset({"won", "prevented", "warning_needs_response", "warning_under_review", "warning_closed"})


def movements(client: stripe.StripeClient, *, since: datetime | None) -> Iterator[Movement]:
    """Return payments begun since an instant and all that became of them, and transfers made since.

    A held deposit counts as come in. A refund under way has not gone yet: its order is under way with us, too.
    """
    begun, gte = set[str](), int(since.timestamp()) if since else 0
    with asking():
        for intent in client.v1.payment_intents.list({"limit": _PAGE, "created": {"gte": gte}}).auto_paging_iter():
            begun.add(intent.id)
            yield from _payment(intent)
        for refund in client.v1.refunds.list({"limit": _PAGE, "created": {"gte": gte}}).auto_paging_iter():
            if _name(refund.payment_intent) in begun and refund.status == "succeeded":
                yield _back(_name(refund.payment_intent), refund, order=told_order(refund))
        for dispute in client.v1.disputes.list({"limit": _PAGE, "created": {"gte": gte}}).auto_paging_iter():
            if _name(dispute.payment_intent) in begun and dispute.status not in _NOT_TAKEN:
                yield _back(_name(dispute.payment_intent), dispute, order=None)
        for transfer in client.v1.transfers.list({"limit": _PAGE, "created": {"gte": gte}}).auto_paging_iter():
            yield Movement(
                payment=transfer.id,
                order=told_order(transfer),
                signed_minor=transfer.amount_reversed - transfer.amount,
                currency=transfer.currency.upper(),
                at=_at(transfer.created),
            )


def _payment(intent: stripe.PaymentIntent) -> Iterator[Movement]:
    match intent.status:
        case "requires_capture":
            minor = intent.amount_capturable
        case "succeeded":
            minor = received(intent)
        case _:
            return
    yield Movement(
        payment=intent.id,
        order=told_order(intent),
        signed_minor=minor,
        currency=intent.currency.upper(),
        at=_at(intent.created),
    )


def _back(payment: str, what: stripe.Refund | stripe.Dispute, *, order: str | None) -> Movement:
    return Movement(
        payment=payment,
        order=order,
        signed_minor=-what.amount,
        currency=what.currency.upper(),
        at=_at(what.created),
    )


def _name(payment: str | stripe.PaymentIntent | None) -> str:
    return payment.id if isinstance(payment, stripe.PaymentIntent) else payment or ""


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
