from __future__ import annotations

import html
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from auction.app import create_app
from auction.edges.live import live_of
from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.roles import PLATFORM, Role
from auction.procedure.bidding import queries as bidding
from auction.procedure.bidding import reminders
from auction.procedure.deposits import queries as deposits
from auction.procedure.identity import commands as identity
from auction.procedure.settlement import queries as settlement
from tests.edges.browsing import Browser, sign_up
from tests.road import Road

START, STEP = 700_000_00, 5_000_00


@pytest.fixture
def app(platform: Platform) -> Iterator[Flask]:
    made = create_app(platform)
    yield made
    live_of(made).stop()


@pytest.fixture
def road(platform: Platform) -> Road:
    road = Road(platform)
    road.begin()
    road.announce("L1")
    return road


@pytest.fixture
def li(platform: Platform, road: Road, app: Flask) -> Browser:
    """A bidder signed in, on a platform where L1 is announced."""
    sign_up(platform, "lili", serial=1)
    return Browser(app).sign_in("lili")


def admit(browser: Browser, lot: str = "L1") -> None:
    browser.get(f"/lots/{lot}/register").send(f"/lots/{lot}/register").send(f"/lots/{lot}/deposit")
    assert "您已取得竞买资格" in browser.text, browser.text


def admit_and_open(browser: Browser, road: Road) -> None:
    admit(browser)
    with road.platform.read() as session:
        opens_at = bidding.state(session, "L1").lot.opens_at
    road.wait_until(opens_at)


def person_of(platform: Platform, lot: str = "L1") -> str:
    with platform.read() as session:
        return bidding.registrations(session, lot)[0].person


def bids(platform: Platform, kind: str = "bid.accepted") -> list[int]:
    with platform.read() as session:
        return [one.public["amount_minor"] for one in docket.of_kinds(session, "lot:L1", [kind])]


def test_without_an_account_one_is_led_to_sign_in_and_back(app: Flask, platform: Platform, road: Road) -> None:
    sign_up(platform, "lili", serial=1)
    browser = Browser(app).get("/lots/L1/register")
    assert browser.at == "/login"
    browser.send("/login", login="lili", password="a sentence to remember")
    assert browser.at == "/lots/L1/register"


def test_registering_keeps_each_reminder_in_the_words_shown_with_version_and_time(
    li: Browser, platform: Platform
) -> None:
    li.get("/lots/L1/register").send("/lots/L1/register")
    assert li.at == "/lots/L1/deposit"
    with platform.read() as session:
        lot = bidding.state(session, "L1").lot
        given = reminders.accepted(session, lot="L1", person=person_of(platform))
        wanted = {one.key: one.sha256 for one in reminders.reminders_of(lot)}
    assert len(wanted) == 7
    assert {key: one.sha256 for key, one in given.items()} == wanted
    assert {one.rulebook for one in given.values()} == {(lot.rulebook or {})["version"]}
    assert {one.accepted_at for one in given.values()} == {platform.clock.now()}


@pytest.mark.statute
def test_article_14_one_reminder_left_out_registers_nobody(li: Browser, platform: Platform) -> None:
    li.get("/lots/L1/register")
    first = next(name for name in li.fields("/lots/L1/register") if name.startswith("reminder-"))
    li.send("/lots/L1/register", **{first: None})
    assert li.status == 409
    assert "第14条" in li.text
    with platform.read() as session:
        assert bidding.registered_count(session, "L1") == 0


def test_reminders_in_other_words_are_not_accepted(li: Browser, platform: Platform) -> None:
    li.get("/lots/L1/register")
    first = next(name for name in li.fields("/lots/L1/register") if name.startswith("reminder-"))
    li.send("/lots/L1/register", **{first: "0" * 64})
    assert li.status == 400
    assert "内容已更新" in li.text
    with platform.read() as session:
        assert bidding.registered_count(session, "L1") == 0


def test_registering_and_paying_twice_is_once(li: Browser, platform: Platform) -> None:
    form = li.get("/lots/L1/register").fields("/lots/L1/register")
    li.post("/lots/L1/register", form)
    assert li.post("/lots/L1/register", form).at == "/lots/L1/deposit"
    payment = li.fields("/lots/L1/deposit")
    li.post("/lots/L1/deposit", payment)
    assert li.post("/lots/L1/deposit", payment).status == 200
    with platform.read() as session:
        (own,) = bidding.registrations(session, "L1")
        money = deposits.money(session, case="C1")
    assert own.status == "admitted"
    assert money.held_minor == own.deposit_due_minor
    assert own.code in li.text


