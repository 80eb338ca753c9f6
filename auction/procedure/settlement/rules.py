"""When a sold lot may be paid, ruled on, served and handed over; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from auction.foundation.kernel.calendar import within_days
from auction.foundation.kernel.refusal import Refusal
from auction.rulebook.carried import carries_out
from auction.rulebook.numbers import SettlementNumbers


class SettlementStatus(StrEnum):
    """The road of a sold lot."""

    AWAITING_BALANCE = "awaiting_balance"
    PAID = "paid"
    RULED = "ruled"
    DELIVERED = "delivered"
    DEFAULTED = "defaulted"
    REVOKED = "revoked"


#: From which state a settlement may go where.
TRANSITIONS: Mapping[SettlementStatus, Collection[SettlementStatus]] = {
    SettlementStatus.AWAITING_BALANCE: (
        SettlementStatus.PAID,
        SettlementStatus.DEFAULTED,
        SettlementStatus.REVOKED,
    ),
    SettlementStatus.PAID: (SettlementStatus.RULED, SettlementStatus.REVOKED),
    SettlementStatus.RULED: (SettlementStatus.DELIVERED, SettlementStatus.REVOKED),
    SettlementStatus.DELIVERED: (SettlementStatus.REVOKED,),
    SettlementStatus.DEFAULTED: (SettlementStatus.REVOKED,),
    SettlementStatus.REVOKED: (),
}

_STATUS_ZH: Mapping[SettlementStatus, str] = {
    SettlementStatus.AWAITING_BALANCE: "待付尾款",
    SettlementStatus.PAID: "价款已付清",
    SettlementStatus.RULED: "已裁定",
    SettlementStatus.DELIVERED: "已交付",
    SettlementStatus.DEFAULTED: "已认定悔拍",
    SettlementStatus.REVOKED: "拍卖已撤销",
}


class SettlementNotDue(Refusal):
    """The step comes too early, or has been done."""

    code = "settlement.not_due"
    article = "法释〔2004〕16号 第20条、第27条"
    title_zh, title_en = "尚不能办理此步骤", "This step is not due"
    zh = "当前状态为“{status_zh}”，{missing_zh}。"
    en = "The lot is “{status}”: {missing_en}."


class DefaultNotDue(SettlementNotDue):
    """A default, or what follows from it, comes too early, or has been done."""

    article = "法释〔2016〕18号 第24条、第25条"


class TakingNotDue(SettlementNotDue):
    """Taking in kind comes too late, or has been said already."""

    article = "法释〔2004〕16号 第16条"


class SettlementOverdue(Refusal):
    """The buyer's default has been declared; the balance is no longer taken."""

    code = "settlement.overdue"
    article = "法释〔2016〕18号 第24条"
    title_zh, title_en = "已认定悔拍", "Default has been declared"
    zh = "法院已认定悔拍，不再接收尾款；如有异议请依法提出。"
    en = "The court has declared the default and no longer takes the balance; you may object."


class SettlementWrongAmount(Refusal):
    """The balance is paid in one sum, to the fen."""

    code = "settlement.wrong_amount"
    article = "法释〔2016〕18号 第25条"
    title_zh, title_en = "尾款金额不符", "Not the balance that is due"
    zh = "应付尾款恰为 ¥{due_minor:money}，请按此金额支付；本次未扣款。"
    en = "The balance due is exactly ¥{due_minor:money}; pay that amount. Nothing was taken."


@carries_out("settlement.buyer_qualified", "auction.in_kind_purchase_limits")
class BuyerNotQualified(Refusal):
    """The buyer has lost what the law asks of a buyer of such a thing; no ruling is made for him."""

    code = "settlement.buyer_not_qualified"
    article = "法释〔2021〕18号 第3条"
    title_zh, title_en = "买受人不具备购买资格", "The buyer is not qualified"
    zh = "买受人自报名至裁定须持续具备购买资格，现已不具备（{why}），不得作出成交裁定。"
    en = "A buyer must stay qualified from registration to the ruling and is not ({why}); no ruling is made."


