"""Asking Stripe by the SDK, with every error named by one of the port's two words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import stripe

from auction.gateways.port import GatewayRefused, GatewayUnavailable
from auction.gateways.stripe_service.account import StripeAccount

#: Seconds to connect, and to wait for an answer: the cashier asks again, so nobody waits long.
_TIMEOUT = (5.0, 20.0)


def client_of(account: StripeAccount, *, http_client: stripe.HTTPClient | None = None) -> stripe.StripeClient:
    """Return the SDK's client: it tries once, since the cashier asks again under the same id."""
    return stripe.StripeClient(
        account.secret_key,
        base_addresses={"api": account.api.rstrip("/")},
        max_network_retries=0,
        http_client=http_client or stripe.RequestsClient(timeout=_TIMEOUT),
    )


@contextmanager
def asking() -> Iterator[None]:
    """Turn what the SDK raises into the port's two words.

    Refused is only what Stripe decided on; whatever leaves open whether it acted is asked again under the same id.
    Messages stay out: they may name a payer.

    :raises GatewayRefused: Stripe said no, and nothing moved
    :raises GatewayUnavailable: no answer, or none about the order
    """
    try:
        yield
    except (stripe.CardError, stripe.InvalidRequestError) as refusal:
        raise GatewayRefused(refusal.code or "stripe.invalid_request") from None
    except stripe.StripeError as silence:
        # Wrong keys and used-up idempotency keys are ours to mend: the order waits until they are.
        raise GatewayUnavailable(f"stripe: {type(silence).__name__}") from None
