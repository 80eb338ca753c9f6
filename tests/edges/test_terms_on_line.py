"""What the pages and the API do with corrections, joint bidders, undertakings and the conditions of a draft."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from auction.app import create_app
from auction.edges.live import live_of
from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.roles import Actor, Role
from auction.procedure.bidding import eligibility, joint
from auction.procedure.bidding import queries as bidding
from auction.procedure.identity import commands as identity
from auction.procedure.lots import queries as lots
from auction.procedure.lots.conditions import Conditions
from tests.edges.asking import bearer
from tests.edges.browsing import Browser, sign_up
from tests.edges.clerks import Clerk, said
from tests.edges.opened import key_of
from tests.road import Road

OFFICER = Actor(id="O", name="执行员", roles=frozenset({Role.OFFICER}))
CORRECTION = {
    "block": "vehicle_mileage",
    "text": "行驶里程为12万公里。",
    "why": "笔误",
    "confirmed": "1",
}


@pytest.fixture
def road(platform: Platform) -> Road:
    made = Road(platform)
    made.begin()
    made.announce()
    return made


@pytest.fixture
def app(platform: Platform) -> Iterator[Flask]:
    made = create_app(platform)
    yield made
    live_of(made).stop()


@pytest.fixture
def officer(road: Road, app: Flask) -> Clerk:
    with road.platform.act() as act:
        identity.open_account(
            act, id="T1-officer", login="t1-officer", password=None, name="执行员", roles=[Role.OFFICER], court="T1"
        )
    return Clerk(app, "T1-officer")


def test_a_correction_goes_from_the_desk_to_the_bidder_who_must_read_it(road: Road, app: Flask, officer: Clerk) -> None:
    sign_up(road.platform, "lili", serial=1)
    li = Browser(app).sign_in("lili")
    li.get("/lots/L1/register").send("/lots/L1/register").send("/lots/L1/deposit")
    assert "我已阅读更正" not in li.get("/lots/L1").text
    assert "公布更正" in officer.see("/court/lots/L1/disclosure")
    officer.do("/court/lots/L1/corrections", CORRECTION)
    assert "行驶里程为12万公里。" in officer.see("/court/lots/L1/disclosure")
    assert "我已阅读更正" in li.get("/lots/L1").text
    assert "行驶里程为12万公里。" in html.unescape(Browser(app).get("/lots/L1").text), "everybody sees it"
    li.send("/lots/L1/corrections")
    assert li.at == "/lots/L1"
    assert "我已阅读更正" not in li.text


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"confirmed": None}, 400, "请确认后再更正"),
        ({"block": "payment"}, 409, "第12条"),
        ({"block": ""}, 400, "不能为空"),
        ({"block": "x" * 200}, 400, "不得超过"),
        ({"text": "由他人占用"}, 409, "不得使用的表述"),
        ({"text": ""}, 400, "不能为空"),
    ],
)
def test_a_refused_correction_says_why_and_changes_nothing(
    road: Road, officer: Clerk, changes: dict[str, str | None], status: int, words: str
) -> None:
    filled = {name: value for name, value in {**CORRECTION, **changes}.items() if value is not None}
    answer = officer.send("/court/lots/L1/corrections", filled)
    assert answer.status_code == status
    assert words in said(answer)
    with road.platform.read() as session:
        assert lots.lot(session, "L1").corrections == 0
        assert docket.of_kinds(session, "lot:L1", ["lot.corrected"]) == []


def test_a_home_under_purchase_limits_asks_for_the_undertaking(platform: Platform, app: Flask) -> None:
    road = Road(platform, kind="immovable", category="home")
    road.begin()
    road.announce(conditions=Conditions(purchase_limited=True))
    person = sign_up(platform, "lili", serial=1)
    li = Browser(app).sign_in("lili")
    assert "住房限购" in li.get("/lots/L1").text
    li.get("/lots/L1/register").send("/lots/L1/register", **{"undertaking-purchase_qualification": None})
    assert li.status == 403
    assert "法释〔2021〕18号" in html.unescape(li.text)
    with platform.read() as session:
        assert bidding.registered_count(session, "L1") == 0
    li.get("/lots/L1/register").send("/lots/L1/register")
    assert li.at == "/lots/L1/deposit"
    with platform.read() as session:
        assert eligibility.undertook(session, lot="L1", person=person)


def _body(answer: Any) -> dict[str, Any]:  # noqa: ANN401 - what the test client returns
    body: dict[str, Any] = answer.get_json()
    return body


def test_the_api_tells_the_reminders_and_keeps_what_was_accepted(road: Road, app: Flask) -> None:
    client = app.test_client()
    path = "/api/v1/lots/L1/registrations"
    plain = client.post(path, json={}, headers=bearer(key_of(road, "X")))
    told = _body(plain)["reminders"]
    assert plain.status_code == 201
    assert (len(told["items"]), told["accepted"]) == (7, False)
    wrong = client.post(path, json={"accepted_version": "0" * 64}, headers=bearer(key_of(road, "Y")))
    assert (wrong.status_code, _body(wrong)["code"]) == (400, "input.malformed")
    whole = {"accepted_version": told["version"], "unconnected": True}
    assert _body(client.post(path, json=whole, headers=bearer(key_of(road, "Y"))))["reminders"]["accepted"] is True
    for body, status, code in (
        ({"unconnected": False}, 403, "registration.ineligible"),
        ({"jointly": True}, 403, "registration.joint_not_confirmed"),
        ({"unconnected": "no"}, 400, "input.malformed"),
        ({"accepted_version": 7}, 400, "input.malformed"),
    ):
        refused = client.post(path, json=body, headers=bearer(key_of(road, "Z")))
        assert (refused.status_code, _body(refused)["code"]) == (status, code), body
    with road.platform.read() as session:
        assert bidding.registered_count(session, "L1") == 2


def test_the_api_tells_corrections_and_registers_a_confirmed_group(road: Road, app: Flask, officer: Clerk) -> None:
    client = app.test_client()
    token = key_of(road, "A")
    road.person("B")
    with road.platform.act(OFFICER) as act:
        joint.confirm_joint(
            act, lot="L1", bidder="A", jointly=[{"person": "A", "share": "1/2"}, {"person": "B", "share": "1/2"}]
        )
    made = client.post("/api/v1/lots/L1/registrations", json={"jointly": True}, headers=bearer(token))
    assert made.status_code == 201
    assert _body(client.get("/api/v1/lots/L1/corrections")) == {"items": [], "total": 0}
    officer.do("/court/lots/L1/corrections", CORRECTION)
    (one,) = _body(client.get("/api/v1/lots/L1/corrections"))["items"]
    assert (one["number"], one["block"], one["after"]) == (1, "vehicle_mileage", "行驶里程为12万公里。")
    assert _body(client.get("/api/v1/lots/L1"))["corrections"] == 1
    read = "/api/v1/lots/L1/corrections/read"
    assert _body(client.post(read, json={}, headers=bearer(token))) == {"lot": "L1", "corrections": 1}
    stranger = client.post(read, json={}, headers=bearer(key_of(road, "Z")))
    assert (stranger.status_code, _body(stranger)["code"]) == (403, "bidding.not_admitted")
    assert client.get("/api/v1/lots/L9/corrections").status_code == 404
