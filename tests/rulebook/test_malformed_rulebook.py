"""A rulebook with a mistake stops the start and names the place."""

from __future__ import annotations

import json
from datetime import date
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.rulebook import RulebookMalformedError, numbers_from_json, read_rulebook, rulebook
from auction.rulebook.reading import fields_of_numbers, read_value

TEXT = resources.files("auction.rulebook").joinpath("cn.toml").read_text(encoding="utf-8")
START = 'key = "auction.start_price_min_pct"\narticle = 10\nparagraph = 2\nvalue = 70\nunit = "pct"\n'


def _with(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("value = 70\n", 'value = "70"\n', "online_auction, rule auction.start_price_min_pct: must be a whole"),
        ("value = 70\n", "value = 70.5\n", "auction.start_price_min_pct: no value is written as float"),
        ("value = 70\n", "value = true\n", "auction.start_price_min_pct: must be a whole"),
        ("value = 70\n", "value = -1\n", "auction.start_price_min_pct: must be a whole"),
        ("value = 70\n", "", "auction.start_price_min_pct: `value` and `unit` come together"),
        ('value = 70\nunit = "pct"\n', "", "auction.start_price_min_pct: this rule needs a value"),
        ('unit = "pct"', 'unit = "percent"', "unknown unit 'percent'"),
        ('value = 70\nunit = "pct"', 'value = 70\nunit = "days"', "needs a key ending in _days"),
        ('value = 24\nunit = "hours"', 'value = 24\nunit = "count"', "must be timedelta"),
        ("{ movable = 15, immovable = 30, other_right = 30 }", "{ movable = 15 }", "a number for each of"),
        ('actor = "panel"', 'actor = "judge"', "unknown actor 'judge'"),
        ('confidence = "V"', 'confidence = "X"', "confidence is V, M or I, not 'X'"),
        ('"auction.rounds_max"', '"auction.rounds_most"', "no such attribute"),
        ('title_zh = "起拍价下限"', 'title_zh = ""', "`title_zh` must be a text"),
        ('title_zh = "起拍价下限"', 'titel_zh = "起拍价下限"', "`title_zh` must be a text"),
        ("article = 10\nparagraph = 2\n", "paragraph = 2\n", "needs its article"),
        ("article = 10\n", "article = 0\n", "`article` must be a whole number from 1 on"),
        ("article = 10\n", "article = 10\narticle_to = 9\n", "a span of articles rises"),
        ("in_force = 2017-01-01", 'in_force = "2017"', "`in_force` must be a date"),
        ("dated = 2025-11-01", "", "`dated` must be a date"),
        ("dated = 2025-11-01", "dated = 2025-11-01\nauthor = 1", "rulebook: unknown: author"),
        ("until = 2021-01-01", "until = 1999-01-01", "a former numbering ends after"),
        ('instrument = "online_auction"', 'instrument = "offline"', "unknown instrument"),
        ('key = "agent"', 'key = "capacity"', "no key twice"),
        ('key = "online_sale"', 'key = "online_auction"', "this instrument is given twice"),
        ('"auction.no_back_office"', '"auction.platform_supervised"', "two versions begin"),
        ("[actor]", "[actors]", "`actor` must hold tables"),
        ("per_mille = 10 }", "per_mille = 10, more = 1 }", "a bracket has"),
        ("{ per_mille = 1 }", "{ up_to_minor = 1, per_mille = 1 }", "brackets rise"),
        ("key = ", "key = = ", "rulebook: "),
    ],
)
def test_a_mistake_stops_the_start_and_names_its_place(old: str, new: str, complaint: str) -> None:
    with pytest.raises(RulebookMalformedError) as caught:
        read_rulebook(_with(old, new))

    assert complaint in str(caught.value)


def test_a_number_that_nobody_gives_stops_the_start() -> None:
    first, found, rest = TEXT.partition(f"[[instrument.rule]]\n{START}")
    assert found
    _, _, rest = rest.partition("[[instrument.rule]]\n")

    with pytest.raises(RulebookMalformedError, match=r"no rule gives auction\.start_price_min_pct"):
        read_rulebook(f"{first}[[instrument.rule]]\n{rest}")


def test_layout_and_comments_do_not_change_the_version_but_content_does() -> None:
    commented = read_rulebook(_with("[actor]", "# a remark\n\n[actor]"))
    changed = read_rulebook(_with("value = 70\n", "value = 71\n"))

    assert commented.version == rulebook().version
    assert changed.sha256 != rulebook().sha256
    assert changed.on(changed.dated).auction.start_price_min_pct == 71


def test_a_later_version_leaves_earlier_days_as_they_were() -> None:
    later = START.replace("70", "80") + "in_force = 2030-01-01\n"
    rest = 'actor = "court"\nconfidence = "I"\ntitle_zh = "一"\ntitle_en = "a"\ntext_zh = "八"\ntext_en = "b"\n'

    book = read_rulebook(_with("[[instrument.rule]]\n", f"[[instrument.rule]]\n{later}{rest}\n[[instrument.rule]]\n"))

    before, after = book.on(date(2029, 12, 31)), book.on(date(2030, 1, 1))
    assert before.auction.start_price_min_pct == 70
    assert before.auction == rulebook().on(before.day).auction
    assert after.auction.start_price_min_pct == 80


@pytest.mark.property
@given(key=st.sampled_from(sorted(fields_of_numbers())), broken=st.none() | st.text() | st.booleans() | st.just([]))
def test_frozen_numbers_with_one_value_broken_are_refused_by_name(key: str, broken: object) -> None:
    numbers = json.loads(json.dumps(rulebook().on(date(2025, 3, 1)).as_json()))["numbers"]
    numbers[key]["value"] = broken

    with pytest.raises(RulebookMalformedError, match=key):
        numbers_from_json(numbers)


def test_frozen_numbers_must_be_whole() -> None:
    with pytest.raises(RulebookMalformedError, match="must be an object"):
        numbers_from_json([])
    with pytest.raises(RulebookMalformedError, match="needs `unit` and `value`"):
        numbers_from_json({})


@pytest.mark.property
@given(plain=st.recursive(st.none() | st.integers() | st.text() | st.floats(), st.lists), unit=st.text())
def test_an_unknown_unit_is_always_named(plain: object, unit: str) -> None:
    with pytest.raises(RulebookMalformedError, match="unknown unit"):
        read_value(f"?{unit}", plain)
