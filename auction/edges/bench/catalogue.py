"""A catalogue of a million lots: Chinese keywords with filters over the API, and the page itself."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import httpx
from sqlalchemy import text

from auction.edges.bench.measures import Measure
from auction.edges.bench.place import BenchFailedError, Place
from auction.edges.bench.size import Size
from auction.procedure.lots.search import grams_of_lot

_CITIES = ("南京市", "苏州市", "杭州市", "成都市", "广州市", "武汉市", "西安市", "青岛市", "长沙市", "郑州市")
_THINGS = (
    ("住宅用房", "immovable", "home"), ("商铺", "immovable", "shop"), ("小型轿车", "movable", "vehicle"),
    ("机器设备", "movable", "machinery"), ("工业用地", "immovable", "land"), ("股权", "other_right", "equity"),
    ("车位", "immovable", "other"), ("写字楼", "immovable", "shop"), ("厂房", "immovable", "other"),
    ("越野车", "movable", "vehicle"),
)  # fmt: skip
_WORDS = ("东湖", "西湖", "滨江", "建设", "人民", "中山", "解放", "和平", "朝阳", "新华")
#: What finds, of a million lots, a thousand, ten thousand and a hundred thousand, in every order.
_QUERIES = (
    {"q": "西湖 住宅", "city": "杭州市"},
    {"q": "商铺", "price_max": "100000000", "status": "open"},
    {"q": "滨江工业用地", "sort": "-price"},
    {"q": "轿车", "kind": "movable", "city": "成都市", "limit": "50"},
    {"q": "中山写字楼", "price_min": "1000000"},
    {"q": "住宅"},
    {"q": "商铺", "sort": "price"},
)
_OWN = (
    "id", "title", "city", "kind", "category", "round", "search_grams", "start_price_minor", "status", "outcome",
    "announced_at", "opens_at", "closes_at", "ends_at",
)  # fmt: skip
#: The columns of which a copy has what its original has.
_OTHERS = text(
    "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns"
    " WHERE table_name = 'lots' AND column_name <> ALL(:own)"
)
#: The indexes that are made when everything is in: in a tenth of the time.
_INDEXES = text(
    "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('lots', 'listings') AND indexname LIKE 'ix%'"
)
_ASKED = 80
_QUERY_MS, _PAGE_MS = 50.0, 100.0
_AT_ONCE = 100_000


def measure(place: Place, size: Size) -> Iterator[Measure]:
    """Measure what 95 of 100 readers wait for; nothing in the quick run."""
    if not size.catalogue:
        return
    fill(place, lots=size.catalogue)
    with place.web() as web, httpx.Client(base_url=f"http://127.0.0.1:{web.port}", timeout=60) as reader:
        asked = _waits(reader, "/api/v1/lots", lots=size.catalogue)
        shown = _waits(reader, "/lots", lots=size.catalogue)
    name = f"of {size.catalogue:,} lots, 95 of 100"
    yield Measure(
        name=f"keyword and filters {name}", value=asked, unit="ms", kind="at most", target=_QUERY_MS,
    )  # fmt: skip
    yield Measure(name=f"page {name}", value=shown, unit="ms", kind="at most", target=_PAGE_MS)


def fill(place: Place, *, lots: int) -> None:
    """Copy an open lot under as many names, with things, cities, rounds, prices and times of their own.

    A tenth is open, the others have closed; they have no things of their own and no dockets.
    """
    with place.platform.read() as session:
        others = str(session.execute(_OTHERS, {"own": list(_OWN)}).scalar_one())
        indexes = session.execute(_INDEXES).all()
    fill_some = text(f"""
        INSERT INTO lots ({", ".join(_OWN)}, {others})
        SELECT 'FILL-' || n, place.title || n, place.city, place.kind, place.category,
            (ARRAY['first', 'first', 'second', 'sale'])[1 + n / 7000 % 4], place.grams, 10000 * (n % 90000 + 1),
            CASE WHEN n / 1000 % 10 = 0 THEN 'open' ELSE 'closed' END,
            CASE WHEN n / 1000 % 10 = 0 THEN NULL WHEN n % 3 = 0 THEN 'unsold' ELSE 'sold' END,
            announced_at - n % 70001 * interval '1 second', opens_at + n % 80021 * interval '1 second',
            closes_at + (n % 100000 + 80021) * interval '1 second',
            ends_at + (n % 100000 + 80021) * interval '1 second', {others}
        FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS n
        JOIN jsonb_to_recordset(CAST(:titles AS jsonb))
            AS place (number int, title text, city text, kind text, category text, grams text[])
            ON place.number = n % :kinds, lots WHERE lots.id = :lot
    """)  # noqa: S608 - the names of the table's own columns
    titles = _titles()
    _one_by_one(place, [f"DROP INDEX {name}" for name, _ in indexes])
    for first in range(0, lots, _AT_ONCE):
        values = {"first": first, "last": min(first + _AT_ONCE, lots) - 1, "kinds": len(titles), "lot": place.lots[0]}
        with place.platform.act() as act:
            act.session.execute(fill_some, {**values, "titles": place.json(titles)})
    made_again = [definition for _, definition in indexes]
    _one_by_one(place, [*made_again, "VACUUM ANALYZE lots", "VACUUM ANALYZE listings"])


def _one_by_one(place: Place, statements: Sequence[str]) -> None:
    with place.platform.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            connection.execute(text(statement))


def _titles() -> Sequence[dict[str, object]]:
    """Return a thousand titles with their city, their kind and what they are found by."""
    made = [
        (f"{city}{word}{thing}", city, kind, category)
        for city in _CITIES
        for word in _WORDS
        for thing, kind, category in _THINGS
    ]
    return [
        {
            "number": number,
            "title": title,
            "city": city,
            "kind": kind,
            "category": category,
            "grams": grams_of_lot(title, city),
        }
        for number, (title, city, kind, category) in enumerate(made)
    ]


def _waits(reader: httpx.Client, path: str, *, lots: int) -> float:
    """Return what 95 of 100 answers took at most, in milliseconds."""
    deep_inside = {"q": "厂房", "sort": "-price", "cursor": f"FILL-{lots // 2 // 10 * 10 + 8}"}
    questions = (*_QUERIES, deep_inside)
    waits: list[float] = []
    for turn in range(_ASKED + len(questions)):
        began = time.perf_counter()
        answer = reader.get(path, params=questions[turn % len(questions)])
        took = time.perf_counter() - began
        if answer.is_error:
            raise BenchFailedError(f"{path}: {answer.status_code} {answer.text[:200]}")
        if turn >= len(questions):  # the first of each is for the caches
            waits.append(took)
    return round(sorted(waits)[len(waits) * 95 // 100] * 1000, 1)