class NotTheBuyer(Refusal):
    """Only the buyer pays the balance."""

    code = "auth.forbidden"
    article = "法释〔2016〕18号 第25条"
    title_zh, title_en = "须由买受人支付", "Only the buyer pays"
    zh = "尾款须由买受人本人支付，请登录买受人账户。"
    en = "The balance is paid by the buyer; sign in as the buyer."


class NotThisCourt(Refusal):
    """Another court's officer may not act on this lot."""

    code = "auth.forbidden"
    article = "法释〔2016〕18号 第6条"
    title_zh, title_en = "须由执行法院办理", "For the enforcing court"
    zh = "本拍品由其他法院执行，须由该院办理。"
    en = "Another court enforces here; its officers act on this lot."


@dataclass(frozen=True, slots=True)
class Stage:
    """What the next step is measured against."""

    status: SettlementStatus
    whole: bool
    served: bool


@carries_out("auction.balance_as_announced")
def check_balance(*, status: SettlementStatus, amount_minor: int, due_minor: int) -> None:
    """Let pass exactly the balance that is due.

    :raises SettlementOverdue: after the default was declared
    :raises SettlementWrongAmount: for any other amount, with ``due_minor``
    """
    if status is SettlementStatus.DEFAULTED:
        raise SettlementOverdue
    if status is SettlementStatus.REVOKED:
        raise _not_due(status, ("拍卖已被撤销", "the sale was revoked"))
    if amount_minor != due_minor or due_minor == 0:
        raise SettlementWrongAmount(due_minor=due_minor)


@carries_out("settlement.buyer_qualified", "settlement.ruling_service_days")
def check_ruling(stage: Stage) -> None:
    """Let the ruling be made when the whole price is in the court's account (法释〔2004〕16号 第20条).

    :raises SettlementNotDue: before that, or when it was made already
    """
    if stage.status is not SettlementStatus.PAID or not stage.whole:
        done = stage.status in {SettlementStatus.RULED, SettlementStatus.DELIVERED}
        missing = (
            ("裁定已经作出", "the ruling was made already") if done else ("价款尚未全部到账", "the price is not whole")
        )
        raise _not_due(stage.status, missing)


@carries_out("auction.default_forfeits", "auction.balance_as_announced")
def check_default(status: SettlementStatus, *, due_by: datetime, now: datetime, paying: bool) -> None:
    """Let the default be declared once the announced period has ended without the balance (article 24).

    :param paying: whether a payment, or the handing over of the deposit, is still on its way
    :raises SettlementNotDue: before that, when the price is whole, or when it was declared already
    """
    if status is not SettlementStatus.AWAITING_BALANCE:
        raise _not_due(status, kind=DefaultNotDue, missing=("并非待付尾款", "no balance is awaited"))
    if now <= due_by:
        raise _not_due(
            status, kind=DefaultNotDue, missing=("付款期限尚未届满", "the period for the balance has not ended")
        )
    if paying:
        raise _not_due(status, kind=DefaultNotDue, missing=("有款项正在办理", "a payment is on its way"))


def check_awaited(status: SettlementStatus, *, paying: bool) -> None:
    """Let what is due be changed only while the balance is awaited and no payment of it is on its way.

    :raises SettlementNotDue: otherwise
    """
    if status is not SettlementStatus.AWAITING_BALANCE:
        raise _not_due(status, ("并非待付尾款", "no balance is awaited"))
    if paying:
        raise _not_due(status, ("有款项正在办理", "a payment is on its way"))


def check_service(stage: Stage) -> None:
    """Let the ruling be served once, after it was made.

    :raises SettlementNotDue: without a ruling, or when it was served already
    """
    if stage.status is not SettlementStatus.RULED or stage.served:
        missing = (
            ("裁定已经送达", "the ruling was served already")
            if stage.served
            else ("尚未作出裁定", "there is no ruling")
        )
        raise _not_due(stage.status, missing)


