"""The catalogue: announced lots, searched, filtered, counted and paged.

A question goes to ``listings``, narrow rows with an index of their own for words; the lots themselves are read only
for the page that is shown. What bounds the work for any question: ``NUMBERED`` rows to sort, ``_WINDOW`` to walk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import ge, le
from typing import Any

from sqlalchemy import ColumnElement, func, select, text, true, tuple_
from sqlalchemy.orm import Session, aliased

from auction.foundation.kernel.refusal import InputMalformed
from auction.procedure.lots.models import Listing, Lot
from auction.procedure.lots.search import pattern, tokens

#: Up to so many lots a page says the number exactly; above, that there are at least so many.
NUMBERED = 10_000
#: Lots in order that are looked through for a page when more than ``NUMBERED`` meet the conditions.
_WINDOW = 5_000
_AMOUNT_MOST = 2**63 - 1
#: The filters a reader chooses by name, in the order in which a shelf names them.
_NAMED = ("status", "outcome", "kind", "category", "round", "city")
_FACETS = ("status", "category", "round", "city")


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
class ListedLot:
    """A lot as lists show it."""

    id: str
    case_number: str
    court: str
    court_name: str
    title: str
    city: str
    kind: str
    category: str
    round: str
    status: str
    outcome: str | None
    start_price_minor: int
    deposit_minor: int
    increment_minor: int
    reference_price_minor: int
    hammer_price_minor: int | None
    currency: str
    announced_at: datetime
    opens_at: datetime
    closes_at: datetime
    ends_at: datetime
    sample: bool


@dataclass(frozen=True, slots=True)
class LotPage:
    """One page of the catalogue and where to go on; with ``total_is_least`` there may be more than ``total``."""

    items: tuple[ListedLot, ...]
    next: str | None
    total: int
    total_is_least: bool = False


@dataclass(frozen=True, slots=True)
class Facets:
    """How many lots meet every condition, and how many each other choice of one of them would find, most first."""

    total: int
    by: Mapping[str, list[tuple[str, int]]]


_SORTS: Mapping[str, tuple[str, bool]] = {
    "ends": ("ends_at", False),
    "opens": ("opens_at", False),
    "newest": ("announced_at", True),
    "price": ("start_price_minor", False),
    "-price": ("start_price_minor", True),
}
#: What is read of a lot for a list.
_SHOWN = [getattr(Lot, "court_id" if one.name == "court" else one.name) for one in fields(ListedLot)]


def page(
    session: Session, *, wanted: LotFilter, limit: int = 24, cursor: str | None = None, total: int | None = None
) -> LotPage:
    """Return a page of announced lots.

    The cursor is the id of the last lot seen, so a page never shifts under a reader.

    :param total: how many meet the conditions, where ``facets`` has said it already
    :raises InputMalformed: for an unknown sort or cursor
    """
    if wanted.sort not in _SORTS:
        raise InputMalformed(errors={"sort": f"one of {', '.join(_SORTS)}"})
    order = _Order(*_SORTS[wanted.sort], after=None)
    if cursor:
        order = _after(session, order, cursor)
    _plan(session)
    numbered = NUMBERED + 1
    ids: list[str] = []
    if total is None or total <= NUMBERED:
        numbered, ids = _few(session, wanted, order, limit=limit)
    if numbered > NUMBERED:
        ids = _first_of_many(session, wanted, order, limit=limit)
    items = _listed(session, ids[:limit])
    return LotPage(
        items=items,
        next=ids[limit - 1] if len(ids) > limit else None,
        total=min(numbered, NUMBERED) if total is None else total,
        total_is_least=total is None and numbered > NUMBERED,
    )


def facets(session: Session, *, wanted: LotFilter) -> Facets:
    """Count the lots that meet every condition, and for each facet those that meet every other one.

    So the numbers say what a click would find. One statement counts by shelf, which names all of them.
    """
    _plan(session)
    counted = select(Listing.shelf, func.count()).where(*_unnamed(Listing, wanted)).group_by(Listing.shelf)
    asked = {name: value for name in _NAMED if (value := getattr(wanted, name))}
    total, by = 0, {name: Counter[str]() for name in _FACETS}
    for shelf, lots in session.execute(counted).all():
        named = dict(zip(_NAMED, shelf.split("\x1f", len(_NAMED) - 1), strict=True))
        missed = [name for name, value in asked.items() if named[name] != value]
        if not missed:
            total += lots
        for name in _FACETS:
            if not missed or missed == [name]:
                by[name][named[name]] += lots
    ordered = {name: sorted(found.items(), key=lambda one: (-one[1], one[0])) for name, found in by.items()}
    return Facets(total=total, by=ordered)


def count_by(session: Session, *, what: str, wanted: LotFilter) -> list[tuple[str, int]]:
    """Return how many lots each value of ``status``, ``category``, ``round`` or ``city`` has, most first."""
    return facets(session, wanted=wanted).by[what]


def counts(session: Session) -> dict[str, int]:
    """Return how many announced lots are in each status, sold and unsold counted apart."""
    _plan(session)
    found: Counter[str] = Counter()
    for shelf, lots in session.execute(select(Listing.shelf, func.count()).group_by(Listing.shelf)).all():
        status, outcome, *_ = shelf.split("\x1f")
        found[outcome or status] += lots
    return dict(found)


@dataclass(frozen=True, slots=True)
class _Order:
    """In which order, and behind which place in it."""

    column: str
    descending: bool
    after: tuple[Any, str] | None

    def by(self, rows: Any) -> tuple[ColumnElement[Any], ...]:  # noqa: ANN401 - a table or a query of its columns
        """Return by what the rows are put in order."""
        column, lot = getattr(rows, self.column), rows.lot_id
        return (column.desc(), lot.desc()) if self.descending else (column, lot)

    def behind(self, rows: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a table or a query of its columns
        """Return the condition that a row comes after the place."""
        if self.after is None:
            return true()
        place, last = tuple_(getattr(rows, self.column), rows.lot_id), tuple_(*self.after)
        return place < last if self.descending else place > last


def _after(session: Session, order: _Order, cursor: str) -> _Order:
    column = getattr(Listing, order.column)
    known = select(column, Listing.lot_id).where(Listing.lot_id == cursor.replace("\x00", ""))
    last = session.execute(known).one_or_none()
    if last is None:
        raise InputMalformed(errors={"cursor": "unknown"})
    return _Order(order.column, order.descending, after=(last[0], last[1]))


def _plan(session: Session) -> None:
    """Have words looked up in their index always, by one processor: bidding needs the others.

    The database takes looking through a row's tokens for cheap, though it fetches them from outside the row, and
    reading a row for cheaper than finding in a second index that it is not needed.
    """
    session.execute(
        text(
            "SELECT set_config('enable_seqscan', 'off', true), set_config('cpu_tuple_cost', '0.03', true),"
            " set_config('max_parallel_workers_per_gather', '0', true)"
        )
    )


def _unnamed(rows: Any, wanted: LotFilter) -> list[ColumnElement[bool]]:  # noqa: ANN401 - a table or a query
    """Return the conditions that are no choice by name: words, court, prices and times."""
    words = tokens(q=wanted.q, court=wanted.court)
    found: list[ColumnElement[bool]] = [rows.tokens.contains(words)] if words else []
    bounds: tuple[tuple[Any, Any, Any], ...] = (
        (ge, rows.start_price_minor, _storable(wanted.price_min)),
        (le, rows.start_price_minor, _storable(wanted.price_max)),
        (ge, rows.opens_at, wanted.opens_from),
        (le, rows.ends_at, wanted.closes_before),
    )
    return found + [compare(bounded, bound) for compare, bounded, bound in bounds if bound is not None]


def _storable(price: int | None) -> int | None:
    """Return the amount, or where no column can hold it the one beyond every lot's."""
    return None if price is None else max(-_AMOUNT_MOST, min(price, _AMOUNT_MOST))


