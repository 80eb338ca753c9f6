from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine

from auction.app import create_app
from auction.edges.api.openapi import refusals
from auction.edges.due import due_acts
from auction.edges.figures import DERIVED_KEPT, Figures
from auction.edges.jobs.housekeeping import KEYS_KEPT, tidy
from auction.edges.limits import Limits
from auction.edges.live import live_of
from auction.edges.platform import Platform
from auction.edges.problems import STATUS_OF_CODE
from tests.edges.asking import body_of, code_of, send
from tests.edges.opened import START, key_of, open_lot
from tests.road import Road


@pytest.fixture
def road(platform: Platform) -> Road:
    return open_lot(platform)


@pytest.fixture
def app(platform: Platform) -> Iterator[Flask]:
    made = create_app(platform)
    yield made
    live_of(made).stop()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_the_rulebook_answers_unchanged_by_its_tag(client: FlaskClient) -> None:
    first = client.get("/api/v1/rulebook")
    assert body_of(first)["instruments"]
    assert client.get("/api/v1/rulebook", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_a_refusal_speaks_the_readers_language(road: Road, client: FlaskClient) -> None:
    chinese = body_of(client.get("/api/v1/lots/L9"))
    english = body_of(client.get("/api/v1/lots/L9", headers={"Accept-Language": "en-GB,en;q=0.9"}))
    client.set_cookie("lang", "en")
    chosen = body_of(client.get("/api/v1/lots/L9", headers={"Accept-Language": "zh-CN"}))
    assert chinese["title"] == "未找到"
    assert english["title"] == chosen["title"] == "Not found"


def test_limits_are_told_and_kept(road: Road, platform: Platform) -> None:
    app = create_app(platform)
    app.config["LIMITS"] = Limits(reads_per_minute=2)
    client = app.test_client()
    first, _, third = (client.get("/api/v1/rulebook") for _ in range(3))
    assert (first.headers["RateLimit-Limit"], first.headers["RateLimit-Remaining"]) == ("2", "1")
    assert (third.status_code, code_of(third)) == (429, "rate.limited")
    assert third.headers["Retry-After"]


def test_operators_see_life_readiness_and_figures(road: Road, client: FlaskClient) -> None:
    send(client, key_of(road, "A"), START)
    assert body_of(client.get("/healthz")) == {"status": "ok"}
    assert body_of(client.get("/readyz"))["dependencies"] == {"database": "ok"}
    assert 'auction_bids_total{outcome="accepted"} 1.0' in client.get("/metrics").text


def test_a_database_that_is_away_is_a_problem_to_retry(
    road: Road, client: FlaskClient, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.database.dispose()
    broken = platform.database.engine.url.set(database="nowhere")
    monkeypatch.setitem(platform.database._sessions.kw, "bind", create_engine(broken))
    response = client.get("/api/v1/lots")
    assert (response.status_code, code_of(response)) == (503, "platform.unavailable")
    assert response.headers["Retry-After"]


def test_every_call_is_described(client: FlaskClient, app: Flask) -> None:
    document = body_of(client.get("/api/v1/openapi.json"))
    assert document["openapi"] == "3.1.0"
    served = {
        str(rule).replace("<", "{").replace(">", "}")
        for rule in app.url_map.iter_rules()
        if str(rule).startswith("/api/v1/") and not rule.endpoint.startswith("api.calls.reference")
    }
    assert served == set(document["paths"])
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    assert "bidding.too_low" in page.text


def test_the_table_of_statuses_names_only_codes_that_exist() -> None:
    later = {"registration.barred", "registration.agent_not_confirmed"}
    assert set(STATUS_OF_CODE) - {kind.code for kind in refusals()} <= later


def test_operators_see_what_is_behind(road: Road, client: FlaskClient, platform: Platform) -> None:
    shown = client.get("/metrics").text
    assert "auction_overdue_acts 0.0" in shown
    assert "auction_money_orders_waiting 0.0" in shown
    road.clock.set(road.now + timedelta(days=3650))
    assert "auction_overdue_acts 0.0" not in client.get("/metrics").text


def test_what_is_due_is_derived_once_a_minute_and_anew_when_the_clock_was_moved(road: Road, platform: Platform) -> None:
    figures, second = Figures(), timedelta(seconds=1)
    with platform.read() as session:
        last = max(act.by for act in due_acts(session, road.now + timedelta(days=3650)))

        def overdue(at: datetime) -> float | None:
            figures.look(session, at)
            return figures.registry.get_sample_value("auction_overdue_acts")

        before = overdue(last)
        assert before is not None
        assert overdue(last + second) == before
        assert overdue(last + DERIVED_KEPT) == before + 1
        assert overdue(last) == before


def test_answers_under_keys_are_forgotten_after_a_week_and_not_before(road: Road, client: FlaskClient) -> None:
    platform, token = road.platform, key_of(road, "A")
    sent = send(client, token, START, **{"Idempotency-Key": "K-1"})
    road.clock.set(road.now + KEYS_KEPT)
    assert tidy(platform) == 0
    assert send(client, token, START, **{"Idempotency-Key": "K-1"}).text == sent.text
    road.clock.set(road.now + timedelta(microseconds=1))
    assert tidy(platform) == 1
    assert tidy(platform) == 0
