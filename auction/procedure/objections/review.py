"""The review of an objection: filed as a case, completed, notified; and what the higher court is asked (第236条)."""

from __future__ import annotations

from datetime import datetime

from auction.foundation.database.acts import Act, command
from auction.foundation.kernel.refusal import InputMalformed
from auction.foundation.kernel.roles import Role
from auction.procedure.identity import queries as identity
from auction.procedure.inputs import Checks
from auction.procedure.objections import course, steps
from auction.procedure.objections.course import Step
from auction.procedure.objections.queries import ObjectionRecord


@command("accept_objection", by={Role.OFFICER})
def accept_objection(act: Act, *, objection: str) -> ObjectionRecord:
    """File an objection as a case of its own (法释〔2015〕10号 第2条).

    :raises NotFound: no such objection
    :raises StepOutOfOrder: when it was filed, or decided, already
    """
    return steps.take(act, steps.locked(act, _name(objection)), Step.ACCEPTED)


@command("notify_objection", by={Role.OFFICER})
def notify_objection(act: Act, *, objection: str) -> ObjectionRecord:
    """Record that the objector and the parties were told that it is filed, and who reviews it (第2条).

    :raises StepOutOfOrder: before it is filed as a case, or after its ruling
    """
    return steps.take(act, steps.locked(act, _name(objection)), Step.NOTIFIED)


@command("ask_papers", by={Role.OFFICER})
def ask_papers(act: Act, *, objection: str, what: str) -> ObjectionRecord:
    """Ask, once and for everything, for the papers an objection lacks (第2条).

    :param what: the papers that are missing
    :raises StepOutOfOrder: a second time, or once the objection is filed
    """
    checks = Checks()
    name = checks.identifier("objection", objection)
    missing = checks.text("what", what, longest=steps.WORDS_LONGEST)
    checks.refuse()
    record = steps.locked(act, name)
    until = course.supplement_until(steps.numbers_of(record), asked_at=act.now)
    return steps.take(act, record, Step.PAPERS_ASKED, until=until, words=missing)


@command("supplement_objection", by={Role.BIDDER})
def supplement_objection(act: Act, *, objection: str, by: str, papers: str) -> ObjectionRecord:
    """Supply the papers that were asked for, within three days; the time to file it runs from then (第2条).

    :raises NotConcerned: for anybody but the objector
    :raises TooLate: after the three days
    :raises StepOutOfOrder: when none were asked for
    """
    checks = Checks()
    name, who = checks.identifier("objection", objection), checks.identifier("by", by)
    given = checks.text("papers", papers, longest=steps.WORDS_LONGEST)
    checks.refuse()
    steps.himself(act, who, verb="supplement_objection")
    record = steps.locked(act, name)
    if who != record.by:
        raise course.NotConcerned(step=Step.SUPPLEMENTED.value, who_zh="异议人", who_en="the objector")
    asked = record.course.of(Step.PAPERS_ASKED)
    until = course.prolonged(asked.until if asked else None, course=record.course, by=who)
    course.check_in_time(Step.SUPPLEMENTED, until=until, now=act.now)
    return steps.take(act, record, Step.SUPPLEMENTED, by=who, words=given)


@command("reconsider", by={Role.BIDDER})
def reconsider(act: Act, *, objection: str, by: str, reasons: str | None = None) -> ObjectionRecord:
    """Ask the higher court to reconsider the ruling, within ten days of its service (民事诉讼法 第236条).

    :raises StepOutOfOrder: before the ruling, a second time, or for an outsider's objection, after which one sues
    :raises NotConcerned: for somebody who is neither objector nor party
    :raises TooLate: after the ten days
    """
    checks = Checks()
    name, who = checks.identifier("objection", objection), checks.identifier("by", by)
    why = checks.text_or_none("reasons", reasons, longest=steps.WORDS_LONGEST)
    checks.refuse()
    steps.himself(act, who, verb="reconsider")
    identity.person(act.session, who)
    record = steps.locked(act, name)
    course.check_reconsidered(kind=record.kind, by=who, concerned={record.by, *steps.parties_of(act, record)})
    numbers = steps.numbers_of(record)
    if record.decided_at is not None:
        own = course.reconsider_until(numbers, decided_at=record.decided_at)
        until = course.prolonged(own, course=record.course, by=who)
        course.check_in_time(Step.RECONSIDERATION_ASKED, until=until, now=act.now)
    by_when = course.reconsidered_by(numbers, asked_at=act.now)
    return steps.take(act, record, Step.RECONSIDERATION_ASKED, by=who, until=by_when, words=why)


