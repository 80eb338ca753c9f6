"""Which ways to pay are open for a court, a purpose and an amount; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from auction.foundation.kernel.refusal import Refusal
from auction.gateways.stripe_service.methods import AMOUNT_MAX_MINOR

#: Every gateway there may be, in the order in which they are offered where a court has said nothing.
GATEWAYS = ("sandbox", "stripe", "bank")

#: The most that one payment by a service may be, by the service's own word. What is more goes by bank.
SERVICE_LIMITS: Mapping[str, int] = {"stripe": AMOUNT_MAX_MINOR}


class Purpose(StrEnum):
    """What money moves for: a deposit, a price (balance or top-up), or a payment to creditors."""

    DEPOSIT = "deposit"
    BALANCE = "balance"
    PAYOUT = "payout"


class WhyNot(StrEnum):
    """Why a way is not open."""

    NOT_TAKEN = "not_taken"
    NOT_CONNECTED = "not_connected"
    OVER_LIMIT = "over_limit"
    NO_ACCOUNT = "no_account"


#: The same in words.
WHY: Mapping[WhyNot, tuple[str, str]] = {
    WhyNot.NOT_TAKEN: ("法院未开通这种方式", "the court does not take it"),
    WhyNot.NOT_CONNECTED: ("平台未接入这种方式", "it is not connected to the platform"),
    WhyNot.OVER_LIMIT: (
        "超过该方式单笔限额，大额款项请通过银行转账",
        "over its limit; larger sums go by bank transfer",
    ),
    WhyNot.NO_ACCOUNT: ("法院尚未登记收款账户", "the court has not put its account on record"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """A gateway a court takes, up to an amount or without limit."""

    gateway: str
    up_to_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A way as it is shown to a payer: open, or not and why."""

    gateway: str
    up_to_minor: int | None
    why_not: WhyNot | None

    @property
    def why(self) -> tuple[str, str]:
        """Return why it is not open, in both languages; empty when it is."""
        return WHY[self.why_not] if self.why_not else ("", "")


class WayNotOffered(Refusal):
    """The court does not take this amount by this way; nothing was asked of anybody."""

    code = "payment.way_not_offered"
    article = "法释〔2016〕18号 第17条"
    title_zh, title_en = "不能以此方式付款", "Not by this way"
    zh = "此笔款项不能以“{way}”方式办理：{why_zh}。请选择其他方式；未扣款。"
    en = "This payment cannot go by “{way}”: {why_en}. Choose another way; nothing was taken."

    def __init__(self, *, way: str, why: WhyNot) -> None:
        super().__init__(way=way, why_zh=WHY[why][0], why_en=WHY[why][1])


def limit(way: Way) -> int | None:
    """Return the most one payment may be: the court's limit or the service's own, whichever is less."""
    known = [minor for minor in (way.up_to_minor, SERVICE_LIMITS.get(way.gateway)) if minor is not None]
    return min(known) if known else None


def offers(
    taken: Sequence[Way], *, connected: Collection[str], amount_minor: int, has_account: bool = True
) -> list[Offer]:
    """Return the ways of a court for an amount in its order; where it has said nothing, all that are connected.

    :param has_account: whether the court's account is on record, without which nobody can transfer to it
    """
    listed = taken or [Way(name) for name in GATEWAYS if name in connected]
    found = []
    for way in listed:
        why = None
        if way.gateway not in connected:
            why = WhyNot.NOT_CONNECTED
        elif _over(way, amount_minor):
            why = WhyNot.OVER_LIMIT
        elif way.gateway == "bank" and not has_account:
            why = WhyNot.NO_ACCOUNT
        found.append(Offer(gateway=way.gateway, up_to_minor=limit(way), why_not=why))
    return found


def choose(taken: Sequence[Way], *, wanted: str | None, amount_minor: int) -> str | None:
    """Return the gateway an order goes by; None leaves it to the platform, where neither court nor payer has said.

    :raises WayNotOffered: when the court does not take what was asked for, or nothing it takes reaches so far
    """
    if wanted is None:
        fitting = [way.gateway for way in taken if not _over(way, amount_minor)]
        if taken and not fitting:
            raise WayNotOffered(way=taken[0].gateway, why=WhyNot.OVER_LIMIT)
        return fitting[0] if fitting else None
    found = next((way for way in taken if way.gateway == wanted), None if taken else Way(wanted))
    if found is None or wanted not in GATEWAYS:
        raise WayNotOffered(way=str(wanted)[:_WORD_MAX], why=WhyNot.NOT_TAKEN)
    if _over(found, amount_minor):
        raise WayNotOffered(way=wanted, why=WhyNot.OVER_LIMIT)
    return wanted


def _over(way: Way, amount_minor: int) -> bool:
    most = limit(way)
    return most is not None and amount_minor > most


#: More of a word nobody knows is not repeated.
_WORD_MAX = 40

_NUMBER = re.compile(r"[A-Z0-9]{5,34}", re.ASCII)
_BANK_CODE = re.compile(r"\d{12}|[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?", re.ASCII)


def account_number(text: str) -> str | None:
    """Read an account number as banks print it, in groups or not; None when it is none."""
    plain = "".join(text.split()).replace("-", "").upper()
    return plain if _NUMBER.fullmatch(plain) and any(sign.isdigit() for sign in plain) else None


def bank_code(text: str) -> str | None:
    """Read a bank's number in the payment systems: twelve digits of CNAPS, or a BIC; None when it is neither."""
    plain = "".join(text.split()).upper()
    return plain if _BANK_CODE.fullmatch(plain) else None
