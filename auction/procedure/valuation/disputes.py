"""An objection against a report: forwarded, explained, reviewed, and what its decision does (第22至26条)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import lock
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.refusal import InputMalformed, NotFound
from auction.foundation.kernel.roles import Role
from auction.procedure.assets.queries import PropertyRecord, property_record
from auction.procedure.inputs import Checks
from auction.procedure.valuation import entrusting, journal, periods, refusals, reports
from auction.procedure.valuation.recording import held, numbers_of
from auction.procedure.valuation.rules import Mode
from auction.procedure.valuation.standing import Contest, Standing

_ARTICLE = "法释〔2018〕15号 第23条"


@dataclass(frozen=True, slots=True)
class ContestRecord:
    """Where an objection against a report stands."""

    property: str
    objection: str
    explain_by: datetime | None
    review_by: datetime | None
    wrong: bool | None


@command("note_objection", by=())
def note_objection(
    act: Act,
    *,
    property: str,  # noqa: A002 - the law's word
    objection: str,
    person: str,
    ground: str | None,
    platforms: Sequence[str],
) -> None:
    """Take note of an objection against the newest report; for the objection itself.

    Against some platforms' reports only, the mean of the others is the price at once (第13条).

    :raises ObjectionLate: after the days that follow the receipt
    :raises InputMalformed: a ground that is none of the law's for such a report, or a platform that made none
    """
    lock(act, f"property:{property}")
    thing = property_record(act.session, property)
    now = journal.standing_of(act.session, property)
    numbers = numbers_of(act)
    periods.check_objection_time(numbers, now, person=person, at=act.now)
    report = now.report
    if report is None:
        # Valued before reports were on record: there is nothing to keep but the objection itself.
        return
    if ground in periods.PROFESSIONAL and report.mode is not Mode.APPRAISAL:
        raise InputMalformed(errors={"ground": "该事由仅适用于评估报告 / is a ground against an appraisal only"})
    against = set(platforms)
    if not against <= set(report.makers):
        raise InputMalformed(errors={"reports": "并未出具该报告 / did not make the report"})
    some = tuple(name for name in report.makers if name in against) if against < set(report.makers) else ()
    professional = ground in periods.PROFESSIONAL
    journal.enter(
        act, "report_objected", thing=thing.id, case=thing.case,
        article=_ARTICLE if professional else "法释〔2018〕15号 第22条",
        public={
            "objection": objection,
            "valuation": report.first,
            "ground": ground,
            "reports": list(some),
            "forward_by": instant_text(periods.forward_by(numbers, filed_at=act.now)) if professional else None,
        },
        private={"by": person},
    )  # fmt: skip
    if some:
        reports.without(act, thing, report, some)


@command("forward_objection", by={Role.OFFICER})
def forward_objection(act: Act, *, property: str, objection: str) -> ContestRecord:  # noqa: A002 - the law's word
    """Pass an objection to the agency for its explanation (第23条第1款).

    :raises NotFound: no such objection against the thing's report
    :raises InputMalformed: it is not one the agency explains, or was forwarded or decided
    """
    thing, _, contest = _professional(act, property, objection)
    if contest.forwarded_at is not None:
        raise InputMalformed(errors={"objection": "已经转交 / was forwarded already"})
    by = periods.explain_by(numbers_of(act), forwarded_at=act.now)
    _enter(act, thing, "objection_forwarded", {"objection": objection, "explain_by": instant_text(by)})
    return _record(act, property, objection)


@command("explain_objection", by={Role.OFFICER})
def explain_objection(act: Act, *, property: str, objection: str, accepted: bool) -> ContestRecord:  # noqa: A002 - the law's word
    """Record the agency's explanation, and whether who objected leaves it at that (第23条第1款).

    :raises NotFound: no such objection against the thing's report
    :raises InputMalformed: it was not forwarded, or was explained already
    """
    checks = Checks()
    satisfied = checks.truth("accepted", accepted)
    checks.refuse()
    thing, _, contest = _professional(act, property, objection)
    if contest.forwarded_at is None or contest.explained_at is not None:
        raise InputMalformed(errors={"objection": "尚未转交或者已经说明 / was not forwarded, or was explained"})
    _enter(act, thing, "objection_explained", {"objection": objection, "accepted": satisfied})
    return _record(act, property, objection)


@command("order_review", by={Role.OFFICER})
def order_review(act: Act, *, property: str, objection: str, until: datetime) -> ContestRecord:  # noqa: A002 - the law's word
    """Give the association a period for its professional review (第23条第1款).

    :raises NotFound: no such objection against the thing's report
    :raises TimeLeft: the agency may still explain
    :raises InputMalformed: nothing is left to review, or the period lies in the past
    """
    checks = Checks()
    by = checks.instant("until", until)
    if by is not None and by <= act.now:
        checks.wrong("until", "应晚于现在 / must lie in the future")
    checks.refuse()
    thing, now, contest = _professional(act, property, objection)
    if contest.explain_by is None or contest.accepted or contest.review_by is not None:
        raise InputMalformed(errors={"objection": "无须评审 / is not for a review"})
    if contest.explained_at is None and act.now <= contest.explain_by:
        raise refusals.TimeLeft(to=list(now.report.makers) if now.report else [], by=contest.explain_by)
    text = instant_text(by) if by else None
    _enter(act, thing, "review_ordered", {"objection": objection, "review_by": text})
    return _record(act, property, objection)


@command("conclude_review", by={Role.OFFICER})
def conclude_review(act: Act, *, property: str, objection: str, wrong: bool) -> ContestRecord:  # noqa: A002 - the law's word
    """Record what the association found; the court follows it (第23、26条).

    :raises NotFound: no such objection against the thing's report
    :raises InputMalformed: no review was ordered, or it was concluded
    """
    checks = Checks()
    found = checks.truth("wrong", wrong)
    checks.refuse()
    thing, _, contest = _professional(act, property, objection)
    if contest.review_by is None or contest.wrong is not None:
        raise InputMalformed(errors={"objection": "没有进行中的评审 / is under no review"})
    _enter(act, thing, "review_concluded", {"objection": objection, "wrong": found})
    return _record(act, property, objection)


@command("note_objection_decided", by=())
def note_objection_decided(act: Act, *, property: str, objection: str, upheld: bool) -> None:  # noqa: A002 - the law's word
    """Let a decision have its effect: upheld, the result is no price; its makers correct it, or the next one is asked.

    :raises NotExamined: neither the agency's explanation was accepted nor a review concluded
    :raises ReviewBinds: the review found otherwise
    """
    lock(act, f"property:{property}")
    thing = property_record(act.session, property)
    now = journal.standing_of(act.session, property)
    contest = now.contests.get(objection)
    if contest is None:
        return
    _check_examined(contest, upheld=upheld)
    journal.enter(
        act, "report_objection_decided", thing=thing.id, case=thing.case, article="法释〔2018〕15号 第26条",
        public={"objection": objection, "upheld": upheld},
    )  # fmt: skip
    if upheld and contest in now.pending and now.report is not None and not now.report.void:
        _uphold(act, thing, now, contest)


def _uphold(act: Act, thing: PropertyRecord, now: Standing, contest: Contest) -> None:
    report = now.report
    if report is None:
        return
    if thing.control_until is None:
        # Sold or released meanwhile: nobody finds another price for it.
        entrusting.void(act, thing, now, why="upheld")
        return
    if contest.ground in periods.CORRIGIBLE:
        entrusting.void(act, thing, now, why="upheld")
        entrusting.entrust(act, thing, mode=report.mode, purpose="correction", to=report.makers)
        return
    next_one = report.mode is Mode.APPRAISAL and bool(now.agencies)
    back = periods.return_by(numbers_of(act), since=act.now) if next_one else None
    entrusting.void(act, thing, now, why="upheld", replace_by=back)


def _check_examined(contest: Contest, *, upheld: bool) -> None:
    if contest.ground not in periods.PROFESSIONAL:
        return
    if contest.wrong is None and not contest.accepted:
        raise refusals.NotExamined
    if contest.wrong is not None and contest.wrong is not upheld:
        raise refusals.ReviewBinds


def _professional(act: Act, thing: str, objection: str) -> tuple[PropertyRecord, Standing, Contest]:
    """Return an undecided objection against an appraisal's standard, method or result."""
    checks = Checks()
    name = checks.identifier("objection", objection)
    checks.refuse()
    record = held(act, thing)
    now = journal.standing_of(act.session, thing)
    contest = now.contests.get(name)
    if contest is None:
        raise NotFound(what="objection", name=name)
    if contest.ground not in periods.PROFESSIONAL or contest.decided_at is not None:
        raise InputMalformed(errors={"objection": "不属于应由机构说明的异议 / is not one the agency explains"})
    return record, now, contest


def _enter(act: Act, thing: PropertyRecord, kind: str, public: dict[str, object]) -> None:
    journal.enter(act, kind, thing=thing.id, case=thing.case, article=_ARTICLE, public=public)


def _record(act: Act, thing: str, objection: str) -> ContestRecord:
    found = journal.standing_of(act.session, thing).contests[objection]
    return ContestRecord(thing, objection, found.explain_by, found.review_by, found.wrong)
