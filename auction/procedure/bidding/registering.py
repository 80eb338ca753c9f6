"""Who may register for bidding, until when, and what he pays in before it; pure."""

from __future__ import annotations

from datetime import datetime

from auction.foundation.kernel.refusal import Refusal
from auction.rulebook.carried import carries_out


@carries_out("auction.register_until_end")
class RegistrationClosed(Refusal):
    """The time for registering or paying the deposit is over."""

    code = "registration.closed"
    article = "法释〔2016〕18号 第18条"
    title_zh, title_en = "报名已截止", "Registration is closed"
    zh = "本拍品当前为“{status}”，竞价程序结束后不能报名或缴纳保证金。"
    en = "The lot is “{status}”; nobody registers or pays a deposit now."


@carries_out("auction.ineligible", "auction.staff_may_not_buy")
class Ineligible(Refusal):
    """The person may not bid on this lot."""

    code = "registration.ineligible"
    article = "法释〔2016〕18号 第34条"
    title_zh, title_en = "不得参加竞买", "May not bid"
    zh = "依法不得竞买：{why}。"
    en = "The law does not let you bid: {why}."


@carries_out("auction.purchase_limits")
class NotQualified(Ineligible):
    """A home under purchase limits is bought by who undertakes that he may buy it."""

    article = "法释〔2021〕18号 第1条、第2条"
    title_zh, title_en = "未承诺购房资格", "Purchase qualification not undertaken"


@carries_out("auction.default_bars")
class Barred(Refusal):
    """The buyer who defaulted stays away from the re-auction of the same thing."""

    code = "registration.barred"
    article = "法释〔2016〕18号 第24条"
    title_zh, title_en = "悔拍后不得再次竞买", "Barred after a default"
    zh = "原买受人悔拍后，不得参加该财产的重新拍卖。"
    en = "A buyer who defaulted may not bid when the same thing is auctioned again."


@carries_out("auction.agent_confirmed")
class AgentNotConfirmed(Refusal):
    """Nobody bids through an agent whom the court has not confirmed before bidding began."""

    code = "registration.agent_not_confirmed"
    article = "法释〔2016〕18号 第14条"
    title_zh, title_en = "代理人未经法院确认", "Agent not confirmed"
    zh = "委托他人竞买的，须在竞价程序开始前经法院确认；请本人参加竞买。"
    en = "An agent must be confirmed by the court before bidding begins; bid in person instead."


@carries_out("auction.priority_confirmed")
class PriorityNotConfirmed(Refusal):
    """A priority that the court has not confirmed is none."""

    code = "registration.priority_not_confirmed"
    article = "法释〔2016〕18号 第19条"
    title_zh, title_en = "优先购买权未经确认", "Priority not confirmed"
    zh = "您的优先购买权未经法院确认；可作为普通竞买人报名，或先向法院申请确认。"
    en = "The court has not confirmed your priority; register as an ordinary bidder or apply to the court."


class RegisteredAlready(Refusal):
    """One person registers once on a lot."""

    code = "registration.exists"
    article = "法释〔2016〕18号 第17条"
    title_zh, title_en = "您已报名", "You have registered"
    zh = "您已报名本拍品，竞买代码 {bidding_code}；请继续缴纳保证金或出价。"
    en = "You are registered on this lot under code {bidding_code}; go on to the deposit or the bidding."


@carries_out("auction.register_until_end")
def procedure_runs(*, status: str, ends_at: datetime, now: datetime) -> bool:
    """Say whether the bidding procedure has not ended yet; while it stands still its end lies ahead (article 18)."""
    return status in {"deferred", "suspended"} or (status in {"announced", "open"} and now < ends_at)


@carries_out("auction.applicant_deposit", "auction.sale_prepay_pct", "auction.deposit_real_name")
def deposit_due(*, deposit_minor: int, sale_price_minor: int | None, creditor_claim_minor: int | None) -> int:
    """Return what a bidder must pay in before bidding (article 17; the whole price in the sale).

    An applicant for enforcement pays only what his claim falls short of the deposit.
    """
    whole = sale_price_minor if sale_price_minor is not None else deposit_minor
    if creditor_claim_minor is None:
        return whole
    return max(0, whole - creditor_claim_minor)