def _met(rows: Any, wanted: LotFilter) -> list[ColumnElement[bool]]:  # noqa: ANN401 - a table or a query
    """Return every condition."""
    found = _unnamed(rows, wanted)
    if wanted.status:
        found.append(rows.status == wanted.status.replace("\x00", ""))
    if wanted.city:
        found.append(rows.tokens.contains(tokens(city=wanted.city)))
    named = [getattr(wanted, name) if name != "status" else "" for name in _NAMED]
    if any(named):
        found.append(rows.shelf.like(pattern(named)))
    return found


def _few(session: Session, wanted: LotFilter, order: _Order, *, limit: int) -> tuple[int, list[str]]:
    """Return how many meet the conditions, ``NUMBERED + 1`` for more, and the first of them in order, if not more."""
    place = getattr(Listing, order.column)
    met = select(place, Listing.lot_id).where(*_met(Listing, wanted)).limit(NUMBERED + 1).cte("met")
    number = select(func.count().label("number")).select_from(met).subquery("number")
    first = select(met).where(order.behind(met.c)).order_by(*order.by(met.c)).limit(limit + 1).subquery("first")
    query = select(number.c.number, first.c.lot_id).select_from(number.outerjoin(first, true()))
    rows = session.execute(query.order_by(*order.by(first.c))).all()
    return rows[0][0], [lot for _, lot in rows if lot is not None]


def _first_of_many(session: Session, wanted: LotFilter, order: _Order, *, limit: int) -> list[str]:
    """Return the first in order, walking along it; where they are not near, sort all."""
    near = select(Listing).where(order.behind(Listing)).order_by(*order.by(Listing)).limit(_WINDOW)
    if wanted.status and order.column == "ends_at":  # what has ended is never near where bidding is open
        near = near.where(Listing.status == wanted.status)
    rows = aliased(Listing, near.subquery())
    walk = select(rows.lot_id).where(*_met(rows, wanted)).order_by(*order.by(rows)).limit(limit + 1)
    found = list(session.scalars(walk))
    if len(found) > limit:
        return found
    met = select(getattr(Listing, order.column), Listing.lot_id).where(*_met(Listing, wanted)).offset(0).subquery()
    return list(
        session.scalars(select(met.c.lot_id).where(order.behind(met.c)).order_by(*order.by(met.c)).limit(limit + 1))
    )


def _listed(session: Session, ids: Sequence[str]) -> tuple[ListedLot, ...]:
    found = {row.id: ListedLot(*row) for row in session.execute(select(*_SHOWN).where(Lot.id.in_(ids)))}
    return tuple(found[one] for one in ids)