@command("excuse_delay", by={Role.PANEL})
def excuse_delay(act: Act, *, objection: str, by: str, obstacle_ended_at: datetime) -> ObjectionRecord:
    """Give a party the period again that force majeure made it miss, once (民事诉讼法 第86条).

    :param by: the objector or a party, who asks within ten days after the obstacle ended
    :param obstacle_ended_at: when it ended
    :raises TooLate: later than that
    :raises NotConcerned: for a stranger; StepOutOfOrder: a second time
    :raises InputMalformed: for an obstacle that ended before the objection was filed, or has not ended
    """
    checks = Checks()
    name, who = checks.identifier("objection", objection), checks.identifier("by", by)
    ended = checks.instant("obstacle_ended_at", obstacle_ended_at)
    checks.refuse()
    record = steps.locked(act, name)
    if ended is None or not record.filed_at <= ended <= act.now:
        raise InputMalformed(errors={"obstacle_ended_at": "应在异议提出之后、现在之前 / after the filing, not to come"})
    if who not in {record.by, *steps.parties_of(act, record)}:
        raise course.NotConcerned(
            step=Step.EXCUSED.value, who_zh="异议人和案件当事人", who_en="the objector and the parties"
        )
    until = course.excused_until(
        steps.numbers_of(record),
        kind=record.kind,
        pending=record.status == "pending",
        obstacle_ended_at=ended,
        now=act.now,
    )
    return steps.take(act, record, Step.EXCUSED, by=who, until=until)


@command("send_up_objection", by={Role.OFFICER})
def send_up_objection(act: Act, *, objection: str) -> ObjectionRecord:
    """Record that the file went up to the higher court (法释〔2008〕13号 第7条).

    :raises StepOutOfOrder: when nobody asked, or it went up already
    """
    return steps.take(act, steps.locked(act, _name(objection)), Step.SENT_UP)


@command("extend_reconsideration", by={Role.HEAD})
def extend_reconsideration(act: Act, *, objection: str) -> ObjectionRecord:
    """Record that the higher court's president gave it thirty days more, once (法释〔2008〕13号 第8条).

    :raises StepOutOfOrder: when nobody asked, it was decided, or he gave them already
    """
    return steps.take(act, steps.locked(act, _name(objection)), Step.EXTENDED)


@command("decide_reconsideration", by={Role.PANEL})
def decide_reconsideration(act: Act, *, objection: str, granted: bool, reasons: str | None = None) -> ObjectionRecord:
    """Enter the higher court's ruling: the request granted, so that the ruling below falls, or rejected.

    :raises StepOutOfOrder: when nobody asked, or it was decided already
    :raises OfficerExcluded: for who carried out the enforcement in the case
    """
    checks = Checks()
    name, answer = checks.identifier("objection", objection), checks.truth("granted", granted)
    why = checks.text_or_none("reasons", reasons, longest=steps.WORDS_LONGEST)
    checks.refuse()
    record = steps.locked(act, name)
    steps.check_decider(act, record)
    return steps.take(act, record, Step.RECONSIDERED, answer=answer, words=why)


def _name(objection: str) -> str:
    checks = Checks()
    name = checks.identifier("objection", objection)
    checks.refuse()
    return name
