from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from auction.app import create_app
from auction.edges.live import live_of
from auction.edges.platform import Platform
from auction.rulebook import rulebook
from tests.edges.browsing import Browser
from tests.road import Road


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


def test_an_empty_platform_has_a_first_page_and_an_empty_catalogue(browser: Browser) -> None:
    assert browser.get("/").status == 200
    assert "没有符合全部条件的拍卖品" in browser.get("/lots").text


def test_a_draft_is_nobody_elses_business(browser: Browser, road: Road) -> None:
    road.draft("L1")
    for path in ("/lots/L1", "/lots/L1/docket", "/lots/L1/qr.svg"):
        assert browser.get(path).status == 404
    assert "L1" not in browser.get("/lots").text


def test_an_announced_lot_is_found_and_shown_with_terms_reminders_and_road(browser: Browser, road: Road) -> None:
    road.announce("L1")
    assert "/lots/L1" in browser.get("/lots?q=财产&category=vehicle&round=first&status=announced").text
    page = browser.get("/lots/L1")
    assert page.status == 200
    for words in ("700,000", "70,000", "（2025）京0105执1234号", "北京市朝阳区人民法院", "公告中", "赵某"):
        assert words in page.text
    assert "赵某某" not in page.text
    for reminder in rulebook().reminders:
        assert reminder.text.zh in page.text


def test_the_card_carries_what_the_live_script_needs(browser: Browser, road: Road) -> None:
    road.announce("L1")
    text = browser.get("/lots/L1").text
    for data in ('data-lot="L1"', 'data-start-minor="70000000"', 'data-increment-minor="500000"', "data-seq="):
        assert data in text


def test_before_the_close_no_page_shows_who_is_behind_a_code(app: Flask, road: Road) -> None:
    lot = road.announce("L1")
    code = road.admit("甲").code
    road.wait_until(lot.opens_at)
    road.bid("甲", 700_000_00)
    for path in ("/lots/L1", "/lots/L1/docket", "/lots", "/"):
        text = Browser(app).get(path).text
        assert "竞买人甲" not in text
    assert code in Browser(app).get("/lots/L1").text


def test_the_docket_shows_every_entry_with_its_hash_in_pages(browser: Browser, road: Road) -> None:
    road.announce("L1")
    text = browser.get("/lots/L1/docket").text
    assert "发布拍卖公告" in text
    assert 'id="entry-1"' in text
    assert 'id="entry-1"' not in browser.get("/lots/L1/docket?after=1").text
    assert browser.get("/lots/L1/docket?after=minus").status == 400


@pytest.mark.parametrize(
    "query", ["price_min=abc", "price_max=1.234", "opens_from=yesterday", "closes_before=9999-99-99", "cursor=%00"]
)
def test_a_condition_that_cannot_be_read_is_named_and_the_rest_still_found(
    browser: Browser, road: Road, query: str
) -> None:
    road.announce("L1")
    page = browser.get(f"/lots?q=测试&{query}")
    assert page.status == 400
    assert "/lots/L1" in page.text


@pytest.mark.parametrize("query", ["price_min=８０００００", "city=上海", "status=open", "q=不存在", "kind=immovable"])
def test_conditions_leave_out_what_does_not_meet_them(browser: Browser, road: Road, query: str) -> None:
    road.announce("L1")
    page = browser.get(f"/lots?{query}")
    assert page.status == 200
    assert "/lots/L1" not in page.text


def test_hostile_words_come_back_as_words(browser: Browser) -> None:
    page = browser.get("/lots?q=<script>alert(1)</script>&sort='--&status=\"><b>")
    assert page.status == 200
    assert "<script>alert" not in page.text
    assert '"><b>' not in page.text


def test_rules_are_shown_article_by_article_with_anchors(browser: Browser) -> None:
    text = browser.get("/rules").text
    assert 'id="auction.deposit_min_pct"' in text
    assert browser.get("/rules?on=1999-01-01").status == 400
    assert browser.get("/rules?on=soon").status == 400


@pytest.mark.parametrize("path", ["/help", "/glossary", "/verify", "/login", "/signup"])
def test_every_page_speaks_both_languages(browser: Browser, path: str) -> None:
    assert 'lang="zh-CN"' in browser.get(f"{path}?lang=zh").text
    assert 'lang="en"' in browser.get(f"{path}?lang=en").text
    assert 'lang="en"' in browser.get(path).text  # kept by the cookie


def test_the_language_button_returns_to_the_page_and_nowhere_else(browser: Browser) -> None:
    browser.get("/rules?lang=zh").send("/language", lang="en")
    assert browser.at == "/rules"
    assert 'lang="en"' in browser.text
    token = browser.fields("/language")["csrf_token"]
    browser.page = browser.client.post("/language", data={"csrf_token": token, "lang": "zh", "next": "//evil.example/"})
    assert browser.page.headers["Location"] == "/"


def test_unknown_addresses_and_wrong_methods_say_what_to_do(browser: Browser) -> None:
    assert browser.get("/no/such/page").status == 404
    assert "没有这一页" in browser.text
    wrong = browser.client.put("/rules")
    assert wrong.status_code == 405
    assert "GET" in wrong.headers["Allow"]


def test_pages_carry_the_headers_that_keep_strangers_out(browser: Browser) -> None:
    headers = browser.get("/").page.headers  # type: ignore[union-attr]
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-cache"


def test_the_qr_code_leads_to_the_lot(browser: Browser, road: Road) -> None:
    road.announce("L1")
    page = browser.get("/lots/L1/qr.svg").page
    assert page is not None
    assert page.content_type == "image/svg+xml"
    assert page.data.startswith(b"<svg")


def test_an_open_lot_of_the_last_hour_closes_soon(browser: Browser, road: Road) -> None:
    lot = road.announce("L1")
    road.wait_until(lot.closes_at - timedelta(minutes=30))
    text = browser.get("/").text
    assert "即将结束" in text
    assert "data-live-card" in text
