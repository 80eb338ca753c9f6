"""What a decision on a lot is measured against, gathered from the capabilities before it on the road."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.money import MINOR_MAX
from auction.foundation.kernel.refusal import InputMalformed, NotFound
from auction.procedure.assets import queries as assets
from auction.procedure.assets.queries import PropertyRecord
from auction.procedure.assets.rules import ControlLapsed
from auction.procedure.cases import payments
from auction.procedure.cases import queries as cases
from auction.procedure.cases.queries import CaseRecord, ClaimRecord
from auction.procedure.inputs import Checks
from auction.procedure.lots import queries, rules
from auction.procedure.lots.models import Lot, LotProperty
from auction.procedure.lots.queries import LotRecord
from auction.procedure.valuation import queries as valuation
from auction.procedure.valuation.rules import usable_at
from auction.rulebook import Round, Rules, rulebook

_SECURED_KINDS = {"secured", "construction", "tax"}
_DISCLOSURE_LONGEST = 20_000


def proposal(
    *, properties: Sequence[str], start: int, deposit: int, increment: int, opens_at: datetime, now: datetime
) -> list[str]:
    """Return the things proposed, after checking that the figures can be figures at all.

    :raises InputMalformed: for no thing, a thing twice, an amount that is no positive whole number, a past opening
    """
    errors: dict[str, str] = {}
    if not properties or len(set(properties)) != len(properties):
        errors["properties"] = "name at least one thing, and each once"
    for field, minor in (("start_price_minor", start), ("deposit_minor", deposit), ("increment_minor", increment)):
        if type(minor) is not int or not 0 < minor <= MINOR_MAX:
            errors[field] = "a positive whole number of fen"
    if opens_at <= now:
        errors["opens_at"] = "lies in the past"
    if errors:
        raise InputMalformed(errors=errors)
    return list(properties)


def no_such_lot_yet(session: Session, lot_id: str) -> None:
    """Refuse an id that is taken.

    :raises InputMalformed: when a lot of that id exists
    """
    if session.get(Lot, lot_id) is not None:
        raise InputMalformed(errors={"lot": f"exists already: {lot_id}"})


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
        Lot.status != "withdrawn",
        Lot.defaulted_at.is_(None),
    )
    if session.scalars(followed).first() is not None:
        raise InputMalformed(errors={"after": f"its next round was announced already: {after}"})
    return "sale" if sale else "second"


def measure(session: Session, *, things: Sequence[PropertyRecord], after: str | None, round_: Round) -> rules.Basis:
    """Return what the terms are measured against.

    :raises ValuationMissing: MustSellTogether: in this order
    """
    prices = {thing.id: valuation.reference_price(session, thing.id) for thing in things}
    lacking = [thing.title for thing in things if prices[thing.id] is None]
    if lacking:
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
    )


def burden(case: CaseRecord, *, things: Collection[str]) -> rules.Basis:
    """Return what comes before the applicant on some things: priority claims and costs (法释〔2004〕16号 第6条)."""
    secured = [claim for claim in case.claims if claim.kind in _SECURED_KINDS and claim.property in things]
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


def strictest_kind(things: Sequence[PropertyRecord]) -> str:
    """Return the kind that governs the periods: movable only when every thing is movable (article 12)."""
    kinds = [thing.kind for thing in things]
    return next((kind for kind in kinds if kind != "movable"), "movable")


def priority_entry(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a priority purchaser as stored.

    :raises InputMalformed: without a person, with a rank that is no positive whole number, a reason that is no text
    """
    checks = Checks()
    entry = checks.known_fields("priority", given, {"person", "rank", "reason"})
    person = checks.identifier("priority.person", entry.get("person"))
    rank = checks.whole("priority.rank", entry.get("rank", 1), least=1)
    reason = checks.text_or_none("priority.reason", entry.get("reason") or None)
    checks.refuse()
    return {"person": person, "rank": rank, "reason": reason or ""}


def checked_blocks(disclosure: Mapping[str, str]) -> dict[str, str]:
    """Return disclosure blocks as stored.

    :raises InputMalformed: for an unknown block, or text that is empty or endless
    """
    today = rulebook().on(max(rulebook().dated, rulebook().begins))
    known = {*today.disclosure_keys(), *(one.key for one in today.reminders)}
    errors = {key: "unknown block" for key in disclosure if key not in known}
    for key, text in disclosure.items():
        if len(text) > _DISCLOSURE_LONGEST or "\x00" in text:
            errors[key] = f"text of at most {_DISCLOSURE_LONGEST} characters"
    if errors:
        raise InputMalformed(errors=errors)
    return {key: text.strip() for key, text in disclosure.items()}


