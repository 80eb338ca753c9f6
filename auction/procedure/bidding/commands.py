"""The verbs of bidding: register, admit, open, bid, close."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import insert, select, update

from auction.foundation.database.acts import Act, command
from auction.foundation.database.together import Statement, together
from auction.foundation.docket import batches
from auction.foundation.docket.commands import append, lock
from auction.foundation.docket.rules import Entry, Head, chained
from auction.foundation.kernel.ids import bidding_code, new_id
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, Refusal
from auction.foundation.kernel.roles import ROLE_NAMES, Role
from auction.procedure.bidding import eligibility, joint, queries, receipts, registering, rules, undertakings
from auction.procedure.bidding.kept import Kept
from auction.procedure.bidding.models import Registration
from auction.procedure.bidding.offers import Offer, check_offer
from auction.procedure.bidding.opening import open_bidding
from auction.procedure.bidding.queries import RegistrationRecord
from auction.procedure.bidding.receipts import Receipt
from auction.procedure.cases import queries as cases
from auction.procedure.lots import commands as lot_commands
from auction.procedure.lots import queries as lots
from auction.procedure.lots.queries import LotRecord
from auction.rulebook.carried import carries_out

_STANDING = (
    "UPDATE biddings SET price_minor = %s, leader_id = %s, leader_code = %s, leader_rank = %s, bids = %s,"
    " extensions = %s, ends_at = %s WHERE lot_id = %s"
)


@carries_out("auction.parties_may_bid", "auction.applicant_deposit", seen_in=("registration.made",))
@command("register", by={Role.BIDDER})
def register(
    act: Act,
    *,
    lot: str,
    person: str,
    as_priority: bool = False,
    agent: str | None = None,
    creditor_claim: str | None = None,
    jointly: Sequence[Mapping[str, object]] = (),
    declares: Mapping[str, object] | None = None,
) -> RegistrationRecord:
    """Register a person on an announced lot until its procedure ends; return the random code and the deposit due.

    ``jointly`` names the group the court has confirmed, himself among them; ``declares`` is what he says of himself.

    :raises RegistrationClosed: before the announcement or after the end
    :raises Ineligible: Barred, AgentNotConfirmed, NotQualified, RegisteredAlready, JointNotConfirmed, JointMember,
        PriorityNotConfirmed: in this order
    """
    acting = agent or _acting_agent(act, lot=lot, person=person)
    if acting is None or act.actor is None or act.actor.person != acting:
        _own(act, person)
    lock(act, f"lot:{lot}")
    found = lots.lot(act.session, lot)
    if found.announced_at is None or not registering.procedure_runs(
        status=found.status, ends_at=found.ends_at, now=act.now
    ):
        raise registering.RegistrationClosed(status=found.status)
    _refuse_unfit(act, found, person=person, agent=acting)
    undertakings.declare(act, lot=found, person=person, said=declares or {})
    existing = queries.registration_of(act.session, lot=lot, person=person)
    if existing is not None:
        raise registering.RegisteredAlready(bidding_code=existing.code)
    joint.refuse_taken(act.session, lot=lot, person=person, bidder=person)
    group = [person]
    if jointly:
        group = [one.person for one in joint.check_group(act.session, lot=lot, bidder=person, jointly=jointly)]
        for member in group:
            eligibility.refuse_unfit(act.session, lot=found, person=member)
    rank = _confirmed_rank(found, persons=group) if as_priority else None
    due = registering.deposit_due(
        deposit_minor=found.deposit_minor,
        sale_price_minor=found.start_price_minor if found.round == "sale" else None,
        creditor_claim_minor=_applicants_claim(act, found, person=person, claim=creditor_claim),
    )
    registration_id = new_id("registration")
    code = _fresh_code(act, lot=lot)
    act.session.execute(
        insert(Registration).values(
            id=registration_id,
            lot_id=lot,
            case_id=found.case,
            person_id=person,
            account_id=act.by,
            code=code,
            rank=rank,
            claim_id=creditor_claim,
            agent_id=acting,
            deposit_minor=found.deposit_minor,
            deposit_due_minor=due,
            registered_at=act.now,
            corrections_read=found.corrections,
            joint=bool(jointly),
        )
    )
    sealed = {"person": person} | ({"jointly": sorted(group)} if jointly else {})
    append(act.as_platform(), f"lot:{lot}", "registration.made", {"code": code}, seal=sealed)
    return queries.registration(act.session, registration_id)


@command("admit", by=())
def admit(act: Act, *, registration: str) -> RegistrationRecord:
    """Admit a registration whose deposit is confirmed; a second time changes nothing (article 18).

    :raises RegistrationClosed: when the lot's bidding has ended
    """
    record = queries.registration(act.session, registration)
    lock(act, f"lot:{record.lot}")
    record = queries.registration(act.session, registration)
    if record.status == "admitted":
        return record
    lot = lots.lot(act.session, record.lot)
    if not registering.procedure_runs(status=lot.status, ends_at=lot.ends_at, now=act.now):
        raise registering.RegistrationClosed(status=lot.status)
    for member in eligibility.members(act.session, lot=record.lot, person=record.person):
        eligibility.refuse_unfit(act.session, lot=lot, person=member)
    act.session.execute(
        update(Registration).where(Registration.id == registration).values(status="admitted", admitted_at=act.now)
    )
    public = {"code": record.code, "priority_rank": record.rank}
    append(act, f"lot:{record.lot}", "registration.admitted", public, seal={"person": record.person})
    return queries.registration(act.session, registration)


@carries_out("auction.bidding_min")
@command("open_lot", by=())
def open_lot(act: Act, *, lot: str) -> LotRecord:
    """Open bidding once its instant has come; opening twice changes nothing."""
    lock(act, f"lot:{lot}")
    found = lots.lot(act.session, lot)
    if found.status == "open":
        return found
    if found.status != "announced" or act.now < found.opens_at:
        raise rules.BiddingNotOpen(status=found.status, opens_at=found.opens_at)
    open_bidding(act, lot=lot, opens_at=found.opens_at, ends_at=found.ends_at)
    return lot_commands.mark_opened(act.as_platform(), lot=lot)


@carries_out("auction.order_of_bids", "auction.bid_time", seen_in=("bid.accepted", "bid.refused"))
@command("bid", by=())
def place_bids(act: Act, *, lot: str, offers: Sequence[Offer], kept: Kept | None = None) -> list[Receipt | Refusal]:
    """Decide waiting bids of one lot in the order given, in this one transaction.

    Each offer gets a receipt (accepted, or refused after admission) or the bare
    refusal (of somebody not admitted, or an id used before: nothing is written).

    :param kept: what the caller holds of the lot from his last batch, to be read again only if the docket has grown
    :raises NotFound: when there is no such lot
    """
    chain, kept = f"lot:{lot}", kept or Kept()
    head, earlier = _locked(act, chain, offers)
    persons = {offer.person for offer in offers}
    reading = kept.as_of(act.session, lot=lot, head=head, persons=persons)
    if reading.lot.status == "announced" and act.now >= reading.lot.opens_at:
        open_lot(act.as_platform(), lot=lot)
        head, earlier = _locked(act, chain, offers)
        reading = kept.as_of(act.session, lot=lot, head=head, persons=persons)
    if reading.numbers is None:
        return [rules.BiddingNotOpen(status=reading.lot.status, opens_at=reading.lot.opens_at) for _ in offers]
    batch = receipts.Batch(lot=reading.lot, standing=reading.standing, numbers=reading.numbers, earlier=earlier)
    answers = [batch.take(offer, bidder=reading.bidders.get(offer.person)) for offer in offers]
    if batch.lines:
        made = chained(chain, head, batch.lines, now=act.now)
        batch.attach(made.entries)
        stored = _stored(act, before=reading.standing, after=batch.standing, lot=lot)
        together(act.session, [*batches.entering(act.as_platform(), chain, made), *stored])
        kept.moved(head=made.head, standing=batch.standing)
    return [answer() for answer in answers]


def _locked(act: Act, chain: str, offers: Sequence[Offer]) -> tuple[Head, dict[str, Entry]]:
    """Lock the lot's docket and return its head with the bids it has of the offers' ids."""
    heads, bids = together(act.session, batches.look(chain, [offer.bid_id for offer in offers]))
    return batches.looked(chain, heads, bids)


@carries_out("auction.no_back_office", "auction.irrevocable")
@command("bid", by={Role.BIDDER})
def bid(act: Act, *, lot: str, offer: Offer) -> Receipt:
    """Place one bid of one's own and return its receipt.

    :raises Refusal: the named refusal of a bidder who was never admitted, or of an id used before
    """
    if _acting_agent(act, lot=lot, person=offer.person) is None:
        _own(act, offer.person)
    checked = check_offer(offer, now=act.now)
    answer = place_bids(act.as_platform(), lot=lot, offers=[checked])[0]
    if isinstance(answer, Refusal):
        raise answer
    return answer


def _own(act: Act, person: str) -> None:
    """Refuse acting for somebody else; the platform may, for scenarios and demo history."""
    if act.actor is None or act.actor.has(Role.PLATFORM) or act.actor.person == person:
        return
    raise AuthForbidden(act="register", roles=[ROLE_NAMES[Role.BIDDER][0]])


def _acting_agent(act: Act, *, lot: str, person: str) -> str | None:
    """Return who acts when he is a confirmed agent of the person on the lot: nobody else bids for another."""
    actor = act.actor.person if act.actor else None
    if actor is None or actor == person:
        return None
    return actor if eligibility.may_act_for(act.session, lot=lot, bidder=person, agent=actor) else None


def _refuse_unfit(act: Act, lot: LotRecord, *, person: str, agent: str | None) -> None:
    """Refuse who may not bid, himself or through another (articles 34, 24 and 14)."""
    eligibility.refuse_unfit(act.session, lot=lot, person=person)
    if agent is None or agent == person:
        return
    if not eligibility.may_act_for(act.session, lot=lot.id, bidder=person, agent=agent):
        raise registering.AgentNotConfirmed
    eligibility.refuse_unfit(act.session, lot=lot, person=agent)


def _confirmed_rank(lot: LotRecord, *, persons: Collection[str]) -> int:
    """Return the confirmed rank; a group has a priority only where each of it has one, and the least of theirs."""
    ranks = {one.person: one.rank for one in lot.priority}
    if not all(person in ranks for person in persons):
        raise registering.PriorityNotConfirmed
    return max(ranks[person] for person in persons)


def _applicants_claim(act: Act, lot: LotRecord, *, person: str, claim: str | None) -> int | None:
    if claim is None:
        return None
    for one in cases.case(act.session, lot.case).claims:
        if one.id == claim and one.applicant and one.creditor_person == person:
            return one.amount_minor
    raise InputMalformed(errors={"creditor_claim": "not a claim of this applicant in the lot's case"})


@carries_out("auction.code_and_secrecy")
def _fresh_code(act: Act, *, lot: str) -> str:
    """Return a random code nobody has on the lot: it says nothing of who is behind it (article 18)."""
    taken = set(act.session.scalars(select(Registration.code).where(Registration.lot_id == lot)))
    while (code := bidding_code()) in taken:
        pass
    return code


def _stored(act: Act, *, before: rules.Standing, after: rules.Standing, lot: str) -> list[Statement]:
    """Return what writes the standing after a batch; the end of the lot itself is moved at once."""
    if after == before:
        return []
    if after.ends_at != before.ends_at:
        lot_commands.move_end(act.as_platform(), lot=lot, ends_at=after.ends_at)
    values = (
        after.price_minor, after.leader, after.leader_code, after.leader_rank, after.bids, after.extensions,
        after.ends_at, lot,
    )  # fmt: skip
    return [Statement(_STANDING, values)]