def test_a_priority_the_court_has_not_confirmed_is_refused_by_name(li: Browser) -> None:
    li.get("/lots/L1/register").send("/lots/L1/register", as_priority="1")
    assert li.status == 403
    assert "第19条" in li.text


def test_registration_ends_with_the_lot(li: Browser, road: Road) -> None:
    road.wait_until(road.now + timedelta(days=30))
    assert "报名已截止" in li.get("/lots/L1/register").text
    assert 'action="/lots/L1/register"' not in li.text


def test_a_typed_amount_is_repeated_in_capitals_before_it_counts(li: Browser, road: Road, platform: Platform) -> None:
    admit_and_open(li, road)
    li.get("/lots/L1").send("/lots/L1/bids", amount="７０５，０００")
    assert li.status == 200
    assert "人民币柒拾万伍仟元整" in li.text
    assert bids(platform) == []
    li.send("/lots/L1/bids")
    assert li.at.startswith("/lots/L1/bids/")
    assert "出价已接受" in li.text
    assert bids(platform) == [705_000_00]
    assert "您领先" in li.get("/lots/L1").text
    assert "▲" in li.get("/my").text


@pytest.mark.statute
def test_a_likely_slip_is_asked_about_in_words_until_it_is_repeated_to_the_fen(
    li: Browser, road: Road, platform: Platform
) -> None:
    """An accepted bid cannot be taken back (拍卖法 第36条)."""
    admit_and_open(li, road)
    li.get("/lots/L1").send("/lots/L1/bids", amount="7000000", confirmed="1")
    assert li.status == 200
    for words in ("是否多输了一位数字", "人民币柒佰万元整", "700万元", "10.0 倍", "1,260", "拍卖法第36条"):
        assert words in li.text, words
    asked = li.fields("/lots/L1/bids")
    for changes in (
        {"sure_minor": ""},
        {"sure_minor": "70000000"},
        {"sure_minor": "７００００００００"},
        {"sure_minor": "1' OR"},
    ):
        li.post("/lots/L1/bids", {**asked, **changes})
        assert "是否多输了一位数字" in li.text, changes
    li.post("/lots/L1/bids", {**asked, "amount_minor": "710000000"})
    assert "人民币柒佰壹拾万元整" in li.text
    assert bids(platform) == []
    li.post("/lots/L1/bids", asked)
    assert "出价已接受" in li.text
    assert bids(platform) == [7_000_000_00]


def test_a_quick_step_is_confirmed_but_not_asked_about(li: Browser, road: Road, platform: Platform) -> None:
    admit_and_open(li, road)
    li.get("/lots/L1").send("/lots/L1/bids", step_minor=str(START + 10 * STEP))
    assert "多输了一位" not in li.text
    li.send("/lots/L1/bids")
    assert bids(platform) == [START + 10 * STEP]


def test_sending_a_confirmed_bid_twice_is_one_bid(li: Browser, road: Road, platform: Platform) -> None:
    admit_and_open(li, road)
    li.get("/lots/L1").send("/lots/L1/bids", amount="700000")
    confirmed = li.fields("/lots/L1/bids")
    first = li.post("/lots/L1/bids", confirmed).at
    assert li.post("/lots/L1/bids", confirmed).at == first
    assert bids(platform) == [START]


