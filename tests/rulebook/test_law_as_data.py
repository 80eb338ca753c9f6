"""The shipped rulebook: complete, cited, dated, and the same everywhere."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.rulebook import (
    BeforeTheRulebookError,
    Numbers,
    Rules,
    RuleUnknownError,
    numbers_from_json,
    rulebook,
)
from auction.rulebook.model import ByKind, Provision
from auction.rulebook.reading import fields_of_numbers

DAYS = st.dates(min_value=rulebook().begins, max_value=date(2100, 12, 31))
TODAY = date(2025, 3, 1)


def _rules(day: date = TODAY) -> Rules:
    return rulebook().on(day)


@pytest.mark.statute
def test_the_numbers_of_the_online_auction_provisions_are_as_enacted() -> None:
    auction = _rules().auction

    assert auction.start_price_min_pct == 70
    assert (auction.deposit_min_pct, auction.deposit_max_pct) == (5, 20)
    assert auction.second_round_cut_max_pct == 20
    assert auction.bidding_min == timedelta(hours=24)
    assert auction.extension_window == auction.extension_length == timedelta(minutes=5)
    assert auction.loser_release == timedelta(hours=24)
    assert auction.notify_before_announcement_days == 3
    assert auction.deemed_notified_days == 5
    assert (auction.sale_period_days, auction.sale_contest) == (60, timedelta(hours=24))


@pytest.mark.statute
@pytest.mark.parametrize(
    ("kind", "round_", "days"),
    [
        ("movable", "first", 15),
        ("immovable", "first", 30),
        ("other_right", "first", 30),
        ("movable", "second", 7),
        ("immovable", "second", 15),
        ("other_right", "second", 15),
        ("movable", "sale", 7),
        ("immovable", "sale", 15),
        ("other_right", "sale", 15),
    ],
)
def test_an_announcement_runs_as_long_as_kind_and_round_ask(kind: str, round_: str, days: int) -> None:
    rules = _rules()

    assert rules.auction.notice_days(kind, round_) == days
    assert str(days) in rules.provision(rules.auction.notice_key(round_)).text.zh


@pytest.mark.statute
@pytest.mark.parametrize(("kind", "years"), [("movable", 2), ("immovable", 3), ("other_right", 3)])
def test_property_is_held_no_longer_than_the_law_allows(kind: str, years: int) -> None:
    assert _rules().control.max_years(kind) == years


def test_an_unknown_kind_or_round_is_named() -> None:
    rules = _rules()

    with pytest.raises(ValueError, match="not a kind of property: ship"):
        rules.control.max_years("ship")
    with pytest.raises(ValueError, match="not a round: third"):
        rules.auction.notice_days("movable", "third")


@pytest.mark.parametrize("key", sorted(fields_of_numbers()))
def test_every_number_is_cited_titled_and_said_in_both_languages(key: str) -> None:
    rule = _rules().provision(key)

    assert rule.value is not None
    assert rule.article.instrument.name_zh in rule.article.zh
    assert rule.title.zh
    assert rule.title.en
    for number in _numbers_to_be_said(rule):
        assert re.search(rf"(?<!\d){number}(?!\d)", rule.text.zh), f"{number} is not in: {rule.text.zh}"
        assert re.search(rf"(?<!\d){number}(?!\d)", rule.text.en), f"{number} is not in: {rule.text.en}"


def _numbers_to_be_said(rule: Provision) -> list[int]:
    """Return the whole numbers a reader must find in the sentence; money is said in yuan and not asked for."""
    if isinstance(rule.value, ByKind):
        return [rule.value.movable, rule.value.immovable, rule.value.other_right]
    if rule.unit in {"minor", "fee_brackets"} or not isinstance(rule.plain, int):
        return []
    return [rule.plain]


def test_a_citation_names_instrument_article_paragraph_and_item() -> None:
    rules = _rules()

    start = rules.article("auction.start_price_min_pct")
    setaside = rules.article("distribution.living_setaside_min_years")

    assert (start.zh, start.short_zh) == ("法释〔2016〕18号 第10条第2款", "网拍规定第10条第2款")
    assert start.en == "Online Auction Provisions, art. 10(2)"
    assert setaside.short_zh == "异议复议规定第20条第1款第3项"
    assert rules.article("auction.revoked_system").number == "31(2)"
    assert rules.article("auction.sale_period_days").zh == "法明传〔2017〕455号"
    assert rules.article("objections.act_review_days").zh == "《民事诉讼法》 第236条"


@pytest.mark.statute
@pytest.mark.parametrize(
    ("day", "article"),
    [
        (date(2019, 1, 1), "225"),
        (date(2021, 12, 31), "225"),
        (date(2022, 1, 1), "232"),
        (date(2023, 12, 31), "232"),
        (date(2024, 1, 1), "236"),
    ],
)
def test_an_article_is_cited_by_the_number_it_had_on_the_day(day: date, article: str) -> None:
    assert _rules(day).article("objections.act_review_days").number == article


@pytest.mark.statute
def test_a_changed_number_binds_from_its_day_on() -> None:
    before = _rules(date(2020, 12, 31)).distribution.construction_priority_max_months
    after = _rules(date(2021, 1, 1)).distribution.construction_priority_max_months

    assert (before, after) == (6, 18)


def test_a_duty_is_unknown_before_it_came_into_force() -> None:
    with pytest.raises(RuleUnknownError, match=r"auction\.purchase_limits"):
        _rules(date(2021, 12, 31)).article("auction.purchase_limits")
    assert _rules(date(2022, 1, 1)).article("auction.purchase_limits").number == "1"


def test_a_day_before_the_rulebook_is_refused() -> None:
    assert rulebook().begins == date(2018, 9, 1)
    with pytest.raises(BeforeTheRulebookError):
        rulebook().on(date(2018, 8, 31))


@pytest.mark.statute
def test_the_ten_blocks_and_seven_reminders_stand_in_the_order_of_the_articles() -> None:
    rules = _rules()

    assert rules.disclosure_keys() == (
        "announcement",
        "enforcement_basis",
        "pricing_basis",
        "bidding_rules",
        "property_state",
        "priority_holders",
        "notices",
        "payment",
        "taxes",
        "court_contact",
    )
    assert [one.key for one in rules.reminders] == [
        "capacity",
        "agent",
        "defects",
        "as_is",
        "acceptance",
        "real_identity",
        "forfeit",
    ]
    assert [one.article.number for one in rules.disclosure_blocks] == [f"13({n})" for n in range(1, 11)]
    assert [one.article.number for one in rules.reminders] == [f"14({n})" for n in range(1, 8)]
    assert len({one.digest for one in rules.reminders}) == 7


@pytest.mark.statute
@pytest.mark.parametrize("article", [11, 13, 14, 15, 18, 19, 21, 22, 24, 27, 28, 30, 31, 34, 36])
def test_the_provisions_can_be_read_article_by_article(article: int) -> None:
    by_instrument = {one.key: rules for one, rules in rulebook().articles(on=TODAY).items()}

    assert article in {rule.article.first for rule in by_instrument["online_auction"]}


def test_the_version_names_the_day_and_the_content() -> None:
    book = rulebook()

    assert book is rulebook()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d-[0-9a-f]{12}", book.version)
    assert book.version == f"{book.dated}-{book.sha256[:12]}"
    assert _rules().version == book.version


def test_the_whole_rulebook_is_json_with_every_article() -> None:
    told = json.loads(json.dumps(rulebook().as_json(), ensure_ascii=False))

    keys = {rule["key"] for instrument in told["instruments"] for rule in instrument["articles"]}
    assert keys >= set(fields_of_numbers())
    assert all(rule["actor"] in told["actors"] for instrument in told["instruments"] for rule in instrument["articles"])
    assert len(told["disclosure"]) == 10
    assert len(told["reminders"]) == 7


@pytest.mark.property
@given(day=DAYS)
def test_the_rules_of_any_day_can_be_frozen_and_read_back(day: date) -> None:
    rules = rulebook().on(day)

    frozen = json.loads(json.dumps(rules.as_json(), ensure_ascii=False))
    thawed = numbers_from_json(frozen["numbers"])

    assert frozen["version"] == rules.version
    for group in Numbers.__dataclass_fields__:
        assert getattr(thawed, group) == getattr(rules, group)


@pytest.mark.property
@given(day=DAYS)
def test_one_version_of_each_rule_is_in_force_on_any_day(day: date) -> None:
    living = [one for one in rulebook().provisions if one.in_force_on(day)]

    keys = [one.key for one in living]
    assert len(keys) == len(set(keys))
    assert set(keys) == set(rulebook().on(day).provisions)


@pytest.mark.property
@given(day=DAYS, later=DAYS)
def test_a_rule_that_is_in_force_never_disappears(day: date, later: date) -> None:
    first, last = sorted((day, later))

    assert rulebook().on(first).provisions.keys() <= rulebook().on(last).provisions.keys()


@pytest.mark.property
@given(day=DAYS)
def test_the_numbers_agree_with_each_other_on_any_day(day: date) -> None:
    rules = rulebook().on(day)

    assert 0 < rules.auction.deposit_min_pct < rules.auction.deposit_max_pct < 100
    assert rules.auction.extension_length >= rules.auction.extension_window
    assert rules.distribution.living_setaside_min_years <= rules.distribution.living_setaside_max_years
    assert rules.auction.second_notice_days.movable <= rules.auction.first_notice_days.movable
    assert rules.distribution.enforcement_fee_brackets[-1].up_to_minor is None
