"""Who may bid, and for whom: persons the law keeps away, buyers who defaulted, agents the court has confirmed."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.roles import Role
from auction.procedure.bidding import queries, rules
from auction.procedure.bidding.models import BarredBuyer, Bidding, ConfirmedAgent, IneligiblePerson, Registration
from auction.procedure.identity import queries as identity
from auction.procedure.inputs import Checks
from auction.procedure.lots import queries as lots
from auction.procedure.lots.queries import LotRecord

_STAFF = frozenset({Role.OFFICER, Role.PANEL, Role.FINANCE, Role.HEAD, Role.SUPERVISOR, Role.ADMINISTRATOR})
_STAFF_WHY = "法院、平台及辅助机构的工作人员不得竞买 / court and platform staff may not bid"
#: The state of a registration whose person turned out not to be allowed to bid.
EXCLUDED = "excluded"


@command("declare_ineligible", by={Role.OFFICER})
def declare_ineligible(act: Act, *, person: str, lot: str, why: str) -> str:
    """Record that a person may not bid on a lot nor have others bid for him; return the reason (article 34).

    Who is registered already bids no more, and his deposit goes back with the losers'; a bid made stays made, and
    when it won, the ruling is refused.
    """
    checks = Checks()
    who, wanted = checks.identifier("person", person), checks.identifier("lot", lot)
    said = checks.text("why", why)
    checks.refuse()
    found = lots.lot(act.session, wanted)
    identity.person(act.session, who)
    lock(act, f"lot:{wanted}")
    added = act.session.scalar(
        upsert(IneligiblePerson)
        .values(lot_id=wanted, person_id=who, why=said, declared_at=act.now)
        .on_conflict_do_nothing()
        .returning(IneligiblePerson.lot_id)
    )
    if added is None:
        return ineligible_because(act.session, lot=wanted, person=who) or said
    registration = queries.registration_of(act.session, lot=wanted, person=who)
    if registration is not None and found.outcome is None:
        act.session.execute(update(Registration).where(Registration.id == registration.id).values(status=EXCLUDED))
    code = registration.code if registration else None
    append(act, f"lot:{wanted}", "registration.ineligible", {"code": code}, seal={"person": who, "why": said})
    return said


@command("confirm_agent", by={Role.OFFICER})
def confirm_agent(act: Act, *, lot: str, bidder: str, agent: str) -> None:
    """Confirm, before bidding begins, that an agent may bid for a bidder on a lot; again changes nothing (article 14).

    :raises AgentNotConfirmed: once bidding has begun, or the lot is over
    :raises Ineligible: Barred: an agent who may not bid himself
    """
    checks = Checks()
    wanted = checks.identifier("lot", lot)
    whom, who = checks.identifier("bidder", bidder), checks.identifier("agent", agent)
    if whom == who:
        checks.wrong("agent", "不能是竞买人本人 / must be somebody else than the bidder")
    checks.refuse()
    identity.person(act.session, whom)
    identity.person(act.session, who)
    lock(act, f"lot:{wanted}")
    found = lots.lot(act.session, wanted)
    begun = act.session.get(Bidding, wanted) is not None or (found.status == "announced" and act.now >= found.opens_at)
    if begun or found.status in {"closed", "withdrawn", "revoked"}:
        raise rules.AgentNotConfirmed
    refuse_unfit(act.session, lot=found, person=who)
    added = act.session.scalar(
        upsert(ConfirmedAgent)
        .values(lot_id=wanted, bidder_person_id=whom, agent_person_id=who, confirmed_at=act.now)
        .on_conflict_do_nothing()
        .returning(ConfirmedAgent.lot_id)
    )
    if added is not None:
        append(act, f"lot:{wanted}", "registration.agent_confirmed", {}, seal={"bidder": whom, "agent": who})


@command("bar_buyer", by=())
def bar_buyer(act: Act, *, lot: str, person: str) -> None:
    """Keep a buyer who defaulted on a lot away from every later auction of its things (article 24)."""
    rows = [
        {"property_id": thing, "person_id": person, "lot_id": lot, "since": act.now}
        for thing in lots.lot(act.session, lot).properties
    ]
    act.session.execute(upsert(BarredBuyer).values(rows).on_conflict_do_nothing())


def refuse_unfit(session: Session, *, lot: LotRecord, person: str) -> None:
    """Refuse a person the law keeps away from a lot (articles 34 and 24).

    :raises Ineligible: Barred: in this order
    """
    account = identity.account_of_person(session, person)
    if account is not None and account.roles & _STAFF:
        raise rules.Ineligible(why=_STAFF_WHY)
    why = ineligible_because(session, lot=lot.id, person=person)
    if why is not None:
        raise rules.Ineligible(why=why)
    if person in barred(session, lot=lot):
        raise rules.Barred


def ineligible_because(session: Session, *, lot: str, person: str) -> str | None:
    """Return why the court has found a person not allowed to bid on a lot, or None."""
    row = session.get(IneligiblePerson, (lot, person))
    return row.why if row else None


def barred(session: Session, *, lot: LotRecord) -> set[str]:
    """Return the persons who defaulted on a thing of a lot before."""
    query = select(BarredBuyer.person_id).where(
        BarredBuyer.property_id.in_(lot.properties), BarredBuyer.lot_id != lot.id
    )
    return set(session.scalars(query))


def may_act_for(session: Session, *, lot: str, bidder: str, agent: str) -> bool:
    """Say whether the court has confirmed an agent of a bidder on a lot."""
    return session.get(ConfirmedAgent, (lot, bidder, agent)) is not None
