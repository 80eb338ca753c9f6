"""What a lot costs in all: on its page, in the API, and whatever is typed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask

from auction.app import create_app
from auction.edges.live import live_of
from auction.edges.platform import Platform
from auction.foundation.kernel.money import grouped
from auction.procedure.settlement.all_in import PRICE_MAX
from tests.edges.browsing import Browser
from tests.road import Road


@pytest.fixture
def app(platform: Platform) -> Iterator[Flask]:
    made = create_app(platform)
    yield made
    live_of(made).stop()


@pytest.fixture
def browser(app: Flask, platform: Platform) -> Browser:
    road = Road(platform)
    road.begin()
    road.announce("L1")
    return Browser(app)


def total(page: Browser) -> str:
    found = re.search(r'data-allin="total">([^<]*)<', page.text)
    assert found
    return found[1]


def test_the_page_says_what_it_costs_by_side_with_articles_and_the_last_day(browser: Browser) -> None:
    text = browser.get("/lots/L1").text

    for words in (
        "不由您承担",
        "增值税及附加",
        "法释〔2016〕18号 第30条",
        "车辆购置税",
        "成交后付给法院的余款",
        "¥630,000.00",
    ):
        assert words in text, words
    assert "尚不能确定" in text


def test_without_script_another_price_is_reckoned_by_the_address(browser: Browser) -> None:
    page = browser.get("/lots/L1?price=120万&buyer=organisation")

    assert total(page).startswith("¥1,200,000.00 – ¥")
    assert "人民币壹佰贰拾万元整" in page.text
    assert 'value="120万"' in page.text


@pytest.mark.parametrize(
    "strange",
    ["0", "-5", "12abc", "1e9", "0.001", "9" * 30, "１２３x", "NaN", "<script>", "45000000000000.01"],
)
def test_a_price_that_is_none_stays_in_its_field_with_the_reason(browser: Browser, strange: str) -> None:
    browser.page = browser.client.get("/lots/L1", query_string={"price": strange})

    assert browser.status == 200
    assert 'aria-invalid="true"' in browser.text
    assert total(browser).startswith("¥700,000.00")
    assert "<script>" not in browser.text


def test_full_width_digits_are_digits(browser: Browser) -> None:
    browser.page = browser.client.get("/lots/L1", query_string={"price": "７５００００"})

    assert total(browser).startswith("¥750,000.00")


def test_a_buyer_of_no_kind_is_refused_beside_the_choice(browser: Browser) -> None:
    page = browser.get("/lots/L1?buyer=king")

    assert "请选择购买人类型" in page.text


def test_the_script_gets_the_same_parts_the_server_reckons_with(browser: Browser) -> None:
    page = browser.get("/lots/L1?price=1234567.89")
    found = re.search(r'data-all-in="([^"]*)"', page.text)
    assert found
    parts = json.loads(unescape(found[1]))
    price = 123_456_789
    least = sum(price * one["least"] // (10_000 + one["vat"]) + one["leastMinor"] for one in parts if one["known"])
    most = sum(-(-price * one["most"] // 10_000) + one["mostMinor"] for one in parts if one["known"])

    assert total(page) == f"¥{grouped(price + least)} – ¥{grouped(price + most)}"


def api(browser: Browser, **query: str) -> tuple[int, dict[str, object]]:
    response = browser.client.get("/api/v1/lots/L1/costs", query_string=query)
    return response.status_code, response.get_json()


def test_the_api_answers_every_line_and_their_sum(browser: Browser) -> None:
    status, body = api(browser, amount_minor="100000000", buyer="person")

    assert status == 200
    assert isinstance(body["lines"], list)
    buyers = [line for line in body["lines"] if line["side"] == "buyer"]
    assert body["least_minor"] == 100_000_000 + sum(line["least_minor"] or 0 for line in buyers)
    assert body["most_minor"] == 100_000_000 + sum(line["most_minor"] or 0 for line in buyers)
    assert body["complete"] is False
    assert body["balance_minor"] == 93_000_000
    assert all(line["least_minor"] is None for line in body["lines"] if line["side"] == "seller")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"amount_minor": "0"},
        {"amount_minor": "-1"},
        {"amount_minor": "1.5"},
        {"amount_minor": "x"},
        {"amount_minor": "１００"},
        {"amount_minor": str(PRICE_MAX + 1)},
        {"amount_minor": "9" * 40},
        {"amount_minor": "100", "buyer": "king"},
        {"amount_minor": "100", "more": "1"},
    ],
)
def test_the_api_refuses_by_name_what_is_no_amount(browser: Browser, query: dict[str, str]) -> None:
    status, body = api(browser, **query)

    assert (status, body["code"]) == (400, "input.malformed")


def test_nobody_learns_of_a_draft(platform: Platform, browser: Browser) -> None:
    Road(platform).draft("L2")

    assert browser.client.get("/api/v1/lots/L2/costs?amount_minor=100").status_code == 404
    assert browser.client.get("/api/v1/lots/L404/costs?amount_minor=100").status_code == 404


def test_the_largest_price_still_fits(browser: Browser) -> None:
    status, body = api(browser, amount_minor=str(PRICE_MAX))

    assert status == 200
    assert isinstance(body["most_minor"], int)
    assert body["most_minor"] < 2**53
