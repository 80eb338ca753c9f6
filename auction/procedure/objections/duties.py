"""What the court owes on an objection, and by when; pure: from the record to the due acts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.due import DueAct
from auction.procedure.objections import course as courses
from auction.procedure.objections import rules
from auction.procedure.objections.course import Step
from auction.rulebook import rulebook

if TYPE_CHECKING:
    from auction.procedure.objections.queries import ObjectionRecord

#: On whose order a lot stands still for a time, and the rule that limits it.
STAY_RULES: Mapping[str, str] = {
    "security": "objections.stay_by_security_max_years",
    "superior": "objections.superior_stay_max_months",
}


def of_review(record: ObjectionRecord) -> list[DueAct]:
    """Return what is due before the ruling, and before the higher court's."""
    if record.status == "pending":
        return [*_before_the_ruling(record), _decision(record)]
    return _reconsideration(record)


def given_up(record: ObjectionRecord, *, lots: Sequence[str], things: Sequence[str]) -> list[DueAct]:
    """Return the withdrawals and releases that follow when the thing is the outsider's (法释〔2015〕5号 第314条)."""
    judged = record.course.at(Step.JUDGED)
    start = judged or record.suit_until
    if start is None:
        return []
    numbers = rulebook().on(day_of(record.filed_at))
    by = rules.release_by(numbers, suit_until=start)
    article = _article(record, "objections.release_without_suit_days")
    withdrawals = [
        DueAct(
            what="withdraw",
            on=lot,
            by=by,
            case=record.case,
            article="法释〔2004〕16号 第17条",
            zh=f"案外人异议 {record.id} 成立，应撤回拍品 {lot}",
            en=f"The outsider's objection {record.id} was upheld; withdraw lot {lot}",
        )
        for lot in lots
    ]
    releases = [
        DueAct(
            what="release",
            on=thing,
            by=by,
            case=record.case,
            article=article,
            zh=f"案外人异议 {record.id} 成立，申请执行人未起诉的，应解除对 {thing} 的执行措施",
            en=f"The outsider's objection {record.id} was upheld; release {thing} unless the applicant sues",
        )
        for thing in things
    ]
    return [*withdrawals, *releases]


def resumption(*, lot: str, case: str, ordered: str, until: datetime) -> DueAct:
    """Return that a lot goes on once the time of its stay is over (民诉解释 第467条; 执行规定 第77条)."""
    return DueAct(
        what="resume",
        on=lot,
        by=until,
        case=case,
        article=rulebook().on(day_of(until)).article(STAY_RULES[ordered]).zh,
        zh=f"拍品 {lot} 的暂缓期限届满即应恢复",
        en=f"Lot {lot} goes on when the time of its stay is over",
    )


def _before_the_ruling(record: ObjectionRecord) -> Iterable[DueAct]:
    if record.kind not in courses.FILED_KINDS:
        return
    course, numbers = record.course, rulebook().on(day_of(record.filed_at)).objections
    asked, supplied = course.of(Step.PAPERS_ASKED), course.of(Step.SUPPLEMENTED)
    if asked is not None and asked.until is not None and supplied is None:
        key = "objections.supplement_days"
        yield _act(record, "supplement_objection", asked.until, key, ("应补足材料", "still lacks papers"))
    elif (accepted := course.at(Step.ACCEPTED)) is None:
        by = courses.accept_by(numbers, filed_at=record.filed_at, course=course)
        yield _act(
            record, "accept_objection", by, "objections.file_case_days", ("应予立案", "is to be filed as a case")
        )
    elif course.of(Step.NOTIFIED) is None:
        by = courses.notify_by(numbers, accepted_at=accepted)
        key = "objections.notify_after_filing_days"
        yield _act(record, "notify_objection", by, key, ("应通知异议人和当事人", "is to be notified to its parties"))


def _reconsideration(record: ObjectionRecord) -> list[DueAct]:
    course, asked = record.course, record.course.of(Step.RECONSIDERATION_ASKED)
    if asked is None or asked.until is None or course.of(Step.RECONSIDERED) is not None:
        return []
    numbers = rulebook().on(day_of(record.filed_at)).objections
    acts = []
    if course.of(Step.SENT_UP) is None:
        by = courses.send_up_by(numbers, asked_at=asked.at)
        key = "objections.reconsideration_send_up_days"
        acts.append(_act(record, "send_up_objection", by, key, ("案卷应报送上一级法院", "goes up to the higher court")))
    by = courses.extended(numbers, course=course, until=asked.until)
    key = "objections.reconsideration_review_days"
    acts.append(_act(record, "decide_reconsideration", by, key, ("的复议应审查裁定", "is to be reconsidered")))
    return acts


def _decision(record: ObjectionRecord) -> DueAct:
    return DueAct(
        what="decide_objection",
        on=record.id,
        by=record.decide_by,
        case=record.case,
        article=rules.ARTICLES[record.kind],
        zh=f"对 {record.against} 的异议 {record.id} 应审查并裁定",
        en=f"Objection {record.id} against {record.against} is to be decided",
    )


def _act(record: ObjectionRecord, what: str, by: datetime, key: str, say: tuple[str, str]) -> DueAct:
    article = _article(record, key)
    return DueAct(
        what=what, on=record.id, by=by, case=record.case, article=article, zh=f"异议 {record.id} {say[0]}",
        en=f"Objection {record.id} {say[1]}",
    )  # fmt: skip


def _article(record: ObjectionRecord, key: str) -> str:
    return rulebook().on(day_of(record.filed_at)).article(key).zh
