"""The verbs of bidding: register, admit, open, bid, close."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, select, update

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, append_all, lock
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.ids import bidding_code, new_id
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, Refusal
from auction.foundation.kernel.roles import ROLE_NAMES, Role
from auction.procedure.bidding import queries, receipts, rules
from auction.procedure.bidding.models import Bidding, Registration
from auction.procedure.bidding.offers import Offer, check_offer
from auction.procedure.bidding.queries import RegistrationRecord
from auction.procedure.bidding.receipts import Receipt
from auction.procedure.cases import queries as cases
from auction.procedure.identity import queries as identity
from auction.procedure.lots import commands as lot_commands
from auction.procedure.lots import queries as lots
from auction.procedure.lots.queries import LotRecord

_STAFF = frozenset({Role.OFFICER, Role.PANEL, Role.FINANCE, Role.HEAD, Role.SUPERVISOR, Role.ADMINISTRATOR})


@command("register", by={Role.BIDDER})
def register(
    act: Act, *, lot: str, person: str, as_priority: bool = False, creditor_claim: str | None = None
) -> RegistrationRecord:
    """Register a person on an announced or open lot; return the random bidding code and the deposit due.

    :raises RegistrationClosed: before the announcement or after the end
    :raises Ineligible: PriorityNotConfirmed, RegisteredAlready
    """
    _own(act, person)
    lock(act, f"lot:{lot}")
    found = lots.lot(act.session, lot)
    if found.status not in {"announced", "open"} or act.now >= found.ends_at:
        raise rules.RegistrationClosed(status=found.status)
    _refuse_ineligible(act, person=person)
    existing = queries.registration_of(act.session, lot=lot, person=person)
    if existing is not None:
        raise rules.RegisteredAlready(bidding_code=existing.code)
    rank = _confirmed_rank(found, person=person) if as_priority else None
    due = rules.deposit_due(
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
            deposit_minor=found.deposit_minor,
            deposit_due_minor=due,
            registered_at=act.now,
        )
    )
    append(act.as_platform(), f"lot:{lot}", "registration.made", {"code": code}, seal={"person": person})
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
    if lot.status not in {"announced", "open", "deferred", "suspended"} or act.now >= lot.ends_at:
        raise rules.RegistrationClosed(status=lot.status)
    act.session.execute(
        update(Registration).where(Registration.id == registration).values(status="admitted", admitted_at=act.now)
    )
    public = {"code": record.code, "priority_rank": record.rank}
    append(act, f"lot:{record.lot}", "registration.admitted", public, seal={"person": record.person})
    return queries.registration(act.session, registration)


@command("open_lot", by=())
def open_lot(act: Act, *, lot: str) -> LotRecord:
    """Open bidding once its instant has come; opening twice changes nothing."""
    lock(act, f"lot:{lot}")
    found = lots.lot(act.session, lot)
    if found.status == "open":
        return found
    if found.status != "announced" or act.now < found.opens_at:
        raise rules.BiddingNotOpen(status=found.status, opens_at=found.opens_at)
    act.session.add(Bidding(lot_id=lot, ends_at=found.ends_at, opened_at=found.opens_at))
    act.session.flush()
    opened = lot_commands.mark_opened(act.as_platform(), lot=lot)
    append(
        act.as_platform(),
        f"lot:{lot}",
        "lot.opened",
        {"opens_at": instant_text(found.opens_at), "ends_at": instant_text(found.ends_at)},
    )
    return opened


@command("bid", by=())
def place_bids(act: Act, *, lot: str, offers: Sequence[Offer]) -> list[Receipt | Refusal]:
    """Decide waiting bids of one lot in the order given, in this one transaction.

    Each offer gets a receipt (accepted, or refused after admission) or the bare
    refusal (of somebody not admitted, or an id used before: nothing is written).
    """
    lock(act, f"lot:{lot}")
    found = lots.lot(act.session, lot)
    if found.announced_at is None:
        return [rules.BiddingNotOpen(status=found.status, opens_at=found.opens_at) for _ in offers]
    if found.status == "announced" and act.now >= found.opens_at:
        found = open_lot(act.as_platform(), lot=lot)
    standing = queries.standing(act.session, found)
    bidders = queries.admitted(act.session, lot=lot, persons={offer.person for offer in offers})
    earlier = receipts.earlier(act.session, lot=lot, bid_ids=[offer.bid_id for offer in offers])
    batch = receipts.Batch(
        lot=found, standing=standing, numbers=queries.numbers_of(found), earlier=earlier, now=act.now
    )
    answers = [batch.take(offer, bidder=bidders.get(offer.person)) for offer in offers]
    if batch.lines:
        entries = append_all(act.as_platform(), f"lot:{lot}", batch.lines)
        batch.attach(entries)
        _store(act, before=standing, after=batch.standing, lot=lot, code=batch.leader_code)
    return [answer() for answer in answers]


@command("bid", by={Role.BIDDER})
def bid(act: Act, *, lot: str, offer: Offer) -> Receipt:
    """Place one bid of one's own and return its receipt.

    :raises Refusal: the named refusal of a bidder who was never admitted, or of an id used before
    """
    _own(act, offer.person)
    checked = check_offer(offer, now=act.now)
    answer = place_bids(act.as_platform(), lot=lot, offers=[checked])[0]
    if isinstance(answer, Refusal):
        raise answer
    return answer


@command("close_lot", by=())
def close_lot(act: Act, *, lot: str) -> queries.Outcome:
    """Close an open lot whose end has come; the recorded end is exact, whenever this runs.

    :raises BiddingNotOpen: when the lot is not open, or its end lies ahead
    """
    lock(act, f"lot:{lot}")
    found = lots.lot(act.session, lot)
    standing = queries.standing(act.session, found)
    if found.status != "open" or act.now < standing.ends_at:
        raise rules.BiddingNotOpen(status=found.status, opens_at=found.opens_at)
    result = rules.outcome(standing)
    act.session.execute(update(Bidding).where(Bidding.lot_id == lot).values(closed_at=act.now))
    lot_commands.mark_closed(act.as_platform(), lot=lot, outcome=result, hammer_price_minor=standing.price_minor)
    code = queries.leader_code(act.session, lot=lot)
    public = {
        "outcome": result,
        "price_minor": standing.price_minor,
        "code": code,
        "ends_at": instant_text(standing.ends_at),
        "bids": standing.bids,
        "extensions": standing.extensions,
    }
    append(act.as_platform(), f"lot:{lot}", "lot.closed", public)
    return queries.outcome(act.session, lot)


@command("close_lot", by=())
def close_when_due(act: Act, *, lot: str) -> queries.Outcome | None:
    """Close a lot if it is still open and its end has come; None when a bid moved the end or somebody closed it.

    The sweep chose the lot before it had the lock, so the choice is checked again under it.
    """
    lock(act, f"lot:{lot}")
    found = lots.lot(act.session, lot)
    if found.status != "open" or act.now < found.ends_at:
        return None
    if act.now - found.ends_at > queries.numbers_of(found).auction.outage_tolerance:
        defer(act, lot=lot, ground="platform_fault")
        return None
    return close_lot(act, lot=lot)


@command("defer", by={Role.PANEL, Role.ADMINISTRATOR})
def defer(act: Act, *, lot: str, ground: str) -> LotRecord:
    """Defer an announced or open lot (article 28); an administrator only for a fault of the platform.

    :raises BiddingNotOpen: when the lot is neither announced nor open
    """
    if ground not in {"platform_fault", "panel"}:
        raise InputMalformed(errors={"ground": "platform_fault or panel"})
    if ground != "platform_fault" and act.actor is not None and not act.actor.roles & {Role.PANEL, Role.PLATFORM}:
        raise AuthForbidden(act="defer", roles=[ROLE_NAMES[Role.PANEL][0]])
    lock(act, f"lot:{lot}")
    found = lots.lot(act.session, lot)
    if found.status not in {"announced", "open"}:
        raise rules.BiddingNotOpen(status=found.status, opens_at=found.opens_at)
    standing = queries.standing(act.session, found)
    deferred = lot_commands.mark_deferred(act.as_platform(), lot=lot)
    public = {
        "ground": ground,
        "ends_at": instant_text(standing.ends_at),
        "price_minor": standing.price_minor,
        "code": queries.leader_code(act.session, lot=lot),
        "late_ms": max(0, int((act.now - standing.ends_at).total_seconds() * 1000)),
    }
    append(act, f"lot:{lot}", "lot.deferred", public)
    return deferred


def _own(act: Act, person: str) -> None:
    """Refuse acting for somebody else; the platform may, for scenarios and demo history."""
    if act.actor is None or act.actor.has(Role.PLATFORM) or act.actor.person == person:
        return
    raise AuthForbidden(act="register", roles=[ROLE_NAMES[Role.BIDDER][0]])


def _refuse_ineligible(act: Act, *, person: str) -> None:
    account = identity.account_of_person(act.session, person)
    if account is not None and account.roles & _STAFF:
        raise rules.Ineligible(why="法院、平台及辅助机构的工作人员不得竞买 / court and platform staff may not bid")


def _confirmed_rank(lot: LotRecord, *, person: str) -> int:
    for one in lot.priority:
        if one.person == person:
            return one.rank
    raise rules.PriorityNotConfirmed


def _applicants_claim(act: Act, lot: LotRecord, *, person: str, claim: str | None) -> int | None:
    if claim is None:
        return None
    for one in cases.case(act.session, lot.case).claims:
        if one.id == claim and one.applicant and one.creditor_person == person:
            return one.amount_minor
    raise InputMalformed(errors={"creditor_claim": "not a claim of this applicant in the lot's case"})


def _fresh_code(act: Act, *, lot: str) -> str:
    taken = set(act.session.scalars(select(Registration.code).where(Registration.lot_id == lot)))
    while (code := bidding_code()) in taken:
        pass
    return code


def _store(act: Act, *, before: rules.Standing, after: rules.Standing, lot: str, code: str | None) -> None:
    if after == before:
        return
    act.session.execute(
        update(Bidding)
        .where(Bidding.lot_id == lot)
        .values(
            price_minor=after.price_minor,
            leader_id=after.leader,
            leader_code=code,
            leader_rank=after.leader_rank,
            bids=after.bids,
            extensions=after.extensions,
            ends_at=after.ends_at,
        )
    )
    if after.ends_at != before.ends_at:
        lot_commands.move_end(act.as_platform(), lot=lot, ends_at=after.ends_at)
