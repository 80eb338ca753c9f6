"""The catalogue against a plain reading of every lot, with few and with more lots than are numbered or walked."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from auction.edges.platform import Platform
from auction.foundation.kernel.refusal import InputMalformed
from auction.procedure.lots import catalogue, desk
from auction.procedure.lots.catalogue import ListedLot, LotFilter
from auction.procedure.lots.search import grams_of_lot
from tests.road import Road

_THINGS = (("住宅用房", "immovable", "home"), ("小型轿车", "movable", "vehicle"), ("股权", "other_right", "equity"))
_CITIES = ("杭州市", "成都市", "100%_\\市")
_STANDINGS = (("announced", None), ("open", None), ("closed", "sold"), ("closed", "unsold"), ("withdrawn", None))
_COPIES = 120
_SHELVED = text("""
    SELECT lots.id FROM lots LEFT JOIN listings ON listings.lot_id = lots.id WHERE (lots.announced_at IS NOT NULL AND (
        listings.announced_at, listings.opens_at, listings.ends_at, listings.start_price_minor, listings.status,
        listings.shelf, listings.tokens
    ) IS DISTINCT FROM (
        lots.announced_at, lots.opens_at, lots.ends_at, lots.start_price_minor, lots.status,
        shelf_of_lot(lots), tokens_of_lot(lots)
    )) OR (lots.announced_at IS NULL AND listings.lot_id IS NOT NULL)
