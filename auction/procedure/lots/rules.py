"""What the law asks of a lot's terms, and from which state it may go where; pure decisions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from auction.foundation.kernel.money import ceil_pct, floor_pct
from auction.foundation.kernel.refusal import Refusal
from auction.rulebook import Numbers, Round
from auction.rulebook.carried import carries_out

#: From which state a lot may go where, and the act that does it (design: road of one lot).
TRANSITIONS: Mapping[str, Collection[str]] = {
    "draft": ("approved", "withdrawn"),
    "approved": ("announced", "withdrawn"),
    "announced": ("open", "deferred", "suspended", "withdrawn"),
    "open": ("closed", "deferred", "suspended", "withdrawn"),
    "deferred": ("announced", "open", "withdrawn"),
    "suspended": ("announced", "open", "withdrawn"),
    "closed": ("revoked",),
    "withdrawn": (),
    "revoked": (),
}


class NoSuchStepError(LookupError):
    """A command would take a lot along a road that does not exist: a fault of ours, never of a user."""


def check_step(*, current: str, target: str) -> None:
    """Let a lot move from one state to another.

    :raises NoSuchStepError: when ``TRANSITIONS`` knows no such step
    """
    if target not in TRANSITIONS[current]:
        raise NoSuchStepError(current, target)


@carries_out("auction.start_price_min_pct", "auction.second_round_cut_max_pct", "auction.sale_price")
class StartBelowFloor(Refusal):
    """The start price is lower than the law lets it be."""

    code = "terms.start_below_floor"
    article = "法释〔2016〕18号 第10条、第26条"
    title_zh, title_en = "起拍价过低", "Start price too low"
    zh = "起拍价不得低于 ¥{floor_minor:money}；请提高起拍价。"
    en = "The start price may not be under ¥{floor_minor:money}; raise it."


@carries_out("auction.deposit_min_pct", "auction.deposit_max_pct")
class DepositOutOfRange(Refusal):
    """The deposit is not 5 to 20 per cent of the start price."""

    code = "terms.deposit_out_of_range"
    article = "法释〔2016〕18号 第17条"
    title_zh, title_en = "保证金超出法定范围", "Deposit outside the lawful range"
    zh = "保证金应在 ¥{min_minor:money} 至 ¥{max_minor:money} 之间（起拍价的百分之五至百分之二十）。"
    en = "The deposit must lie between ¥{min_minor:money} and ¥{max_minor:money} (5 to 20 % of the start price)."


@carries_out("auction.bidding_min")
class BiddingTooShort(Refusal):
    """The time for bidding is shorter than the law wants."""

    code = "terms.bidding_too_short"
    article = "法释〔2016〕18号 第20条"
    title_zh, title_en = "竞价时间过短", "Bidding time too short"
    zh = "竞价时间不得少于 {least_hours} 小时；最早可于 {earliest_close:instant} 结束。"
    en = "Bidding must last {least_hours} hours at least; it may close at {earliest_close:instant} at the earliest."


@carries_out("auction.panel_decides")
class NotApproved(Refusal):
    """The panel has not decided the terms, or the lot is not at the step where this may be done."""

    code = "terms.not_approved"
    article = "法释〔2016〕18号 第27条"
    title_zh, title_en = "尚未经合议庭决定", "Not yet decided by the panel"
    zh = "该拍品当前状态为“{status}”；须先由合议庭评议决定条款。"
    en = "The lot is “{status}”; the panel must decide the terms first."


class NotDraft(Refusal):
    """The terms are decided or announced, and may not be changed or decided again."""

    code = "terms.not_draft"
    article = "法释〔2016〕18号 第27条"
    title_zh, title_en = "条款已经确定", "The terms are settled"
    zh = "该拍品当前状态为“{status}”，条款已定，不能再次变更或评议。"
    en = "The lot is “{status}”; its terms are settled and cannot be decided again."


class ThingTaken(Refusal):
    """A thing of the lot already stands in another live lot."""

    code = "terms.thing_taken"
    article = "法释〔2016〕18号 第26条"
    title_zh, title_en = "财产已在其他拍卖中", "A thing is in another auction"
    zh = "财产 {properties} 已在拍品 {lot} 中，须待其结束或撤回。"
    en = "{properties} already stands in lot {lot}; wait until that ends or is withdrawn."


@carries_out("auction.sell_together")
class MustSellTogether(Refusal):
    """Things that lose their use or value apart are drafted apart."""

    code = "terms.must_sell_together"
    article = "法释〔2004〕16号 第15条"
    title_zh, title_en = "应当合并拍卖", "Must be sold together"
    zh = "该财产与 {properties} 不可分，应当合并拍卖；请一并列入。"
    en = "This thing cannot be parted from {properties}; put them in the same lot."


@carries_out("auction.no_surplus_reply_days")
class NoSurplus(Refusal):
    """At this start price nothing would be left for the applicant."""

    code = "terms.no_surplus"
    article = "法释〔2004〕16号 第6条"
    title_zh, title_en = "无益拍卖", "Nothing would be left"
    zh = "起拍价须至少为 ¥{least_minor:money}，否则清偿优先债权和费用后申请执行人无剩余可得。"
    en = "The start must be ¥{least_minor:money} at least; otherwise nothing is left for the applicant."


class ValuationMissing(Refusal):
    """There is no reference price to set the start price by."""

    code = "valuation.missing"
    article = "法释〔2018〕15号 第30条；法释〔2016〕18号 第10条"
    title_zh, title_en = "没有参考价", "No reference price"
    zh = "财产 {properties} 尚无有效参考价；请先议价、询价或委托评估。"
    en = "There is no reference price for {properties}; negotiate, inquire or have it appraised first."


@carries_out("objections.no_disposal_in_review", "objections.no_disposal_after_rejection_days")
class ObjectionBlocksDisposal(Refusal):
    """An outsider's objection is pending, or its suit window is open."""

    code = "objection.blocks_disposal"
    article = "民事诉讼法 第238条；法释〔2015〕5号 第463条"
    title_zh, title_en = "异议期间不得处分", "An objection forbids disposal"
    zh = "财产 {properties} 存在案外人异议或处于起诉期间，不得处分。"
    en = "An outsider objects to the sale of {properties}, or may still sue; it may not be disposed of."


