"""Read models of lots: one lot, the catalogue, what is due."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from auction.foundation.database.narrowing import Cases, of_cases
from auction.foundation.kernel.calendar import within_days
from auction.foundation.kernel.due import DueAct
from auction.foundation.kernel.refusal import NotFound
from auction.procedure.lots.announcement import NoticeFact
from auction.procedure.lots.conditions import Conditions, conditions_from
from auction.procedure.lots.models import Lot, LotProperty, Notice
from auction.rulebook import Round, frozen_numbers
from auction.rulebook.carried import carries_out

PUBLIC_STATUSES = ("announced", "open", "closed", "deferred", "suspended", "withdrawn", "revoked")


@dataclass(frozen=True, slots=True)
class PriorityRecord:
    """A priority purchaser the panel has confirmed with rank (article 19)."""

    person: str
    rank: int
    reason: str
    nature: str = ""
    document_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class LotRecord:
    """A lot as every later capability and page reads it."""

    id: str
    case: str
    case_number: str
    court: str
    court_name: str
    title: str
    city: str
    kind: str
    category: str
    facts: Mapping[str, Any]
    properties: tuple[str, ...]
    round: Round
    after: str | None
    status: str
    outcome: str | None
    start_price_minor: int
    deposit_minor: int
    increment_minor: int
    reference_price_minor: int
    floor_minor: int
    hammer_price_minor: int | None
    currency: str
    opens_at: datetime
    closes_at: datetime
    ends_at: datetime
    balance_days: int
    disclosure: Mapping[str, str]
    priority: tuple[PriorityRecord, ...]
    panel: tuple[str, ...]
    terms: Mapping[str, Any] | None
    rulebook: Mapping[str, Any] | None
    drafted_at: datetime
    approved_at: datetime | None
    announced_at: datetime | None
    closed_at: datetime | None
    defaulted_at: datetime | None
    sample: bool
    conditions: Conditions
    corrections: int


def record_of(session: Session, row: Lot, things: Sequence[str] | None = None) -> LotRecord:
    """Return the row as a record; ``things`` spares the look-up of its things."""
    if things is None:
        things = session.scalars(
            select(LotProperty.property_id).where(LotProperty.lot_id == row.id).order_by(LotProperty.position)
        ).all()
    return LotRecord(
        id=row.id,
        case=row.case_id,
        case_number=row.case_number,
        court=row.court_id,
        court_name=row.court_name,
        title=row.title,
        city=row.city,
        kind=row.kind,
        category=row.category,
        facts=row.facts,
        properties=tuple(things),
        round=row.round,  # type: ignore[arg-type]  # written only by commands, which take a Round
        after=row.after_lot_id,
        status=row.status,
        outcome=row.outcome,
        start_price_minor=row.start_price_minor,
        deposit_minor=row.deposit_minor,
        increment_minor=row.increment_minor,
        reference_price_minor=row.reference_price_minor,
        floor_minor=row.floor_minor,
        hammer_price_minor=row.hammer_price_minor,
        currency=row.currency,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        ends_at=row.ends_at,
        balance_days=row.balance_days,
        disclosure=row.disclosure,
        priority=tuple(PriorityRecord(**one) for one in row.priority),
        panel=tuple(row.panel),
        terms=row.terms,
        rulebook=row.rulebook,
        drafted_at=row.drafted_at,
        approved_at=row.approved_at,
        announced_at=row.announced_at,
        closed_at=row.closed_at,
        defaulted_at=row.defaulted_at,
        sample=row.sample,
        conditions=conditions_from(row.conditions),
        corrections=row.corrections,
    )


def lot(session: Session, lot_id: str) -> LotRecord:
    """Return a lot, whatever its state.

    :raises NotFound: when there is none of that id
    """
    row = session.get(Lot, lot_id)
    if row is None:
        raise NotFound(what="lot", name=lot_id)
    return record_of(session, row)


def cases_and_courts(session: Session, lots: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return the case and the court of each of several lots, by lot."""
    rows = session.execute(select(Lot.id, Lot.case_id, Lot.court_id).where(Lot.id.in_(lots)))
    return {lot: (case, court) for lot, case, court in rows}


@carries_out("auction.open_throughout")
def public_lot(session: Session, lot_id: str) -> LotRecord:
    """Return a lot the public may see: announced or later.

    :raises NotFound: when there is none, or it is not announced yet
    """
    found = lot(session, lot_id)
    if found.announced_at is None:
        raise NotFound(what="lot", name=lot_id)
    return found


def chain(session: Session, lot_id: str) -> list[LotRecord]:
    """Return every lot the same things went through, oldest first (the chain of rounds)."""
    things = select(LotProperty.property_id).where(LotProperty.lot_id == lot_id)
    ids = select(LotProperty.lot_id).where(LotProperty.property_id.in_(things))
    rows = session.scalars(select(Lot).where(Lot.id.in_(ids)).order_by(Lot.drafted_at, Lot.id))
    return [record_of(session, row) for row in rows]


