"""What becomes of a payment: captured, let go of, refunded, given up; and transfers to payees.

Stripe forgets idempotency keys after a day, so what an order has made already is looked up by the order's id first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import stripe

from auction.gateways.port import GatewayRefused, GatewayUnavailable, MoneyOrder
from auction.gateways.stripe_service.intents import OPEN, intent_of, metadata, received, told_order

_T = TypeVar("_T")
_TOLD = "told"
#: So often in a day may a person send again what Stripe refuses.
_TRIES = 20
_STATE_CODE = "payment_intent_unexpected_state"


def capture(
    client: stripe.StripeClient, intent: stripe.PaymentIntent, *, order: MoneyOrder, minor: int
) -> stripe.PaymentIntent:
    """Capture a held payment, up to an amount; what others did to it meanwhile is read, not fought."""
    params: stripe.params.PaymentIntentCaptureParams = {}
    if minor < intent.amount:
        params["amount_to_capture"] = minor
    try:
        client.v1.payment_intents.capture(intent.id, params, {"idempotency_key": f"{order.id}-capture"})
    except stripe.InvalidRequestError as refusal:
        if refusal.code not in {_STATE_CODE, "charge_expired_for_capture"}:
            raise
    return intent_of(client, intent.id)


def let_go(client: stripe.StripeClient, intent: stripe.PaymentIntent, *, order: MoneyOrder) -> stripe.PaymentIntent:
    """Cancel a held payment; where only part of it goes back, take it, so that the part can be refunded."""
    if order.amount_minor < intent.amount:
        return capture(client, intent, order=order, minor=intent.amount)
    return _cancel(client, intent.id)


def give_up(client: stripe.StripeClient, reference: str) -> stripe.PaymentIntent:
    """Cancel a payment nobody has made, and return it as it is then."""
    intent = intent_of(client, reference)
    return _cancel(client, reference) if intent.status in OPEN else intent


def _cancel(client: stripe.StripeClient, reference: str) -> stripe.PaymentIntent:
    try:
        client.v1.payment_intents.cancel(reference)
    except stripe.InvalidRequestError as refusal:
        # Paid, captured or cancelled in the same second: the state says which.
        if refusal.code != _STATE_CODE:
            raise
    return intent_of(client, reference)


def refund(client: stripe.StripeClient, intent: stripe.PaymentIntent, *, order: MoneyOrder) -> stripe.Refund:
    """Refund an order's amount of a payment, once; ``pending`` or ``succeeded`` is what comes back.

    A refund that failed is told once, and its order refused; asked again after that, the money is sent anew.

    :raises GatewayRefused: when it failed, or more is asked for than is left of the payment
    """
    made = list(client.v1.refunds.list({"payment_intent": intent.id, "limit": 100}).auto_paging_iter())
    own = [one for one in made if told_order(one) == order.id]
    for one in own:
        if one.status in {"succeeded", "pending", "requires_action"}:
            return one
    untold = [one for one in own if one.metadata is None or _TOLD not in one.metadata.to_dict()]
    if untold:
        _refuse_failed(client, untold)
    left = received(intent) - sum(one.amount for one in made if one.status not in {"failed", "canceled"})
    if order.amount_minor > left:
        return _given_back_already(made, order=order)
    params: stripe.params.RefundCreateParams = {
        "payment_intent": intent.id,
        "amount": order.amount_minor,
        "metadata": metadata(order),
    }
    one = _once(f"{order.id}-{len(own)}", lambda key: client.v1.refunds.create(params, {"idempotency_key": key}))
    if one.status in {"failed", "canceled"}:
        _refuse_failed(client, [one])
    return one


def _refuse_failed(client: stripe.StripeClient, refunds: list[stripe.Refund]) -> None:
    for one in refunds:
        client.v1.refunds.update(one.id, {"metadata": {_TOLD: "yes"}})
    raise GatewayRefused(refunds[0].failure_reason or "refund.failed")


def _given_back_already(made: list[stripe.Refund], *, order: MoneyOrder) -> stripe.Refund:
    """Return the refund somebody made at Stripe itself, of all that an order asks for.

    :raises GatewayRefused: when there is none: the order asks for more than is left
    """
    for one in made:
        if told_order(one) is None and one.status == "succeeded" and one.amount == order.amount_minor:
            return one
    raise GatewayRefused("refund.more_than_is_left")


def transfer(client: stripe.StripeClient, *, order: MoneyOrder, account: str) -> stripe.Transfer:
    """Transfer an order's amount to a connected account, once."""
    for one in client.v1.transfers.list({"transfer_group": order.id}).auto_paging_iter():
        return one
    params: stripe.params.TransferCreateParams = {
        "amount": order.amount_minor,
        "currency": order.currency.lower(),
        "destination": account,
        "transfer_group": order.id,
        "metadata": metadata(order),
    }
    return _once(f"{order.id}-{account}", lambda key: client.v1.transfers.create(params, {"idempotency_key": key}))


def _once(name: str, make: Callable[[str], _T]) -> _T:
    """Make something under a key of its order, past refusals that are only repeated.

    Stripe repeats a refusal under its key for a day, and a person may have mended its reason since: then the next key
    is tried. Whoever asks at the same time walks the same keys, so still one thing is made.
    """
    for number in range(_TRIES):
        try:
            return make(f"{name}-{number}")
        except stripe.InvalidRequestError as refusal:
            told = {key.lower(): value for key, value in (refusal.headers or {}).items()}
            if told.get("idempotent-replayed") != "true":
                raise
    raise GatewayUnavailable("stripe: refused too often today")
