"""How orders live, and when an unanswered one is asked again; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from auction.foundation.kernel.refusal import Refusal

_FIRST_DELAY = timedelta(seconds=15)
_LONGEST_DELAY = timedelta(minutes=15)


class OrderStatus(StrEnum):
    """The life of a money order."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment from outside and what of it is still here: the gateway, its reference there, fen."""

    gateway: str
    reference: str
    minor: int


def shares(paid: Sequence[Paid], *, amount_minor: int) -> list[tuple[Paid | None, int]]:
    """Return by which payments an amount goes back, in the order given; what exceeds them all names none.

    Money goes back the way it came: a payment service gives back no more than it took.
    """
    left, found = amount_minor, list[tuple[Paid | None, int]]()
    for one in paid:
        part = min(left, one.minor)
        if part > 0:
            found.append((one, part))
            left -= part
    return [*found, (None, left)] if left > 0 else found


class OrderNotFailed(Refusal):
    """Only an order the outside refused is sent again."""

    code = "money.order_not_failed"
    article = "法发〔2017〕6号"
    title_zh, title_en = "无需重新发送", "Nothing to send again"
    zh = "该笔指令状态为“{status}”，只有被退回的指令可以重新发送。"
    en = "The order is “{status}”; only an order that was refused is sent again."


def delay_after(attempts: int) -> timedelta:
    """Return how long an unanswered order rests after its n-th attempt: doubling, fifteen minutes at most."""
    doublings = min(max(attempts - 1, 0), 10)
    return min(_FIRST_DELAY * (1 << doublings), _LONGEST_DELAY)
