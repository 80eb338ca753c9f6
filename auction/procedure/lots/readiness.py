"""Whether a lot may be announced now, and what is announced of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from auction.foundation.kernel.calendar import days_before
from auction.foundation.kernel.canonical import instant_text
from auction.procedure.assets import queries as assets
from auction.procedure.assets.queries import PropertyRecord
from auction.procedure.assets.rules import ControlLapsed
from auction.procedure.identity import queries as identity
from auction.procedure.lots import announcement, basis, queries, rules
from auction.procedure.lots.queries import LotRecord
from auction.procedure.valuation import queries as valuation
from auction.procedure.valuation.rules import usable_at
from auction.rulebook import Passage, Rules


def check_announcement(session: Session, *, lot: LotRecord, rules_of_day: Rules, now: datetime) -> None:
    """Refuse an announcement the law does not allow yet; the order of checks is part of the contract.

    :raises ObjectionBlocksDisposal: ProceedsSuffice, ControlLapsed, ValuationExpired,
        AnnouncementIncomplete, ForbiddenPhrases, PersonNotNotified, ShareholdersToldLate, AnnouncementTooShort
    """
    things = basis.free_things(session, lot=lot, now=now)
    basis.check_proceeds(session, lot=lot)
    for thing in things:
        _check_thing(session, thing=thing, lot=lot, rules_of_day=rules_of_day, now=now)
    check_blocks(session, lot=lot, rules_of_day=rules_of_day)
    check_notices(session, lot=lot, rules_of_day=rules_of_day, now=now)
    check_shareholders(session, lot=lot, rules_of_day=rules_of_day)
    earliest = announcement.earliest_opening(rules_of_day, announced_at=now, kind=lot.kind, round_=lot.round)
    if lot.opens_at < earliest:
        days = rules_of_day.auction.notice_days(lot.kind, lot.round)
        raise announcement.AnnouncementTooShort(earliest=earliest, days=days)


def check_notices(session: Session, *, lot: LotRecord, rules_of_day: Rules, now: datetime) -> None:
    """Refuse an announcement that somebody who must be told has not been told of in time (article 16).

    :raises PersonNotNotified: naming who
    """
    absent = announcement.unnotified(
        rules_of_day,
        persons=basis.to_be_told(session, lot=lot),
        notices=queries.notices(session, lot.id),
        announced_at=now,
        opens_at=lot.opens_at,
    )
    if absent:
        raise announcement.PersonNotNotified(absent=absent)


def _check_thing(
    session: Session, *, thing: PropertyRecord, lot: LotRecord, rules_of_day: Rules, now: datetime
) -> None:
    # A thing that has passed to another case is that case's to sell.
    if thing.control_until is None or thing.case != lot.case or thing.control_until <= lot.closes_at:
        raise ControlLapsed(until=thing.control_until or now)
    if lot.conditions.unappraisable:
        return
    price = valuation.reference_price(session, thing.id)
    if price is None:
        raise rules.ValuationMissing(properties=[thing.title])
    first = _first_announcement(session, lot.id)
    if first is None:
        valuation.check_undisputed(session, thing.id)
    if not usable_at(price, now=now, first_announced_at=first, numbers=rules_of_day):
        raise announcement.ValuationExpired(valid_until=price.valid_until)


def wanted_blocks(session: Session, *, lot: LotRecord, rules_of_day: Rules) -> tuple[Passage, ...]:
    """Return the blocks that the lot's things ask for: the ten of article 13, then those of their categories."""
    categories = {assets.property_record(session, thing).category for thing in lot.properties}
    return rules_of_day.blocks_for(categories)


def missing_blocks(session: Session, *, lot: LotRecord, rules_of_day: Rules) -> list[str]:
    """Return the keys of what articles 13 and 14 and the guidance want published and nobody has written yet."""
    wanted = (*wanted_blocks(session, lot=lot, rules_of_day=rules_of_day), *rules_of_day.reminders)
    return [one.key for one in wanted if not lot.disclosure.get(one.key, "").strip()]


def check_blocks(session: Session, *, lot: LotRecord, rules_of_day: Rules) -> None:
    """Refuse an announcement that leaves something out, or says it in forbidden words (法〔2024〕238号 第1条).

    :raises AnnouncementIncomplete: ForbiddenPhrases: in this order
    """
    missing = missing_blocks(session, lot=lot, rules_of_day=rules_of_day)
    if missing:
        raise announcement.AnnouncementIncomplete(missing=missing)
    announcement.check_phrases(lot.disclosure, forbidden=rules_of_day.forbidden_phrases)


def check_shareholders(session: Session, *, lot: LotRecord, rules_of_day: Rules) -> None:
    """Refuse an announcement that leaves company or shareholders less than their twenty days (公司法 第85条).

    :raises ShareholdersToldLate: naming them
    """
    wanted = lot.conditions.persons_of_equity
    if not wanted:
        return
    known = identity.persons(session, ids=list(wanted))
    late = announcement.told_late(
        rules_of_day,
        persons={person: known[person].name if person in known else person for person in wanted},
        notices=queries.notices(session, lot.id),
        closes_at=lot.closes_at,
    )
    if late:
        days = rules_of_day.auction.shareholder_notice_days
        raise announcement.ShareholdersToldLate(absent=late, days=days, latest=days_before(lot.closes_at, days))


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
        **lot.conditions.public(),
    }
