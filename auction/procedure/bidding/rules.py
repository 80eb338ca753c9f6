"""How a bid is decided; pure. One total order: arrival, then number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from auction.foundation.kernel.refusal import Refusal
from auction.rulebook import Numbers, Round
from auction.rulebook.carried import carries_out

STAYED = ("deferred", "suspended", "withdrawn", "revoked")


class BiddingNotOpen(Refusal):
    """Bidding has not begun, or stands still."""

    code = "bidding.not_open"
    article = "法释〔2016〕18号 第20条"
    title_zh, title_en = "竞价尚未开始", "Bidding is not open"
    zh = "竞价尚未开始或已暂停（{status}）；开拍时间 {opens_at:instant}。"
    en = "Bidding is not open ({status}); it opens at {opens_at:instant}."


@carries_out("auction.half_open_end")
class BiddingClosed(Refusal):
    """The bid arrived at the end or after it."""

    code = "bidding.closed"
    article = "法释〔2016〕18号 第20条"
    title_zh, title_en = "竞价已结束", "Bidding has closed"
    zh = "竞价已于 {ends_at:instant} 结束；以出价进入平台服务系统的时间为准。"
    en = "Bidding ended at {ends_at:instant}; the instant a bid reaches the platform counts."


@carries_out("auction.deposit_real_name")
class NotAdmitted(Refusal):
    """Nobody bids without a confirmed deposit."""

    code = "bidding.not_admitted"
    article = "法释〔2016〕18号 第17条、第18条"
    title_zh, title_en = "未取得竞买资格", "Not admitted to bid"
    zh = "您尚未取得本拍品的竞买资格；请先报名并缴纳保证金。"
    en = "You are not admitted to this lot; register and pay the deposit first."


@carries_out("auction.reserve_is_start")
class BelowStart(Refusal):
    """A bid under the start price is void."""

    code = "bidding.below_start"
    article = "法释〔2016〕18号 第20条"
    title_zh, title_en = "低于起拍价", "Below the start price"
    zh = "出价低于起拍价；最低可出 ¥{least_acceptable_minor:money}。"
    en = "The bid is below the start price; the least is ¥{least_acceptable_minor:money}."


@carries_out("auction.increment")
class BidTooLow(Refusal):
    """The bid does not reach the next step."""

    code = "bidding.too_low"
    article = "法释〔2016〕18号 第20条、第21条"
    title_zh, title_en = "出价过低", "Bid too low"
    zh = "已有更高或相同出价；最低可出 ¥{least_acceptable_minor:money}。"
    en = "Somebody bid as much or more; the least is now ¥{least_acceptable_minor:money}."


@carries_out("auction.bid_steps")
class OffStep(Refusal):
    """The bid is no whole number of increments."""

    code = "bidding.off_step"
    article = "法释〔2016〕18号 第20条"
    title_zh, title_en = "不符合加价幅度", "Not a whole step"
    zh = "加价须为 ¥{increment_minor:money} 的整数倍；可出 ¥{least_acceptable_minor:money} 或 ¥{nearest_minor:money}。"
    en = "Steps are ¥{increment_minor:money}: bid ¥{least_acceptable_minor:money} or ¥{nearest_minor:money}."


@carries_out("auction.own_lead")
class OwnLead(Refusal):
    """Nobody outbids himself."""

    code = "bidding.own_lead"
    article = "法释〔2016〕18号 第20条"
    title_zh, title_en = "您已领先", "You already lead"
    zh = "您的出价已经领先，无需再次加价。"
    en = "Your bid leads already; there is no need to raise it."


@carries_out("auction.irrevocable")
class BidIdReused(Refusal):
    """The same bid id came with another amount, lot or person."""

    code = "bidding.id_reused"
    article = "法释〔2016〕18号 第20条"
    title_zh, title_en = "出价编号重复", "Bid id used before"
    zh = "出价编号已用于另一笔出价；请用新的编号重新提交。"
    en = "This bid id stands for another bid; send the bid again under a new id."


class CorrectionUnread(Refusal):
    """What was announced has been corrected since the bidder registered, and he has not seen it."""

    code = "bidding.correction_unread"
    article = "法释〔2016〕18号 第13条"
    title_zh, title_en = "公告已更正，请先阅读", "The announcement was corrected"
    zh = "您报名后公告有 {corrections} 处更正；请在拍卖品页面阅读并确认后再出价。"
    en = "The announcement was corrected {corrections} times since you registered; read it on the lot’s page, then bid."


@dataclass(frozen=True, slots=True)
class Standing:
    """A lot's bidding so far: what the next bid is measured against. ``leader`` is a registration id."""

    status: str
    round: Round
    start_price_minor: int
    increment_minor: int
    opens_at: datetime
    ends_at: datetime
    price_minor: int | None = None
    leader: str | None = None
    leader_code: str | None = None
    leader_rank: int | None = None
    bids: int = 0
    extensions: int = 0
    stayed_at: datetime | None = None
    resumed_at: datetime | None = None

    def stood_still(self, at: datetime) -> bool:
        """Say whether bidding stood still at an instant, or still does (article 28)."""
        if self.status in STAYED:
            return True
        return self.stayed_at is not None and self.resumed_at is not None and self.stayed_at <= at < self.resumed_at

    @property
    def least_acceptable_minor(self) -> int:
        """The least amount an ordinary bidder may bid next."""
        if self.price_minor is None:
            return self.start_price_minor
        return self.price_minor + self.increment_minor


