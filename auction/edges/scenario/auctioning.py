"""Verbs of the auction itself: registered, admitted, bid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import count

from auction.edges.scenario.given import Given
from auction.edges.scenario.stage import Stage
from auction.edges.scenario.verbs import verb
from auction.edges.stories.instants import instant
from auction.foundation.kernel.refusal import InputMalformed, NotFound
from auction.foundation.kernel.roles import Role
from auction.procedure.bidding import commands as bidding
from auction.procedure.bidding import corrections, joint, undertakings
from auction.procedure.bidding import queries as registrations
from auction.procedure.bidding.offers import Offer
from auction.procedure.deposits import commands as deposits
from auction.procedure.deposits import exempt
from auction.procedure.lots import queries as lots

_NUMBERS = count(1)
#: What a bidder may declare of himself, as the file says it.
_DECLARATIONS = {"unconnected": undertakings.UNCONNECTED, "qualified": undertakings.QUALIFIED}


@verb("register")
def register(stage: Stage, given: Given) -> object:
    """Register a bidder on a lot."""
    lot, bidder = given.text("lot"), given.text("bidder")
    as_priority, claim = given.truth("as_priority"), given.text_or_none("creditor_claim")
    agent = given.text_or_none("agent")
    declares = {key: given.plain(name) for name, key in _DECLARATIONS.items() if given.has(name)}
    jointly = given.objects("jointly")
    given.done()
    person = stage.person(bidder)
    through = stage.person(agent) if agent else None
    together = [_with_person(stage, one) for one in jointly]
    with stage.act(stage.party(person)) as act:
        made = bidding.register(
            act, lot=lot, person=person, as_priority=as_priority, agent=through, creditor_claim=claim,
            jointly=together, declares=declares,
        )  # fmt: skip
        made = exempt.admitted_if_exempt(act, made=made)
    return {
        "lot": made.lot,
        "bidder": bidder,
        "code": made.code,
        "deposit_due_minor": made.deposit_due_minor,
        "status": made.status,
        "rank": made.rank,
        "agent": agent,
    }


def _with_person(stage: Stage, entry: Mapping[str, object]) -> dict[str, object]:
    name = entry.get("person")
    return {**entry, "person": stage.person(name)} if isinstance(name, str) and name.strip() else dict(entry)


@verb("confirm_joint")
def confirm_joint(stage: Stage, given: Given) -> object:
    """Confirm who buys together with a bidder."""
    lot, bidder = given.text("lot"), given.text("bidder")
    jointly = given.objects("jointly")
    given.done()
    whom = stage.person(bidder)
    together = [_with_person(stage, one) for one in jointly]
    with stage.act(stage.official(Role.OFFICER)) as act:
        group = joint.confirm_joint(act, lot=lot, bidder=whom, jointly=together)
    return {"lot": lot, "jointly": [{"person": stage.name_of(one.person), "share": one.share} for one in group]}


@verb("read_corrections")
def read_corrections(stage: Stage, given: Given) -> object:
    """Confirm that one has seen what was corrected."""
    lot, bidder = given.text("lot"), given.text("bidder")
    given.done()
    person = stage.person(bidder)
    with stage.act(stage.party(person)) as act:
        seen = corrections.read_corrections(act, lot=lot, person=person)
    return {"lot": lot, "bidder": bidder, "corrections": seen}


@verb("undertake")
def undertake(stage: Stage, given: Given) -> object:
    """Undertake to be qualified to buy a home."""
    lot, name = given.text("lot"), given.text("person")
    given.done()
    person = stage.person(name)
    with stage.act(stage.party(person)) as act:
        undertakings.undertake(act, lot=lot, person=person)
    return {"lot": lot, "person": name}


@verb("pay_deposit")
def pay_deposit(stage: Stage, given: Given) -> object:
    """Pay the deposit due on a bidder's registration."""
    lot, bidder, amount = given.text("lot"), given.text("bidder"), given.minor("amount_minor", least=0)
    given.done()
    person = stage.person(bidder)
    with stage.read() as session:
        lots.lot(session, lot)
        made = registrations.registration_of(session, lot=lot, person=person)
    if made is None:
        raise InputMalformed(errors={"bidder": f"未报名 / has not registered: {bidder}"})
    with stage.act(stage.party(person)) as act:
        paid = deposits.pay_deposit(act, lot=lot, registration=made.id, amount_minor=amount)
    stage.settle()
    with stage.read() as session:
        status = registrations.registration(session, made.id).status
    return {"lot": lot, "bidder": bidder, "due_minor": paid.due_minor, "status": status}


def _arrival(stage: Stage, given: Given, until: datetime) -> datetime | None:
    """Return when a bid arrived, where it stood in the queue at its lot's end: the close waits for it."""
    lot, received = given.text("lot"), instant(given.plain("received_at"))
    if received is None or received > until:
        return None
    if received > stage.now:
        stage.fall_due(until=received)
    with stage.read() as session:
        try:
            found = lots.lot(session, lot)
        except NotFound:
            return None
    return received if found.status == "open" and received < found.ends_at else None


@verb("bid", arrival=_arrival)
def bid(stage: Stage, given: Given) -> object:
    """Place a bid."""
    lot, bidder, amount = given.text("lot"), given.text("bidder"), given.minor("amount_minor")
    received, bid_id = given.instant_or_none("received_at"), given.text_or_none("bid_id")
    given.done()
    if received is not None and received > stage.now:
        raise InputMalformed(errors={"received_at": "晚于本步骤时刻 / lies after the step's instant"})
    person = stage.person(bidder)
    offer = Offer(
        person=person,
        amount_minor=amount,
        bid_id=bid_id or f"scenario-{next(_NUMBERS)}",
        received_at=received or stage.now,
    )
    with stage.act(stage.party(person)) as act:
        receipt = bidding.bid(act, lot=lot, offer=offer)
    # A refusal after admission is entered in the docket, so it is raised only when its entry is kept.
    if receipt.refusal is not None:
        raise receipt.refusal
    return {
        "lot": lot,
        "seq": receipt.seq,
        "leader": bidder,
        "price_minor": receipt.amount_minor,
        "ends_at": receipt.ends_at,
        "extended": receipt.extended,
        "received_at": receipt.received_at,
        "bid_id": receipt.bid_id,
        "repeated": receipt.repeated,
    }
