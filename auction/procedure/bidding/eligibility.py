"""Who may bid, and for whom: persons the law keeps away, buyers who defaulted, agents the court has confirmed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.roles import Role
from auction.procedure.bidding import queries, registering
from auction.procedure.bidding.models import (
    BarredBuyer,
    Bidding,
    ConfirmedAgent,
    IneligiblePerson,
    JointBidder,
    Registration,
    ReminderAcceptance,
)
from auction.procedure.bidding.queries import RegistrationRecord
from auction.procedure.identity import queries as identity
from auction.procedure.inputs import Checks
from auction.procedure.lots import queries as lots
from auction.procedure.lots.queries import LotRecord
from auction.rulebook.carried import carries_out

_STAFF = frozenset({Role.OFFICER, Role.PANEL, Role.FINANCE, Role.HEAD, Role.SUPERVISOR, Role.ADMINISTRATOR})
_STAFF_WHY = "法院、平台及辅助机构的工作人员不得竞买 / court and platform staff may not bid"
#: The state of a registration whose person turned out not to be allowed to bid.
EXCLUDED = "excluded"
#: The undertaking of who would buy a home under purchase limits.
QUALIFIED = "purchase_qualification"
UNQUALIFIED_WHY = "本拍品限购，未承诺具备购房资格 / purchase limits apply and no qualification was undertaken"


@carries_out("auction.ineligible", "auction.staff_may_not_buy", seen_in=("registration.ineligible",))
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
    registration = _standing_for(act.session, lot=wanted, person=who)
    if registration is not None and found.outcome is None:
        act.session.execute(update(Registration).where(Registration.id == registration.id).values(status=EXCLUDED))
    code = registration.code if registration else None
    # Neither the code nor whether there is one: the officer knows the person, and would know the bidder (article 18).
    append(act, f"lot:{wanted}", "registration.ineligible", {}, seal={"person": who, "code": code, "why": said})
    return said


@carries_out("auction.agent_confirmed", seen_in=("registration.agent_confirmed",))
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
    if bidding_begun(act.session, lot=found, now=act.now):
        raise registering.AgentNotConfirmed
    refuse_unfit(act.session, lot=found, person=who)
    added = act.session.scalar(
        upsert(ConfirmedAgent)
        .values(lot_id=wanted, bidder_person_id=whom, agent_person_id=who, confirmed_at=act.now)
        .on_conflict_do_nothing()
        .returning(ConfirmedAgent.lot_id)
    )
    if added is not None:
        append(act, f"lot:{wanted}", "registration.agent_confirmed", {}, seal={"bidder": whom, "agent": who})


@carries_out("auction.default_bars")
@command("bar_buyer", by=())
def bar_buyer(act: Act, *, lot: str, person: str) -> None:
    """Keep a buyer who defaulted on a lot, and who bought with him, from every later auction of its things (第24条)."""
    rows = [
        {"property_id": thing, "person_id": who, "lot_id": lot, "since": act.now}
        for thing in lots.lot(act.session, lot).properties
        for who in members(act.session, lot=lot, person=person)
    ]
    act.session.execute(upsert(BarredBuyer).values(rows).on_conflict_do_nothing())


@command("lift_bar", by=())
def lift_bar(act: Act, *, lot: str, person: str) -> None:
    """Let a buyer bid again for the things of a lot on which he defaulted: its sale was revoked (article 31)."""
    freed = members(act.session, lot=lot, person=person)
    act.session.execute(delete(BarredBuyer).where(BarredBuyer.lot_id == lot, BarredBuyer.person_id.in_(freed)))


def refuse_unfit(session: Session, *, lot: LotRecord, person: str) -> None:
    """Refuse a person the law keeps away from a lot (articles 34 and 24).

    :raises Ineligible: Barred: in this order
    """
    account = identity.account_of_person(session, person)
    if account is not None and account.roles & _STAFF:
        raise registering.Ineligible(why=_STAFF_WHY)
    why = _found_because(session, lot=lot.id, persons=[person])
    if why is not None:
        raise registering.Ineligible(why=why)
    if person in barred(session, lot=lot):
        raise registering.Barred


def ineligible_because(session: Session, *, lot: str, person: str) -> str | None:
    """Return why a person may not have a lot's things, or None: what the court found of him or of who bids with him.

    A home under purchase limits is only for who undertook that he may buy it, in kind too (法释〔2021〕18号 第3、5条).
    """
    why = _found_because(session, lot=lot, persons=members(session, lot=lot, person=person))
    if why is not None:
        return why
    found = lots.lot(session, lot)
    if not found.conditions.purchase_limited or undertook(session, lot=lot, person=person):
        return None
    return UNQUALIFIED_WHY


def undertook(session: Session, *, lot: str, person: str) -> bool:
    """Say whether a person undertook to be qualified to buy the homes of a lot."""
    return session.get(ReminderAcceptance, (lot, person, QUALIFIED)) is not None


def members(session: Session, *, lot: str, person: str) -> tuple[str, ...]:
    """Return the persons in whose names a registered person bids: himself, or his whole group."""
    joint = session.scalars(
        select(JointBidder.person_id)
        .join(
            Registration,
            (Registration.lot_id == JointBidder.lot_id) & (Registration.person_id == JointBidder.bidder_person_id),
        )
        .where(JointBidder.lot_id == lot, JointBidder.bidder_person_id == person, Registration.joint)
        .order_by(JointBidder.person_id)
    ).all()
    return tuple(joint) or (person,)


def bidding_begun(session: Session, *, lot: LotRecord, now: datetime) -> bool:
    """Say whether it is too late for what the court confirms before bidding begins (article 14)."""
    begun = session.get(Bidding, lot.id) is not None or (lot.status == "announced" and now >= lot.opens_at)
    return begun or lot.status in {"closed", "withdrawn", "revoked"}


def _standing_for(session: Session, *, lot: str, person: str) -> RegistrationRecord | None:
    """Return the registration under which a person takes part in a lot: his own, or that of his group."""
    own = queries.registration_of(session, lot=lot, person=person)
    if own is not None:
        return own
    bidder = session.scalars(
        select(JointBidder.bidder_person_id)
        .join(
            Registration,
            (Registration.lot_id == JointBidder.lot_id) & (Registration.person_id == JointBidder.bidder_person_id),
        )
        .where(JointBidder.lot_id == lot, JointBidder.person_id == person, Registration.joint)
    ).first()
    return queries.registration_of(session, lot=lot, person=bidder) if bidder else None


def _found_because(session: Session, *, lot: str, persons: Collection[str]) -> str | None:
    query = select(IneligiblePerson.why).where(IneligiblePerson.lot_id == lot, IneligiblePerson.person_id.in_(persons))
    return session.scalars(query.order_by(IneligiblePerson.declared_at)).first()


def barred(session: Session, *, lot: LotRecord) -> set[str]:
    """Return the persons who defaulted on a thing of a lot before."""
    query = select(BarredBuyer.person_id).where(
        BarredBuyer.property_id.in_(lot.properties), BarredBuyer.lot_id != lot.id
    )
    return set(session.scalars(query))


def may_act_for(session: Session, *, lot: str, bidder: str, agent: str) -> bool:
    """Say whether the court has confirmed an agent of a bidder on a lot."""
    return session.get(ConfirmedAgent, (lot, bidder, agent)) is not None
