"""What a decision on a lot is measured against, gathered from the capabilities before it on the road."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auction.foundation.kernel.refusal import InputMalformed, NotFound
from auction.procedure.assets import queries as assets
from auction.procedure.assets.queries import PropertyRecord
from auction.procedure.cases import payments
from auction.procedure.cases import queries as cases
from auction.procedure.cases.queries import CaseRecord, ClaimRecord
from auction.procedure.cases.rules import PRIOR_KINDS
from auction.procedure.identity import queries as identity
from auction.procedure.lots import queries, rules
from auction.procedure.lots.models import Lot, LotProperty
from auction.procedure.lots.queries import LotRecord
from auction.procedure.valuation import queries as valuation
from auction.rulebook import Round
from auction.rulebook.carried import carries_out


def no_such_lot_yet(session: Session, lot_id: str) -> None:
    """Refuse an id that is taken.

    :raises InputMalformed: when a lot of that id exists
    """
    if session.get(Lot, lot_id) is not None:
        raise InputMalformed(errors={"lot": f"exists already: {lot_id}"})


@carries_out("auction.online_first", "auction.auction_first", "auction.rounds_max", "auction.sale_rounds_max")
def round_after(session: Session, *, after: str | None, sale: bool) -> Round:
    """Return the round a new lot is: second or sale after a failed lot, else first.

    :raises InputMalformed: when ``after`` is not a failed lot of the round before
    """
    if after is None:
        if sale:
            raise InputMalformed(errors={"sale": "a sale follows a failed second auction; name it in after"})
        return "first"
    before = queries.lot(session, after)
    wanted = "second" if sale else "first"
    if before.outcome != "unsold" or before.round != wanted:
        raise InputMalformed(errors={"after": f"must be a failed {wanted} auction: {after}"})
    # A round that ended with a buyer's default does not count: the re-auction takes its place (article 24).
    followed = select(Lot.id).where(
        Lot.after_lot_id == after,
        Lot.announced_at.is_not(None),
        Lot.status.not_in(["withdrawn", "revoked"]),
        Lot.defaulted_at.is_(None),
    )
    if session.scalars(followed).first() is not None:
        raise InputMalformed(errors={"after": f"its next round was announced already: {after}"})
    return "sale" if sale else "second"


@carries_out("auction.sell_together")
def measure(
    session: Session,
    *,
    things: Sequence[PropertyRecord],
    after: str | None,
    round_: Round,
    unappraisable: bool = False,
) -> rules.Basis:
    """Return what the terms are measured against; equity that cannot be appraised has no reference price.

    :raises ValuationMissing: MustSellTogether: in this order
    """
    prices = {thing.id: valuation.reference_price(session, thing.id) for thing in things}
    lacking = [thing.title for thing in things if prices[thing.id] is None]
    if lacking and not unappraisable:
        raise rules.ValuationMissing(properties=lacking)
    case = _one_case(session, things)
    named = {thing.id for thing in things}
    apart = {other for thing in things for other in thing.indivisible_with if other not in named}
    if apart:
        raise rules.MustSellTogether(properties=sorted(_titles(session, apart)))
    previous = queries.lot(session, after) if after else None
    return replace(
        burden(case, things=named),
        reference_price_minor=sum(price.amount_minor for price in prices.values() if price is not None),
        previous_start_minor=previous.start_price_minor if previous and round_ != "first" else None,
        unappraisable=unappraisable,
    )


@carries_out("auction.no_surplus_reply_days")
def burden(case: CaseRecord, *, things: Collection[str]) -> rules.Basis:
    """Return what comes before the applicant on some things: priority claims and costs (法释〔2004〕16号 第6条)."""
    secured = [claim for claim in case.claims if claim.kind in PRIOR_KINDS and claim.property in things]
    first = min(secured, key=_place_on_the_thing) if secured else None
    return rules.Basis(
        reference_price_minor=0,
        priority_claims_minor=sum(claim.amount_minor for claim in secured if not claim.applicant),
        costs_minor=case.costs_minor,
        applicant_is_first=bool(first and first.applicant),
    )


def _place_on_the_thing(claim: ClaimRecord) -> tuple[bool, bool, int]:
    """Return what orders priority claims: construction first, then by rank, those without one last."""
    return claim.kind != "construction", claim.rank is None, claim.rank or 0


@carries_out("auction.rounds_max")
def same_things(session: Session, *, after: str | None, properties: Sequence[str]) -> None:
    """Refuse a later round of other things than those that failed (article 26).

    :raises InputMalformed: when the failed lot had others
    """
    if after is not None and set(queries.lot(session, after).properties) != set(properties):
        raise InputMalformed(errors={"properties": f"the same things as lot {after}"})


def _titles(session: Session, ids: set[str]) -> list[str]:
    titles = []
    for thing in ids:
        try:
            titles.append(assets.property_record(session, thing).title)
        except NotFound:
            titles.append(thing)
    return titles


def _one_case(session: Session, things: Sequence[PropertyRecord]) -> CaseRecord:
    ids = {thing.case for thing in things}
    if len(ids) != 1:
        raise InputMalformed(errors={"properties": "all things of a lot belong to one case"})
    return cases.case(session, ids.pop())


@carries_out("auction.first_notice_days")
def strictest_kind(things: Sequence[PropertyRecord]) -> str:
    """Return the kind that governs the periods: movable only when every thing is movable (article 12)."""
    kinds = [thing.kind for thing in things]
    return next((kind for kind in kinds if kind != "movable"), "movable")


def refuse_taken(session: Session, *, lot: str) -> None:
    """Refuse when a thing of the lot already stands in another live lot.

    :raises ThingTaken: naming the other lot
    """
    mine = select(LotProperty.property_id).where(LotProperty.lot_id == lot)
    other = session.execute(
        select(LotProperty.lot_id, LotProperty.property_id).where(
            LotProperty.property_id.in_(mine), LotProperty.live, LotProperty.lot_id != lot
        )
    ).first()
    if other is not None:
        raise rules.ThingTaken(lot=other[0], properties=sorted(_titles(session, {other[1]})))


def to_be_told(session: Session, *, lot: LotRecord) -> dict[str, str]:
    """Return whom the court must tell, person to name: debtor, applicants, secured creditors, priority purchasers."""
    case = cases.case(session, lot.case)
    told = {case.debtor.person: case.debtor.masked}
    for claim in case.claims:
        if claim.applicant or (claim.kind in PRIOR_KINDS and claim.property in lot.properties):
            told[claim.creditor_person] = claim.creditor
    for one in lot.priority:
        told.setdefault(one.person, one.reason or one.person)
    equity = lot.conditions.persons_of_equity
    known = identity.persons(session, ids=list(equity))
    for person in equity:
        told.setdefault(person, known[person].name if person in known else person)
    return told


def free_things(session: Session, *, lot: LotRecord, now: datetime) -> list[PropertyRecord]:
    """Return the things of a lot, none of which is held back from disposal.

    :raises ObjectionBlocksDisposal: naming those that are
    """
    things = [assets.property_record(session, thing, now=now) for thing in lot.properties]
    held = [thing.title for thing in things if thing.holds]
    if held:
        raise rules.ObjectionBlocksDisposal(properties=held)
    return things


def check_proceeds(session: Session, *, lot: LotRecord) -> None:
    """Refuse to sell more once the hammer prices cover claims and costs, unless the debtor agreed (第14条).

    :raises ProceedsSuffice: with what there is and what is needed
    """
    if proceeds_suffice(session, case=lot.case):
        raise rules.ProceedsSuffice(
            proceeds_minor=proceeds(session, case=lot.case), needed_minor=payments.needed(session, case=lot.case)
        )


@carries_out("auction.stop_when_covered")
def proceeds_suffice(session: Session, *, case: str) -> bool:
    """Say whether nothing more of a case may be sold: it is covered, and the debtor has not agreed to more."""
    there = proceeds(session, case=case)
    return (
        there > 0
        and there >= payments.needed(session, case=case)
        and not payments.agreed_to_sell_more(session, case=case)
    )


def proceeds(session: Session, *, case: str) -> int:
    """Return the sum of a case's hammer prices that stand: neither defaulted on nor revoked."""
    standing = [lot for lot in queries.of_case(session, case=case) if lot.defaulted_at is None]
    return sum(lot.hammer_price_minor or 0 for lot in standing if lot.status != "revoked")
