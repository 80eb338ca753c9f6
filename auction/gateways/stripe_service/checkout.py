"""Checkout Sessions: a price paid on Stripe's own page. A session lives a day; an order may live for months."""

from __future__ import annotations

import stripe

from auction.gateways.port import GatewayRefused, GatewayUnavailable, MoneyOrder
from auction.gateways.stripe_service import methods
from auction.gateways.stripe_service.account import StripeAccount
from auction.gateways.stripe_service.intents import known, metadata

_EXPAND = ["payment_intent.latest_charge"]


def present(client: stripe.StripeClient, order: MoneyOrder, *, account: StripeAccount) -> stripe.checkout.Session:
    """Return the session of an order as it is now; a new one where there is none, or the last one lapsed unpaid."""
    if order.reference is None:
        return _create(client, order, account=account, key=order.id)
    session = _session(client, order.reference)
    if session.status == "expired":
        # The lapsed one can never be paid any more, so there is never more than one that can.
        return _create(client, order, account=account, key=f"{order.id}-{session.id}")
    return session


def address(client: stripe.StripeClient, reference: str) -> str | None:
    """Return the page of a session that can still be paid."""
    session = _session(client, reference)
    return session.url if session.status == "open" else None


def give_up(client: stripe.StripeClient, reference: str) -> stripe.checkout.Session:
    """Close a session nobody has paid, and return it as it is then."""
    session = _session(client, reference)
    if session.status != "open":
        return session
    try:
        client.v1.checkout.sessions.expire(reference)
    except stripe.InvalidRequestError:
        found = _session(client, reference)
        if found.status == "open":
            raise
        return found
    return _session(client, reference)


def payment(session: stripe.checkout.Session) -> stripe.PaymentIntent:
    """Return the payment that was made in a session.

    :raises GatewayUnavailable: when Stripe does not name it (yet)
    """
    if not isinstance(session.payment_intent, stripe.PaymentIntent):
        raise GatewayUnavailable("stripe: the session names no payment")
    return session.payment_intent


def _session(client: stripe.StripeClient, reference: str) -> stripe.checkout.Session:
    with known():
        return client.v1.checkout.sessions.retrieve(reference, {"expand": _EXPAND})


def _create(
    client: stripe.StripeClient, order: MoneyOrder, *, account: StripeAccount, key: str
) -> stripe.checkout.Session:
    names = methods.usable(account.methods, amount_minor=order.amount_minor)
    if not names:
        raise GatewayRefused("amount_too_large")
    place = f"{account.address.rstrip('/')}/my/payments/{order.id}"
    told = metadata(order)
    params: stripe.params.checkout.SessionCreateParams = {
        "mode": "payment",
        "client_reference_id": order.id,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": order.currency.lower(),
                    "unit_amount": order.amount_minor,
                    # The payer knows the lot by its page; the service need not know more than the number.
                    "product_data": {"name": f"司法拍卖价款 Judicial auction {order.lot or order.case}"},
                },
            }
        ],
        "success_url": f"{place}/returned",
        "cancel_url": place,
        "metadata": told,
        "payment_intent_data": {"metadata": told},
        "allowed_payment_method_types": [*names],
    }
    if "wechat_pay" in names:
        params["payment_method_options"] = {"wechat_pay": {"client": "web"}}
    return client.v1.checkout.sessions.create(params, {"idempotency_key": key})
