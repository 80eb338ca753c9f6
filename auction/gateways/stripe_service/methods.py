"""What each method of payment can do: hold, for how long; how much at once; until when it gives back. Pure.

The figures are Stripe's and the methods' own words of the day they were read, not law; they are looked at again when
the SDK is raised.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

#: When the figures below were read.
READ_ON = "2026-11-23"
#: An amount has at most eight digits (docs.stripe.com/currencies).
AMOUNT_MAX_MINOR = 99_999_999
#: A hold is let go of some hours early, and the sweep that captures may be late: this much is kept in hand.
_MARGIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Method:
    """A method of payment: how long it holds (None: it cannot), how much it takes, how long it can be given back."""

    name: str
    source: str
    holds_for: timedelta | None = None
    up_to_minor: int = AMOUNT_MAX_MINOR
    gives_back_for: timedelta | None = None


METHODS = {
    one.name: one
    for one in (
        # The shortest window of the brands for payments the customer begins himself on line.
        Method(
            name="card", source="docs.stripe.com/payments/place-a-hold-on-a-payment-method", holds_for=timedelta(days=7)
        ),
        Method(name="alipay", source="docs.stripe.com/payments/alipay", gives_back_for=timedelta(days=90)),
        # The wallet's own limit; a card behind it may have a lower one.
        Method(
            name="wechat_pay",
            source="docs.stripe.com/payments/wechat-pay; docs.worldpay.com/access/products/apms/wechatpay (limit)",
            up_to_minor=5_000_000,
            gives_back_for=timedelta(days=180),
        ),
    )
}


def usable(names: Iterable[str], *, amount_minor: int, for_: timedelta | None = None) -> list[str]:
    """Return the methods that take an amount, and can still give it back after a time."""
    return [
        name
        for name in names
        if amount_minor <= METHODS[name].up_to_minor and not _too_long(METHODS[name].gives_back_for, for_)
    ]


def holds(name: str, *, asked_at: datetime | None, until: datetime | None) -> bool:
    """Say whether a method holds money from when it was asked for to when the deposit may have to be given back.

    The payer pays later than he was asked, so what is long enough from then on is long enough.
    """
    window = METHODS[name].holds_for
    if window is None or asked_at is None or until is None:
        return False
    return until - asked_at < window - _MARGIN


def _too_long(gives_back_for: timedelta | None, kept_for: timedelta | None) -> bool:
    return gives_back_for is not None and kept_for is not None and kept_for > gives_back_for - _MARGIN
