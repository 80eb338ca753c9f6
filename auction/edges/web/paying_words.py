"""The words of paying: what each way is, what it does, and what a payment service meant by its refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from auction.foundation.kernel.money import grouped
from auction.gateways.stripe_service import methods
from auction.procedure.treasury.ways_rules import Purpose

Words = tuple[str, str]

NAMES: Mapping[str, Words] = {
    "sandbox": ("演示付款", "Demonstration payment"),
    "stripe": ("在线支付", "Pay on line"),
    "bank": ("银行转账", "Bank transfer"),
}

_METHODS: Mapping[str, Words] = {
    "card": ("银行卡", "Card"),
    "alipay": ("支付宝", "Alipay"),
    "wechat_pay": ("微信支付", "WeChat Pay"),
}

_SANDBOX: Words = (
    "沙箱环境，不会动用真实资金，点击后立即到账。",
    "A sandbox: no real money moves; it arrives at once.",
)

_HOW: Mapping[tuple[str, Purpose], Words] = {
    ("stripe", Purpose.DEPOSIT): (
        "在本页付款，即时到账。未竞得的，竞价结束后24小时内解冻或原路退回。",
        "You pay on this platform’s page; it arrives at once. If you do not buy, it comes back within 24 hours.",
    ),
    ("bank", Purpose.DEPOSIT): (
        "从您本人名下账户转入法院案款账户，注明给出的编号，一般一个工作日内入账。未竞得的，24小时内退回该账户。",
        "From an account in your own name, with the reference given: a working day. It goes back within 24 hours.",
    ),
    ("stripe", Purpose.BALANCE): (
        "在支付机构的页面完成付款，即时到账。",
        "You pay on the payment service’s own page; it arrives at once.",
    ),
    ("bank", Purpose.BALANCE): (
        "从您本人名下账户转入法院案款账户，注明给出的编号，一般一个工作日内入账。",
        "From an account in your own name, with the reference given; a working day as a rule.",
    ),
}

_REFUSALS: Mapping[str, Words] = {
    "account.limit_exceeded": ("超过账户限额", "over the limit of the account"),
    "amount_too_large": ("超过该方式的单笔限额", "over the limit of one payment"),
    "authentication_required": ("需要完成身份验证", "the bank asks for your authentication"),
    "canceled": ("付款已取消", "the payment was cancelled"),
    "card_declined": ("发卡行拒绝了付款", "the card’s bank declined it"),
    "card_expired": ("银行卡已过期", "the card has expired"),
    "checkout.expired": ("付款页面已过期", "the payment page has expired"),
    "expired_card": ("银行卡已过期", "the card has expired"),
    "incorrect_cvc": ("安全码不正确", "the security code is wrong"),
    "insufficient_funds": ("余额或额度不足", "not enough money or credit"),
    "payer.gave_up": ("您已放弃这笔付款", "you gave this payment up"),
    "payment_intent_authentication_failure": ("身份验证未通过", "the authentication failed"),
    "processing_error": ("支付机构处理出错", "the payment service failed to process it"),
    "way.not_connected": ("平台未接入这种方式", "this way is not connected"),
}
_REFUSED: Words = ("银行或支付机构未接受", "the bank or payment service did not take it")


def name_of(gateway: str | None) -> Words:
    """Return what a gateway is called for those who pay by it."""
    return NAMES.get(gateway or "", ("", ""))


def how(gateway: str, purpose: Purpose) -> Words:
    """Return what happens when one pays that way."""
    return _SANDBOX if gateway == "sandbox" else _HOW.get((gateway, purpose), ("", ""))


def methods_of(
    names: Sequence[str], *, amount_minor: int, now: datetime, until: datetime | None
) -> tuple[list[Words], bool]:
    """Return what each method of a payment service does with an amount, and whether any of them takes it.

    :param until: how long a deposit may have to be kept; None for a price, which is never held
    """
    kept = until - now if until else None
    lines = []
    for name in names:
        zh, en = _METHODS[name]
        most = methods.METHODS[name].up_to_minor
        if amount_minor > most:
            limit = grouped(most)
            lines.append((f"{zh}：单笔至多 ¥{limit}，本次不能使用", f"{en}: at most ¥{limit} at once, so not for this"))
        elif not methods.usable([name], amount_minor=amount_minor, for_=kept):
            lines.append(
                (f"{zh}：距退还时间过长，本次不能使用", f"{en}: cannot be given back so late, so not for this")
            )
        elif methods.holds(name, asked_at=now, until=until):
            lines.append((f"{zh}：只冻结额度，不扣款", f"{en}: held, not charged"))
        elif until:
            lines.append((f"{zh}：先收取，退还时原路返回", f"{en}: charged now, given back the same way"))
        else:
            lines.append((zh, en))
    return lines, bool(methods.usable(names, amount_minor=amount_minor, for_=kept))


def refusal(reason: str | None) -> Words:
    """Return what a gateway's word of refusal means; a word nobody knows is not shown."""
    return _REFUSALS.get(reason or "", _REFUSED)
