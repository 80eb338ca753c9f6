"""Which objection is heard, by when it is decided, and how long the thing is held back after; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from auction.foundation.kernel.calendar import add_months, add_years, within_days
from auction.foundation.kernel.refusal import InputMalformed, Refusal
from auction.procedure.objections import course as courses
from auction.procedure.objections.course import Course
from auction.rulebook.carried import carries_out
from auction.rulebook.numbers import Numbers

KINDS = ("act", "outsider", "valuation", "plan")
#: What each kind may be directed against, the most likely first.
AGAINST: Mapping[str, tuple[str, ...]] = {
    "act": ("lot", "property", "case"),
    "outsider": ("property", "lot"),
    "valuation": ("property", "lot"),
    "plan": ("case",),
}
#: The article under which each kind is decided.
ARTICLES: Mapping[str, str] = {
    "act": "民事诉讼法 第236条",
    "outsider": "民事诉讼法 第238条",
    "valuation": "法释〔2018〕15号 第22条、第23条",
    "plan": "法释〔2015〕5号 第509条",
}
#: Reports that may be objected to; what parties agreed on or an authority answered may not (法释〔2018〕15号 第24条).
_REPORTS = ("online_inquiry", "appraisal")

#: On whose order a lot may stand still for a time.
ORDERED = ("security", "superior")
#: What carrying out a case's enforcement leaves in its dockets; who entered one of these does not review it (第11条).
ACTS_OF_OFFICERS = (
    *("case.opened", "case.claims_added", "case.cost_recorded", "property.seized", "property.renewed"),
    *("property.released", "property.valued", "lot.drafted", "lot.disclosed", "lot.announced"),
    *("registration.agent_confirmed", "registration.ineligible", "lot.ruled", "ruling.served", "lot.delivered"),
    *("plan.drafted", "plan.served"),
)


@carries_out("valuation.no_objection_to_agreed")
class NotHeard(Refusal):
    """No objection is heard against what the parties agreed on or an authority answered."""

    code = "objection.not_heard"
    article = "法释〔2018〕15号 第24条"
    title_zh, title_en = "该异议不予受理", "The objection is not heard"
    zh = "对当事人议价或者定向询价的结果提出异议的，人民法院不予受理。"
    en = "No objection is heard against a negotiated price or the answer to a directed inquiry."


class Decided(Refusal):
    """An objection is decided once."""

    code = "objection.decided"
    article = "民事诉讼法 第236条、第238条"
    title_zh, title_en = "异议已经裁定", "Decided already"
    zh = "该异议已经裁定（{status}），不能再次裁定；不服的可以依法复议或者起诉。"
    en = "The objection is {status} already; who disagrees applies for reconsideration or sues."


class StayTooLong(Refusal):
    """A stay against security, or on the higher court's order, has an end the law sets."""

    code = "objection.stay_too_long"
    article = "法释〔2015〕5号 第467条；法释〔1998〕15号 第77条"
    title_zh, title_en = "暂缓期限过长", "The stay would be too long"
    zh = "暂缓最迟至 {latest:instant}。"
    en = "The stay ends at {latest:instant} at the latest."


def check_outsider(*, person: str, parties: Collection[str]) -> None:
    """Let only somebody outside the case claim the thing as his; the parties object to acts instead.

    :raises InputMalformed: for the debtor or an applicant
    """
    if person in parties:
        raise InputMalformed(errors={"by": "当事人不是案外人，可提出执行行为异议 / a party is no outsider"})


@carries_out("valuation.no_objection_to_agreed")
def check_report(method: str | None) -> None:
    """Let an objection be heard against an inquiry's or an appraiser's report only (法释〔2018〕15号 第22条).

    :raises InputMalformed: when there is no price
    :raises NotHeard: for a negotiated price or a directed inquiry
    """
    if method is None:
        raise InputMalformed(errors={"against": "尚无参考价 / has no reference price"})
    if method not in _REPORTS:
        raise NotHeard


@carries_out("objections.act_review_days", "objections.outsider_review_days", "periods.counting_time")
def decide_by(numbers: Numbers, *, kind: str, filed_at: datetime) -> datetime:
    """Return by when the panel decides: fifteen days for acts and outsiders (民事诉讼法 第236条、第238条)."""
    days = {
        "outsider": numbers.objections.outsider_review_days,
        "plan": numbers.distribution.counter_objection_days,
    }.get(kind, numbers.objections.act_review_days)
    return within_days(filed_at, days)


@carries_out("objections.outsider_suit_days", "objections.no_disposal_after_rejection_days")
def suit_until(numbers: Numbers, *, kind: str, decided_at: datetime) -> datetime | None:
    """Return until when a suit may be brought after an outsider's objection was decided (第238条; 第463条)."""
    if kind != "outsider":
        return None
    days = max(numbers.objections.outsider_suit_days, numbers.objections.no_disposal_after_rejection_days)
    return within_days(decided_at, days)


@carries_out("objections.release_without_suit_days")
def release_by(numbers: Numbers, *, suit_until: datetime) -> datetime:
    """Return by when a thing is released that the outsider was given and nobody sued over (法释〔2015〕5号 第314条)."""
    return within_days(suit_until, numbers.objections.release_without_suit_days)


def blocks(*, kind: str, status: str, suit_until: datetime | None, course: Course, now: datetime) -> bool:
    """Say whether an objection forbids disposal: an outsider's, until he has lost it for good (第238条)."""
    return kind == "outsider" and courses.blocks(status=status, suit_until=suit_until, course=course, now=now)


@carries_out("objections.stay_by_security_max_years", "objections.superior_stay_max_months")
def stay_until(numbers: Numbers, *, ordered: str, since: datetime, asked: datetime | None) -> datetime:
    """Return until when a lot stands still: as asked, within what the law allows, or as long as it allows.

    :raises StayTooLong: for longer (法释〔2015〕5号 第467条; 法释〔1998〕15号 第77条)
    :raises InputMalformed: for an end that has come already
    """
    limit = numbers.objections
    latest = (
        add_years(since, limit.stay_by_security_max_years)
        if ordered == "security"
        else add_months(since, limit.superior_stay_max_months)
    )
    until = latest if asked is None else asked
    if until <= since:
        raise InputMalformed(errors={"until": "应晚于现在 / must be in the future"})
    if until > latest:
        raise StayTooLong(latest=latest)
    return until