@pytest.mark.race
def test_twenty_clicks_at_once_are_one_bid(li: Browser, road: Road, platform: Platform) -> None:
    admit_and_open(li, road)
    li.get("/lots/L1").send("/lots/L1/bids", amount="700000")
    confirmed = li.fields("/lots/L1/bids")
    cookie = li.client.get_cookie("session")
    assert cookie is not None
    found: list[int] = []

    def click() -> None:
        client = li.app.test_client()
        client.set_cookie("session", cookie.value)
        found.append(client.post("/lots/L1/bids", data=confirmed).status_code)

    threads = [threading.Thread(target=click) for _ in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert found == [302] * 20
    assert bids(platform) == [START]


_UNCOUNTED = (
    ("", 400, "请输入金额"),
    ("-700000", 400, "金额只能是数字"),
    ("0", 400, "金额须大于零"),
    ("700000.001", 400, "最多两位小数"),
    ("99999999999999999999", 400, "金额只能是数字"),
    ("690000", 409, "起拍价"),
    ("702000", 409, "加价须为"),
    ("<b>1</b>", 400, "金额只能是数字"),
)


def test_a_bid_that_cannot_count_is_refused_beside_the_form_and_kept(li: Browser, road: Road) -> None:
    admit_and_open(li, road)
    for amount, status, says in _UNCOUNTED:
        li.get("/lots/L1").send("/lots/L1/bids", amount=amount, confirmed="1")
        assert (li.status, says in li.text) == (status, True), amount
        assert f'value="{html.escape(amount)}"' in li.text
    assert bids(road.platform) == []


def test_a_bid_without_deposit_is_refused_and_written_nowhere(li: Browser, road: Road, platform: Platform) -> None:
    li.get("/lots/L1/register").send("/lots/L1/register")
    token = li.fields("/lots/L1/deposit")["csrf_token"]
    road.admit("甲")
    road.wait_until(road.now + timedelta(days=20))
    li.post("/lots/L1/bids", {"csrf_token": token, "amount": "700000", "bid_id": "b", "confirmed": "1"})
    assert li.status == 403
    assert "未取得竞买资格" in li.text
    assert "第17条" in li.text
    assert bids(platform) == []
    assert bids(platform, "bid.refused") == []


def test_a_bid_after_the_end_or_on_an_unknown_lot_is_refused(li: Browser, road: Road) -> None:
    admit_and_open(li, road)
    token = li.get("/lots/L1").fields("/lots/L1/bids")["csrf_token"]
    road.wait_until(road.now + timedelta(days=3))
    data = {"csrf_token": token, "amount": "700000", "bid_id": "b", "confirmed": "1"}
    assert li.post("/lots/L1/bids", data).status == 409
    assert li.post("/lots/NONE/bids", data).status == 404


def test_an_id_used_for_another_amount_is_refused(li: Browser, road: Road, platform: Platform) -> None:
    admit_and_open(li, road)
    li.get("/lots/L1").send("/lots/L1/bids", amount="700000", confirmed="1", bid_id="mine")
    li.get("/lots/L1").send("/lots/L1/bids", amount="705000", confirmed="1", bid_id="mine")
    assert li.status == 409
    assert "编号" in li.text
    assert bids(platform) == [START]


def test_the_script_gets_its_answer_as_from_the_live_line(li: Browser, road: Road) -> None:
    admit_and_open(li, road)
    form = {**li.get("/lots/L1").fields("/lots/L1/bids"), "amount": "700000", "confirmed": "1"}
    li.post("/lots/L1/bids", form, Accept="application/json")
    assert li.page is not None
    answer = li.page.get_json()
    assert answer["ok"] is True
    assert answer["receipt"]["outcome"] == "accepted"
    li.post("/lots/L1/bids", {**form, "amount": "710000", "bid_id": "second"}, Accept="application/json")
    assert li.status == 409
    assert li.page.get_json()["problem"]["code"] == "bidding.own_lead"


def test_who_is_outbid_reads_it_and_others_receipts_do_not_exist_for_him(
    li: Browser, road: Road, platform: Platform, app: Flask
) -> None:
    road.admit("甲")
    admit_and_open(li, road)
    li.get("/lots/L1").send("/lots/L1/bids", amount="700000", confirmed="1", bid_id="lis-own")
    road.bid("甲", START + STEP, bid_id="the-others")
    assert "已被" in li.get("/lots/L1").text
    assert li.get("/lots/L1/bids/lis-own").status == 200
    assert li.get("/lots/L1/bids/the-others").status == 404
    assert "竞买人甲" not in li.get("/lots/L1").text


def test_the_buyer_pays_the_balance_once_and_reads_what_comes_next(
    li: Browser, road: Road, platform: Platform, app: Flask
) -> None:
    admit_and_open(li, road)
    li.get("/lots/L1").send("/lots/L1/bids", amount="700000", confirmed="1")
    road.wait_until(road.now + timedelta(days=3))
    assert "付余款" in li.get("/my").text
    form = li.get("/lots/L1/settlement").fields("/lots/L1/settlement/pay")
    assert "630,000" in li.text
    li.post("/lots/L1/settlement/pay", form)
    assert li.post("/lots/L1/settlement/pay", form).at == "/lots/L1/settlement"
    with platform.read() as session:
        deal = settlement.settlement(session, "L1")
        money = deposits.money(session, case="C1")
    assert deal is not None
    assert deal.status == "paid"
    assert money.proceeds_minor == START
    sign_up(platform, "other", serial=2)
    assert Browser(app).sign_in("other").get("/lots/L1/settlement").status == 404


def test_staff_register_for_nothing(app: Flask, platform: Platform, road: Road) -> None:
    with platform.act(PLATFORM) as act:
        identity.open_account(
            act, login="clerk", password="a sentence to remember", name="书记员", roles=[Role.OFFICER], court="T1"
        )
    clerk = Browser(app).sign_in("clerk")
    for path in ("/lots/L1/register", "/lots/L1/deposit", "/my", "/lots/L1/settlement"):
        assert clerk.get(path).status == 403
