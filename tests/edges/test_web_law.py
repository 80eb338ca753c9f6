"""From an article to its rule, from the rule to its stories, its carriers and the lots it touched today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from auction.app import create_app
from auction.edges.live import live_of
from auction.edges.platform import Platform
from auction.edges.scenario import playing
from auction.edges.scenario.verbs import VERBS
from auction.edges.stories.shelf import stories, telling
from auction.edges.stories.vocabulary import VERBS as SAID
from auction.edges.stories.words import refusal_named
from auction.rulebook import rulebook
from auction.rulebook.carried import carriers
from tests.edges.browsing import Browser
from tests.road import Road

RULES = [one for one in rulebook().provisions if one.until is None]


@pytest.fixture
def app(platform: Platform) -> Iterator[Flask]:
    made = create_app(platform)
    yield made
    live_of(made).stop()


@pytest.fixture
def road(platform: Platform) -> Road:
    road = Road(platform)
    road.begin()
    return road


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


def test_every_rule_has_a_page_with_its_article_and_stories(browser: Browser) -> None:
    listed = browser.get("/rules").text
    for rule in RULES:
        assert f'href="/rules/{rule.key}"' in listed or not rule.in_force_on(rulebook().dated)
        page = browser.get(f"/rules/{rule.key}")
        assert page.status == 200, rule.key
        assert rule.article.short_zh in page.text
        for story in telling(rule.key):
            assert f'href="/rules/stories/{story.name}"' in page.text
        assert carriers(rule.key), rule.key
        for one in carriers(rule.key):
            assert one.path in page.text


def test_every_story_opens_with_its_steps(browser: Browser) -> None:
    assert browser.get("/rules/stories").text.count('href="/rules/stories/') == len(stories())
    for story in stories().values():
        page = browser.get(f"/rules/stories/{story.name}")
        assert page.status == 200, story.name
        assert page.text.count('id="step-') == len(story.told.steps)
        assert story.told.title_zh in page.text


def test_a_story_says_who_did_what_and_why_it_was_refused(browser: Browser) -> None:
    text = browser.get("/rules/stories/wangpai-10-floor-to-the-fen").text
    for words in (
        "执行员",
        "起草拍卖",
        "¥700,000.00",
        "被拒绝",
        "terms.start_below_floor",
        "法释〔2016〕18号 第10条",
        "¥700,000.01",
    ):
        assert words in text, words


def test_the_pages_are_there_in_english_too(browser: Browser) -> None:
    rule = browser.get("/rules/auction.start_price_min_pct?lang=en").text
    assert "Stories that tell it" in rule
    assert "Online Auction Provisions, art. 10(2)" in rule
    assert "The floor is 70 per cent" in browser.get("/rules/stories/wangpai-10-floor-to-the-fen").text


def test_a_changed_rule_shows_every_version_it_had(browser: Browser) -> None:
    text = browser.get("/rules/distribution.construction_priority_max_months").text
    assert "6 个月" in text
    assert "18 个月" in text
    assert "2021-01-01" in text


@pytest.mark.parametrize(
    "path",
    [
        *("/rules/nothing", "/rules/auction.", "/rules/auction.START_PRICE_MIN_PCT", "/rules/..%2Fetc", "/rules/%00"),
        *(
            "/rules/stories/nothing",
            "/rules/stories/..%2F..%2Fpyproject",
            "/rules/stories/%E6%B3%95",
            "/rules/" + "x" * 300,
        ),
    ],
)
def test_what_no_rule_or_story_is_called_is_not_found(browser: Browser, path: str) -> None:
    assert browser.get(path).status == 404


def test_a_rule_shows_the_lots_it_touched_within_a_day_and_no_longer(browser: Browser, road: Road) -> None:
    assert "最近24小时没有" in browser.get("/rules/auction.extension_length").text
    lot = road.announce("L1")
    road.admit("甲")
    road.wait_until(lot.closes_at - timedelta(minutes=1))
    road.bid("甲", 700_000_00)
    seen = browser.get("/rules/auction.extension_length").text
    assert "/lots/L1/docket?after=" in seen
    assert "竞价延长" in seen
    road.wait_until(lot.closes_at + timedelta(hours=24, minutes=6))
    assert "/lots/L1/docket?after=" not in browser.get("/rules/auction.extension_length").text


def test_a_draft_is_not_among_the_lots_a_rule_touched(browser: Browser, road: Road) -> None:
    road.draft("L1")
    assert "L1" not in browser.get("/rules/auction.panel_decides").text


def test_the_rulebook_as_data_names_stories_and_carriers(browser: Browser) -> None:
    told = browser.client.get("/api/v1/rulebook").get_json()
    rules = {rule["key"]: rule for one in told["instruments"] for rule in one["articles"]}
    floor = rules["auction.start_price_min_pct"]
    assert "wangpai-10-floor-to-the-fen" in floor["stories"]
    assert [one["path"] for one in floor["carried_by"]] == [one.path for one in carriers("auction.start_price_min_pct")]
    assert floor["value"] == 70


def test_every_verb_that_can_be_played_has_words() -> None:
    assert playing.PLAYS
    assert sorted(VERBS.keys() - SAID.keys()) == []


def test_every_refusal_a_story_names_is_known_by_its_title() -> None:
    codes = {step.refused for story in stories().values() for step in story.told.steps if step.refused}
    assert sorted(code for code in codes if refusal_named(code) is None) == []
