"""The levies on a transfer as dated data: read whole, checked, and as they stood on a day."""

from __future__ import annotations

from datetime import date
from importlib import resources

import pytest

from auction.rulebook import RulebookMalformedError
from auction.rulebook.taxes import BUYERS, SORTS, read_taxes, taxes

TEXT = resources.files("auction.rulebook").joinpath("taxes.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("least = 300\n", "", "come together"),
        ("least = 300\nmost = 500", "least = 500\nmost = 300", "the least first"),
        ("least = 300\n", "least = -1\n", "`least` must be a whole number"),
        ("least = 300\n", "least = 3.5\n", "`least` must be a whole number"),
        ("least = 300\n", "least = true\n", "`least` must be a whole number"),
        ("most = 500\n", "most = 10001\n", "`most` must be a whole number"),
        ('side = "buyer"', 'side = "court"', "`side` is one of buyer, seller"),
        ('sorts = ["building"]', 'sorts = ["castle"]', "unknown castle"),
        ('buyers = ["only_home"]', 'buyers = ["nobody"]', "unknown nobody"),
        ('sorts = ["building"]\n', "", "names what it is levied on"),
        ("vat = 900", "vatt = 900", "unknown: vatt"),
        ('confidence = "M"', 'confidence = "?"', "confidence is V, M or I"),
        ("in_force = 2026-01-01", "in_force = 2025-01-01", "two versions are in force at once"),
        ("least_minor = 8000\nmost_minor = 8000", "least_minor = 8000\nmost_minor = 8000\nleast = 1\nmost = 1", "both"),
        ("dated = 2026-01-01", 'dated = "today"', "`dated` must be a date"),
        ("[[levy]]", "[[levy", "taxes: "),
    ],
)
def test_a_mistake_stops_the_start_and_names_the_place(old: str, new: str, complaint: str) -> None:
    assert old in TEXT
    with pytest.raises(RulebookMalformedError, match=complaint):
        read_taxes(TEXT.replace(old, new, 1))


def test_every_sort_of_thing_has_levies_of_both_sides_and_every_line_an_article() -> None:
    today = taxes().on(date(2026, 3, 1))

    for sort in SORTS:
        sides = {levy.side for levy in today for case in levy.cases if sort in case.sorts}
        assert sides == {"buyer", "seller"}, sort
    assert all(case.article and case.note.zh and case.note.en for levy in today for case in levy.cases)


def test_every_buyer_of_a_home_has_a_rate_whatever_its_size() -> None:
    deed = next(levy for levy in taxes().on(date(2026, 3, 1)) if levy.key == "deed_tax")

    for buyer in BUYERS:
        homes = [case for case in deed.cases if "home" in case.sorts and buyer in case.buyers]
        for area in (1, 90, 91, 140, 141, 1000):
            fitting = [
                case
                for case in homes
                if (case.area_over_m2 or 0) < area and (case.area_to_m2 is None or area <= case.area_to_m2)
            ]
            assert len(fitting) == 1, (buyer, area)


def test_a_rate_is_the_one_in_force_on_its_day() -> None:
    def vat(day: date) -> str:
        return next(levy.article for levy in taxes().on(day) if levy.key == "value_added_tax")

    def second_home(day: date) -> set[tuple[int | None, int | None]]:
        deed = next(levy for levy in taxes().on(day) if levy.key == "deed_tax")
        return {(case.least, case.most) for case in deed.cases if case.buyers == ("second_home",)}

    assert vat(date(2025, 12, 31)) == "《增值税暂行条例》第1条"
    assert vat(date(2026, 1, 1)) == "《增值税法》第3条"
    assert second_home(date(2024, 11, 30)) == {(100, 500)}
    assert second_home(date(2024, 12, 1)) == {(200, 200)}
