"""The catalogue: announced lots, searched, filtered, counted and paged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from operator import ge, le
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from auction.foundation.kernel.refusal import InputMalformed
from auction.procedure.lots.models import Lot
from auction.procedure.lots.queries import LotRecord, record_of
from auction.procedure.lots.search import grams


@dataclass(frozen=True, slots=True)
class LotFilter:
    """What a reader of the catalogue asked for; every filter combines with ``q``."""

    q: str = ""
    status: str = ""
    kind: str = ""
    category: str = ""
    round: str = ""
    court: str = ""
    city: str = ""
    outcome: str = ""
    price_min: int | None = None
    price_max: int | None = None
    opens_from: datetime | None = None
    closes_before: datetime | None = None
    sort: str = "ends"


@dataclass(frozen=True, slots=True)
class LotPage:
    """One page of the catalogue and where to go on."""

    items: tuple[LotRecord, ...]
    next: str | None
    total: int


_SORTS: Mapping[str, tuple[Any, bool]] = {
    "ends": (Lot.ends_at, False),
    "opens": (Lot.opens_at, False),
    "newest": (Lot.announced_at, True),
    "price": (Lot.start_price_minor, False),
    "-price": (Lot.start_price_minor, True),
}


def _filtered(query: Select[Any], wanted: LotFilter) -> Select[Any]:
    query = query.where(Lot.announced_at.is_not(None))
    for column, value in (
        (Lot.status, wanted.status),
        (Lot.kind, wanted.kind),
        (Lot.category, wanted.category),
        (Lot.round, wanted.round),
        (Lot.city, wanted.city),
        (Lot.outcome, wanted.outcome),
    ):
        if value:
            query = query.where(column == value)
    if wanted.court:
        query = query.where((Lot.court_id == wanted.court) | (Lot.court_name == wanted.court))
    if wanted.q.strip():
        query = query.where(Lot.search_grams.contains(grams(wanted.q)))
    bounds: tuple[tuple[Any, Any, Any], ...] = (
        (ge, Lot.start_price_minor, wanted.price_min),
        (le, Lot.start_price_minor, wanted.price_max),
        (ge, Lot.opens_at, wanted.opens_from),
        (le, Lot.ends_at, wanted.closes_before),
    )
    for compare, bounded, bound in bounds:
        if bound is not None:
            query = query.where(compare(bounded, bound))
    return query


def page(session: Session, *, wanted: LotFilter, limit: int = 24, cursor: str | None = None) -> LotPage:
    """Return a page of announced lots.

    The cursor is the id of the last lot seen, so a page never shifts under a reader.

    :raises InputMalformed: for an unknown sort or cursor
    """
    if wanted.sort not in _SORTS:
        raise InputMalformed(errors={"sort": f"one of {', '.join(_SORTS)}"})
    column, descending = _SORTS[wanted.sort]
    total = session.execute(_filtered(select(func.count(Lot.id)), wanted)).scalar_one()
    query = _filtered(select(Lot), wanted)
    if cursor:
        last = session.execute(select(column, Lot.id).where(Lot.id == cursor)).one_or_none()
        if last is None:
            raise InputMalformed(errors={"cursor": "unknown"})
        place = tuple_(column, Lot.id)
        query = query.where(place < tuple_(*last) if descending else place > tuple_(*last))
    order = (column.desc(), Lot.id.desc()) if descending else (column, Lot.id)
    rows = session.scalars(query.order_by(*order).limit(limit + 1)).all()
    items = tuple(record_of(session, row) for row in rows[:limit])
    return LotPage(items=items, next=items[-1].id if len(rows) > limit else None, total=total)


def counts(session: Session) -> dict[str, int]:
    """Return how many announced lots are in each status, sold and unsold counted apart."""
    rows = session.execute(
        select(Lot.status, Lot.outcome, func.count())
        .where(Lot.announced_at.is_not(None))
        .group_by(Lot.status, Lot.outcome)
    ).all()
    found: dict[str, int] = {}
    for status, outcome, number in rows:
        found[outcome or status] = found.get(outcome or status, 0) + number
    return found


def cities(session: Session) -> list[tuple[str, int]]:
    """Return the cities with announced lots and their number, most first."""
    rows = session.execute(
        select(Lot.city, func.count())
        .where(Lot.announced_at.is_not(None))
        .group_by(Lot.city)
        .order_by(func.count().desc(), Lot.city)
    ).all()
    return [(city, number) for city, number in rows]


_COUNTED = {"status": Lot.status, "category": Lot.category, "round": Lot.round, "city": Lot.city}


def count_by(session: Session, *, what: str, wanted: LotFilter) -> list[tuple[str, int]]:
    """Return how many lots each value of ``status``, ``category``, ``round`` or ``city`` has, most first.

    Every other condition of the filter holds, so that the numbers say what a click would find.
    """
    cleared: dict[str, Any] = {what: ""}
    column = _COUNTED[what]
    counted: Any = select(column, func.count())
    rows = session.execute(
        _filtered(counted, replace(wanted, **cleared)).group_by(column).order_by(func.count().desc(), column)
    ).all()
    return [(str(row[0]), int(row[1])) for row in rows]
