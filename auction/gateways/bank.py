"""The bank gateway: money moves by transfer, and a bank file says so.

A bank has no answer while we wait. What comes in carries our reference (ISO 11649, a creditor reference with check
digits); what goes out leaves in a payment file that two persons release. So each order is under way until an
imported bank file confirms it (``treasury``); only the winner's deposit, which lies on the court's account already,
is applied at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from auction.gateways.port import GatewayRefused, MoneyOrder, Movement, PayByTransfer, PayerStep, Receipt, Underway
from auction.gateways.several import Answer, answer

NAME = "bank"
_REST = timedelta(days=1)
_DIGITS = 16
_BASE = 36


class BankGateway:
    """Takes every order, and leaves its confirmation to the bank's own files."""

    @property
    def name(self) -> str:
        """The name kept beside each order."""
        return NAME

    def hold(self, order: MoneyOrder) -> Underway:
        """Wait for the bidder's transfer."""
        return self._inward(order)

    def charge(self, order: MoneyOrder) -> Underway:
        """Wait for the buyer's transfer."""
        return self._inward(order)

    def release(self, order: MoneyOrder) -> Underway:
        """Leave it to the next payment file."""
        return self._outward(order)

    def payout(self, order: MoneyOrder) -> Underway:
        """Leave it to the next payment file."""
        return self._outward(order)

    def apply(self, order: MoneyOrder) -> Receipt:
        """Count what lies on the court's account already."""
        if order.created_at is None:
            raise GatewayRefused("order.malformed")
        return Receipt(order=order.id, gateway=NAME, reference=order.id, at=order.created_at)

    def send_many(self, orders: Sequence[MoneyOrder]) -> Sequence[Answer]:
        """Take several orders; nobody is asked for it."""
        return [answer(self, order) for order in orders]

    def payer_step(self, order: MoneyOrder) -> PayerStep | None:
        """Return the reference the payer's transfer must carry."""
        return PayByTransfer(reference=creditor_reference(order.id)) if order.kind.inward else None

    def movements(self, *, since: datetime | None = None) -> Iterator[Movement]:
        """Return nothing: what the bank knows is in its files, which the treasury keeps line by line."""
        _ = since
        yield from ()

    def give_up(self, order: MoneyOrder) -> Underway:
        """Expect the transfer no longer; one that comes all the same goes to the desk for unmatched money."""
        _ = order
        raise GatewayRefused("payer.gave_up")

    def _inward(self, order: MoneyOrder) -> Underway:
        return Underway(order=order.id, gateway=NAME, reference=creditor_reference(order.id), ask_again=_REST)

    def _outward(self, order: MoneyOrder) -> Underway:
        return Underway(order=order.id, gateway=NAME, reference=order.id, ask_again=_REST)


def creditor_reference(name: str) -> str:
    """Return the ISO 11649 reference of one of our ids: ``RF``, two check digits, sixteen digits.

    Two ids share one with a chance of 1 in 10^16; the reference says nothing about the person or the case.
    """
    number = int(hashlib.sha256(name.encode()).hexdigest(), 16) % 10**_DIGITS
    body = f"{number:0{_DIGITS}d}"
    return f"RF{_check_digits(body)}{body}"


def is_creditor_reference(text: str) -> bool:
    """Say whether a text is an ISO 11649 reference whose check digits are right; spaces do not count."""
    word = "".join(text.split()).upper()
    return word.isascii() and word.isalnum() and word[:2] == "RF" and _check_digits(word[4:]) == word[2:4]


def _check_digits(body: str) -> str:
    letters = f"{body}RF00"
    return f"{98 - int(''.join(str(int(sign, _BASE)) for sign in letters)) % 97:02d}"
