"""How a lot's bidding was served, as pages and API show it; what operators see of processes and clocks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from auction.app import create_app
from auction.edges.jobs.certifying import certify
from auction.edges.jobs.sweep import settle
from auction.edges.live import live_of
from auction.edges.platform import Platform
from auction.edges.web.availability import Part, duration, parts, share, steps
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.roles import Actor
from auction.procedure.bidding import certifying, stays
from tests.edges.browsing import Browser
from tests.procedure.bidding.serving import led_by_a, lot_of, serve
from tests.road import Road

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture
def app(platform: Platform) -> Iterator[Flask]:
    made = create_app(platform)
    yield made
    live_of(made).stop()


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


@pytest.fixture
def road(platform: Platform) -> Road:
    """An open lot that A leads."""
    return led_by_a(platform)


def told(app: Flask, lot: str = "L1") -> dict[str, Any]:
    answer = app.test_client().get(f"/api/v1/lots/{lot}/availability")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = json.loads(answer.data)
    return found


def test_before_the_close_the_certificate_is_yet_to_come(app: Flask, browser: Browser, road: Road) -> None:
    serve(road.platform, road.now, road.now + HOUR)

    assert told(app) == {"lot": "L1", "measured": True, "certificate": None, "outages": []}
    assert "竞价结束后公布证明" in browser.get("/lots/L1/availability").text
    assert "/lots/L1/availability" not in browser.get("/lots/L1").text


def test_where_nothing_was_measured_the_page_says_so(app: Flask, browser: Browser, road: Road) -> None:
    road.wait_until(lot_of(road).ends_at)

    assert told(app) == {"lot": "L1", "measured": False, "certificate": None, "outages": []}
    assert "没有测量服务情况" in browser.get("/lots/L1/availability").text


def test_a_certificate_stands_on_the_page_and_in_the_api(app: Flask, browser: Browser, road: Road) -> None:
    lot = lot_of(road)
    cut = lot.opens_at + 6 * HOUR
    serve(road.platform, lot.opens_at - HOUR, cut)
    serve(road.platform, cut + 90 * SECOND, lot.ends_at + HOUR)
    road.wait_until(lot.ends_at)
    assert "证明正在生成" in browser.get("/lots/L1/availability").text
    road.clock.set(road.now + certifying.SETTLED)
    certify(road.platform)

    certificate = told(app)["certificate"]
    gap = {"from": instant_text(cut), "to": instant_text(cut + 90 * SECOND), "ms": 90_000}
    assert certificate["gaps"] == [gap]
    assert certificate["decided"] == sum(certificate["histogram"]["counts"]) == 1

    page = browser.get("/lots/L1/availability").text
    assert "99.89 %" in page
    assert "1分30秒" in page
    assert 'class="served__gap"' in page
    english = browser.get("/lots/L1/availability?lang=en").text
    assert "1 min 30 s" in english
    assert "23 h 58 min 30 s" in english
    assert "/lots/L1/availability" in browser.get("/lots/L1").text
    docket = browser.get("/lots/L1/docket").text
    assert "Availability of bidding certified" in docket or "竞价服务可用性证明" in docket


def test_an_outage_stands_on_the_page_with_its_evidence(app: Flask, browser: Browser, road: Road) -> None:
    lot = lot_of(road)
    serve(road.platform, lot.opens_at, lot.ends_at - 9 * MINUTE, process="WABC")
    road.wait_until(lot.ends_at)

    (outage,) = told(app)["outages"]
    assert outage["gap"]["ms"] == 9 * 60_000
    assert outage["window"]["to"] == instant_text(lot.ends_at)
    assert [one["process"] for one in outage["spans"]] == ["WABC"]
    page = browser.get("/lots/L1/availability").text
    assert "竞价服务中断 9分" in page
    assert "WABC" in page
    assert "/lots/L1/availability" in browser.get("/lots/L1").text


def test_what_is_no_public_lot_has_no_availability(app: Flask, browser: Browser, road: Road) -> None:
    road.seize("P2")
    road.draft("L2", properties=("P2",))
    for lot in ("L2", "L3", "x" * 81, "L1%00", "..%2F..", "%E4%B8%AD", "L1'--"):
        assert browser.get(f"/lots/{lot}/availability").status == 404, lot
        answer = app.test_client().get(f"/api/v1/lots/{lot}/availability")
        assert (answer.status_code, json.loads(answer.data)["code"]) == (404, "input.malformed"), lot


def test_operators_see_who_serves_and_whether_clocks_agree(app: Flask, platform: Platform, road: Road) -> None:
    client = app.test_client()
    assert "clock" not in json.loads(client.get("/readyz").data)["dependencies"]
    serve(platform, road.now, road.now, process="W1", lives=True, skew_ms=1)
    serve(platform, road.now, road.now, process="W2", role="jobs", lives=True, skew_ms=-2)
    assert json.loads(client.get("/readyz").data)["dependencies"]["clock"] == "ok"
    serve(platform, road.now, road.now, process="W3", lives=True, skew_ms=-300)

    ready = client.get("/readyz")
    assert (ready.status_code, json.loads(ready.data)["dependencies"]["clock"]) == (200, "apart")
    figures = client.get("/metrics").text
    assert 'auction_service_processes{role="web"} 2.0' in figures
    assert 'auction_service_processes{role="jobs"} 1.0' in figures
    assert "auction_clocks_apart_seconds 0.301" in figures
    assert "auction_clock_jumped 0.0" in figures


def test_shares_are_never_told_as_more_than_they_are() -> None:
    assert share(86_399_999, of=86_400_000) == "99.99 %"
    assert share(1, of=1) == "100 %"
    assert share(0, of=0) == "—"
    assert share(5, of=1_000) == "0.50 %"


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (0, "0毫秒"),
        (999, "999毫秒"),
        (1_000, "1秒"),
        (2_500, "2.5秒"),
        (59_999, "59.999秒"),
        (60_000, "1分"),
        (3_600_000, "1小时"),
        (86_400_000, "24小时"),
        (90_061_000, "1天1小时1分"),
        (5_184_000_000, "60天"),
    ],
)
def test_lengths_of_time_are_told_in_words(app: Flask, ms: int, words: str) -> None:
    with app.test_request_context("/"):
        assert duration(ms) == words


def test_a_gap_of_a_moment_in_sixty_days_is_still_seen(road: Road) -> None:
    begin = road.now
    end = begin + timedelta(days=60)
    missing = [{"from": end - 6 * SECOND, "to": end}]

    drawn = parts([(begin, end)], missing=missing, since=begin - HOUR)

    assert drawn[0] == Part("stayed", 0, 1000)
    assert drawn[1] == Part("served", 0, 1000)
    assert drawn[2] == Part("gap", 996, 4)


def test_the_part_before_the_first_measurement_is_drawn_as_such(road: Road) -> None:
    begin = road.now

    drawn = parts([(begin, begin + HOUR)], missing=[], since=begin + 30 * MINUTE)

    assert drawn[-1] == Part("unmeasured", 0, 500)


def test_the_histogram_ends_with_its_last_bid(app: Flask) -> None:
    with app.test_request_context("/"):
        assert [step["tall"] for step in steps([1, 0, 100, 0], [5, 10, 25])] == [2, 0, 100]
        assert [step["name"] for step in steps([0, 0, 0, 3], [5, 10, 25])][-1] == "> 25毫秒"
        assert steps([0, 0], [5]) == []


def test_a_withdrawn_lot_has_a_certificate_only_where_bidding_ran(
    app: Flask, browser: Browser, road: Road, panel: Actor
) -> None:
    serve(road.platform, road.now, road.now + HOUR)
    road.seize("P2")
    road.announce("L2", properties=("P2",))
    for lot in ("L1", "L2"):
        with road.platform.act(panel) as act:
            stays.withdraw(act, lot=lot, ground="panel")
    settle(road.platform)

    assert "证明正在生成" in browser.get("/lots/L1/availability").text
    assert told(app, "L2") == {"lot": "L2", "measured": False, "certificate": None, "outages": []}
    assert "撤回" in browser.get("/lots/L2/availability").text
    assert "There is no certificate" in browser.get("/lots/L2/availability?lang=en").text

    road.clock.set(road.now + MINUTE)
    certify(road.platform)
    assert told(app)["certificate"]["decided"] == 1
    assert "/lots/L1/availability" in browser.get("/lots/L1").text
