"""Verbs of the distribution: planned, served, paid out."""

from __future__ import annotations

from typing import Any

from auction.edges.scenario.given import Given
from auction.edges.scenario.stage import Stage
from auction.edges.scenario.verbs import verb
from auction.foundation.kernel.roles import Role
from auction.procedure.cases import bankruptcy
from auction.procedure.cases.bankruptcy import ReferenceRecord
from auction.procedure.distribution import commands as distribution
from auction.procedure.distribution import disputes, judgments, participation
from auction.procedure.distribution import queries as plans
from auction.procedure.distribution.queries import ObjectionRecord, PlanRecord


@verb("plan_distribution")
def plan_distribution(stage: Stage, given: Given) -> object:
    """Draw up the plan for the money that is there."""
    case, fee = given.text("case"), given.truth("enforcement_fee")
    until: Any = given.plain("interest_until")  # the command judges what it is
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        distribution.plan_distribution(act, case=case, enforcement_fee=fee, interest_until=until)
    return _plan(stage, case)


@verb("serve_plan")
def serve_plan(stage: Stage, given: Given) -> object:
    """Serve the plan on creditors and debtor."""
    case = given.text("case")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        distribution.serve_plan(act, case=case)
    return _plan(stage, case)


@verb("object_to_plan")
def object_to_plan(stage: Stage, given: Given) -> object:
    """Dispute a part of a claim's share in the plan; a party acts."""
    case, by, claim = given.text("case"), given.text("by"), given.text_or_none("claim")
    amount = given.minor_or_none("amount_minor")
    given.done()
    person = stage.person(by)
    with stage.act(stage.party(person)) as act:
        disputes.object_to_plan(act, case=case, by=person, claim=claim, amount_minor=amount)
    return _plan(stage, case)


@verb("oppose")
def oppose(stage: Stage, given: Given) -> object:
    """Oppose the others' objections to the plan; a party acts."""
    case, by, claim = given.text("case"), given.text("by"), given.text_or_none("claim")
    given.has("amount_minor")
    given.done()
    person = stage.person(by)
    with stage.act(stage.party(person)) as act:
        disputes.oppose(act, case=case, by=person, claim=claim)
    return _plan(stage, case)


@verb("sue")
def sue(stage: Stage, given: Given) -> object:
    """Sue over what was opposed; the objector acts."""
    case, by, claim = given.text("case"), given.text("by"), given.text_or_none("claim")
    given.has("amount_minor")
    given.done()
    person = stage.person(by)
    with stage.act(stage.party(person)) as act:
        disputes.sue(act, case=case, by=person, claim=claim)
    return _plan(stage, case)


@verb("pay_out")
def pay_out(stage: Stage, given: Given) -> object:
    """Pay the plan: finance proposes, and as a second person the head of bureau releases."""
    case, claim = given.text("case"), given.text_or_none("claim")
    given.done()
    with stage.act(stage.official(Role.FINANCE)) as act:
        distribution.pay_out(act, case=case, claim=claim)
    with stage.act(stage.second_person(Role.HEAD)) as act:
        distribution.release_payout(act, case=case)
    stage.settle()
    return _plan(stage, case)


@verb("join_distribution")
def join_distribution(stage: Stage, given: Given) -> object:
    """Let other creditors take part in the distribution."""
    case, claims = given.text("case"), given.objects("claims")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        record = participation.join_distribution(act, case=case, claims=claims)
    for claim in record.claims:
        stage.call(claim.creditor_person, claim.id)
    return {"case": record.id, "claimed_minor": record.claimed_minor, "claims": [one.id for one in record.claims]}


@verb("settle_suit")
def settle_suit(stage: Stage, given: Given) -> object:
    """Record the judgment over a share that is kept in escrow."""
    case, claim, amount = given.text("case"), given.text("claim"), given.minor("amount_minor", least=0)
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        judgments.settle_suit(act, case=case, claim=claim, amount_minor=amount)
    return _plan(stage, case)


@verb("refer_bankruptcy")
def refer_bankruptcy(stage: Stage, given: Given) -> object:
    """Send the case to the bankruptcy court."""
    case, by = given.text("case"), given.text("by")
    given.done()
    person = stage.person(by)
    with stage.act(stage.official(Role.PANEL)) as act:
        record = bankruptcy.refer_bankruptcy(act, case=case, by=person)
    stage.settle()
    return _reference(record)


@verb("answer_bankruptcy")
def answer_bankruptcy(stage: Stage, given: Given) -> object:
    """Record what the bankruptcy court answered."""
    case, accepted = given.text("case"), given.answer("accepted")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        record = bankruptcy.answer_bankruptcy(act, case=case, accepted=accepted)
    stage.settle()
    return _reference(record)


def _reference(record: ReferenceRecord) -> dict[str, object]:
    return {
        "case": record.case,
        "referred_at": record.referred_at,
        "reply_by": record.reply_by,
        "answered_at": record.answered_at,
        "accepted": record.accepted,
    }


def _plan(stage: Stage, case: str) -> dict[str, object]:
    with stage.read() as session:
        found = plans.plan(session, case=case)
        open_ones = plans.objections(session, plan=found.id) if found else []
    assert found is not None  # noqa: S101 - the command before has drawn it up
    return _record(found) | {"objections": [_objection(stage, one) for one in open_ones]}


def _record(record: PlanRecord) -> dict[str, object]:
    return {
        "case": record.case,
        "status": record.status.value,
        "lines": record.lines_json(),
        "surplus_minor": record.surplus_minor,
        "total_minor": record.total_minor,
        "paid_minor": record.paid_minor,
        "escrow_minor": record.escrow_minor,
        "objection_until": record.objection_until,
    }


def _objection(stage: Stage, record: ObjectionRecord) -> dict[str, object]:
    found = record.objection
    return {
        "by": stage.name_of(record.objector),
        "claim": found.claim,
        "amount_minor": found.amount_minor,
        "status": found.stand(stage.now).value,
        "opposition_until": found.opposition_until,
        "suit_until": found.suit_until,
    }
