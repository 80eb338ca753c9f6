"""What a lot costs in all: sums that hold at every price, spans that never pretend."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.edges.platform import Platform
from auction.foundation.kernel.refusal import InputMalformed
from auction.procedure.lots import queries as lots
from auction.procedure.settlement import costs as reading
from auction.procedure.settlement.all_in import PRICE_MAX, AllIn, Levied, Thing, all_in, area_of, levied, sort_of
from auction.rulebook.taxes import BUYERS, SORTS, taxes
from tests.procedure.selling import DEPOSIT_MINOR, START_MINOR, Sale

DAY = date(2026, 3, 1)
DUE = datetime(2026, 4, 1, 16, tzinfo=UTC)
LEVIES = taxes().on(DAY)

prices = st.integers(1, PRICE_MAX)
things = st.builds(
    Thing,
    sort=st.sampled_from(SORTS),
    area_m2=st.none() | st.decimals(1, 999, places=2),
    facts=st.fixed_dictionaries({}, optional={"arrears_minor": st.integers(-5, 10**16) | st.text() | st.booleans()}),
)
lots_of_things = st.lists(things, min_size=1, max_size=3)
buyers = st.none() | st.sampled_from(BUYERS)


def home(area: str | None = "89.5", **facts: object) -> Thing:
    return Thing(sort="home", area_m2=Decimal(area) if area else None, facts=facts)


def spans(*of: Thing, buyer: str | None = None, price_minor: int = 100_000_000) -> dict[str, tuple[int, int] | None]:
    return {one.key: one.at(price_minor) for one in levied(LEVIES, things=of, buyer=buyer)}


def whole(*of: Thing, buyer: str | None, price_minor: int, deposit_minor: int = 0) -> AllIn:
    found = levied(LEVIES, things=of, buyer=buyer)
    return all_in(found, price_minor=price_minor, deposit_minor=deposit_minor, balance_due_by=DUE)


def test_a_first_home_of_ordinary_size_is_taxed_at_one_per_cent_of_the_price_without_vat() -> None:
    found = spans(home(), buyer="only_home")

    assert found["deed_tax"] == (917_431, 1_000_000)  # 100,000,000 / 1.09 at 1 %, rounded down; at 1 %, rounded up
    assert found["stamp_duty"] == (0, 0)
    assert found["registration"] == (8000, 8000)


@pytest.mark.parametrize(
    ("area", "buyer", "most"),
    [
        ("140", "only_home", 1_000_000),
        ("140.01", "only_home", 1_500_000),
        ("140", "second_home", 1_000_000),
        ("140.01", "second_home", 2_000_000),
        ("60", "person", 5_000_000),
        ("60", "organisation", 5_000_000),
        ("60", None, 5_000_000),
    ],
)
def test_the_deed_tax_of_a_home_depends_on_who_buys_and_on_its_size(area: str, buyer: str | None, most: int) -> None:
    found = spans(home(area), buyer=buyer)["deed_tax"]

    assert found is not None
    assert found[1] == most


def test_a_home_whose_size_is_unknown_spans_both_sizes() -> None:
    assert spans(home(None), buyer="only_home")["deed_tax"] == (917_431, 1_500_000)


def test_arrears_on_record_may_fall_on_the_buyer_and_without_a_record_nobody_knows() -> None:
    assert spans(home(arrears_minor=1_234_56))["arrears"] == (0, 1_234_56)
    assert spans(home(arrears_minor=0))["arrears"] == (0, 0)
    assert spans(home())["arrears"] is None


@pytest.mark.parametrize("strange", [-1, True, "many", 1.5, None, [], 10**30])
def test_arrears_that_are_no_amount_are_unknown(strange: object) -> None:
    assert spans(home(arrears_minor=strange))["arrears"] is None


@pytest.mark.parametrize("strange", ["-5", "1e9", "约89", "八十九", "８９", "", "nan", "99999999"])
def test_an_area_that_is_no_number_is_unknown(strange: str) -> None:
    assert area_of({"area_m2": strange}) is None
    assert area_of({"area_m2": " 89.50 "}) == Decimal("89.5")
    assert area_of({"area_m2": 89}) == 89


@pytest.mark.parametrize(
    ("kind", "category", "facts", "sort"),
    [
        ("immovable", "home", {}, "home"),
        ("immovable", "other", {}, "building"),
        ("immovable", "land", {}, "building"),
        ("movable", "vehicle", {"plate": "京A12345"}, "plated_vehicle"),
        ("movable", "vehicle", {}, "vehicle"),
        ("movable", "vessel", {}, "vessel"),
        ("other_right", "equity", {}, "equity"),
        ("other_right", "other", {}, "right"),
        ("movable", "food", {}, "movable"),
    ],
)
def test_the_tax_laws_tell_things_apart(kind: str, category: str, facts: dict[str, Any], sort: str) -> None:
    assert sort_of(kind=kind, category=category, facts=facts) == sort


def test_what_the_law_lays_on_the_seller_is_named_and_never_added() -> None:
    found = whole(home(), buyer="only_home", price_minor=100_000_000)

    assert {line.levy.key for line in found.sellers} == {
        "value_added_tax",
        "land_appreciation_tax",
        "income_tax",
        "seller_stamp_duty",
    }
    assert all(line.least_minor is None and line.levy.article for line in found.sellers)
    assert found.most_minor == 100_000_000 + 1_000_000 + 8000


def test_things_of_several_sorts_may_owe_next_to_nothing_of_a_rate() -> None:
    mixed = spans(home(), Thing(sort="movable", area_m2=None, facts={}), buyer="only_home")

    assert mixed["deed_tax"] == (0, 1_000_000)


def test_each_title_is_registered_for_itself() -> None:
    assert spans(home(), home("20"))["registration"] == (16_000, 16_000)


@given(of=lots_of_things, buyer=buyers, price=prices, deposit=st.integers(0, PRICE_MAX))
def test_the_whole_is_the_sum_of_its_lines(of: list[Thing], buyer: str | None, price: int, deposit: int) -> None:
    found = whole(*of, buyer=buyer, price_minor=price, deposit_minor=deposit)

    assert found.least_minor == price + sum(line.least_minor or 0 for line in found.buyers)
    assert found.most_minor == price + sum(line.most_minor or 0 for line in found.buyers)
    assert price <= found.least_minor <= found.most_minor < 2**53
    assert found.balance_minor + found.deposit_minor == price
    assert found.balance_minor >= 0
    for line in found.buyers:
        assert (line.least_minor is None) == (line.most_minor is None)
        assert (line.least_minor or 0) <= (line.most_minor or 0)


@given(of=lots_of_things, buyer=buyers, low=prices, more=st.integers(0, 10**9))
def test_a_higher_price_never_costs_less(of: list[Thing], buyer: str | None, low: int, more: int) -> None:
    one = whole(*of, buyer=buyer, price_minor=low)
    other = whole(*of, buyer=buyer, price_minor=min(PRICE_MAX, low + more))

    assert one.least_minor <= other.least_minor
    assert one.most_minor <= other.most_minor


@given(of=lots_of_things, price=prices)
def test_knowing_who_buys_only_narrows_the_span(of: list[Thing], price: int) -> None:
    def of_buyer(buyer: str | None) -> dict[str, Levied]:
        return {one.key: one for one in levied(LEVIES, things=of, buyer=buyer)}

    open_ = of_buyer(None)
    for buyer in BUYERS:
        for key, one in of_buyer(buyer).items():
            narrow, wide = one.at(price), open_[key].at(price)
            if narrow is not None and wide is not None:
                assert wide[0] <= narrow[0] <= narrow[1] <= wide[1]


def test_the_balance_of_a_lot_is_due_as_announced_counted_from_its_end(platform: Platform) -> None:
    sale = Sale(platform)
    sale.open()
    sale.announce()
    with platform.read() as session:
        lot = lots.lot(session, "L1")
        found = reading.costs(session, lot=lot, now=platform.clock.now())

    assert not found.final
    assert (found.balance_due_by - lot.ends_at).days in range(9, 21)
    at_start = found.at(START_MINOR)
    assert (at_start.deposit_minor, at_start.balance_minor) == (DEPOSIT_MINOR, START_MINOR - DEPOSIT_MINOR)


def test_once_sold_the_last_day_is_the_one_of_the_confirmation(platform: Platform) -> None:
    sale = Sale(platform)
    sale.open()
    sale.announce()
    sale.admit("甲")
    sale.until_open()
    sale.bid("甲", START_MINOR)
    sale.until_closed()
    with platform.read() as session:
        lot = lots.lot(session, "L1")
        found = reading.costs(session, lot=lot, now=platform.clock.now())

    assert found.final
    assert found.balance_due_by > lot.ends_at


@pytest.mark.parametrize("strange", [0, -1, PRICE_MAX + 1, True, "100", None, 1.5])
def test_a_price_that_is_none_is_refused(strange: object) -> None:
    with pytest.raises(InputMalformed):
        reading.price(strange)


def test_a_buyer_of_a_kind_there_is_not_is_refused(platform: Platform) -> None:
    sale = Sale(platform)
    sale.open()
    sale.announce()
    with platform.read() as session, pytest.raises(InputMalformed):
        reading.costs(session, lot=lots.lot(session, "L1"), now=platform.clock.now(), buyer="a king")
