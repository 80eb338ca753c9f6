"""What may be paid as a deposit, how orders live, and when an unanswered order is asked again; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from auction.foundation.kernel.refusal import Refusal
from auction.procedure.bidding.registering import procedure_runs
from auction.rulebook.carried import carries_out

#: How long before the legal end of the period an unfinished return of deposits is shown as urgent (20 of 24 hours).
ALARM_BEFORE = timedelta(hours=4)


class DepositStatus(StrEnum):
    """The life of a deposit."""

    REQUESTED = "requested"
    HELD = "held"
    REFUNDABLE = "refundable"
    RELEASED = "released"
    APPLIED = "applied"
    LAPSED = "lapsed"
    FAILED = "failed"


#: From which state a deposit may go where.
TRANSITIONS: Mapping[DepositStatus, Collection[DepositStatus]] = {
    DepositStatus.REQUESTED: (DepositStatus.HELD, DepositStatus.FAILED),
    DepositStatus.FAILED: (DepositStatus.REQUESTED,),
    DepositStatus.HELD: (DepositStatus.REFUNDABLE, DepositStatus.APPLIED, DepositStatus.LAPSED),
    DepositStatus.REFUNDABLE: (DepositStatus.RELEASED,),
    # It came too late and went back; then bidding was let go on, and he may pay again.
    DepositStatus.RELEASED: (DepositStatus.REQUESTED,),
    DepositStatus.APPLIED: (),
    DepositStatus.LAPSED: (),
}


@carries_out("auction.deposit_real_name", "auction.sale_prepay_pct")
class DepositInsufficient(Refusal):
    """Less than the deposit that is due; nothing is booked."""

    code = "deposit.insufficient"
    article = "法释〔2016〕18号 第17条"
    title_zh, title_en = "保证金不足", "The deposit is not enough"
    zh = "应缴保证金 ¥{due_minor:money}，请足额缴纳；本次未扣款。"
    en = "The deposit due is ¥{due_minor:money}; pay it in full. Nothing was taken."


class DepositWrongAmount(Refusal):
    """More than the deposit that is due; nothing is booked."""

    code = "deposit.wrong_amount"
    article = "法释〔2016〕18号 第17条"
    title_zh, title_en = "保证金金额不符", "Not the deposit that is due"
    zh = "应缴保证金恰为 ¥{due_minor:money}，请按此金额缴纳；本次未扣款。"
    en = "The deposit due is exactly ¥{due_minor:money}; pay that amount. Nothing was taken."


class DepositNotYours(Refusal):
    """A deposit is paid in real name by who registered."""

    code = "auth.forbidden"
    article = "法释〔2016〕18号 第17条"
    title_zh, title_en = "须由报名人本人缴纳", "Only who registered pays"
    zh = "保证金须由报名人以真实身份缴纳，请登录报名时使用的账户。"
    en = "A deposit is paid in real name by who registered; sign in with that account."


class DepositGoingBack(Refusal):
    """The money of an earlier payment has not arrived at its payer yet; until then nothing new is taken."""

    code = "deposit.going_back"
    article = "法释〔2016〕18号 第23条"
    title_zh, title_en = "上一笔保证金正在退还", "An earlier deposit is going back"
    zh = "您此前缴纳的保证金正在原路退还，到账后可再次缴纳；本次未扣款。"
    en = "The deposit you paid before is on its way back to you; pay again once it has arrived. Nothing was taken."


def check_amount(*, amount_minor: int, due_minor: int) -> None:
    """Let pass exactly what is due.

    :raises DepositInsufficient: when it is less
    :raises DepositWrongAmount: when it is more
    """
    if amount_minor < due_minor:
        raise DepositInsufficient(due_minor=due_minor)
    if amount_minor > due_minor:
        raise DepositWrongAmount(due_minor=due_minor)


def in_time(*, status: str, ends_at: datetime, now: datetime) -> bool:
    """Say whether a deposit may still be paid and confirmed: before the bidding procedure ends (article 18)."""
    return procedure_runs(status=status, ends_at=ends_at, now=now)


def moved(current: DepositStatus, target: DepositStatus) -> DepositStatus:
    """Return the target state.

    :raises ValueError: for a step that the life of a deposit does not have; a fault of ours, never of a user
    """
    if target not in TRANSITIONS[current]:
        msg = f"a deposit does not go from {current} to {target}"
        raise ValueError(msg)
    return target