""")


@pytest.fixture
def road(platform: Platform) -> Road:
    made = Road(platform)
    made.begin()
    return made


@pytest.fixture
def many(road: Road) -> Platform:
    """Copy a lot under many names with everything a reader can ask for; some are alike in what orders them."""
    lot = road.announce()
    copies: list[dict[str, Any]] = []
    for number in range(_COPIES):
        thing, kind, category = _THINGS[number % 3]
        city = _CITIES[number // 3 % 3]
        status, outcome = _STANDINGS[number // 2 % 5]
        title = f"{city}西湖{thing}{number}"
        opens = lot.opens_at + timedelta(hours=number % 7)
        copies.append(
            {
                "id": f"K{number * 37 % _COPIES:03}",
                "title": title,
                "city": city,
                "kind": kind,
                "category": category,
                "round": ("first", "second", "sale")[number % 4 % 3],
                "status": status,
                "outcome": outcome,
                "court_id": f"court-{number % 2}",
                "court_name": f"第{number % 2}法院",
                "start_price_minor": 1000 * (number % 11 + 1),
                "announced_at": (opens - timedelta(days=30, hours=number % 5)).isoformat(),
                "opens_at": opens.isoformat(),
                "closes_at": (opens + timedelta(days=1)).isoformat(),
                "ends_at": (opens + timedelta(days=1 + number % 3)).isoformat(),
                "search_grams": grams_of_lot(title, city),
            }
        )
    copy = text(
        "INSERT INTO lots SELECT (jsonb_populate_record(lots, copy)).*"
        " FROM lots, jsonb_array_elements(CAST(:copies AS jsonb)) AS copy WHERE lots.id = 'L1'"
    )
    with road.platform.act() as act:
        act.session.execute(copy, {"copies": json.dumps(copies)})
    return road.platform


def everything(platform: Platform) -> list[ListedLot]:
    with platform.read() as session:
        ids = list(session.execute(text("SELECT id FROM lots WHERE announced_at IS NOT NULL")).scalars())
        columns = session.execute(
            text(
                "SELECT id, case_number, court_id, court_name, title, city, kind, category, round, status, outcome,"
                " start_price_minor, deposit_minor, increment_minor, reference_price_minor, hammer_price_minor,"
                " currency, announced_at, opens_at, closes_at, ends_at, sample FROM lots WHERE id = ANY(:ids)"
            ),
            {"ids": ids},
        ).all()
        return [ListedLot(*row) for row in columns]


def meets(lot: ListedLot, wanted: LotFilter) -> bool:
    named = all(
        getattr(wanted, name) in ("", getattr(lot, name) or "")
        for name in ("status", "outcome", "kind", "category", "round", "city")
    )
    bounds = (
        (wanted.price_min is None or lot.start_price_minor >= wanted.price_min)
        and (wanted.price_max is None or lot.start_price_minor <= wanted.price_max)
        and (wanted.opens_from is None or lot.opens_at >= wanted.opens_from)
        and (wanted.closes_before is None or lot.ends_at <= wanted.closes_before)
    )
    court = wanted.court in ("", lot.court, lot.court_name)
    return named and bounds and court and all(word in lot.title for word in wanted.q.split())


def put_in_order(lots: list[ListedLot], sort: str) -> list[str]:
    column = {"ends": "ends_at", "opens": "opens_at", "newest": "announced_at"}.get(sort, "start_price_minor")
    ordered = sorted(lots, key=lambda lot: (getattr(lot, column), lot.id), reverse=sort in ("newest", "-price"))
    return [lot.id for lot in ordered]


WANTED = (
    LotFilter(),
    LotFilter(q="西湖"),
    LotFilter(q="西湖 住宅", city="杭州市"),
    LotFilter(q="轿车", kind="movable", price_min=3000, price_max=9000),
    LotFilter(city="100%_\\市"),
    LotFilter(status="open"),
    LotFilter(q="西湖", status="closed", outcome="sold"),
    LotFilter(outcome="unsold", round="first"),
    LotFilter(court="court-1"),
    LotFilter(court="第0法院", category="home", q="湖住"),
    LotFilter(q="没有这样的东西"),
)


@pytest.mark.parametrize(("numbered", "window"), [(10_000, 5_000), (7, 9)])
def test_every_question_in_every_order_finds_what_reading_all_lots_finds(
    many: Platform, monkeypatch: pytest.MonkeyPatch, numbered: int, window: int
) -> None:
    monkeypatch.setattr(catalogue, "NUMBERED", numbered)
    monkeypatch.setattr(catalogue, "_WINDOW", window)
    lots = everything(many)
    middle = sorted(lot.opens_at for lot in lots)[_COPIES // 2]
    asked = (*WANTED, LotFilter(opens_from=middle), LotFilter(q="西湖", closes_before=middle + timedelta(days=2)))
    for wanted, sort in itertools.product(asked, ("ends", "opens", "newest", "price", "-price")):
        met = [lot for lot in lots if meets(lot, wanted)]
        seen: list[str] = []
        cursor: str | None = None
        with many.read() as session:
            while True:
                found = catalogue.page(session, wanted=replace(wanted, sort=sort), limit=45, cursor=cursor)
                assert (found.total, found.total_is_least) == (min(len(met), numbered), len(met) > numbered)
                seen += [lot.id for lot in found.items]
                cursor = found.next
                if cursor is None:
                    break
        assert seen == put_in_order(met, sort), (wanted, sort)


def test_the_numbers_say_what_a_click_would_find(many: Platform) -> None:
    lots = everything(many)
    for wanted, name in itertools.product(WANTED, ("status", "category", "round", "city")):
        with many.read() as session:
            found = catalogue.facets(session, wanted=wanted)
        assert found.total == sum(meets(lot, wanted) for lot in lots)
        cleared: dict[str, Any] = {name: ""}
        other = replace(wanted, **cleared)
        numbers = Counter(getattr(lot, name) for lot in lots if meets(lot, other))
        assert found.by[name] == sorted(numbers.items(), key=lambda one: (-one[1], one[0]))


def test_a_page_told_the_total_shows_the_same_lots(many: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "NUMBERED", 7)
    wanted = LotFilter(q="西湖", status="open", sort="price")
    with many.read() as session:
        counted = catalogue.facets(session, wanted=wanted).total
        told = catalogue.page(session, wanted=wanted, limit=5, total=counted)
        untold = catalogue.page(session, wanted=wanted, limit=5)
    assert told.items == untold.items
    assert (told.total, told.total_is_least) == (counted, False)
    assert (untold.total, untold.total_is_least) == (7, True)


def test_what_closed_and_what_is_open_are_counted_apart(many: Platform) -> None:
    with many.read() as session:
        found = catalogue.counts(session)
    assert found == Counter(lot.outcome or lot.status for lot in everything(many))


HOSTILE = (
    LotFilter(city="%"),
    LotFilter(city="杭州_"),
    LotFilter(city="市" * 5000),
    LotFilter(category="_ome"),
    LotFilter(category="home\x1ffirst"),
    LotFilter(kind="movable\x00\x1f"),
    LotFilter(status="%"),
    LotFilter(round="\\"),
    LotFilter(court="court:court-1"),
    LotFilter(court="\x00nobody"),
    LotFilter(q="court:court-1"),
    LotFilter(price_min=10**30),
    LotFilter(price_max=-(10**30)),
)


def test_hostile_conditions_find_nothing(many: Platform) -> None:
    with many.read() as session:
        for wanted in HOSTILE:
            assert catalogue.page(session, wanted=wanted).total == 0, wanted
            assert catalogue.facets(session, wanted=wanted).total == 0, wanted


def test_a_cursor_is_a_lot_the_catalogue_shows(road: Road) -> None:
    road.announce()
    road.seize("P2")
    road.draft("L2", properties=("P2",))
    with road.platform.read() as session:
        for cursor in ("L2", "nobody", "%", "'", "\x00", "长" * 5000):
            with pytest.raises(InputMalformed):
                catalogue.page(session, wanted=LotFilter(), cursor=cursor)


def assert_listings_agree(platform: Platform) -> None:
    with platform.read() as session:
        assert session.execute(_SHELVED).all() == []


def test_the_listing_follows_its_lot_down_the_road(road: Road) -> None:
    lot = road.announce("L1")
    road.seize("P2")
    road.draft("L2", properties=("P2",))
    assert_listings_agree(road.platform)
    road.admit("甲")
    road.admit("乙")
    road.wait_until(lot.opens_at)
    road.bid("甲", lot.start_price_minor)
    assert_listings_agree(road.platform)
    with road.platform.read() as session:
        assert catalogue.page(session, wanted=LotFilter(status="open")).total == 1
        assert catalogue.page(session, wanted=LotFilter(status="announced")).total == 0
    road.wait_until(lot.ends_at - timedelta(seconds=10))
    road.bid("乙", lot.start_price_minor + lot.increment_minor)
    assert_listings_agree(road.platform)
    with road.platform.read() as session:
        (extended,) = catalogue.page(session, wanted=LotFilter(status="open")).items
    assert extended.ends_at > lot.ends_at
    road.wait_until(extended.ends_at + timedelta(minutes=1))
    assert_listings_agree(road.platform)
    with road.platform.read() as session:
        assert catalogue.counts(session) == {"sold": 1}


def test_a_lot_is_found_anew_when_what_was_fixed_of_it_is_written_anew(many: Platform) -> None:
    with many.act() as act:
        act.session.execute(text("UPDATE lots SET city = '南京市', kind = 'movable' WHERE id LIKE 'K00%'"))
    assert_listings_agree(many)
    with many.act() as act:
        act.session.execute(text("DELETE FROM lots WHERE id = 'K001'"))
    with many.read() as session:
        assert catalogue.page(session, wanted=LotFilter(city="南京市")).total == 9


def test_the_desk_finds_what_is_in_preparation_and_what_is_announced(road: Road) -> None:
    road.announce("L1")
    road.seize("P2")
    road.draft("L2", properties=("P2",))
    with road.platform.read() as session:
        assert {lot.id for lot in desk.of_court(session, court=None, q="朝阳区")} == {"L1", "L2"}
        assert desk.of_court(session, court=None, q="没有这样的") == []
