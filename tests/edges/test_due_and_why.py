"""What is due is told to those it concerns, and every act and term says which article asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from auction.app import create_app
from auction.edges import explaining
from auction.edges.live import live_of
from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, NotFound
from auction.foundation.kernel.roles import Actor, Role
from auction.procedure.cases import commands as case_commands
from auction.procedure.cases import officers
from auction.procedure.cases import queries as cases
from auction.procedure.identity import commands as identity
from auction.rulebook import rulebook
from tests.edges.asking import bearer, body_of, code_of
from tests.edges.clerks import Courthouse
from tests.edges.opened import open_lot
from tests.road import Road


@pytest.fixture
def road(platform: Platform) -> Road:
    return open_lot(platform)


@pytest.fixture
def client(platform: Platform) -> Iterator[FlaskClient]:
    made: Flask = create_app(platform)
    yield made.test_client()
    live_of(made).stop()


def test_every_rule_an_explanation_names_is_in_the_rulebook() -> None:
    known = {one.key for one in rulebook().provisions}
    named = {*explaining.RULE_OF_ENTRY.values(), *explaining.GROUNDS.values()}
    assert named - known == set()


def test_a_lot_says_why_its_terms_are_as_they_are(road: Road, client: FlaskClient) -> None:
    body = body_of(client.get("/api/v1/lots/L1"))
    start = body["explanations"]["start_price"]
    assert start["rule"] == "auction.start_price_min_pct"
    assert "70%" in start["why"]["en"]
    assert "70%" in start["why"]["zh"]
    assert f"{body['floor_minor'] // 100:,}" in start["why"]["en"]
    assert {"deposit", "notice", "bidding", "balance", "losers"} <= set(body["explanations"])


def test_each_act_of_a_public_docket_is_explained_on_its_page(road: Road, client: FlaskClient) -> None:
    with road.platform.read() as session:
        entries = docket.entries(session, "lot:L1", after=0, limit=100)
    unexplained = {one.kind for one in entries if explaining.act(one) is None}
    assert unexplained <= {"lot.drafted", "lot.disclosed"}
    page = client.get("/lots/L1/docket").text
    assert page.count('class="why"') == sum(explaining.act(one) is not None for one in entries)


def account_of(platform: Platform, login: str, *roles: Role, court: str | None = None) -> str:
    """Open an account and return a key that reads cases."""
    with platform.act() as act:
        identity.open_account(act, id=login, login=login, password=None, name=login, roles=roles, court=court)
    with platform.act() as act:
        token, _ = identity.issue_key(act, account=login, scopes=("cases",), label="办案系统")
    return token


def due_of(client: FlaskClient, token: str, query: str = "") -> list[tuple[str, str]]:
    body = body_of(client.get(f"/api/v1/due{query}", headers=bearer(token)))
    assert all(one["article"] and one["why"]["zh"] and one["why"]["en"] for one in body["items"])
    return [(one["what"], one["on"]) for one in body["items"]]


@pytest.fixture
def seized(platform: Platform) -> Road:
    road = Road(platform)
    road.begin()
    return road


def test_a_court_reads_what_is_due_on_its_own_cases_alone(seized: Road, client: FlaskClient) -> None:
    platform = seized.platform
    with platform.act() as act:
        identity.add_court(act, id="T2", name="上海市浦东新区人民法院", code="沪0115", city="上海市")
    here = account_of(platform, "officer-here", Role.OFFICER, court="T1")
    there = account_of(platform, "officer-there", Role.OFFICER, court="T2")
    assert due_of(client, here) == [("start_disposal", "P1")]
    assert due_of(client, here, "?case=C1&overdue=false") == [("start_disposal", "P1")]
    assert due_of(client, here, "?overdue=true") == []
    assert due_of(client, there) == []
    assert code_of(client.get("/api/v1/due?court=T2", headers=bearer(here))) == "auth.forbidden"
    assert code_of(client.get("/api/v1/due?case=C1", headers=bearer(there))) == "input.malformed"
    everywhere = account_of(platform, "overseer", Role.SUPERVISOR)
    assert due_of(client, everywhere) == [("start_disposal", "P1")]
    assert due_of(client, everywhere, "?court=T2") == []


def test_what_is_due_goes_with_the_officer_who_carries_the_case(seized: Road, client: FlaskClient) -> None:
    platform = seized.platform
    first = account_of(platform, "officer-one", Role.OFFICER, court="T1")
    account_of(platform, "officer-two", Role.OFFICER, court="T1")
    assert due_of(client, first, "?officer=officer-one") == []
    head = Actor(id="head", name="局长", roles=frozenset({Role.HEAD}), court="T1")
    for officer in ("officer-one", "officer-two", "officer-two"):
        with platform.act(head) as act:
            assert officers.assign_officer(act, case="C1", officer=officer).officer == officer
    assert due_of(client, first, "?officer=officer-one") == []
    assert due_of(client, first, "?officer=officer-two") == [("start_disposal", "P1")]
    with platform.read() as session:
        assert [one.public["officer"] for one in docket.of_kinds(session, "case:C1", ["case.officer_assigned"])] == [
            "officer-one",
            "officer-two",
        ]


@pytest.mark.parametrize("officer", ["", "nobody", "head-of-all", "bidder-x", "officer-there", "x" * 500, 7, None])
def test_a_case_is_not_given_to_anyone_but_an_officer_of_its_court(seized: Road, officer: object) -> None:
    platform = seized.platform
    account_of(platform, "head-of-all", Role.HEAD, court="T1")
    account_of(platform, "bidder-x", Role.BIDDER)
    with platform.act() as act:
        identity.add_court(act, id="T2", name="上海市浦东新区人民法院", code="沪0115", city="上海市")
    account_of(platform, "officer-there", Role.OFFICER, court="T2")
    head = Actor(id="head", name="局长", roles=frozenset({Role.HEAD}), court="T1")
    with pytest.raises(InputMalformed if officer != "nobody" else NotFound), platform.act(head) as act:
        officers.assign_officer(act, case="C1", officer=officer)  # type: ignore[arg-type]
    with platform.read() as session:
        assert cases.case(session, "C1").officer is None


def test_another_court_s_head_and_an_officer_may_not_give_a_case_away(seized: Road) -> None:
    account_of(seized.platform, "officer-one", Role.OFFICER, court="T1")
    for actor in (
        Actor(id="other", name="外院局长", roles=frozenset({Role.HEAD}), court="T2"),
        Actor(id="officer-one", name="承办人", roles=frozenset({Role.OFFICER}), court="T1"),
    ):
        with pytest.raises(AuthForbidden), seized.platform.act(actor) as act:
            officers.assign_officer(act, case="C1", officer="officer-one")


@pytest.mark.parametrize(
    ("query", "code"),
    [("?limit=0", "input.malformed"), ("?overdue=maybe", "input.malformed"), ("?case=%00", "input.malformed"),
     ("?case=C1&case=C2", "input.malformed"), ("?limit=99999", "input.malformed")],
)  # fmt: skip
def test_the_board_refuses_what_it_cannot_read(seized: Road, client: FlaskClient, query: str, code: str) -> None:
    token = account_of(seized.platform, "officer-one", Role.OFFICER, court="T1")
    assert code_of(client.get(f"/api/v1/due{query}", headers=bearer(token))) == code


def test_the_board_is_not_public(seized: Road, client: FlaskClient) -> None:
    assert code_of(client.get("/api/v1/due")) == "auth.required"
    with seized.platform.act() as act:
        identity.open_account(
            act, id="narrow", login="narrow", password=None, name="窄", roles=[Role.OFFICER], court="T1"
        )
    with seized.platform.act() as act:
        narrow, _ = identity.issue_key(act, account="narrow", scopes=("bid",), label="x")
    assert code_of(client.get("/api/v1/due", headers=bearer(narrow))) == "auth.forbidden"


def test_the_head_gives_a_case_to_another_officer_on_its_page(platform: Platform) -> None:
    house = Courthouse(platform)
    house.add("officer2", Role.OFFICER, court=house.court)
    with platform.act() as act:
        debtor = {"name": "赵某某", "kind": "natural_person"}
        claim = {"creditor": "甲银行股份有限公司", "amount_minor": 100, "kind": "ordinary", "applicant": True}
        case_commands.open_case(
            act, id="C1", number="（2025）京0105执1号", court=house.court, debtor=debtor, claims=[claim]
        )
    head, second = house.staff["head"], house.staff["officer2"]
    assert "尚未指定承办人" in head.see("/court/cases/C1")
    head.do("/court/cases/C1/officer", {"officer": "T1-officer2"})
    assert "职员officer2" in head.see("/court/cases/C1")
    assert second.send("/court/cases/C1/officer", {"officer": "T1-officer"}).status_code == 403
    for wrong in ("", "T1-finance", "T1-supervisor"):
        assert head.send("/court/cases/C1/officer", {"officer": wrong}).status_code == 400
    assert "职员officer2" in head.see("/court/cases/C1")
    assert "我承办的案件" in second.see("/court?of=cases")
    live_of(house.app).stop()
