"""Gateways whose callers die, or hear nothing, just before or just after the outside has acted."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from auction.gateways.port import (
    GatewayUnavailable,
    MoneyOrder,
    Movement,
    PayerStep,
    PaymentGateway,
    Receipt,
    Underway,
    send,
)
from auction.gateways.several import Answer, send_many

FATES = ("dies before", "dies after", "silent", "done but silent")
T = TypeVar("T")


class Died(SystemExit):
    """A process ends here."""


@dataclass
class Fate:
    """What becomes of the next calls."""

    next: deque[str] = field(default_factory=deque)

    def call(self, verb: Callable[[], T]) -> T:
        fate = self.next.popleft() if self.next else "works"
        if fate == "dies before":
            raise Died
        if fate == "silent":
            raise GatewayUnavailable("timeout")
        word = verb()
        if fate == "dies after":
            raise Died
        if fate == "done but silent":
            raise GatewayUnavailable("connection lost")
        return word


class Mortal:
    """A gateway before another, with a fate; it takes one order at a time."""

    def __init__(self, behind: PaymentGateway, fate: Fate) -> None:
        self.behind = behind
        self.fate = fate

    @property
    def name(self) -> str:
        return self.behind.name

    def hold(self, order: MoneyOrder) -> Receipt | Underway:
        return self._send(order)

    def release(self, order: MoneyOrder) -> Receipt | Underway:
        return self._send(order)

    def apply(self, order: MoneyOrder) -> Receipt | Underway:
        return self._send(order)

    def charge(self, order: MoneyOrder) -> Receipt | Underway:
        return self._send(order)

    def payout(self, order: MoneyOrder) -> Receipt | Underway:
        return self._send(order)

    def payer_step(self, order: MoneyOrder) -> PayerStep | None:
        return self.behind.payer_step(order)

    def movements(self, *, since: datetime | None = None) -> Iterator[Movement]:
        return self.behind.movements(since=since)

    def give_up(self, order: MoneyOrder) -> Receipt | Underway:
        return self.fate.call(lambda: self.behind.give_up(order))

    def _send(self, order: MoneyOrder) -> Receipt | Underway:
        return self.fate.call(lambda: send(self.behind, order))


class MortalTogether(Mortal):
    """The same for a gateway that takes several orders at once."""

    def send_many(self, orders: Sequence[MoneyOrder]) -> Sequence[Answer]:
        try:
            return self.fate.call(lambda: send_many(self.behind, orders))
        except GatewayUnavailable as silence:
            return [silence for _ in orders]