def check_hand_over(stage: Stage) -> None:
    """Let the thing be handed over once, after service (法释〔2004〕16号 第27条).

    :raises SettlementNotDue: before service, or when it was handed over already
    """
    if stage.status is not SettlementStatus.RULED or not stage.served:
        done = stage.status is SettlementStatus.DELIVERED
        missing = (
            ("标的物已经交付", "it was handed over already") if done else ("裁定尚未送达", "the ruling is not served")
        )
        raise _not_due(stage.status, missing)


def moved(current: SettlementStatus, target: SettlementStatus) -> SettlementStatus:
    """Return the target state.

    :raises ValueError: for a step the road does not have; a fault of ours, never of a user
    """
    if target not in TRANSITIONS[current]:
        msg = f"a settlement does not go from {current} to {target}"
        raise ValueError(msg)
    return target


def balance(*, price_minor: int, deposit_minor: int, credit_minor: int = 0) -> int:
    """Return what is left to pay; deposit and set-off claim count toward the price (法释〔2016〕18号 第23条)."""
    return max(0, price_minor - deposit_minor - credit_minor)


def not_due(
    status: SettlementStatus, *, zh: str, en: str, kind: type[SettlementNotDue] = SettlementNotDue
) -> SettlementNotDue:
    """Return the refusal of a step that comes too early or was done, with what is missing in both languages.

    :param kind: which step, for the article it stands under
    """
    return _not_due(status, (zh, en), kind=kind)


@carries_out("auction.balance_as_announced", "settlement.balance_default_days")
def balance_due_by(closed_at: datetime, *, days: int) -> datetime:
    """Return the last instant for the balance, counted from the close (法释〔2016〕18号 第25条)."""
    return within_days(closed_at, days)


#: Grounds of article 31 that lie in the buyer himself: he colluded, or lacked what the law asks of a buyer.
_BUYERS_OWN = frozenset({"31-3", "31-4"})


def bar_stands(ground: str) -> bool:
    """Say whether a defaulting buyer stays barred after his sale was revoked on a ground of article 31.

    With the sale falls the default that article 24 punishes; the text is silent, so he may bid again unless the
    ground lies in himself.
    """
    return ground in _BUYERS_OWN


@carries_out("settlement.ruling_service_days", "periods.counting_time")
def ruling_due_by(paid_at: datetime, *, numbers: SettlementNumbers) -> datetime:
    """Return by when the ruling must be made and served (法释〔2004〕16号 第20条)."""
    return within_days(paid_at, numbers.ruling_service_days)


@carries_out("settlement.handover_days", "periods.counting_time")
def hand_over_due_by(served_at: datetime, *, numbers: SettlementNumbers) -> datetime:
    """Return by when the thing must be handed over (法释〔2004〕16号 第27条)."""
    return within_days(served_at, numbers.handover_days)


_ONES = "零一二三四五六七八九"


def ruling_number(case_number: str, *, place: int) -> str:
    """Return the number of the n-th ruling in a case: ``（2025）京0105执1234号之一``.

    :raises ValueError: beyond the ninety-ninth
    """
    if not 1 <= place <= 99:  # noqa: PLR2004 - two Chinese digits
        msg = "rulings of a case are numbered from 1 to 99"
        raise ValueError(msg)
    tens, ones = divmod(place, 10)
    text = ("" if tens <= 1 else _ONES[tens]) + ("十" if tens else "") + (_ONES[ones] if ones else "")
    return f"{case_number}之{text}"


def _not_due(
    status: SettlementStatus, missing: tuple[str, str], *, kind: type[SettlementNotDue] = SettlementNotDue
) -> SettlementNotDue:
    return kind(status=status.value, status_zh=_STATUS_ZH[status], missing_zh=missing[0], missing_en=missing[1])
