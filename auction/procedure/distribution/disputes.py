"""The parties' verbs on a served plan: object, oppose, sue; each within fifteen days (法释〔2015〕5号 第509条)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.calendar import day_of, in_shanghai, within_days
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import InputMalformed, NotFound
from auction.foundation.kernel.roles import Role
from auction.procedure.cases import queries as cases
from auction.procedure.cases.queries import CaseRecord
from auction.procedure.distribution import disputed, queries, refusals
from auction.procedure.distribution.models import Plan, PlanObjection
from auction.procedure.distribution.queries import PlanRecord
from auction.procedure.distribution.refusals import PlanStatus
from auction.procedure.inputs import Checks
from auction.rulebook import rulebook
from auction.rulebook.numbers import DistributionNumbers


@command("object_to_plan", by={Role.BIDDER})
def object_to_plan(
    act: Act, *, case: str, by: str, claim: str | None = None, amount_minor: int | None = None
) -> PlanRecord:
    """Dispute a part of a claim's share, its whole share where no amount is given; the others may oppose.

    :param by: the person who objects
    :param claim: whose share; every other creditor's where none is named
    :raises PlanNotServed: PlanOpen's kin, before service
    :raises DisputeTooLate: after the fifteen days from service
    :raises NotPartyToPlan: for who is neither creditor nor debtor
    """
    checks = Checks()
    who, named = checks.identifier("by", by), checks.text_or_none("claim", claim)
    asked = None if amount_minor is None else checks.minor("amount_minor", amount_minor)
    if named is None and asked is not None:
        checks.wrong("amount_minor", "请指明债权 / name the claim it is a part of")
    checks.refuse()
    row = _served(act, case)
    record = cases.case(act.session, row.case_id)
    _party(act, record, who)
    if row.objection_until is None or row.status == PlanStatus.DRAFTED.value:
        raise refusals.PlanNotServed
    if row.basis != "order" or act.now > row.objection_until or row.status != PlanStatus.SERVED.value:
        raise refusals.DisputeTooLate(until=in_shanghai(row.objection_until))
    until = within_days(act.now, _numbers(row).counter_objection_days)
    disputes = _disputed(row, record, by=who, claim=named, asked=asked)
    act.session.add_all(
        PlanObjection(
            id=new_id("objection"), plan_id=row.id, objector_person_id=who, claim_id=one, amount_minor=amount,
            raised_at=act.now, opposition_until=until,
        )
        for one, amount in disputes.items()
    )  # fmt: skip
    public = {
        "claims": [{"claim": one, "amount_minor": amount} for one, amount in disputes.items()],
        "opposition_until": instant_text(until),
    }
    return _entered(act, row, kind="plan.objected", public=public, by=who)


def _disputed(row: Plan, record: CaseRecord, *, by: str, claim: str | None, asked: int | None) -> dict[str, int]:
    """Return what is disputed of each claim's share; never of one's own.

    :raises InputMalformed: for a share that is not there, or is smaller, or is the objector's own
    """
    lines = [queries.line_of(one) for one in row.lines]
    own = {one.id for one in record.claims if one.creditor_person == by}
    known = {one.id for one in record.claims}
    named = [claim] if claim else [one.to for one in lines if one.to in known and one.to not in own]
    shares = {one: disputed.share_of(lines, claim=one) for one in named}
    small = {one: share for one, share in shares.items() if share == 0 or (asked or 0) > share}
    if small or not shares:
        said = "、".join(f"{one}: {share}" for one, share in small.items()) or "0"
        raise InputMalformed(errors={"amount_minor": f"该债权所得份额为 {said} / the share is {said}"})
    if claim in own:
        raise InputMalformed(errors={"claim": "不能对自己的份额提出 / not one's own share"})
    return {one: asked or share for one, share in shares.items()}


@command("oppose", by={Role.BIDDER})
def oppose(act: Act, *, case: str, by: str, claim: str | None = None) -> PlanRecord:
    """Oppose the others' objections, or only those against one claim; each objector may then sue.

    :raises NothingToAnswer: when there is none of somebody else
    :raises DisputeTooLate: after the fifteen days from the objection
    """
    checks = Checks()
    who, named = checks.identifier("by", by), checks.text_or_none("claim", claim)
    checks.refuse()
    row = _served(act, case)
    _party(act, cases.case(act.session, row.case_id), who)
    open_ones = [
        one
        for one in _objections(act, row)
        if one.opposed_at is None and one.objector_person_id != who and named in {None, one.claim_id}
    ]
    if not open_ones:
        raise refusals.NothingToAnswer
    in_time = [one for one in open_ones if act.now <= one.opposition_until]
    if not in_time:
        raise refusals.DisputeTooLate(until=in_shanghai(max(one.opposition_until for one in open_ones)))
    until = within_days(act.now, _numbers(row).plan_lawsuit_days)
    for one in in_time:
        one.opposed_by, one.opposed_at, one.suit_until = who, act.now, until
    public = {"claims": sorted({one.claim_id for one in in_time}), "suit_until": instant_text(until)}
    return _entered(act, row, kind="plan.opposed", public=public, by=who)


@command("sue", by={Role.BIDDER})
def sue(act: Act, *, case: str, by: str, claim: str | None = None) -> PlanRecord:
    """Record the objector's suit over what was opposed: the disputed part is kept in escrow, the rest may be paid.

    :raises NothingToAnswer: when none of his objections was opposed
    :raises DisputeTooLate: after the fifteen days from the opposition
    """
    checks = Checks()
    who, named = checks.identifier("by", by), checks.text_or_none("claim", claim)
    checks.refuse()
    row = _served(act, case)
    _party(act, cases.case(act.session, row.case_id), who)
    own = [
        (one, one.suit_until)
        for one in _objections(act, row)
        if one.objector_person_id == who and one.sued_at is None and named in {None, one.claim_id}
    ]
    opposed = [(one, until) for one, until in own if until is not None]
    if not opposed:
        raise refusals.NothingToAnswer
    in_time = [one for one, until in opposed if act.now <= until]
    if not in_time:
        raise refusals.DisputeTooLate(until=in_shanghai(max(until for _, until in opposed)))
    for one in in_time:
        one.sued_at = act.now
    public = {"claims": sorted({one.claim_id for one in in_time})}
    return _entered(act, row, kind="plan.sued", public=public, by=who)


def _served(act: Act, case: str) -> Plan:
    """Lock the case and return its newest plan.

    :raises NotFound: when it has none
    """
    checks = Checks()
    wanted = checks.identifier("case", case)
    checks.refuse()
    lock(act, f"case:{wanted}")
    query = select(Plan).where(Plan.case_id == wanted).order_by(Plan.drafted_at.desc(), Plan.id.desc()).limit(1)
    row = act.session.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound(what="plan", name=wanted)
    return row


def _party(act: Act, case: CaseRecord, person: str) -> None:
    if person not in {case.debtor.person, *(one.creditor_person for one in case.claims)}:
        raise refusals.NotPartyToPlan
    if act.actor is not None and not act.actor.has(Role.PLATFORM) and act.actor.person != person:
        raise refusals.NotPartyToPlan


def _objections(act: Act, row: Plan) -> list[PlanObjection]:
    query = select(PlanObjection).where(PlanObjection.plan_id == row.id).order_by(PlanObjection.raised_at)
    return list(act.session.scalars(query.with_for_update().execution_options(populate_existing=True)))


def _numbers(row: Plan) -> DistributionNumbers:
    return rulebook().on(day_of(row.served_at or row.drafted_at)).distribution


def _entered(act: Act, row: Plan, *, kind: str, public: Mapping[str, object], by: str) -> PlanRecord:
    act.session.flush()
    append(act, f"case:{row.case_id}", kind, {"plan": row.id, **public}, seal={"by": by})
    return queries.plan_record(act.session, row)
