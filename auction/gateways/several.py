"""Several orders in one exchange, for gateways that can; one by one for the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias, runtime_checkable

from auction.gateways.port import (
    GatewayRefused,
    GatewayUnavailable,
    MoneyOrder,
    PaymentGateway,
    Receipt,
    Underway,
    send,
)

#: What the outside said to one order: done, under way, refused, or nothing at all.
Answer: TypeAlias = Receipt | Underway | GatewayRefused | GatewayUnavailable


@runtime_checkable
class SeveralAtOnce(Protocol):
    """A gateway that takes several orders in one exchange."""

    def send_many(self, orders: Sequence[MoneyOrder]) -> Sequence[Answer]:
        """Carry out each order once and return an answer for each, in their order; nothing is raised."""


def send_many(gateway: PaymentGateway, orders: Sequence[MoneyOrder]) -> Sequence[Answer]:
    """Carry orders to a gateway and return an answer for each, in their order."""
    if isinstance(gateway, SeveralAtOnce):
        return gateway.send_many(orders)
    return [answer(gateway, order) for order in orders]


def answer(gateway: PaymentGateway, order: MoneyOrder) -> Answer:
    """Return what the outside says to one order, also its refusal or its silence."""
    try:
        return send(gateway, order)
    except (GatewayRefused, GatewayUnavailable) as word:
        return word
