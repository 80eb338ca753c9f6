"""The reference price and how it came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from auction.foundation.kernel.calendar import day_of, within_days
from auction.foundation.kernel.due import DueAct
from auction.procedure.assets import queries as assets
from auction.procedure.valuation.models import Valuation
from auction.rulebook import rulebook
from auction.rulebook.numbers import ValuationNumbers


@dataclass(frozen=True, slots=True)
class ReferencePrice:
    """The price disposal goes by, until when it stands, and the article it rests on."""

    amount_minor: int
    method: str
    valid_until: datetime
    fixed_at: datetime
    article: str


@dataclass(frozen=True, slots=True)
class ValuationRecord:
    """One attempt; ``outcome`` is ``price``, ``failed`` or ``pending``."""

    id: str
    property: str
    method: str
    outcome: str
    amount_minor: int | None
    valid_until: datetime | None
    at: datetime
    details: Mapping[str, Any]
    article: str


def reference_price(session: Session, property_id: str) -> ReferencePrice | None:
    """Return the newest price of a property, expired or not, or None."""
    row = session.scalars(
        select(Valuation)
        .where(Valuation.property_id == property_id, Valuation.outcome == "price")
        .order_by(Valuation.position.desc())
        .limit(1)
    ).one_or_none()
    if row is None or row.amount_minor is None or row.valid_until is None:
        return None
    return ReferencePrice(
        amount_minor=row.amount_minor,
        method=row.method,
        valid_until=row.valid_until,
        fixed_at=row.at,
        article=row.article,
    )


def history(session: Session, property_id: str) -> list[ValuationRecord]:
    """Return every attempt, oldest first."""
    query = select(Valuation).where(Valuation.property_id == property_id).order_by(Valuation.position)
    return [_record(row) for row in session.scalars(query)]


def due(session: Session, now: datetime, *, case: str | None = None, limit: int = 500) -> list[DueAct]:
    """Return the valuations to begin (第1条) and the disposals to begin (第30条), soonest first."""
    numbers = rulebook().on(day_of(now)).valuation
    unvalued = assets.awaiting_valuation(session, case=case, limit=limit)
    unsold = assets.awaiting_disposal(session, case=case, limit=limit)
    acts = [_begin_valuation(one, numbers) for one in unvalued]
    acts += [_begin_disposal(one, one.price_fixed_at, numbers) for one in unsold if one.price_fixed_at is not None]
    return sorted(acts, key=lambda act: (act.by, act.on))[:limit]


def _begin_valuation(thing: assets.PropertyRecord, numbers: ValuationNumbers) -> DueAct:
    days = numbers.start_within_days
    return DueAct(
        what="start_valuation",
        on=thing.id,
        by=within_days(thing.seized_at, days),
        case=thing.case,
        article="法释〔2018〕15号 第1条",
        zh=f"查封后{days}日内启动确定参考价程序",
        en=f"begin valuation within {days} days of the seizure",
    )


def _begin_disposal(thing: assets.PropertyRecord, fixed_at: datetime, numbers: ValuationNumbers) -> DueAct:
    days = numbers.start_disposal_within_days
    return DueAct(
        what="start_disposal",
        on=thing.id,
        by=within_days(fixed_at, days),
        case=thing.case,
        article="法释〔2018〕15号 第30条",
        zh=f"参考价确定后{days}日内启动变价程序",
        en=f"begin disposal within {days} days of the reference price",
    )


def _record(row: Valuation) -> ValuationRecord:
    return ValuationRecord(
        id=row.id,
        property=row.property_id,
        method=row.method,
        outcome=row.outcome,
        amount_minor=row.amount_minor,
        valid_until=row.valid_until,
        at=row.at,
        details=dict(row.details),
        article=row.article,
    )
