"""PaymentIntents: making one for a deposit, and reading what one says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import stripe

from auction.gateways.port import GatewayRefused, GatewayUnavailable, MoneyOrder
from auction.gateways.stripe_service import methods

#: The payer still has to act.
OPEN = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})
_EXPAND = ["latest_charge"]


def metadata(order: MoneyOrder) -> dict[str, str]:
    """Return what Stripe keeps beside a payment for us: ids only, nothing of a person."""
    found = {"order": order.id, "case": order.case}
    return {**found, "lot": order.lot} if order.lot else found


def told_order(thing: stripe.PaymentIntent | stripe.Refund | stripe.Transfer) -> str | None:
    """Return our order that Stripe keeps beside a thing, or None for what was made without us."""
    told = {} if thing.metadata is None else thing.metadata.to_dict()
    order = told.get("order")
    return order if isinstance(order, str) else None


def create(client: stripe.StripeClient, order: MoneyOrder, *, methods: tuple[str, ...]) -> stripe.PaymentIntent:
    """Make the PaymentIntent of a deposit; the order's id is the idempotency key.

    What is asked depends on the order alone, never on the present instant, so that asking again is the same request.

    :raises GatewayRefused: when no method takes the amount for that long
    """
    names, held = _plan(order, methods)
    params: stripe.params.PaymentIntentCreateParams = {
        "amount": order.amount_minor,
        "currency": order.currency.lower(),
        "allowed_payment_method_types": [*names],
        "metadata": metadata(order),
    }
    if held and names == ["card"]:
        params["capture_method"] = "manual"
    elif held:
        params["payment_method_options"] = {"card": {"capture_method": "manual"}}
    if "wechat_pay" in names:
        params.setdefault("payment_method_options", {})["wechat_pay"] = {"client": "web"}
    return client.v1.payment_intents.create(params, {"idempotency_key": order.id})


def _plan(order: MoneyOrder, names: tuple[str, ...]) -> tuple[list[str], bool]:
    kept_for = order.held_until - order.created_at if order.held_until and order.created_at else None
    usable = methods.usable(names, amount_minor=order.amount_minor, for_=kept_for)
    if not usable:
        raise GatewayRefused("amount_too_large")
    return usable, "card" in usable and methods.holds("card", asked_at=order.created_at, until=order.held_until)


def intent_of(client: stripe.StripeClient, reference: str) -> stripe.PaymentIntent:
    """Return a payment as it is now, with its charge."""
    with known():
        return client.v1.payment_intents.retrieve(reference, {"expand": _EXPAND})


@contextmanager
def known() -> Iterator[None]:
    """Ask about what Stripe itself named before.

    :raises GatewayUnavailable: when it does not know it: these are another account's keys, and the money is elsewhere
    """
    try:
        yield
    except stripe.InvalidRequestError as refusal:
        if refusal.code != "resource_missing":
            raise
        raise GatewayUnavailable("stripe: the payment is not of this account") from None


def charge_of(intent: stripe.PaymentIntent) -> stripe.Charge | None:
    """Return the charge of a payment, where it has one."""
    return intent.latest_charge if isinstance(intent.latest_charge, stripe.Charge) else None


def instant(intent: stripe.PaymentIntent) -> datetime:
    """Return when a payment was made or cancelled, or begun while it is neither."""
    charge = charge_of(intent)
    return datetime.fromtimestamp(_whole(intent, "canceled_at") or (charge or intent).created, UTC)


def received(intent: stripe.PaymentIntent) -> int:
    """Return what a captured payment brought; where that is not said, all of it."""
    minor = _whole(intent, "amount_received")
    return intent.amount if minor is None else minor


def left_of(intent: stripe.PaymentIntent) -> int:
    """Return what a captured payment brought, less what was refunded of it."""
    charge = charge_of(intent)
    return received(intent) - ((_whole(charge, "amount_refunded") or 0) if charge else 0)


def _whole(thing: stripe.StripeObject, name: str) -> int | None:
    """Return a number an answer may leave out: older versions of the interface do not know every field."""
    found = thing.to_dict(recursive=False).get(name)
    return found if isinstance(found, int) else None


def same_money(order: MoneyOrder, *, minor: int, currency: str) -> None:
    """Make sure that what was paid is what was ordered.

    :raises GatewayUnavailable: when it is not: money came, so it is no refusal; nothing is booked until somebody looks
    """
    if minor != order.amount_minor or currency.lower() != order.currency.lower():
        raise GatewayUnavailable(f"stripe: {minor} {currency} was paid instead")
