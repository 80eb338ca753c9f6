"""The stand-in's cards: the test numbers that Stripe documents, and what each of them does."""

from __future__ import annotations

from dataclasses import dataclass

#: How long an authorisation of a card stands before it lapses.
HOLD_SECONDS = 7 * 86_400
#: The highest amount of one payment: eight digits.
AMOUNT_MAX = 99_999_999
KNOWN_METHODS = ("card", "alipay", "wechat_pay")


@dataclass(frozen=True, slots=True)
class Card:
    """What happens when a number is used."""

    declines: str | None = None
    secure: bool = False
    refund: str = "succeeded"
    disputed: bool = False


CARDS = {
    "4242424242424242": Card(),
    "4000002500003155": Card(secure=True),
    "4000000000003220": Card(secure=True),
    "4000000000000002": Card(declines="generic_decline"),
    "4000000000009995": Card(declines="insufficient_funds"),
    "4000000000000069": Card(declines="expired_card"),
    "4000000000007726": Card(refund="pending"),
    "4000000000005126": Card(refund="failed"),
    "4000000000000259": Card(disputed=True),
}

#: The names Stripe gives ready-made payment methods.
READY = {
    "pm_card_visa": "4242424242424242",
    "pm_card_threeDSecure2Required": "4000000000003220",
    "pm_card_chargeDeclined": "4000000000000002",
}
