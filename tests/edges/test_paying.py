"""The payer's pages: choosing a way, the payer's step, giving it up; who may not, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from typing_extensions import override

from auction.app import create_app
from auction.edges.inbox import cashier
from auction.edges.live import live_of
from auction.edges.platform import Platform
from auction.foundation.kernel.roles import PLATFORM
from auction.gateways.bank import BankGateway, creditor_reference
from auction.gateways.choice import Gateways
from auction.gateways.port import GatewayUnavailable, MoneyOrder, OrderKind, PayerStep, Receipt, Underway
from auction.procedure.bidding import queries as bidding
from auction.procedure.deposits import queries as deposits
from auction.procedure.deposits.rules import DepositStatus
from auction.procedure.identity.commands import add_court
from auction.procedure.lots import queries as lots
from auction.procedure.treasury import orders, ways
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury.queries import OrderRecord
from auction.procedure.treasury.rules import OrderStatus
from auction.procedure.treasury.ways_rules import Purpose, Way
from tests.edges.browsing import Browser, sign_up
from tests.edges.clerks import Courthouse, courthouse
from tests.road import Road

DEPOSIT = 70_000_00
PAY = "/lots/L1/deposit"


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
    with platform.act() as act:
        ways.set_court_account(
            act, court="T1", holder="北京市朝阳区人民法院", number="0200 0000 1111 2222", bank="工商银行北京朝阳支行"
        )
    return road


@pytest.fixture
def li(platform: Platform, road: Road, app: Flask) -> Browser:
    """A bidder signed in and registered on L1, before paying."""
    return bidder(platform, app, "lili", serial=1)


def bidder(platform: Platform, app: Flask, login: str, *, serial: int) -> Browser:
    sign_up(platform, login, serial=serial)
    browser = Browser(app).sign_in(login)
    return browser.get("/lots/L1/register").send("/lots/L1/register")


def all_orders(platform: Platform) -> list[OrderRecord]:
    with platform.read() as session:
        return treasury.orders_of_case(session, case="C1")


def only_order(platform: Platform) -> OrderRecord:
    (only,) = all_orders(platform)
    return only


def arrive(platform: Platform, order: OrderRecord) -> None:
    """Let the bank say that the transfer is there, as an imported file does."""
    receipt = Receipt(order=order.id, gateway="bank", reference=creditor_reference(order.id), at=platform.clock.now())
    with platform.act(PLATFORM) as act:
        orders.confirm_order(act, order=order.id, receipt=receipt)


def set_ways(platform: Platform, purpose: str, *given: dict[str, object]) -> None:
    with platform.act() as act:
        ways.set_ways(act, court="T1", purpose=purpose, ways=given)


def test_the_ways_are_shown_with_what_happens_and_the_amount_in_words(li: Browser) -> None:
    assert li.at == PAY
    assert "人民币柒万元整" in li.text
    assert 'value="sandbox" required checked' in li.text
    assert 'value="bank" required' in li.text
    assert "stripe" not in li.text, "what is not connected is not shown"


def test_a_transfer_is_told_in_full_and_admits_when_it_arrives(li: Browser, platform: Platform) -> None:
    li.send(PAY, way="bank")
    order = only_order(platform)
    assert li.at == f"/my/payments/{order.id}"
    reference = creditor_reference(order.id)
    assert f'data-copy="{reference}"' in li.text
    for words in ("北京市朝阳区人民法院", "0200000011112222", "工商银行北京朝阳支行", "人民币柒万元整", "您本人名下"):
        assert words in li.text, words
    assert "data:image/svg+xml" in li.text
    assert li.client.get(f"{li.at}/state").get_json() == {"state": "payer"}
    assert "一笔付款正在进行" in li.get(PAY).text
    arrive(platform, order)
    assert li.client.get(f"/my/payments/{order.id}/state").get_json() == {"state": "done"}
    assert "款项已到账" in li.get(f"/my/payments/{order.id}").text
    assert "您已取得竞买资格" in li.get(f"/my/payments/{order.id}/returned").text
    assert li.at == PAY


def test_another_way_gives_the_first_up_and_only_one_is_paid(li: Browser, platform: Platform) -> None:
    li.send(PAY, way="bank")
    first = only_order(platform)
    li.send(f"/my/payments/{first.id}/another")
    assert li.at == PAY
    li.send(PAY, way="sandbox")
    assert "您已取得竞买资格" in li.text
    assert {one.way: one.status for one in all_orders(platform)} == {
        "bank": OrderStatus.FAILED,
        "sandbox": OrderStatus.DONE,
    }
    assert "您已放弃这笔付款" in li.get(f"/my/payments/{first.id}").text
    with platform.read() as session:
        assert deposits.money(session, case="C1").held_minor == DEPOSIT


def test_giving_up_what_is_paid_changes_nothing(li: Browser, platform: Platform) -> None:
    li.send(PAY, way="bank")
    order = only_order(platform)
    form = li.fields(f"/my/payments/{order.id}/another")
    arrive(platform, order)
    li.post(f"/my/payments/{order.id}/another", form)
    assert "您已取得竞买资格" in li.text
    assert only_order(platform).status is OrderStatus.DONE


def test_two_tabs_by_two_ways_are_one_payment(li: Browser, platform: Platform) -> None:
    form = li.fields(PAY)
    li.post(PAY, {**form, "way": "bank"})
    li.post(PAY, {**form, "way": "sandbox"})
    assert li.status == 200
    assert "一笔付款正在进行" in li.text
    assert only_order(platform).way == "bank"


@pytest.mark.parametrize(
    "way", ["stripe", "cash", "BANK", "银行", "0", "-1", "bank\u202e", "b" * 5000, "<script>alert(1)</script>", "null"]
)
def test_a_way_that_is_not_offered_is_refused_by_name_and_asks_for_nothing(
    li: Browser, platform: Platform, way: str
) -> None:
    li.send(PAY, way=way)
    assert li.status == 409
    assert "不能以此方式付款" in li.text
    assert "<script>alert" not in li.text
    assert all_orders(platform) == []


def test_over_the_limit_one_is_told_on_the_page_and_refused_all_the_same(li: Browser, platform: Platform) -> None:
    set_ways(platform, "deposit", {"gateway": "sandbox", "up_to_minor": DEPOSIT - 1}, {"gateway": "bank"})
    li.get(PAY)
    assert "大额款项请通过银行转账" in li.text
    assert re.search(r'value="sandbox" required disabled', li.text)
    assert re.search(r'value="bank" required checked', li.text)
    li.send(PAY, way="sandbox")
    assert li.status == 409
    assert all_orders(platform) == []
    li.get(PAY).send(PAY)
    assert only_order(platform).way == "bank"


def test_the_ways_of_another_court_are_not_this_ones(li: Browser, platform: Platform) -> None:
    other = Road(platform, court="T2")
    with platform.act() as act:
        add_court(act, id=other.court, name="杭州市余杭区人民法院")
    with platform.act() as act:
        ways.set_ways(act, court="T2", purpose="deposit", ways=[{"gateway": "sandbox"}])
    set_ways(platform, "deposit", {"gateway": "bank"})
    li.send(PAY, way="sandbox")
    assert li.status == 409
    assert all_orders(platform) == []


def test_without_an_account_on_record_no_transfer_is_offered(platform: Platform, app: Flask) -> None:
    road = Road(platform)
    road.begin()
    road.announce("L1")
    one = bidder(platform, app, "lili", serial=1)
    assert "尚未登记收款账户" in one.text
    one.send(PAY, way="bank")
    assert one.status == 409
    assert all_orders(platform) == []


def test_anothers_payment_does_not_exist(li: Browser, platform: Platform, app: Flask) -> None:
    li.send(PAY, way="bank")
    order = only_order(platform)
    wang = bidder(platform, app, "wang", serial=2)
    token = wang.fields(PAY)["csrf_token"]
    for path in ("", "/state", "/returned"):
        assert wang.get(f"/my/payments/{order.id}{path}").status == 404
    assert wang.post(f"/my/payments/{order.id}/another", {"csrf_token": token}).status == 404
    assert only_order(platform).status is OrderStatus.WAITING
    assert Browser(app).get(f"/my/payments/{order.id}").at == "/login"
    assert Browser(app).client.get(f"/my/payments/{order.id}/state").status_code == 302


@pytest.mark.parametrize("order", ["nothing", "0", "%00", "..%2f..", "一", "x" * 3000, "' OR 1=1 --"])
def test_an_order_that_is_none_does_not_exist(li: Browser, order: str) -> None:
    assert li.client.get(f"/my/payments/{order}").status_code == 404


def test_outward_orders_have_no_payers_page(li: Browser, platform: Platform, road: Road) -> None:
    li.send(PAY)
    with platform.read() as session:
        ends_at = lots.lot(session, "L1").ends_at
    road.wait_until(ends_at)
    (back,) = [one for one in all_orders(platform) if one.kind is OrderKind.RELEASE]
    assert li.client.get(f"/my/payments/{back.id}").status_code == 404


def test_after_the_close_nobody_pays_and_what_was_under_way_is_taken_back(
    li: Browser, platform: Platform, road: Road, app: Flask
) -> None:
    late = bidder(platform, app, "late", serial=2)
    li.send(PAY, way="bank")
    form = late.fields(PAY)
    with platform.read() as session:
        ends_at = lots.lot(session, "L1").ends_at
    road.wait_until(ends_at)
    assert late.post(PAY, form).status == 409
    assert "不能再缴纳保证金" in late.get(PAY).text
    assert f'action="{PAY}"' not in late.text
    order = only_order(platform)
    assert order.status is OrderStatus.FAILED
    assert "付款未成功" in li.get(f"/my/payments/{order.id}").text


def test_the_bidder_has_proof_of_what_went_back(li: Browser, platform: Platform, road: Road) -> None:
    li.send(PAY)
    with platform.read() as session:
        ends_at = lots.lot(session, "L1").ends_at
    road.wait_until(ends_at)
    (back,) = [one for one in all_orders(platform) if one.kind is OrderKind.RELEASE]
    assert back.status is OrderStatus.DONE
    assert back.gateway_reference
    for page in ("/my", PAY):
        assert back.gateway_reference in li.get(page).text, page
        assert "退还凭证" in li.text
        assert "演示付款" in li.text


def test_a_balance_is_paid_by_transfer_and_its_page_waits_for_it(li: Browser, platform: Platform, road: Road) -> None:
    li.send(PAY)
    with platform.read() as session:
        lot = bidding.state(session, "L1").lot
    road.wait_until(lot.opens_at)
    li.get("/lots/L1").send("/lots/L1/bids", amount="700000").send("/lots/L1/bids")
    road.wait_until(lot.ends_at)
    li.get("/lots/L1/settlement").send("/lots/L1/settlement/pay", way="bank")
    (order,) = [one for one in all_orders(platform) if one.kind is OrderKind.CHARGE]
    assert li.at == f"/my/payments/{order.id}"
    assert creditor_reference(order.id) in li.text
    assert "拍卖余款" in li.text
    li.get("/lots/L1/settlement")
    assert "一笔付款正在进行" in li.text
    assert 'action="/lots/L1/settlement/pay"' not in li.text
    arrive(platform, order)
    assert "付清余款" in li.get(f"/my/payments/{order.id}/returned").text
    assert li.at == "/lots/L1/settlement"


class Silent(BankGateway):
    """A bank that has nothing to say for a while."""

    @override
    def payer_step(self, order: MoneyOrder) -> PayerStep | None:
        raise GatewayUnavailable(f"no line for {order.id}")

    @override
    def give_up(self, order: MoneyOrder) -> Underway:
        raise GatewayUnavailable(f"no line for {order.id}")


def test_a_gateway_that_does_not_answer_leaves_the_payment_open(platform: Platform, road: Road) -> None:
    silent = Silent()
    by_name = {**platform.gateways.by_name, silent.name: silent}
    quiet = replace(platform, gateways=Gateways(by_name=by_name, default="sandbox"))
    app = create_app(quiet)
    try:
        one = bidder(quiet, app, "lili", serial=1)
        one.send(PAY, way="bank")
        order = only_order(platform)
        assert "没有答复" in one.text
        one.send(f"/my/payments/{order.id}/another")
        assert one.at == f"/my/payments/{order.id}"
        assert only_order(platform).status is OrderStatus.WAITING
    finally:
        live_of(app).stop()


def test_english_is_whole(li: Browser, platform: Platform) -> None:
    li.get(f"{PAY}?lang=en").send(PAY, way="bank")
    order = only_order(platform)
    for words in ("Payee", "Reference to give", "Pay another way", "Must arrive before"):
        assert words in li.text, words
    cashier.give_up(platform, order.id)
    assert "you gave this payment up" in li.get(f"/my/payments/{order.id}").text
    with platform.read() as session:
        (own,) = bidding.registrations(session, "L1")
        deposit = deposits.deposit_of(session, registration=own.id)
    assert deposit is not None
    assert deposit.status is DepositStatus.FAILED
    assert "did not go through" not in li.get(PAY).text, "he knows what he did himself"


# --- the court's own page: its account and its ways ----------------------------------------------------------------


@pytest.fixture
def house(platform: Platform) -> Iterator[Courthouse]:
    yield from courthouse(platform)


WAYS = "/admin/courts/T1/ways"


def test_the_administrator_names_account_and_ways_by_form(house: Courthouse) -> None:
    administrator = house.staff["administrator"]
    administrator.do(f"{WAYS}/account", {"holder": "某法院", "number": "6222 0212 3456 7890", "bank": "某银行"})
    administrator.do(WAYS, {"purpose": "deposit", "take-sandbox": "1", "limit-sandbox": "5万", "take-bank": "1"})
    page = administrator.see(WAYS)
    assert 'value="6222021234567890"' in page
    assert 'value="50000.00"' in page
    with house.platform.read() as session:
        assert ways.taken(session, court="T1", purpose=Purpose.DEPOSIT) == [Way("sandbox", 5_000_000), Way("bank")]
        assert ways.taken(session, court="T1", purpose=Purpose.PAYOUT) == []
    assert "账户与限额" in administrator.see("/admin")


@pytest.mark.parametrize(
    "form",
    [
        {"purpose": "deposit", "take-bank": "1", "limit-bank": "-5"},
        {"purpose": "deposit", "take-bank": "1", "limit-bank": "一百"},
        {"purpose": "deposit", "take-bank": "1", "limit-bank": "9" * 30},
        {"purpose": "deposit", "take-bank": "1", "limit-bank": "0"},
        {"purpose": "deposit", "take-stripe": "1"},
        {"purpose": "deposit", "take-<b>": "1"},
        {"purpose": "gift", "take-bank": "1"},
        {"take-bank": "1"},
    ],
)
def test_what_cannot_be_read_on_that_page_changes_nothing(house: Courthouse, form: dict[str, str]) -> None:
    answer = house.staff["administrator"].send(WAYS, form)
    assert answer.status_code == 400
    assert "take-<b>" not in answer.text
    with house.platform.read() as session:
        assert all(ways.taken(session, court="T1", purpose=one) == [] for one in Purpose)


def test_the_head_opens_his_own_courts_page_and_others_none(house: Courthouse) -> None:
    head = house.staff["head"]
    assert f'href="{WAYS}"' in head.see("/court/money")
    assert f'href="{WAYS}"' not in house.officer.see("/court/money")
    head.do(WAYS, {"purpose": "payout", "take-bank": "1"})
    assert 'href="/admin"' not in head.see(WAYS)
    assert head.client.get("/admin/courts/T2/ways").status_code in {403, 404}
    assert head.send("/admin/courts/T2/ways", {"purpose": "payout"}).status_code in {403, 404}
    for role in ("officer", "finance"):
        assert house.staff[role].client.get(WAYS).status_code == 403
        assert house.staff[role].send(WAYS, {"purpose": "payout"}).status_code == 403
    with house.platform.read() as session:
        assert ways.taken(session, court="T1", purpose=Purpose.PAYOUT) == [Way("bank")]
