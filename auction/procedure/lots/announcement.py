"""What the law asks of an announcement, and of correcting one; pure decisions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from auction.foundation.kernel.calendar import days_before, full_days_after
from auction.foundation.kernel.refusal import Refusal
from auction.rulebook import Numbers, Round
from auction.rulebook.carried import carries_out

#: The blocks that say the terms themselves: what was announced of price, money and time is not corrected.
FROZEN_BLOCKS = frozenset({"announcement", "bidding_rules", "payment"})


@carries_out("valuation.validity_max_years", "valuation.grace_months")
class ValuationExpired(Refusal):
    """The reference price is no longer valid on the day of the announcement."""

    code = "valuation.expired"
    article = "法释〔2018〕15号 第27条"
    title_zh, title_en = "参考价已过有效期", "The reference price has expired"
    zh = "参考价有效期至 {valid_until:instant}，公告须在有效期内发布；请重新确定参考价。"
    en = "The reference price was valid until {valid_until:instant}; fix a new one."


@carries_out(
    "auction.disclosure",
    "auction.reminders",
    "auction.taxes",
    "auction.no_defect_warranty",
    "auction.due_diligence",
    "auction.check_encumbrances",
)
class AnnouncementIncomplete(Refusal):
    """A block that articles 13 and 14 want published is missing."""

    code = "announcement.incomplete"
    article = "法释〔2016〕18号 第13条、第14条"
    title_zh, title_en = "公示内容不完整", "Disclosure incomplete"
    zh = "缺少以下公示内容：{missing}；补齐后方可公告。"
    en = "These parts of the disclosure are missing: {missing}; add them, then announce."


@carries_out("auction.notify_before_announcement_days", "auction.deemed_notified_days")
class PersonNotNotified(Refusal):
    """A party or known priority purchaser has not been told in time."""

    code = "announcement.person_not_notified"
    article = "法释〔2016〕18号 第16条"
    title_zh, title_en = "通知义务未完成", "Somebody has not been notified"
    zh = "以下人员尚未在公告三日前收到通知（或书面放弃、公示）：{names}。"
    en = "Not notified three days before the announcement (nor waived, nor publicised): {names}."

    def __init__(self, *, absent: Mapping[str, str]) -> None:
        super().__init__(persons=list(absent), names=list(absent.values()))


@carries_out("auction.first_notice_days", "auction.second_notice_days", "auction.sale_notice_days")
class AnnouncementTooShort(Refusal):
    """Too little time lies between the announcement and the opening."""

    code = "announcement.too_short"
    article = "法释〔2016〕18号 第12条、第26条"
    title_zh, title_en = "公告期不足", "Announcement period too short"
    zh = "公告期须满 {days} 日；最早可于 {earliest:instant} 开拍。"
    en = "The announcement must run {days} full days; bidding may open at {earliest:instant} at the earliest."


class ForbiddenPhrases(Refusal):
    """A block says who uses the thing in words that say nothing."""

    code = "announcement.forbidden_phrase"
    article = "法〔2024〕238号"
    title_zh, title_en = "不得使用的表述", "Words that may not stand there"
    zh = "{blocks} 中含有不得使用的表述“{phrases}”；请如实写明由谁占有使用、依据和期限。"
    en = "{blocks} uses “{phrases}”, which may not stand there; say truly who uses it, on what ground and until when."


class ShareholdersToldLate(Refusal):
    """The company or another shareholder would have less than twenty full days before bidding ends."""

    code = "announcement.shareholders_too_late"
    article = "公司法 第85条；法释〔2021〕20号 第15条"
    title_zh, title_en = "股东优先购买权期限不足", "Too little time for the shareholders"
    zh = "公司和其他股东须在竞价结束前满 {days} 日（{latest:instant} 前）得到通知：{names}；请推迟结束时间后重新拟定。"
    en = "{names} must be told {days} full days before bidding ends, by {latest:instant}; draft a later end."

    def __init__(self, *, absent: Mapping[str, str], days: int, latest: datetime) -> None:
        super().__init__(persons=list(absent), names=list(absent.values()), days=days, latest=latest)


class NotAnnounced(Refusal):
    """Only what is public is corrected in public; a draft is simply written anew."""

    code = "announcement.not_published"
    article = "法释〔2016〕18号 第12条"
    title_zh, title_en = "公告尚未发布", "Not announced yet"
    zh = "该拍品当前状态为“{status}”，公告尚未发布，无从更正；请在公示内容中直接修改草稿。"
    en = "The lot is “{status}”; nothing is public yet. Change the draft of its disclosure instead."


class TermsFrozen(Refusal):
    """Price, deposit, increment and times stay as they were announced."""

    code = "announcement.terms_frozen"
    article = "法释〔2016〕18号 第12条、第27条"
    title_zh, title_en = "条款一经公告不得更改", "Announced terms do not change"
    zh = "“{block}”写的是价格、款项和时间，公告后不能更正；确需更改的，应撤回后重新公告。"
    en = "“{block}” states price, money and times, which stay as announced; withdraw the lot and announce it anew."


class CorrectionNeedsStay(Refusal):
    """Once bidding has begun, what bidders rely on is corrected only while it stands still."""

    code = "announcement.correction_needs_stay"
    article = "法释〔2016〕18号 第13条、第28条"
    title_zh, title_en = "竞价中更正须先中止", "Bidding must stand still first"
    zh = "竞价已于 {opens_at:instant} 开始；须先暂缓或中止，更正后再恢复。"
    en = "Bidding began at {opens_at:instant}; defer or suspend the lot, correct it, then resume."


@carries_out("auction.first_notice_days", "auction.second_notice_days", "auction.sale_notice_days")
def earliest_opening(numbers: Numbers, *, announced_at: datetime, kind: str, round_: Round) -> datetime:
    """Return the first instant bidding may open: full days of 24 hours after the announcement."""
    return full_days_after(announced_at, numbers.auction.notice_days(kind, round_))


@dataclass(frozen=True, slots=True)
class NoticeFact:
    """That a person was told: how, and since when it counts."""

    person: str
    how: str
    noticed_at: datetime


@carries_out(
    "auction.notify_before_announcement_days",
    "auction.deemed_notified_days",
    "auction.absent_priority_waives",
    seen_in=("notice.given",),
)
def unnotified(
    numbers: Numbers,
    *,
    persons: Mapping[str, str],
    notices: Collection[NoticeFact],
    announced_at: datetime,
    opens_at: datetime,
) -> dict[str, str]:
    """Return those who were neither told in time, nor waived, nor publicised, person to name (article 16).

    Service counts when it came three full days before the announcement; publicity
    for the unreachable may run on after it but must be complete before opening.
    """
    latest = days_before(announced_at, numbers.auction.notify_before_announcement_days)
    told = {
        notice.person
        for notice in notices
        if notice.how == "waived"
        or (notice.how == "served" and notice.noticed_at <= latest)
        or (notice.how == "unreachable" and notice.noticed_at <= opens_at)
    }
    return {person: name for person, name in persons.items() if person not in told}


@carries_out("auction.shareholder_notice_days")
def told_late(
    numbers: Numbers, *, persons: Mapping[str, str], notices: Collection[NoticeFact], closes_at: datetime
) -> dict[str, str]:
    """Return the company and shareholders without their full days before bidding ends, person to name (第85条)."""
    days = numbers.auction.shareholder_notice_days
    in_time = {
        notice.person
        for notice in notices
        if notice.how == "waived" or full_days_after(notice.noticed_at, days) <= closes_at
    }
    return {person: name for person, name in persons.items() if person not in in_time}


def phrases_in(blocks: Mapping[str, str], *, forbidden: Collection[str]) -> dict[str, list[str]]:
    """Return the blocks that use forbidden words, with those words; spaces and line breaks hide nothing."""
    found = {}
    for key, text in blocks.items():
        plain = "".join(text.split())
        used = [phrase for phrase in forbidden if phrase in plain]
        if used:
            found[key] = used
    return found


@carries_out("auction.no_vague_possession", "auction.due_diligence", "auction.check_encumbrances")
def check_phrases(blocks: Mapping[str, str], *, forbidden: Collection[str]) -> None:
    """Refuse blocks that use forbidden words (法〔2024〕238号).

    :raises ForbiddenPhrases: naming the words and the blocks
    """
    found = phrases_in(blocks, forbidden=forbidden)
    if found:
        raise ForbiddenPhrases(
            phrases=sorted({phrase for used in found.values() for phrase in used}), blocks=sorted(found)
        )


def check_correction(*, status: str, announced: bool, opens_at: datetime, block: str, now: datetime) -> None:
    """Let a block of an announced lot be corrected: until opening, after it only while the lot stands still.

    :raises NotAnnounced: CorrectionNeedsStay, TermsFrozen: in this order
    """
    if not announced:
        raise NotAnnounced(status=status)
    if status == "open" or (status == "announced" and now >= opens_at):
        raise CorrectionNeedsStay(opens_at=opens_at)
    if block in FROZEN_BLOCKS:
        raise TermsFrozen(block=block)
