"""Buying together: the group the court has confirmed before bidding begins, under one code, in shares that make one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.roles import Role
from auction.procedure.bidding import eligibility, queries
from auction.procedure.bidding.models import JointBidder, Registration
from auction.procedure.bidding.shares import JointMember, JointNotConfirmed, Shares, read_shares
from auction.procedure.identity import queries as identity
from auction.procedure.inputs import Checks
from auction.procedure.lots import queries as lots


@dataclass(frozen=True, slots=True)
class JointBuyer:
    """One of those who buy together, with the share he gets as it stands in the title."""

    person: str
    share: str


@command("confirm_joint", by={Role.OFFICER})
def confirm_joint(
    act: Act, *, lot: str, bidder: str, jointly: Sequence[Mapping[str, object]]
) -> tuple[JointBuyer, ...]:
    """Confirm, before bidding begins, who buys together with a bidder and for which shares; again, it is replaced.

    :raises JointNotConfirmed: once bidding has begun, or the lot is over
    :raises SharesNotWhole: when the shares do not make one
    :raises Ineligible: Barred: one who may not bid himself
    :raises JointMember: when one of them takes part already, or the group has registered
    """
    checks = Checks()
    wanted, whom = checks.identifier("lot", lot), checks.identifier("bidder", bidder)
    checks.refuse()
    shares = read_shares(jointly, bidder=whom)
    for person, _ in shares:
        identity.person(act.session, person)
    lock(act, f"lot:{wanted}")
    found = lots.lot(act.session, wanted)
    if eligibility.bidding_begun(act.session, lot=found, now=act.now):
        raise JointNotConfirmed
    for person, _ in shares:
        eligibility.refuse_unfit(act.session, lot=found, person=person)
        refuse_taken(act.session, lot=wanted, person=person, bidder=whom)
    if queries.registration_of(act.session, lot=wanted, person=whom) is not None:
        raise JointMember
    before = group(act.session, lot=wanted, bidder=whom)
    named = tuple(JointBuyer(person=person, share=_text(shares, person)) for person, _ in shares)
    if {(one.person, one.share) for one in before} == {(one.person, one.share) for one in named}:
        return before
    act.session.execute(delete(JointBidder).where(JointBidder.lot_id == wanted, JointBidder.bidder_person_id == whom))
    act.session.add_all(
        [
            JointBidder(
                lot_id=wanted, bidder_person_id=whom, person_id=one.person, share=one.share, confirmed_at=act.now
            )
            for one in named
        ]
    )
    act.session.flush()
    sealed = {"bidder": whom, "jointly": [{"person": one.person, "share": one.share} for one in named]}
    append(act, f"lot:{wanted}", "registration.joint_confirmed", {}, seal=sealed)
    return group(act.session, lot=wanted, bidder=whom)


def group(session: Session, *, lot: str, bidder: str) -> tuple[JointBuyer, ...]:
    """Return whom the court has confirmed to buy together with a bidder, himself among them; nobody when alone."""
    rows = session.scalars(
        select(JointBidder)
        .where(JointBidder.lot_id == lot, JointBidder.bidder_person_id == bidder)
        .order_by(JointBidder.person_id)
    )
    return tuple(JointBuyer(person=row.person_id, share=row.share) for row in rows)


def as_named(session: Session, *, lot: str, bidder: str) -> list[dict[str, object]]:
    """Return the confirmed group in the form in which a registration names it.

    :raises JointNotConfirmed: when the court has confirmed nobody to buy with the bidder
    """
    confirmed = group(session, lot=lot, bidder=bidder)
    if not confirmed:
        raise JointNotConfirmed
    return [{"person": one.person, "share": one.share} for one in confirmed]


def buyers(session: Session, *, lot: str, person: str) -> tuple[JointBuyer, ...]:
    """Return all in whose names a registered person bids: himself for the whole, or the group with its shares.

    Confirmation, ruling and title name every one of them (法释〔2016〕18号 第22条).
    """
    members = eligibility.members(session, lot=lot, person=person)
    if members == (person,):
        return (JointBuyer(person=person, share="1/1"),)
    return group(session, lot=lot, bidder=person)


def named_buyers(session: Session, *, lot: str, person: str) -> list[dict[str, str]]:
    """Return name and share of each in whose name a registered person bids: what confirmation and ruling publish."""
    together = buyers(session, lot=lot, person=person)
    return [{"name": identity.person(session, one.person).name, "share": one.share} for one in together]


def named_buyers_of(session: Session, *, bidders: Mapping[str, str]) -> dict[str, list[dict[str, str]]]:
    """Return the same for the buyers of several lots, each told by his lot, with two statements."""
    shares = {lot: {person: "1/1"} for lot, person in bidders.items()}
    for lot, group in groupby(_joint_of(session, bidders), key=lambda row: row.lot_id):
        shares[lot] = {row.person_id: row.share for row in group}
    found = identity.persons(session, ids=sorted({one for of_lot in shares.values() for one in of_lot}))
    return {
        lot: [{"name": found[person].name, "share": share} for person, share in of_lot.items()]
        for lot, of_lot in shares.items()
    }


def _joint_of(session: Session, bidders: Mapping[str, str]) -> Sequence[JointBidder]:
    """Return the rows of the groups that registered under these bidders, by lot."""
    registered = (Registration.lot_id == JointBidder.lot_id) & (Registration.person_id == JointBidder.bidder_person_id)
    query = select(JointBidder).join(Registration, registered).where(JointBidder.lot_id.in_(bidders))
    rows = session.scalars(query.where(Registration.joint).order_by(JointBidder.lot_id, JointBidder.person_id))
    return [row for row in rows if row.bidder_person_id == bidders[row.lot_id]]


def names(session: Session, *, lot: str, person: str) -> str:
    """Return the buyers as a page says them: one name, or each name with its share."""
    named = named_buyers(session, lot=lot, person=person)
    if len(named) == 1:
        return named[0]["name"]
    return "、".join(f"{one['name']} {one['share']}" for one in named)


def check_group(
    session: Session, *, lot: str, bidder: str, jointly: Sequence[Mapping[str, object]]
) -> tuple[JointBuyer, ...]:
    """Return the confirmed group when it is exactly the one named.

    :raises SharesNotWhole: JointNotConfirmed, JointMember: in this order
    """
    shares = read_shares(jointly, bidder=bidder)
    confirmed = group(session, lot=lot, bidder=bidder)
    if {(one.person, one.share) for one in confirmed} != {(who, _text(shares, who)) for who, _ in shares}:
        raise JointNotConfirmed
    for one in confirmed:
        refuse_taken(session, lot=lot, person=one.person, bidder=bidder)
    return confirmed


def refuse_taken(session: Session, *, lot: str, person: str, bidder: str) -> None:
    """Refuse who takes part in a lot already under another code: by himself, or in a group that has registered.

    :raises JointMember: naming nobody
    """
    if person != bidder and queries.registration_of(session, lot=lot, person=person) is not None:
        raise JointMember
    other = (
        select(Registration.id)
        .join(
            JointBidder,
            (JointBidder.lot_id == Registration.lot_id) & (JointBidder.bidder_person_id == Registration.person_id),
        )
        .where(
            Registration.lot_id == lot,
            Registration.joint,
            JointBidder.person_id == person,
            JointBidder.bidder_person_id != bidder,
        )
    )
    if session.scalars(other).first() is not None:
        raise JointMember


def _text(shares: Shares, person: str) -> str:
    """Return a share as it is kept: in lowest terms."""
    share = dict(shares)[person]
    return f"{share.numerator}/{share.denominator}"