@dataclass(frozen=True, slots=True)
class Bidder:
    """Who bids, as admitted to the lot; ``rank`` is the confirmed priority, 1 the best."""

    registration: str
    code: str
    rank: int | None = None
    corrections_read: int = 0


@carries_out("auction.half_open_end", "auction.bid_time", "auction.own_lead")
def decide(
    standing: Standing, *, bidder: Bidder | None, amount_minor: int, received_at: datetime, numbers: Numbers
) -> Standing:
    """Return the standing with this bid on top.

    :raises BiddingNotOpen: BiddingClosed, NotAdmitted, BelowStart, OwnLead, BidTooLow, OffStep: in this order
    """
    if standing.stood_still(received_at) or (standing.status != "closed" and received_at < standing.opens_at):
        raise BiddingNotOpen(status=standing.status, opens_at=standing.opens_at)
    if standing.status == "closed" or received_at >= standing.ends_at:
        raise BiddingClosed(ends_at=standing.ends_at)
    if standing.status != "open":
        raise BiddingNotOpen(status=standing.status, opens_at=standing.opens_at)
    if bidder is None:
        raise NotAdmitted
    if amount_minor < standing.start_price_minor:
        raise BelowStart(least_acceptable_minor=standing.least_acceptable_minor)
    if standing.leader == bidder.registration:
        raise OwnLead(least_acceptable_minor=standing.least_acceptable_minor)
    _check_amount(standing, bidder=bidder, amount_minor=amount_minor)
    ends_at = _end_after(standing, received_at=received_at, numbers=numbers)
    first_of_sale = standing.round == "sale" and standing.price_minor is None
    extended = ends_at > standing.ends_at and not first_of_sale
    return replace(
        standing,
        price_minor=amount_minor,
        leader=bidder.registration,
        leader_code=bidder.code,
        leader_rank=bidder.rank,
        bids=standing.bids + 1,
        ends_at=ends_at,
        extensions=standing.extensions + (1 if extended else 0),
    )


@carries_out("auction.increment", "auction.bid_steps", "auction.priority_equal_price")
def _check_amount(standing: Standing, *, bidder: Bidder, amount_minor: int) -> None:
    """Refuse less than the next step and what lies between steps; a better rank may bid the same price (20, 21)."""
    least = standing.least_acceptable_minor
    if standing.price_minor is not None and amount_minor < least:
        equal = amount_minor == standing.price_minor
        better = bidder.rank is not None and (standing.leader_rank is None or bidder.rank < standing.leader_rank)
        if not (equal and better):
            raise BidTooLow(least_acceptable_minor=least)
        return
    over = (amount_minor - least) % standing.increment_minor
    if over:
        raise OffStep(
            least_acceptable_minor=least,
            nearest_minor=amount_minor - over,
            increment_minor=standing.increment_minor,
        )


@carries_out(
    "auction.extension_window",
    "auction.extension_length",
    "auction.sale_contest",
    "auction.sale_extension",
    seen_in=("lot.extended",),
)
def _end_after(standing: Standing, *, received_at: datetime, numbers: Numbers) -> datetime:
    """Return the end after a bid: five minutes from it when it came in the last five (article 20).

    The first bid of a sale starts its contest of 24 hours, whenever it came in the sale period.
    """
    auction = numbers.auction
    if standing.round == "sale" and standing.price_minor is None:
        return received_at + auction.sale_contest
    window: timedelta = auction.sale_extension if standing.round == "sale" else auction.extension_window
    if standing.ends_at - received_at <= window:
        return max(standing.ends_at, received_at + auction.extension_length)
    return standing.ends_at


@carries_out("auction.bidders_min")
def outcome(standing: Standing) -> str:
    """Return how the lot ends: one valid bid is enough (articles 11 and 26)."""
    return "sold" if standing.price_minor is not None else "unsold"
