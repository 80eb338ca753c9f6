"""The port to banks and payment services: five verbs, each idempotent by the order's id.

The five verbs are those of 法释〔2016〕18号: a deposit is frozen (第17条), given back (第23条) or handed to the court
(第25条); the buyer pays the balance (第25条); the court pays the creditors (法发〔2017〕6号).

Money comes by the payer's own act, so an order need not be done when it is sent: the gateway then answers
``Underway`` and tells, when asked, what the payer does next (``payer_step``). Asking again under the same id is how
its present state is learnt; whatever wakes us (an event, a bank file, a sweep), the answer is the gateway's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
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
    """One instruction to the outside; ``id`` is ours and serves as the idempotency key.

    ``reference`` is what the outside called this order when it was asked before; ``origin`` what it called the
    payment that this order gives back or takes in; ``held_until`` how long a frozen deposit may have to stay so.
    """

    id: str
    kind: OrderKind
    amount_minor: int
    currency: str
    case: str
    lot: str | None
    party: str | None
    origin: str | None = None
    reference: str | None = None
    held_until: datetime | None = None
    created_at: datetime | None = None

    @property
    def signed_minor(self) -> int:
        """The change of the court's account: positive inward, negative outward, nothing for ``apply``."""
        if self.kind.inward:
            return self.amount_minor
        return -self.amount_minor if self.kind.outward else 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """The outside's word that an order was carried out; the same order has the same receipt for ever.

    ``moved_minor`` is given when the outside moved another amount than was ordered: a card that captures less than it
    held, a hold that lapsed (0).
    """

    order: str
    gateway: str
    reference: str
    at: datetime
    moved_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Underway:
    """The outside has taken the order, or waits for its payer; ``ask_again`` is how long it may rest unasked."""

    order: str
    gateway: str
    reference: str
    ask_again: timedelta


@dataclass(frozen=True, slots=True)
class Movement:
    """One change of the court's money as the outside knows it; a frozen deposit counts as come in.

    ``payment`` is the reference of the payment it belongs to (a refund: of what is given back), or its own; ``order``
    is ours when the outside knows it: None for what somebody did there without us.
    """

    payment: str
    order: str | None
    signed_minor: int
    currency: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PayByElements:
    """The payer pays on our page, in the payment service's own fields."""

    client_secret: str
    publishable_key: str
    script_url: str


@dataclass(frozen=True, slots=True)
class PayByRedirect:
    """The payer pays on the payment service's own page."""

    url: str


@dataclass(frozen=True, slots=True)
class PayByTransfer:
    """The payer sends a bank transfer that carries our reference, from an account in his own name."""

    reference: str


PayerStep = PayByElements | PayByRedirect | PayByTransfer


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

    def hold(self, order: MoneyOrder) -> Receipt | Underway:
        """Freeze a bidder's deposit."""

    def release(self, order: MoneyOrder) -> Receipt | Underway:
        """Give a deposit or a price back to who paid it."""

    def apply(self, order: MoneyOrder) -> Receipt | Underway:
        """Hand the winner's frozen deposit to the court's account."""

    def charge(self, order: MoneyOrder) -> Receipt | Underway:
        """Collect the balance from the buyer."""

    def payout(self, order: MoneyOrder) -> Receipt | Underway:
        """Pay a creditor, the debtor or the treasury."""

    def payer_step(self, order: MoneyOrder) -> PayerStep | None:
        """Return what the payer of an order under way does next, or None when nothing is left to him."""

    def movements(self, *, since: datetime | None = None) -> Iterator[Movement]:
        """Return every change of the court's money that the outside knows, for reconciliation.

        ``since`` leaves out payments begun before it, with all that became of them.
        """

    def give_up(self, order: MoneyOrder) -> Receipt | Underway:
        """Take an order back that its payer has not paid; refuses with ``payer.gave_up`` when that was done.

        When he has paid meanwhile the answer is the receipt: what is paid is never given up.
        """


def send(gateway: PaymentGateway, order: MoneyOrder) -> Receipt | Underway:
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
