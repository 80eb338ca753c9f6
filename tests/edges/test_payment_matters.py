"""What finance sees of disputes, and whom a payment's page lets in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from auction.app import create_app
from auction.edges.inbox import cashier, payment_events
from auction.edges.live import live_of
from auction.edges.platform import Platform
from auction.gateways.port import GatewayRefused, MoneyOrder, OrderKind
from auction.procedure.cases import queries as cases
from auction.procedure.deposits.commands import pay_deposit
from tests.edges.clerks import Clerk, Courthouse
from tests.peers.stripe_events import Courier
from tests.peers.stripe_peer import StripePeer
from tests.peers.stripe_platform import ACCOUNT, EVENTS, connected
from tests.procedure.selling import DEPOSIT_MINOR, Sale, person_actor


@pytest.fixture
def peer(platform: Platform) -> StripePeer:
    return StripePeer(now=lambda: platform.clock.now().timestamp())


@pytest.fixture
def house(platform: Platform, peer: StripePeer) -> Iterator[Courthouse]:
    found = Courthouse(connected(platform, peer))
    yield found
    live_of(found.app).stop()


@pytest.fixture
def dispute(house: Courthouse, peer: StripePeer) -> str:
    """A deposit paid by Alipay that its payer disputes."""
    sale = Sale(house.platform)
    sale.open()
    sale.announce()
    found = sale.join("N1")
    with house.platform.act(person_actor("N1")) as act:
        paid = pay_deposit(act, lot="L1", registration=found.id, amount_minor=DEPOSIT_MINOR, way="stripe")
    order = cashier.carry_out(house.platform, str(paid.order))
    reference = str(order.gateway_reference)
    peer.book.confirm(reference, method="alipay")
    peer.book.authenticate(reference, method="alipay")
    made = peer.book.dispute(reference)
    client = house.app.test_client()
    courier = Courier(
        peer.book.events,
        secret=ACCOUNT.webhook_secret,
        send=lambda body, header: client.post(EVENTS, data=body, headers={"Stripe-Signature": header}).status_code,
    )
    courier.deliver_all()
    payment_events.work(house.platform)
    return str(made["id"])


PAGE = "/court/cases/C1/payment-matters"


def test_finance_is_led_to_a_dispute_and_writes_down_what_became_of_it(house: Courthouse, dispute: str) -> None:
    finance = house.staff["finance"]
    assert PAGE in finance.see("/court")
    page = finance.see(PAGE)
    assert dispute in page
    assert "付款人提出争议" in page
    assert "N1" not in page, "nobody learns before the close who paid a deposit"
    finance.do(f"{PAGE}/settle", {"subject": dispute, "note": "已举证"})
    assert dispute not in finance.see(PAGE)
    assert "没有需核对的付款" in finance.see(PAGE)


def test_a_note_left_empty_changes_nothing(house: Courthouse, dispute: str) -> None:
    finance = house.staff["finance"]
    assert finance.send(f"{PAGE}/settle", {"subject": dispute, "note": " "}).status_code == 400
    assert dispute in finance.see(PAGE)


def test_others_see_it_and_settle_nothing(house: Courthouse, dispute: str) -> None:
    assert dispute in house.officer.see(PAGE)
    assert house.officer.send(f"{PAGE}/settle", {"subject": dispute, "note": "看过"}).status_code == 403
    stranger = Clerk(house.app, None)
    assert stranger.open(PAGE).status_code == 302


def test_another_court_does_not_see_it(house: Courthouse, dispute: str) -> None:
    other = Courthouse(house.platform, court="T2", name="上海市浦东新区人民法院")
    try:
        assert other.staff["finance"].open(PAGE).status_code in {403, 404}
        sent = other.staff["finance"].send(f"{PAGE}/settle", {"subject": dispute, "note": "看过"})
        assert sent.status_code in {403, 404}
    finally:
        live_of(other.app).stop()
    assert dispute in house.staff["finance"].see(PAGE)


@pytest.fixture
def app(platform: Platform, peer: StripePeer) -> Iterator[Flask]:
    made = create_app(connected(platform, peer))
    yield made
    live_of(made).stop()


def test_only_a_payments_page_lets_the_services_script_and_frames_in(app: Flask) -> None:
    paying = app.test_client().get("/my/payments/GX").headers["Content-Security-Policy"]
    assert "script-src 'self' https://js.stripe.com https://*.js.stripe.com;" in paying
    assert "frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com;" in paying
    assert "https://api.stripe.com" in paying.partition("connect-src")[2].partition(";")[0]
    assert "unsafe" not in paying
    for path in ("/", "/login", "/my", "/court"):
        assert "stripe" not in app.test_client().get(path).headers["Content-Security-Policy"]


def test_without_stripe_a_payments_page_lets_nobody_in(platform: Platform) -> None:
    made = create_app(platform)
    try:
        policy = made.test_client().get("/my/payments/GX").headers["Content-Security-Policy"]
        assert "stripe" not in policy
        assert "frame-src" not in policy
    finally:
        live_of(made).stop()


@pytest.fixture
def creditor(house: Courthouse) -> str:
    """The creditor of a case of the court."""
    Sale(house.platform).open()
    with house.platform.read() as session:
        return cases.case(session, "C1").claims[0].creditor_person


def test_a_creditor_with_an_account_at_stripe_is_paid_there(house: Courthouse, peer: StripePeer, creditor: str) -> None:
    peer.book.accounts.add("acct_1Creditor")
    order = MoneyOrder(
        id="G1", kind=OrderKind.PAYOUT, amount_minor=7, currency="CNY", case="C1", lot=None, party=creditor
    )
    gateway = house.platform.gateways.of("stripe")
    with pytest.raises(GatewayRefused, match=r"payee\.no_account"):
        gateway.payout(order)
    finance = house.staff["finance"]
    finance.do(f"{PAGE}/account", {"person": creditor, "account": "acct_1Creditor"})
    assert "acct_1Creditor" in finance.see(PAGE)
    gateway.payout(order)
    assert [one["destination"] for one in peer.book.transfers.values()] == ["acct_1Creditor"]


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"account": ""}, 400),
        ({"account": "6222000000000000"}, 400),
        ({"account": "acct_"}, 400),
        ({"account": "acct_付款"}, 400),
        ({"account": "acct_1\n2"}, 400),
        ({"account": "acct_" + "1" * 61}, 400),
        ({"person": ""}, 400),
        ({"person": "N-nobody"}, 403),
    ],
)
def test_an_account_that_is_none_or_somebody_elses_is_refused(
    house: Courthouse, creditor: str, given: dict[str, str], status: int
) -> None:
    fields = {"person": creditor, "account": "acct_1Creditor", **given}
    assert house.staff["finance"].send(f"{PAGE}/account", fields).status_code == status
    assert "acct_" not in house.staff["finance"].see(PAGE).partition("<tbody>")[2].partition("</tbody>")[0]


def test_only_finance_and_head_of_the_court_enter_accounts(house: Courthouse, creditor: str) -> None:
    fields = {"person": creditor, "account": "acct_1Creditor"}
    assert house.officer.send(f"{PAGE}/account", fields).status_code == 403
    other = Courthouse(house.platform, court="T2", name="上海市浦东新区人民法院")
    try:
        assert other.staff["finance"].send(f"{PAGE}/account", fields).status_code in {403, 404}
    finally:
        live_of(other.app).stop()
    assert house.staff["head"].do(f"{PAGE}/account", fields) == PAGE
