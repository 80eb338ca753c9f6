"""What the court desk asks of lots: all of a court's, in any state, and what an announcement still waits for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ParamSpec

from sqlalchemy import select
from sqlalchemy.orm import Session

from auction.foundation.kernel.calendar import days_before
from auction.foundation.kernel.refusal import Refusal
from auction.procedure.assets import queries as assets
from auction.procedure.assets.rules import ControlLapsed
from auction.procedure.lots import announcement, basis, queries, readiness, rules
from auction.procedure.lots.models import Listing, Lot, LotProperty
from auction.procedure.lots.queries import LotRecord
from auction.procedure.lots.search import grams
from auction.procedure.valuation import queries as valuation
from auction.rulebook import Rules

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing an announcement waits for: its code in the contract, and why it is not met, or None."""

    code: str
    refusal: Refusal | None
    by: datetime | None = None

    @property
    def met(self) -> bool:
        """Say whether it is met."""
        return self.refusal is None


def of_court(
    session: Session, *, court: str | None, statuses: Sequence[str] = (), q: str = "", limit: int = 200
) -> list[LotRecord]:
    """Return lots whatever their state, the newest drafted first; without a court, every court's."""
    query = select(Lot).order_by(Lot.drafted_at.desc(), Lot.id).limit(limit)
    if court is not None:
        query = query.where(Lot.court_id == court)
    if statuses:
        query = query.where(Lot.status.in_(statuses))
    if q.strip():
        found = select(Listing.lot_id).where(Listing.tokens.contains(grams(q)))
        prepared = Lot.announced_at.is_(None) & Lot.search_grams.contains(grams(q))
        query = query.where(prepared | Lot.id.in_(found))
    rows = session.scalars(query).all()
    things = _things(session, [row.id for row in rows])
    return [queries.record_of(session, row, things.get(row.id, [])) for row in rows]


def _things(session: Session, ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the things of several lots with one question."""
    rows = session.execute(
        select(LotProperty.lot_id, LotProperty.property_id)
        .where(LotProperty.lot_id.in_(ids))
        .order_by(LotProperty.lot_id, LotProperty.position)
    )
    found: dict[str, list[str]] = {}
    for lot, thing in rows:
        found.setdefault(lot, []).append(thing)
    return found


def announce_by(lot: LotRecord, *, rules_of_day: Rules) -> datetime:
    """Return the last instant at which the lot may be announced for its opening (articles 12 and 26)."""
    return days_before(lot.opens_at, rules_of_day.auction.notice_days(lot.kind, lot.round))


def notify_by(lot: LotRecord, *, rules_of_day: Rules) -> datetime:
    """Return the last instant at which service still counts for that announcement (article 16)."""
    days = rules_of_day.auction.notify_before_announcement_days
    return days_before(announce_by(lot, rules_of_day=rules_of_day), days)


def conditions(session: Session, *, lot: LotRecord, rules_of_day: Rules, now: datetime) -> list[Condition]:
    """Return every condition of the announcement in the order ``announce`` asks them, each met or not.

    The first unmet one is what ``announce`` would refuse with at this instant: its own check has the last word.
    """
    last = announce_by(lot, rules_of_day=rules_of_day)
    found = {
        "terms.not_approved": Condition("terms.not_approved", _approval(lot), last),
        "objection.blocks_disposal": Condition(
            "objection.blocks_disposal", _why_not(basis.free_things, session, lot=lot, now=now)
        ),
        "lots.proceeds_suffice": Condition("lots.proceeds_suffice", None),
        "assets.control_lapsed": Condition("assets.control_lapsed", _control(session, lot, now), lot.closes_at),
        "valuation.expired": Condition("valuation.expired", _prices(session, lot), None),
        "announcement.incomplete": Condition("announcement.incomplete", _blocks(session, lot, rules_of_day), last),
        "announcement.forbidden_phrase": Condition(
            "announcement.forbidden_phrase",
            _why_not(announcement.check_phrases, lot.disclosure, forbidden=rules_of_day.forbidden_phrases),
            last,
        ),
        "announcement.person_not_notified": Condition(
            "announcement.person_not_notified",
            _why_not(readiness.check_notices, session, lot=lot, rules_of_day=rules_of_day, now=now),
            notify_by(lot, rules_of_day=rules_of_day),
        ),
        **_of_equity(session, lot, rules_of_day),
        "announcement.too_short": Condition("announcement.too_short", _period(lot, rules_of_day, now), last),
    }
    refusal = _announcement(session, lot, rules_of_day, now)
    if refusal is not None:
        code = "valuation.expired" if refusal.code.startswith("valuation.") else refusal.code
        by = found[code].by if code in found else None
        found[code] = Condition(code, refusal, by)
    return list(found.values())


def _announcement(session: Session, lot: LotRecord, rules_of_day: Rules, now: datetime) -> Refusal | None:
    if lot.status != "approved":
        return rules.NotApproved(status=lot.status)
    return _why_not(readiness.check_announcement, session, lot=lot, rules_of_day=rules_of_day, now=now)


def _why_not(check: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> Refusal | None:
    """Return what a check refuses with, or None."""
    try:
        check(*args, **kwargs)
    except Refusal as refusal:
        return refusal
    return None


def _approval(lot: LotRecord) -> Refusal | None:
    return None if lot.status == "approved" else rules.NotApproved(status=lot.status)


def _control(session: Session, lot: LotRecord, now: datetime) -> Refusal | None:
    ends = [assets.property_record(session, name).control_until or now for name in lot.properties]
    return ControlLapsed(until=min(ends)) if min(ends) <= lot.closes_at else None


def _prices(session: Session, lot: LotRecord) -> Refusal | None:
    things = [assets.property_record(session, name) for name in lot.properties]
    lacking = [thing.title for thing in things if valuation.reference_price(session, thing.id) is None]
    if lot.conditions.unappraisable:
        return None
    return rules.ValuationMissing(properties=lacking) if lacking else None


def _blocks(session: Session, lot: LotRecord, rules_of_day: Rules) -> Refusal | None:
    missing = readiness.missing_blocks(session, lot=lot, rules_of_day=rules_of_day)
    return announcement.AnnouncementIncomplete(missing=missing) if missing else None


def _of_equity(session: Session, lot: LotRecord, rules_of_day: Rules) -> dict[str, Condition]:
    """Return the shareholders' twenty days, where there are shareholders to tell (公司法 第85条)."""
    if not lot.conditions.persons_of_equity:
        return {}
    code = "announcement.shareholders_too_late"
    by = days_before(lot.closes_at, rules_of_day.auction.shareholder_notice_days)
    why = _why_not(readiness.check_shareholders, session, lot=lot, rules_of_day=rules_of_day)
    return {code: Condition(code, why, by)}


def _period(lot: LotRecord, rules_of_day: Rules, now: datetime) -> Refusal | None:
    earliest = announcement.earliest_opening(rules_of_day, announced_at=now, kind=lot.kind, round_=lot.round)
    days = rules_of_day.auction.notice_days(lot.kind, lot.round)
    return announcement.AnnouncementTooShort(earliest=earliest, days=days) if lot.opens_at < earliest else None
