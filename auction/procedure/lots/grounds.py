"""On which grounds a lot stands still, is taken back or is revoked, and what each needs; pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from auction.foundation.kernel.calendar import add_months, within_days
from auction.foundation.kernel.refusal import InputMalformed, Refusal
from auction.rulebook import Numbers
from auction.rulebook.carried import carries_out

DEFER = ("platform_fault", "panel")
SUSPEND = (
    *("outsider_objection", "act_objection", "retrial", "settlement_talks", "debtor_own_sale", "bankruptcy", "panel"),
)
WITHDRAW = (
    *("debtor_paid", "settlement", "applicant_withdrew", "basis_revoked", "outsider_upheld", "collusion", "panel"),
    "bankruptcy",
)
REVOKE = ("31-1", "31-2", "31-3", "31-4", "31-5", "31-6")
#: The ground on which the platform itself stops, and later takes back, what need not be sold any more.
PROCEEDS_SUFFICE = "proceeds_suffice"

#: The article each ground rests on, for the docket and the due board.
ARTICLES: Mapping[str, str] = {
    "platform_fault": "法释〔2016〕18号 第28条",
    "panel": "法释〔2016〕18号 第28条",
    "outsider_objection": "法释〔2016〕18号 第36条；民事诉讼法 第238条",
    "act_objection": "法释〔2016〕18号 第36条；民事诉讼法 第236条",
    "retrial": "民事诉讼法 第217条、第267条",
    "settlement_talks": "民事诉讼法 第241条",
    "debtor_own_sale": "法〔2024〕238号",
    "bankruptcy": "法释〔2015〕5号 第511-513条",
    PROCEEDS_SUFFICE: "法释〔2004〕16号 第14条",
}


class NotStayed(Refusal):
    """Only a lot that stands still is resumed."""

    code = "lots.not_stayed"
    article = "法释〔2016〕18号 第28条"
    title_zh, title_en = "并未暂缓或中止", "Nothing to resume"
    zh = "该拍品当前状态为“{status}”，并未暂缓或中止，无需恢复。"
    en = "The lot is “{status}”; only a deferred or suspended lot is resumed."


class NotSold(Refusal):
    """Only an auction that ended with a sale is revoked."""

    code = "lots.not_sold"
    article = "法释〔2016〕18号 第31条"
    title_zh, title_en = "没有可撤销的成交", "No sale to revoke"
    zh = "该拍品当前状态为“{status}”，没有成交，无从撤销；竞价结束前可以撤回。"
    en = "The lot is “{status}” and was not sold; before the close it is withdrawn instead."


class Over(Refusal):
    """The auction has ended for good: closed, withdrawn or revoked."""

    code = "lots.over"
    article = "法释〔2004〕16号 第17条、第18条"
    title_zh, title_en = "拍卖程序已结束", "The auction is over"
    zh = "该拍品当前状态为“{status}”，拍卖程序已结束，不能再暂缓、中止或撤回。"
    en = "The lot is “{status}”; an auction that is over is neither stopped nor withdrawn."


class DebtNotPaid(Refusal):
    """The debtor has not paid all; an auction is not withdrawn for a part."""

    code = "lots.debt_not_paid"
    article = "法释〔2004〕16号 第17条、第19条"
    title_zh, title_en = "债务尚未全部清偿", "Not all is paid"
    zh = "案款账户尚缺 ¥{outstanding_minor:money}；债务和费用全部到账后方可以此撤回。"
    en = "¥{outstanding_minor:money} is still missing in the case account; it must hold the whole debt and costs first."


class NotTheApplicant(Refusal):
    """Only the applicant for enforcement can ask to go on."""

    code = "input.malformed"
    article = "法释〔2004〕16号 第6条"
    title_zh, title_en = "须由申请执行人提出", "For the applicant to ask"
    zh = "债权 {claim} 不是该财产所属案件申请执行人的债权。"
    en = "{claim} is not a claim of an applicant in this property's case."

    def __init__(self, *, claim: str) -> None:
        super().__init__(claim=claim, errors={"claim": "不是申请执行人的债权 / not a claim of an applicant"})


def check_ground(ground: str, *, known: tuple[str, ...]) -> str:
    """Return a ground the law knows for this act.

    :raises InputMalformed: for any other
    """
    if ground not in known:
        raise InputMalformed(errors={"ground": f"应为以下之一 / must be one of: {', '.join(known)}"})
    return ground


@carries_out("auction.debtor_pays")
def check_paid(*, ground: str, outstanding_minor: int) -> None:
    """Let a lot be withdrawn as paid only when the whole outstanding sum is in the case account (第19条).

    :raises DebtNotPaid: otherwise
    """
    if ground == "debtor_paid" and outstanding_minor > 0:
        raise DebtNotPaid(outstanding_minor=outstanding_minor)


@carries_out("auction.debtor_own_sale", "valuation.equity_own_disposal")
def own_sale_rule(*, category: str) -> str:
    """Return the key of the rule on how long the debtor may try to sell a thing himself."""
    return "own_sale.equity_longest_months" if category == "equity" else "own_sale.longest_days"


@carries_out("own_sale.longest_days", "own_sale.equity_longest_months", "auction.debtor_own_sale")
def own_sale_ends(*, since: datetime, longest: int, category: str) -> datetime:
    """Return the last instant of the debtor's own sale: so many days, for equity so many months, with the day whole."""
    if category == "equity":
        return within_days(add_months(since, longest), 0)
    return within_days(since, longest)


@carries_out("auction.resumed_bidding_min")
def end_after_stay(numbers: Numbers, *, since: datetime, ends_at: datetime, now: datetime) -> datetime:
    """Return the end of resumed bidding: the time it had left, five minutes at the least (article 28)."""
    left: timedelta = ends_at - since
    return now + max(left, numbers.auction.resumed_bidding_min)
