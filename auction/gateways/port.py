"""The port to banks and payment services: five verbs, each idempotent by the order's id.

The five verbs are those of 法释〔2016〕18号: a deposit is frozen (第17条), given back (第23条) or handed to the court
(第25条); the buyer pays the balance (第25条); the court pays the creditors (法发〔2017〕6号).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, assert_never


class OrderKind(StrEnum):
    """What an order asks the outside to do."""

    HOLD = "hold"
    RELEASE = "release"
    APPLY = "apply"
    CHARGE = "charge"
    PAYOUT = "payout"

    @property
    def inward(self) -> bool:
        """Say whether money comes to the court's account by it."""
        return self in {OrderKind.HOLD, OrderKind.CHARGE}

    @property
    def outward(self) -> bool:
        """Say whether money leaves the court's account by it."""
        return self in {OrderKind.RELEASE, OrderKind.PAYOUT}


@dataclass(frozen=True, slots=True)
class MoneyOrder:
    """One instruction to the outside; ``id`` is ours and serves as the idempotency key."""

    id: str
    kind: OrderKind
    amount_minor: int
    currency: str
    case: str
    lot: str | None
    party: str | None

    @property
    def signed_minor(self) -> int:
        """The change of the court's account: positive inward, negative outward, nothing for ``apply``."""
        if self.kind.inward:
            return self.amount_minor
        return -self.amount_minor if self.kind.outward else 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """The outside's word that an order was carried out; the same order has the same receipt for ever."""

    order: str
    gateway: str
    reference: str
    at: datetime


class GatewayUnavailable(Exception):
    """No answer came: the order may or may not have been carried out, and is asked again under the same id."""


class GatewayRefused(Exception):
    """The outside said no, and nothing moved; ``reason`` is its own word for why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PaymentGateway(Protocol):
    """Who moves money for the court.

    Each verb raises ``GatewayUnavailable`` (ask again) or ``GatewayRefused`` (nothing moved).
    """

    @property
    def name(self) -> str:
        """The gateway's name, as kept beside each order."""

    def hold(self, order: MoneyOrder) -> Receipt:
        """Freeze a bidder's deposit."""

    def release(self, order: MoneyOrder) -> Receipt:
        """Give a frozen deposit back to who paid it."""

    def apply(self, order: MoneyOrder) -> Receipt:
        """Hand the winner's frozen deposit to the court's account."""

    def charge(self, order: MoneyOrder) -> Receipt:
        """Collect the balance from the buyer."""

    def payout(self, order: MoneyOrder) -> Receipt:
        """Pay a creditor, the debtor or the treasury."""


def send(gateway: PaymentGateway, order: MoneyOrder) -> Receipt:
    """Carry an order to the gateway by the verb it names.

    :raises GatewayUnavailable: no answer came
    :raises GatewayRefused: the outside said no
    """
    match order.kind:
        case OrderKind.HOLD:
            return gateway.hold(order)
        case OrderKind.RELEASE:
            return gateway.release(order)
        case OrderKind.APPLY:
            return gateway.apply(order)
        case OrderKind.CHARGE:
            return gateway.charge(order)
        case OrderKind.PAYOUT:
            return gateway.payout(order)
        case _:
            assert_never(order.kind)
