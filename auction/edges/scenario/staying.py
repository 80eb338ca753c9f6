"""Verbs by which a lot stands still, goes on, is taken back or revoked, and by which persons are kept from bidding."""

from __future__ import annotations

from auction.edges.scenario.given import Given
from auction.edges.scenario.stage import Stage
from auction.edges.scenario.verbs import verb
from auction.foundation.kernel.roles import Role
from auction.procedure.bidding import eligibility
from auction.procedure.bidding import stays as bidding
from auction.procedure.cases import payments
from auction.procedure.cases import queries as cases
from auction.procedure.lots import stays as lots
from auction.procedure.lots.queries import LotRecord


@verb("defer")
def defer(stage: Stage, given: Given) -> object:
    """Defer a lot: the administrator for a fault of the platform, else the panel."""
    lot, ground = given.text("lot"), given.text("ground")
    given.done()
    role = Role.ADMINISTRATOR if ground == "platform_fault" else Role.PANEL
    with stage.act(stage.official(role)) as act:
        return _state(bidding.defer(act, lot=lot, ground=ground))


@verb("suspend")
def suspend(stage: Stage, given: Given) -> object:
    """Suspend a lot."""
    lot, ground = given.text("lot"), given.text("ground")
    given.done()
    with stage.act(stage.official(Role.PANEL)) as act:
        return _state(bidding.suspend(act, lot=lot, ground=ground))


@verb("resume")
def resume(stage: Stage, given: Given) -> object:
    """Let a lot that stands still go on."""
    lot = given.text("lot")
    given.done()
    with stage.act(stage.official(Role.PANEL)) as act:
        return _state(bidding.resume(act, lot=lot))


@verb("withdraw")
def withdraw(stage: Stage, given: Given) -> object:
    """Take a lot back."""
    lot, ground = given.text("lot"), given.text("ground")
    given.done()
    with stage.act(stage.official(Role.PANEL)) as act:
        return _state(bidding.withdraw(act, lot=lot, ground=ground))


@verb("revoke")
def revoke(stage: Stage, given: Given) -> object:
    """Revoke a sale."""
    lot, ground = given.text("lot"), given.text("ground")
    given.done()
    with stage.act(stage.official(Role.PANEL)) as act:
        return _state(bidding.revoke(act, lot=lot, ground=ground))


@verb("insist")
def insist(stage: Stage, given: Given) -> object:
    """Ask to go on although nothing may be left; the applicant asks."""
    thing, claim = given.text("property"), given.text("claim")
    given.done()
    with stage.read() as session:
        creditor = cases.creditor_of(session, claim)
    with stage.act(stage.party(creditor) if creditor else stage.official(Role.BIDDER)) as act:
        least = lots.insist(act, property=thing, claim=claim)
    return {"property": thing, "claim": claim, "least_minor": least}


@verb("consent")
def consent(stage: Stage, given: Given) -> object:
    """Agree to something; the person named agrees."""
    case, name, to = given.text("case"), given.text("person"), given.text("to")
    given.done()
    person = stage.person(name)
    with stage.act(stage.party(person)) as act:
        payments.consent(act, case=case, person=person, to=to)
    return {"case": case, "person": name, "to": to}


@verb("record_payment")
def record_payment(stage: Stage, given: Given) -> object:
    """Record a payment into the case account."""
    case, name, amount = given.text("case"), given.text("by"), given.minor("amount_minor")
    given.done()
    person = stage.person(name)
    with stage.act(stage.official(Role.FINANCE)) as act:
        paid = payments.record_payment(act, case=case, by=person, amount_minor=amount)
    return {"case": case, "amount_minor": paid.amount_minor, "outstanding_minor": paid.outstanding_minor}


@verb("declare_ineligible")
def declare_ineligible(stage: Stage, given: Given) -> object:
    """Find that a person may not bid on a lot."""
    name, lot, why = given.text("person"), given.text("lot"), given.text("why")
    given.done()
    person = stage.person(name)
    with stage.act(stage.official(Role.OFFICER)) as act:
        said = eligibility.declare_ineligible(act, person=person, lot=lot, why=why)
    return {"person": name, "lot": lot, "why": said}


@verb("confirm_agent")
def confirm_agent(stage: Stage, given: Given) -> object:
    """Confirm who may bid for whom."""
    lot, bidder, agent = given.text("lot"), given.text("bidder"), given.text("agent")
    given.done()
    whom, who = stage.person(bidder), stage.person(agent)
    with stage.act(stage.official(Role.OFFICER)) as act:
        eligibility.confirm_agent(act, lot=lot, bidder=whom, agent=who)
    return {"lot": lot, "bidder": bidder, "agent": agent}


def _state(record: LotRecord) -> dict[str, object]:
    return {"lot": record.id, "status": record.status, "ends_at": record.ends_at}
