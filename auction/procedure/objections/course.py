"""What has been done on an objection, and what may follow: the course from the filing to the last judgment; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from auction.foundation.kernel.calendar import within_days
from auction.foundation.kernel.refusal import Refusal
from auction.rulebook.carried import carries_out
from auction.rulebook.numbers import ObjectionNumbers


class Step(StrEnum):
    """A step on an objection beside its filing and its ruling; each is taken once."""

    STATED = "stated"
    EVIDENCE = "evidence"
    PAPERS_ASKED = "papers_asked"
    SUPPLEMENTED = "supplemented"
    ACCEPTED = "accepted"
    NOTIFIED = "notified"
    REASONED = "reasoned"
    EXCUSED = "excused"
    RECONSIDERATION_ASKED = "reconsideration_asked"
    SENT_UP = "sent_up"
    EXTENDED = "extended"
    RECONSIDERED = "reconsidered"
    SUED = "sued"
    SECURED = "secured"
    JUDGED = "judged"


@dataclass(frozen=True, slots=True)
class Taken:
    """A step as it was taken: when, by which party, until when something follows, and what it decided."""

    kind: Step
    at: datetime
    by: str | None = None
    until: datetime | None = None
    answer: bool | None = None
    words: str | None = None
    digest: str | None = None
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """The steps taken so far."""

    steps: tuple[Taken, ...] = ()

    def of(self, kind: Step) -> Taken | None:
        """Return a step, or None while it has not been taken."""
        return next((one for one in self.steps if one.kind == kind), None)

    def at(self, kind: Step) -> datetime | None:
        """Return when a step was taken."""
        found = self.of(kind)
        return found.at if found else None

    @property
    def judgment(self) -> bool | None:
        """Say for whom the suit over the thing went: True for the outsider, None while there is no judgment."""
        found = self.of(Step.JUDGED)
        return found.answer if found else None


#: Which step a step builds on; what is not listed builds on the filing alone.
_AFTER: Mapping[Step, Step] = {
    Step.SUPPLEMENTED: Step.PAPERS_ASKED,
    Step.NOTIFIED: Step.ACCEPTED,
    Step.SENT_UP: Step.RECONSIDERATION_ASKED,
    Step.EXTENDED: Step.RECONSIDERATION_ASKED,
    Step.RECONSIDERED: Step.RECONSIDERATION_ASKED,
    Step.SECURED: Step.SUED,
    Step.JUDGED: Step.SUED,
}
#: After which step another comes too late.
_CLOSED_BY: Mapping[Step, Step] = {
    Step.PAPERS_ASKED: Step.ACCEPTED,
    Step.SUPPLEMENTED: Step.ACCEPTED,
    Step.SENT_UP: Step.RECONSIDERED,
    Step.EXTENDED: Step.RECONSIDERED,
    Step.SECURED: Step.JUDGED,
}
#: Steps of the review itself, and those that need its ruling.
_WHILE_PENDING = frozenset({Step.PAPERS_ASKED, Step.SUPPLEMENTED, Step.ACCEPTED, Step.NOTIFIED})
_AFTER_THE_RULING = frozenset({Step.RECONSIDERATION_ASKED, Step.SUED})
#: Kinds that are examined as objections in enforcement and may go to the higher court (民事诉讼法 第236条).
RECONSIDERED_KINDS = ("act", "valuation")
#: Kinds that are filed, notified and completed under 法释〔2015〕10号 第2条.
FILED_KINDS = ("act", "outsider")


class StepOutOfOrder(Refusal):
    """The step does not follow from where the objection stands."""

    code = "objection.out_of_order"
    article = "法释〔2015〕10号 第2条"
    title_zh, title_en = "该步骤不能在此时进行", "Not the next step"
    zh = "“{step}”在此时不能进行：{why_zh}。"
    en = "“{step}” cannot be taken now: {why_en}."


class TooLate(Refusal):
    """The period for it has ended."""

    code = "objection.too_late"
    article = "民事诉讼法 第236条、第238条"
    title_zh, title_en = "已超过法定期限", "The period has ended"
    zh = "“{step}”的期限已于 {until:instant} 届满。"
    en = "The period for “{step}” ended at {until:instant}."


class NotConcerned(Refusal):
    """Only those whom the ruling concerns go on against it."""

    code = "objection.not_concerned"
    article = "民事诉讼法 第236条、第238条"
    title_zh, title_en = "与该裁定没有利害关系", "The ruling does not concern you"
    zh = "“{step}”只能由{who_zh}提出。"
    en = "“{step}” is for {who_en} alone."


@carries_out("objections.other_judges")
class OfficerExcluded(Refusal):
    """Who carried out the enforcement does not review it."""

    code = "objection.officer_excluded"
    article = "法释〔2015〕10号 第11条"
    title_zh, title_en = "办案人员不得参与审查", "Who did the act does not review it"
    zh = "办理该执行实施案件的人员不得参与异议审查，请由其他审判人员组成合议庭。"
    en = "Who carried out the enforcement takes no part in reviewing it; other judges form the panel."


def check_step(course: Course, step: Step, *, pending: bool) -> None:
    """Let a step be taken once, on what it builds on, and while it still matters.

    :raises StepOutOfOrder: otherwise
    """
    why: tuple[str, str] | None = None
    needed, closed = _AFTER.get(step), _CLOSED_BY.get(step)
    if course.of(step) is not None:
        why = ("该步骤已经完成", "it was taken already")
    elif step in _WHILE_PENDING and not pending:
        why = ("异议已经裁定", "the objection is decided")
    elif step in _AFTER_THE_RULING and pending:
        why = ("异议尚未裁定", "the objection is not decided yet")
    elif needed is not None and course.of(needed) is None:
        why = ("在先的步骤尚未完成", "the step before it was not taken")
    elif closed is not None and course.of(closed) is not None:
        why = ("其后的步骤已经完成", "a later step was taken already")
    if why is not None:
        raise StepOutOfOrder(step=step.value, why_zh=why[0], why_en=why[1])


def check_in_time(step: Step, *, until: datetime | None, now: datetime) -> None:
    """Let a party act within his period.

    :raises TooLate: after its last instant
    """
    if until is not None and now > until:
        raise TooLate(step=step.value, until=until)


def check_reconsidered(*, kind: str, by: str, concerned: Collection[str]) -> None:
    """Let the objector and the parties ask the higher court about a ruling on an act (第236条).

    :raises StepOutOfOrder: for a kind that goes another way; NotConcerned: for a stranger
    """
    step = Step.RECONSIDERATION_ASKED
    if kind not in RECONSIDERED_KINDS:
        raise StepOutOfOrder(
            step=step.value, why_zh="该类异议不适用复议", why_en="this kind of objection goes another way"
        )
    if by not in concerned:
        raise NotConcerned(step=step.value, who_zh="异议人和案件当事人", who_en="the objector and the parties")


def check_suing(*, kind: str, upheld: bool, by: str, objector: str, applicants: Collection[str]) -> None:
    """Let the outsider sue when he lost, and an applicant when the outsider won (第238条).

    :raises StepOutOfOrder: for any other kind of objection; NotConcerned: for anybody else
    """
    step = Step.SUED
    if kind != "outsider":
        raise StepOutOfOrder(
            step=step.value, why_zh="只有案外人异议可以起诉", why_en="a suit follows an outsider's objection alone"
        )
    if upheld and by not in applicants:
        raise NotConcerned(step=step.value, who_zh="申请执行人", who_en="an applicant")
    if not upheld and by != objector:
        raise NotConcerned(step=step.value, who_zh="提出异议的案外人", who_en="the outsider who objected")


@carries_out("objections.force_majeure_days")
def excused_until(
    numbers: ObjectionNumbers, *, kind: str, pending: bool, obstacle_ended_at: datetime, now: datetime
) -> datetime:
    """Return until when a party may still act that an obstacle kept from it: the period again (民事诉讼法 第86条).

    :raises TooLate: when it asks later than ten days after the obstacle ended
    """
    check_in_time(Step.EXCUSED, until=within_days(obstacle_ended_at, numbers.force_majeure_days), now=now)
    if pending:
        return within_days(now, numbers.supplement_days)
    days = numbers.outsider_suit_days if kind == "outsider" else numbers.reconsideration_apply_days
    return within_days(now, days)


def prolonged(until: datetime | None, *, course: Course, by: str) -> datetime | None:
    """Return until when a party may act, with the time it was given again where a delay of its own was excused."""
    excused = course.of(Step.EXCUSED)
    if until is None or excused is None or excused.until is None or excused.by != by:
        return until
    return max(until, excused.until)


@carries_out("objections.file_case_days")
def accept_by(numbers: ObjectionNumbers, *, filed_at: datetime, course: Course) -> datetime:
    """Return by when the objection is filed as a case: three days from the filing, or from the completed papers."""
    return within_days(course.at(Step.SUPPLEMENTED) or filed_at, numbers.file_case_days)


@carries_out("objections.notify_after_filing_days")
def notify_by(numbers: ObjectionNumbers, *, accepted_at: datetime) -> datetime:
    """Return by when objector and parties are told that the objection is filed (法释〔2015〕10号 第2条)."""
    return within_days(accepted_at, numbers.notify_after_filing_days)


@carries_out("objections.supplement_days")
def supplement_until(numbers: ObjectionNumbers, *, asked_at: datetime) -> datetime:
    """Return until when missing papers may be supplied (第2条)."""
    return within_days(asked_at, numbers.supplement_days)


@carries_out("objections.reconsideration_apply_days")
def reconsider_until(numbers: ObjectionNumbers, *, decided_at: datetime) -> datetime:
    """Return until when the higher court may be asked (民事诉讼法 第236条)."""
    return within_days(decided_at, numbers.reconsideration_apply_days)


@carries_out("objections.reconsideration_send_up_days")
def send_up_by(numbers: ObjectionNumbers, *, asked_at: datetime) -> datetime:
    """Return by when the file goes up to the higher court."""
    return within_days(asked_at, numbers.reconsideration_send_up_days)


@carries_out("objections.reconsideration_review_days")
def reconsidered_by(numbers: ObjectionNumbers, *, asked_at: datetime) -> datetime:
    """Return by when the higher court decides, unless it takes more time."""
    return within_days(asked_at, numbers.reconsideration_review_days)


@carries_out("objections.reconsideration_extension_days")
def extended(numbers: ObjectionNumbers, *, course: Course, until: datetime) -> datetime:
    """Return until when the higher court decides, with the president's leave where it was given."""
    more = numbers.reconsideration_extension_days if course.of(Step.EXTENDED) else 0
    return within_days(until, more) if more else until


@carries_out("objections.no_disposal_in_review", "objections.disposal_during_suit")
def blocks(*, status: str, suit_until: datetime | None, course: Course, now: datetime) -> bool:
    """Say whether an outsider's objection forbids disposal (第238条; 法释〔2015〕5号 第313条、第463条).

    It does while pending and while upheld; after a rejection until the suit window is over, and while he sues, unless
    the applicant gave security; at last as the judgment says.
    """
    if course.judgment is not None:
        return course.judgment
    if status != "rejected":
        return True
    if suit_until is not None and now <= suit_until:
        return True
    return course.of(Step.SUED) is not None and course.of(Step.SECURED) is None


def outsider_has_it(*, status: str, course: Course) -> bool:
    """Say whether the thing is the outsider's for good: he won, or he was right and nobody has sued."""
    if course.judgment is not None:
        return course.judgment
    return status == "upheld" and course.of(Step.SUED) is None


def course_of(steps: Iterable[Taken]) -> Course:
    """Return the course that steps make, in the order taken; those of one instant in the order of the road."""
    road = list(Step)
    return Course(steps=tuple(sorted(steps, key=lambda one: (one.at, road.index(one.kind)))))
