"""What an event of a payment service is to us: a reason to ask about an order, or a matter for a person; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from auction.foundation.kernel.refusal import Refusal

#: A payer's bank leaves about a week to answer a dispute; finance looks at it well before.
LOOK_WITHIN = timedelta(days=3)
_DISPUTES = "charge.dispute."
_FAILED = "refund.failed"
_REFUNDS = ("refund.", "charge.refund.")


class Outcome(StrEnum):
    """What came of an event."""

    ASKED = "asked"
    SETTLED_ALREADY = "settled_already"
    UNKNOWN_ORDER = "unknown_order"


class Task(StrEnum):
    """What finance has to look at."""

    DISPUTED = "payment_disputed"
    RETURNED_OUTSIDE = "payment_returned_outside"
    RETURN_FAILED = "payment_return_failed"


@dataclass(frozen=True, slots=True)
class Told:
    """What an event is about, as far as an event is believed: ``order`` is one of ours, ``done`` by its subject."""

    type: str
    order: str | None
    done: bool


def task(told: Told) -> Task | None:
    """Return what finance must look at.

    A dispute; money that went back without an order of ours; money that had gone back, and came back to us.
    """
    if told.type.startswith(_DISPUTES):
        return Task.DISPUTED
    if told.type.startswith(_REFUNDS) and told.order is None:
        return Task.RETURNED_OUTSIDE
    return Task.RETURN_FAILED if told.type == _FAILED and told.done else None


class NothingToSettle(Refusal):
    """The payment has no open matter (any more)."""

    code = "payment.nothing_to_settle"
    article = "法发〔2017〕6号"
    title_zh, title_en = "没有待处理的事项", "Nothing to settle"
    zh = "该付款事项“{subject}”不存在或已经处理完毕。"
    en = "“{subject}” is no open matter: it does not exist or was settled already."