@carries_out("auction.stop_when_covered")
class ProceedsSuffice(Refusal):
    """The hammer prices of the case's lots already cover its claims and costs."""

    code = "lots.proceeds_suffice"
    article = "法释〔2004〕16号 第14条"
    title_zh, title_en = "已足以清偿", "The proceeds suffice"
    zh = "已成交价款 ¥{proceeds_minor:money} 足以清偿债权和费用 ¥{needed_minor:money}；未经被执行人同意不得继续拍卖。"
    en = "¥{proceeds_minor:money} covers the ¥{needed_minor:money} needed; the debtor must agree to sell more."


class PanelMalformed(Refusal):
    """A panel is three different members."""

    code = "input.malformed"
    article = "法释〔2016〕18号 第27条"
    title_zh, title_en = "合议庭须为三人", "A panel is three members"
    zh = "合议庭须由三名不同的成员组成；收到：{names}。"
    en = "A panel has three different members; given: {names}."

    def __init__(self, *, names: list[str]) -> None:
        super().__init__(names=names, errors={"panel": "须为三名不同的成员 / three different members"})


@dataclass(frozen=True, slots=True)
class Terms:
    """What is proposed for a lot."""

    round: Round
    start_price_minor: int
    deposit_minor: int
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Basis:
    """What the terms are measured against."""

    reference_price_minor: int
    previous_start_minor: int | None = None
    priority_claims_minor: int = 0
    costs_minor: int = 0
    applicant_is_first: bool = False
    unappraisable: bool = False


@carries_out(
    "auction.start_price_min_pct",
    "auction.reserve_is_start",
    "auction.second_round_cut_max_pct",
    "auction.sale_price",
    "valuation.equity_start_price",
)
def floor(numbers: Numbers, *, round_: Round, basis: Basis) -> int:
    """Return the least lawful start price, rounded up to the fen (articles 10 and 26; 衔接通知 for the sale).

    Equity that cannot be appraised starts above the costs of enforcement (法释〔2021〕20号 第12条).
    """
    previous = basis.previous_start_minor
    if basis.unappraisable and previous is None:
        return basis.costs_minor + 1
    if previous is None or round_ == "first":
        return ceil_pct(basis.reference_price_minor, numbers.auction.start_price_min_pct)
    if round_ == "second":
        return ceil_pct(previous, 100 - numbers.auction.second_round_cut_max_pct)
    return previous


@carries_out("auction.deposit_min_pct", "auction.deposit_max_pct")
def deposit_range(numbers: Numbers, *, start_price_minor: int, discretion: bool = False) -> tuple[int, int]:
    """Return the least and the greatest lawful deposit (article 17); at the court's discretion up to the price."""
    auction = numbers.auction
    if discretion:
        return 1, start_price_minor
    return (
        ceil_pct(start_price_minor, auction.deposit_min_pct),
        floor_pct(start_price_minor, auction.deposit_max_pct),
    )


def least_with_surplus(basis: Basis) -> int | None:
    """Return the least start price that leaves the applicant something, or None where the rule does not apply."""
    if basis.applicant_is_first:
        return None
    return basis.priority_claims_minor + basis.costs_minor + 1


def check_terms(numbers: Numbers, *, terms: Terms, basis: Basis) -> int:
    """Return the floor when the terms are lawful.

    :raises StartBelowFloor: NoSurplus, DepositOutOfRange, BiddingTooShort: in this order
    """
    least = floor(numbers, round_=terms.round, basis=basis)
    if terms.start_price_minor < least:
        raise StartBelowFloor(floor_minor=least)
    surplus = least_with_surplus(basis)
    if surplus is not None and terms.start_price_minor < surplus:
        raise NoSurplus(least_minor=surplus)
    low, high = deposit_range(numbers, start_price_minor=terms.start_price_minor, discretion=basis.unappraisable)
    if not low <= terms.deposit_minor <= high:
        raise DepositOutOfRange(min_minor=low, max_minor=high)
    shortest = bidding_length(numbers, round_=terms.round, least=True)
    if terms.closes_at - terms.opens_at < shortest:
        hours = int(shortest.total_seconds() // 3600)
        raise BiddingTooShort(least_hours=hours, earliest_close=terms.opens_at + shortest)
    return least


@carries_out("auction.bidding_min", "auction.sale_period_days")
def bidding_length(numbers: Numbers, *, round_: Round, least: bool = False) -> timedelta:
    """Return how long bidding lasts by default, or at the least (article 20; the sale's 60 days)."""
    if round_ == "sale" and not least:
        return timedelta(days=numbers.auction.sale_period_days)
    return numbers.auction.bidding_min


@carries_out("auction.panel_decides")
def check_panel(names: Sequence[str]) -> tuple[str, ...]:
    """Return the panel's names.

    :raises PanelMalformed: unless they are three different, non-empty names
    """
    trimmed = tuple(name.strip() for name in names)
    if len(trimmed) != 3 or len(set(trimmed)) != 3 or not all(trimmed):  # noqa: PLR2004 - a panel is three
        raise PanelMalformed(names=list(trimmed) or ["—"])
    return trimmed