def check_how(how: str) -> None:
    """Refuse a way of telling that the law does not know.

    :raises InputMalformed: for anything but served, waived, unreachable
    """
    if how not in {"served", "waived", "unreachable"}:
        raise InputMalformed(errors={"how": "served, waived or unreachable"})


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
        if claim.applicant or (claim.kind in _SECURED_KINDS and claim.property in lot.properties):
            told[claim.creditor_person] = claim.creditor
    for one in lot.priority:
        told.setdefault(one.person, one.reason or one.person)
    return told


def check_announcement(session: Session, *, lot: LotRecord, rules_of_day: Rules, now: datetime) -> None:
    """Refuse an announcement the law does not allow yet; the order of checks is part of the contract.

    :raises ObjectionBlocksDisposal: ProceedsSuffice, ControlLapsed, ValuationExpired,
        AnnouncementIncomplete, PersonNotNotified, AnnouncementTooShort
    """
    things = [assets.property_record(session, thing, now=now) for thing in lot.properties]
    held = [thing.title for thing in things if thing.holds]
    if held:
        raise rules.ObjectionBlocksDisposal(properties=held)
    check_proceeds(session, lot=lot)
    for thing in things:
        _check_thing(session, thing=thing, lot=lot, rules_of_day=rules_of_day, now=now)
    wanted = [*rules_of_day.disclosure_keys(), *(one.key for one in rules_of_day.reminders)]
    missing = [key for key in wanted if not lot.disclosure.get(key, "").strip()]
    if missing:
        raise rules.AnnouncementIncomplete(missing=missing)
    absent = rules.unnotified(
        rules_of_day,
        persons=to_be_told(session, lot=lot),
        notices=queries.notices(session, lot.id),
        announced_at=now,
        opens_at=lot.opens_at,
    )
    if absent:
        raise rules.PersonNotNotified(absent=absent)
    earliest = rules.earliest_opening(rules_of_day, announced_at=now, kind=lot.kind, round_=lot.round)
    if lot.opens_at < earliest:
        days = rules_of_day.auction.notice_days(lot.kind, lot.round)
        raise rules.AnnouncementTooShort(earliest=earliest, days=days)


def _check_thing(
    session: Session, *, thing: PropertyRecord, lot: LotRecord, rules_of_day: Rules, now: datetime
) -> None:
    if thing.control_until is None or thing.control_until <= lot.closes_at:
        raise ControlLapsed(until=thing.control_until or now)
    price = valuation.reference_price(session, thing.id)
    if price is None:
        raise rules.ValuationMissing(properties=[thing.title])
    first = _first_announcement(session, lot.id)
    if not usable_at(price, now=now, first_announced_at=first, numbers=rules_of_day):
        raise rules.ValuationExpired(valid_until=price.valid_until)


def check_proceeds(session: Session, *, lot: LotRecord) -> None:
    """Refuse to sell more once the hammer prices cover claims and costs, unless the debtor agreed (第14条).

    :raises ProceedsSuffice: with what there is and what is needed
    """
    if proceeds_suffice(session, case=lot.case):
        raise rules.ProceedsSuffice(
            proceeds_minor=proceeds(session, case=lot.case), needed_minor=payments.needed(session, case=lot.case)
        )


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


def _first_announcement(session: Session, lot_id: str) -> datetime | None:
    announced = [one.announced_at for one in queries.chain(session, lot_id) if one.announced_at]
    return min(announced) if announced else None


def public_terms(lot: LotRecord) -> dict[str, Any]:
    """Return the terms as announced and exported: what a bid is decided by, and nothing personal."""
    return {
        "lot": lot.id,
        "case_number": lot.case_number,
        "court": lot.court_name,
        "title": lot.title,
        "round": lot.round,
        "kind": lot.kind,
        "currency": lot.currency,
        "start_price_minor": lot.start_price_minor,
        "deposit_minor": lot.deposit_minor,
        "increment_minor": lot.increment_minor,
        "reference_price_minor": lot.reference_price_minor,
        "opens_at": instant_text(lot.opens_at),
        "closes_at": instant_text(lot.closes_at),
        "balance_days": lot.balance_days,
        "priority_ranks": sorted(one.rank for one in lot.priority),
        "disclosure": dict(lot.disclosure),
    }