def notices(session: Session, lot_id: str) -> list[NoticeFact]:
    """Return who was told, how, and since when it counts."""
    rows = session.scalars(select(Notice).where(Notice.lot_id == lot_id).order_by(Notice.id))
    return [NoticeFact(person=row.person_id, how=row.how, noticed_at=row.noticed_at) for row in rows]


def of_case(session: Session, *, case: str) -> list[LotRecord]:
    """Return a case's lots in the order drafted."""
    rows = session.scalars(select(Lot).where(Lot.case_id == case).order_by(Lot.drafted_at, Lot.id))
    return [record_of(session, row) for row in rows]


def sample_lots(session: Session) -> dict[int, str]:
    """Return the newest lot's status of each imported listing, by the listing's number."""
    number = Lot.facts["listing"].as_integer()
    rows = session.execute(
        select(number, Lot.status).where(Lot.facts.has_key("listing")).order_by(Lot.drafted_at, Lot.id)
    ).all()
    return {int(listing): status for listing, status in rows}


def ending_between(session: Session, *, start: datetime, end: datetime) -> str | None:
    """Return an open lot that ends in a span of time, or None."""
    return session.scalars(
        select(Lot.id)
        .where(Lot.status == "open", Lot.ends_at >= start, Lot.ends_at <= end)
        .order_by(Lot.ends_at)
        .limit(1)
    ).one_or_none()


def under_way() -> Select[str]:
    """Select the lots whose bidding has opened, or stands still, and has not ended."""
    return select(Lot.id).where(Lot.status.in_(("open", "deferred", "suspended")))


def next_opening(session: Session, *, until: datetime) -> tuple[datetime, str] | None:
    """Return the earliest announced lot whose opening has come."""
    row = session.execute(
        select(Lot.opens_at, Lot.id)
        .where(Lot.status == "announced", Lot.opens_at <= until)
        .order_by(Lot.opens_at, Lot.id)
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def next_closing(session: Session, *, until: datetime) -> tuple[datetime, str] | None:
    """Return the earliest open lot whose end has come."""
    row = session.execute(
        select(Lot.ends_at, Lot.id)
        .where(Lot.status == "open", Lot.ends_at <= until)
        .order_by(Lot.ends_at, Lot.id)
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def failed(session: Session, now: datetime, *, case: Cases = None) -> list[LotRecord]:
    """Return the failed lots that no later round has followed and nobody takes in kind."""
    return [record_of(session, row) for row in _failed(session, now, case=case)]


@carries_out("auction.second_round_within_days", "auction.sale_announce_within_days")
def due(session: Session, now: datetime, *, case: Cases = None) -> list[DueAct]:
    """Return what the court owes for its failed lots: the second auction, then the sale."""
    return [act for row in _failed(session, now, case=case) for act in _due_after_failure(row)]


def _failed(session: Session, now: datetime, *, case: Cases) -> Sequence[Lot]:
    followed = select(Lot.after_lot_id).where(Lot.after_lot_id.is_not(None))
    # A failed lot whose things stand in it again was taken in kind.
    taken = select(LotProperty.lot_id).where(LotProperty.live)
    query = select(Lot).where(
        Lot.outcome == "unsold",
        Lot.closed_at <= now,
        Lot.id.not_in(followed),
        Lot.id.not_in(taken),
        of_cases(Lot.case_id, case),
    )
    return session.scalars(query.order_by(Lot.closed_at, Lot.id)).all()


def _due_after_failure(row: Lot) -> list[DueAct]:
    if row.closed_at is None or row.rulebook is None or row.round == "sale":
        return []
    auction = frozen_numbers(row.rulebook).auction
    if row.round == "first":
        again = _due_act(
            row,
            what="draft_lot",
            days=auction.second_round_within_days,
            article="法释〔2016〕18号 第26条",
            zh="再次拍卖",
            en="auction it again",
        )
        return [again]
    sale = _due_act(
        row,
        what="draft_lot",
        days=auction.sale_announce_within_days,
        article="法明传〔2017〕455号 第2条",
        zh="发布变卖公告",
        en="announce the sale",
    )
    return [sale]


def _due_act(row: Lot, *, what: str, days: int, article: str, zh: str, en: str) -> DueAct:
    return DueAct(
        what=what,
        on=row.id,
        by=within_days(row.closed_at or row.ends_at, days),
        case=row.case_id,
        article=article,
        zh=f"“{row.title}”流拍，应在 {days} 日内{zh}",
        en=f"“{row.title}” found no bidder; {en} within {days} days",
    )
