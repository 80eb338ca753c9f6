"""Why it is so: the article that asks for a term of a lot or an act in its docket, and a sentence with its numbers.

A lot is explained by the numbers frozen with its announcement, never by those of today (design: the law is dated data).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from auction.foundation.docket.rules import Entry
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.money import grouped
from auction.procedure.lots.queries import LotRecord
from auction.rulebook import Rules, frozen_numbers, rulebook
from auction.rulebook.numbers import AuctionNumbers, Numbers


@dataclass(frozen=True, slots=True)
class Explanation:
    """Which rule of the rulebook asks for it, where that stands, and why in one sentence."""

    rule: str
    article_zh: str
    article_en: str
    zh: str
    en: str

    def as_json(self) -> Mapping[str, object]:
        """Return it as the API tells it."""
        return {
            "rule": self.rule,
            "article": {"zh": self.article_zh, "en": self.article_en},
            "why": {"zh": self.zh, "en": self.en},
        }


#: The rule each act in a docket follows from; an act of no rule's asking has none.
RULE_OF_ENTRY: Mapping[str, str] = {
    "lot.approved": "auction.panel_decides",
    "notice.given": "auction.notify_before_announcement_days",
    "lot.announced": "auction.announcement_content",
    "lot.opened": "auction.bidding_min",
    "lot.extended": "auction.extension_length",
    "lot.closed": "auction.extension_window",
    "lot.deferred": "auction.deferral",
    "lot.suspended": "auction.deferral",
    "lot.resumed": "auction.resume_within_days",
    "lot.withdrawn": "auction.withdrawn",
    "lot.taken_in_kind": "auction.take_in_kind",
    "in_kind.applied": "auction.take_in_kind",
    "lot.defaulted": "auction.default_forfeits",
    "forfeit.applied": "auction.default_forfeits",
    "top_up.ordered": "auction.shortfall",
    "bidding.availability": "auction.outage_window",
    "registration.made": "auction.register_until_end",
    "registration.admitted": "auction.register_until_end",
    "registration.ineligible": "auction.ineligible",
    "registration.agent_confirmed": "auction.agent_confirmed",
    "bid.accepted": "auction.increment",
    "bid.refused": "auction.increment",
    "deposit.held": "auction.deposit_real_name",
    "deposit.refundable": "auction.loser_release",
    "deposit.released": "auction.loser_release",
    "deposit.applied": "settlement.winner_deposit_transfer",
    "deposit.lapsed": "settlement.winner_deposit_transfer",
    "deposit.forfeited": "auction.default_forfeits",
    "settlement.confirmed": "auction.confirmation_published",
    "balance.paid": "auction.balance_as_announced",
    "lot.paid": "auction.balance_as_announced",
    "lot.ruled": "settlement.ruling_service_days",
    "ruling.served": "auction.title_on_service",
    "lot.delivered": "settlement.handover_days",
    "property.seized": "control.property_max_years",
    "property.renewed": "control.property_max_years",
    "property.released": "control.release_grounds",
    "property.valued": "valuation.four_modes",
    "objection.filed": "objections.no_disposal_in_review",
    "objection.decided": "objections.outsider_review_days",
    "plan.served": "distribution.plan_objection_days",
    "plan.opposed": "distribution.counter_objection_days",
    "plan.sued": "distribution.plan_lawsuit_days",
    "plan.released": "distribution.payout_days",
    "plan.paid": "distribution.payout_days",
}
#: What the ground of a decision says more exactly than its verb.
GROUNDS: Mapping[str, str] = {
    "31-1": "auction.revoked_untrue",
    "31-2": "auction.revoked_system",
    "31-3": "auction.revoked_collusion",
    "31-4": "auction.revoked_unqualified",
    "31-5": "auction.revoked_unequal",
    "31-6": "auction.revoked_serious",
    "platform_fault": "auction.fault_deferral",
    "outsider_objection": "auction.objection_stays",
    "act_objection": "auction.objection_stays",
    "proceeds_suffice": "auction.stop_when_covered",
    "debtor_own_sale": "auction.debtor_own_sale",
    "debtor_paid": "auction.debtor_pays",
}
#: The acts that are done on a ground.
_GROUNDED = frozenset({"lot.deferred", "lot.suspended", "lot.withdrawn", "lot.revoked"})


def act(entry: Entry) -> Explanation | None:
    """Return why an act stands in a docket: its rule as it was in force that day; None when no rule asks for it."""
    key = rule_of(entry)
    return None if key is None else _said(_rules(entry.at), key)


def terms(lot: LotRecord) -> Mapping[str, Explanation]:
    """Return why each term of a lot is as it is, with its own numbers: by the name of the term."""
    on = _rules(lot.announced_at or lot.drafted_at)
    frozen: Numbers = frozen_numbers(lot.rulebook) if lot.rulebook else on
    said = {
        "start_price": _start_price(lot, on, frozen.auction),
        "deposit": _deposit(lot, on, frozen.auction),
        "notice": _notice(lot, on, frozen.auction),
        "bidding": _bidding(on, frozen.auction),
        "balance": _with(
            on, "auction.balance_as_announced",
            f"余款在成交后 {lot.balance_days} 日内付清；保证金计入价款。",
            f"The balance is due within {lot.balance_days} days after the close; the deposit counts toward the price.",
        ),
        "losers": _said(on, "auction.loser_release"),
        "increment": _said(on, "auction.increment"),
        "default": _said(on, "auction.default_forfeits"),
    }  # fmt: skip
    if lot.priority:
        said["priority"] = _said(on, "auction.priority_equal_price")
    return said


def _start_price(lot: LotRecord, on: Rules, numbers: AuctionNumbers) -> Explanation:
    start, floor = f"¥{grouped(lot.start_price_minor)}", f"¥{grouped(lot.floor_minor)}"
    match lot.round:
        case "first":
            pct, reference = numbers.start_price_min_pct, f"¥{grouped(lot.reference_price_minor)}"
            return _with(
                on, "auction.start_price_min_pct",
                f"起拍价 {start}，不低于参考价 {reference} 的 {pct}%，即 {floor}。",
                f"The start price {start} is at least {pct}% of the reference price {reference}, which is {floor}.",
            )  # fmt: skip
        case "second":
            pct = numbers.second_round_cut_max_pct
            return _with(
                on, "auction.second_round_cut_max_pct",
                f"起拍价 {start}，比上次起拍价降低不超过 {pct}%，即不低于 {floor}。",
                f"The start price {start} is at most {pct}% below that of the round before, so at least {floor}.",
            )  # fmt: skip
        case _:
            return _with(
                on, "auction.sale_price",
                f"变卖价 {start}，即第二次拍卖流拍时的起拍价 {floor}。",
                f"The sale price {start} is the start price at which the second auction failed, {floor}.",
            )  # fmt: skip


def _deposit(lot: LotRecord, on: Rules, numbers: AuctionNumbers) -> Explanation:
    least, most = numbers.deposit_min_pct, numbers.deposit_max_pct
    held = f"¥{grouped(lot.deposit_minor)}"
    return _with(
        on, "auction.deposit_min_pct",
        f"保证金 {held}，在起拍价的 {least}% 至 {most}% 之间；未竞得的予以退还，悔拍的不退。",
        f"The deposit {held} lies between {least}% and {most}% of the start price; losers get it back,"
        " a buyer who defaults does not.",
    )  # fmt: skip


def _notice(lot: LotRecord, on: Rules, numbers: AuctionNumbers) -> Explanation:
    days = numbers.notice_days(lot.kind, lot.round)
    return _with(
        on, numbers.notice_key(lot.round),
        f"公告应在竞价开始 {days} 日前发布，满整日计算。",
        f"The announcement comes at least {days} full days before bidding opens.",
    )  # fmt: skip


def _bidding(on: Rules, numbers: AuctionNumbers) -> Explanation:
    window, length = _minutes(numbers.extension_window), _minutes(numbers.extension_length)
    hours = numbers.bidding_min // timedelta(hours=1)
    return _with(
        on, "auction.extension_window",
        f"竞价不少于 {hours} 小时；最后 {window} 分钟内有人出价的，自该出价起再计 {length} 分钟，次数不限。",
        f"Bidding lasts at least {hours} hours; a bid in the last {window} minutes extends it by {length} minutes"
        " from that bid, as often as needed.",
    )  # fmt: skip


def rule_of(entry: Entry) -> str | None:
    """Return the key of the rule an act in a docket follows from; None when no rule asks for it."""
    ground = entry.public.get("ground")
    if entry.kind in _GROUNDED and ground in GROUNDS:
        return GROUNDS[str(ground)]
    return RULE_OF_ENTRY.get(entry.kind)


def kinds_of(key: str) -> frozenset[str]:
    """Return the kinds of entries that may follow from a rule; by which of them it did, ``rule_of`` says."""
    found = {kind for kind, rule in RULE_OF_ENTRY.items() if rule == key}
    return frozenset(found | (_GROUNDED if key in GROUNDS.values() else set()))


def _rules(at: datetime) -> Rules:
    book = rulebook()
    return book.on(max(day_of(at), book.begins))


def _said(on: Rules, key: str) -> Explanation:
    text = on.provision(key).text
    return _with(on, key, text.zh, text.en)


def _with(on: Rules, key: str, zh: str, en: str) -> Explanation:
    article = on.article(key)
    return Explanation(rule=key, article_zh=article.short_zh, article_en=article.en, zh=zh, en=en)


def _minutes(length: timedelta) -> int:
    return length // timedelta(minutes=1)
