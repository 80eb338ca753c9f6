"""The suit over the thing after an outsider's objection was decided (执行异议之诉, 民事诉讼法 第238条)."""

from __future__ import annotations

from auction.foundation.database.acts import Act, command
from auction.foundation.kernel.roles import Role
from auction.procedure.assets import commands as asset_commands
from auction.procedure.assets import queries as assets
from auction.procedure.identity import queries as identity
from auction.procedure.inputs import Checks
from auction.procedure.objections import course, queries, steps
from auction.procedure.objections.course import Step
from auction.procedure.objections.queries import ObjectionRecord


@command("sue_over_thing", by={Role.BIDDER})
def sue_over_thing(act: Act, *, objection: str, by: str) -> ObjectionRecord:
    """Record the suit over the thing, filed within fifteen days of the ruling; it stays held back meanwhile.

    The outsider sues when he lost, an applicant when the outsider won (第238条; 法释〔2015〕5号 第313条).

    :raises StepOutOfOrder: before the ruling, a second time, or for another kind of objection
    :raises NotConcerned: for anybody else; TooLate: after the fifteen days
    """
    checks = Checks()
    name, who = checks.identifier("objection", objection), checks.identifier("by", by)
    checks.refuse()
    steps.himself(act, who, verb="sue_over_thing")
    identity.person(act.session, who)
    record = steps.locked(act, name)
    course.check_step(record.course, Step.SUED, pending=record.status == "pending")
    course.check_suing(
        kind=record.kind, upheld=record.status == "upheld", by=who, objector=record.by,
        applicants=steps.applicants_of(act, record),
    )  # fmt: skip
    until = course.prolonged(record.suit_until, course=record.course, by=who)
    course.check_in_time(Step.SUED, until=until, now=act.now)
    sued = steps.take(act, record, Step.SUED, by=who)
    if record.status == "rejected":
        for thing in queries.things_of(act.session, record):
            hold = steps.hold_id(record.id, thing, suit=True)
            asset_commands.hold(act.as_platform(), property=thing, reason="outsider_suit", id=hold)
    return sued


@command("accept_security", by={Role.PANEL})
def accept_security(act: Act, *, objection: str, by: str, amount_minor: int) -> ObjectionRecord:
    """Let disposal go on during the outsider's suit, because an applicant gave security (法释〔2015〕5号 第313条).

    :param by: the applicant who gave it
    :raises StepOutOfOrder: when no suit runs, or it is the applicant's own
    :raises NotConcerned: for security of anybody but an applicant
    """
    checks = Checks()
    name, who = checks.identifier("objection", objection), checks.identifier("by", by)
    minor = checks.minor("amount_minor", amount_minor)
    checks.refuse()
    record = steps.locked(act, name)
    if record.status == "upheld":
        raise course.StepOutOfOrder(
            step=Step.SECURED.value, why_zh="案外人异议已经成立", why_en="the outsider's objection was upheld"
        )
    if who not in steps.applicants_of(act, record):
        raise course.NotConcerned(step=Step.SECURED.value, who_zh="申请执行人", who_en="an applicant")
    secured = steps.take(act, record, Step.SECURED, by=who, amount_minor=minor)
    _lift(act, record)
    return secured


@command("enter_judgment", by={Role.PANEL})
def enter_judgment(act: Act, *, objection: str, for_outsider: bool) -> ObjectionRecord:
    """Enter the final judgment on the suit: the thing is the outsider's, or it may be disposed of.

    :raises StepOutOfOrder: when nobody sued, or it was judged already
    """
    checks = Checks()
    name, answer = checks.identifier("objection", objection), checks.truth("for_outsider", for_outsider)
    checks.refuse()
    record = steps.locked(act, name)
    judged = steps.take(act, record, Step.JUDGED, answer=answer)
    if answer:
        for thing in queries.things_of(act.session, record):
            hold = steps.hold_id(record.id, thing, suit=True)
            asset_commands.hold(act.as_platform(), property=thing, reason="outsider_suit", id=f"{hold}J")
    else:
        _lift(act, record)
    return judged


def _lift(act: Act, record: ObjectionRecord) -> None:
    """Lift what the suit, or the upheld objection before it, holds back; a window still running ends by itself."""
    suit = record.status == "rejected"
    known = {
        hold.id
        for thing in queries.things_of(act.session, record)
        for hold in assets.property_record(act.session, thing).holds
    }
    for thing in queries.things_of(act.session, record):
        hold = steps.hold_id(record.id, thing, suit=suit)
        if hold in known:
            asset_commands.lift_hold(act.as_platform(), hold=hold)
