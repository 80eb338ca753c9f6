"""The gateway and the event reader against localstripe: manual capture, refund, 3-D Secure, signed events."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from typing_extensions import override

from auction.gateways.port import GatewayRefused, MoneyOrder, OrderKind, PayByElements, Receipt, Underway
from auction.gateways.stripe_service.account import StripeAccount
from auction.gateways.stripe_service.gateway import StripeGateway
from auction.gateways.stripe_service.notices import Notice, read_notice
from tests.peers.local_stripe import Older, local_stripe, post

SECRET = "whsec_local"


@dataclass
class Ear:
    """Where the peer posts its events: what came, and whether our reader took it."""

    port: int = 0
    heard: list[Notice] = field(default_factory=list)


@dataclass
class Both:
    """The gateway with the peer behind it."""

    gateway: StripeGateway
    address: str
    ear: Ear

    def card(self, number: str) -> str:
        """Make a card's payment method as the browser would."""
        given = {"card[number]": number, "card[exp_month]": "12", "card[exp_year]": "2030", "card[cvc]": "123"}
        told = json.loads(post(f"{self.address}/v1/payment_methods", {"type": "card", **given}))
        return str(told["id"])

    def pay(self, order: MoneyOrder, number: str = "4242424242424242") -> None:
        """Give a payment its card and confirm it."""
        place = f"{self.address}/v1/payment_intents/{order.reference}"
        post(place, {"payment_method": self.card(number)})
        post(f"{place}/confirm", {})


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    ear = Ear()

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            ear.heard.append(read_notice(body, signature=self.headers["Stripe-Signature"], secret=SECRET))
            self.send_response(200)
            self.end_headers()

        @override
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        ear.port = server.server_port
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        hook = f"http://127.0.0.1:{ear.port}/"
        with local_stripe(tmp_path_factory.mktemp("local"), webhook=hook, secret=SECRET) as address:
            account = StripeAccount(
                secret_key="sk_test_local",
                publishable_key="pk_test_local",
                webhook_secret=SECRET,
                address="https://court.example",
                api=address,
                methods=("card",),
            )
            gateway = StripeGateway(account, http_client=Older(timeout=10))
            yield Both(gateway=gateway, address=address, ear=ear)
        server.shutdown()
        thread.join()


@pytest.fixture
def deposit(request: pytest.FixtureRequest) -> MoneyOrder:
    now = datetime.now(UTC)  # noqa: TID251 - the peer goes by the machine's own clock
    return MoneyOrder(
        id=f"G-{request.node.name}",
        kind=OrderKind.HOLD,
        amount_minor=500_000,
        currency="CNY",
        case="C1",
        lot="L1",
        party="N1",
        held_until=now + timedelta(days=2),
        created_at=now,
    )


def begun(both: Both, order: MoneyOrder) -> MoneyOrder:
    word = both.gateway.hold(order)
    assert isinstance(word, Underway)
    return replace(order, reference=word.reference)


def back(order: MoneyOrder, kind: OrderKind, minor: int | None = None) -> MoneyOrder:
    changed = replace(order, id=f"B-{order.id}-{kind}", kind=kind, origin=order.reference, reference=None)
    return replace(changed, amount_minor=minor or order.amount_minor)


def test_a_deposit_is_held_by_manual_capture_and_applied(outside: Both, deposit: MoneyOrder) -> None:
    asked = begun(outside, deposit)
    assert isinstance(outside.gateway.payer_step(asked), PayByElements)
    outside.pay(asked)
    assert isinstance(outside.gateway.hold(asked), Receipt)
    word = outside.gateway.apply(back(asked, OrderKind.APPLY))
    assert isinstance(word, Receipt)
    assert word.moved_minor is None
    assert outside.gateway.apply(back(asked, OrderKind.APPLY)) == word


def test_a_held_deposit_is_let_go(outside: Both, deposit: MoneyOrder) -> None:
    asked = begun(outside, deposit)
    outside.pay(asked)
    assert isinstance(outside.gateway.release(back(asked, OrderKind.RELEASE)), Receipt)


def test_a_taken_deposit_is_refunded_in_parts_once_each(outside: Both, deposit: MoneyOrder) -> None:
    long = replace(deposit, held_until=(deposit.created_at or datetime.now(UTC)) + timedelta(days=30))  # noqa: TID251
    asked = begun(outside, long)
    outside.pay(asked)
    part = back(asked, OrderKind.RELEASE, 200_000)
    first = outside.gateway.release(part)
    assert isinstance(first, Receipt)
    assert outside.gateway.release(part) == first
    with pytest.raises(GatewayRefused, match="more_than_is_left"):
        outside.gateway.release(replace(back(asked, OrderKind.RELEASE, 300_001), id="B-more"))


def test_a_card_that_wants_3_d_secure_stays_under_way(outside: Both, deposit: MoneyOrder) -> None:
    asked = begun(outside, deposit)
    outside.pay(asked, "4000002500003155")
    assert isinstance(outside.gateway.hold(asked), Underway)
    step = outside.gateway.payer_step(asked)
    assert isinstance(step, PayByElements)
    place = f"{outside.address}/v1/payment_intents/{asked.reference}/_authenticate"
    post(place, {"client_secret": step.client_secret, "success": "true"})
    assert isinstance(outside.gateway.hold(asked), Receipt)


def test_an_unpaid_deposit_is_given_up(outside: Both, deposit: MoneyOrder) -> None:
    with pytest.raises(GatewayRefused, match=r"payer\.gave_up"):
        outside.gateway.give_up(begun(outside, deposit))


def test_its_signed_events_are_read(outside: Both, deposit: MoneyOrder) -> None:
    asked = begun(outside, replace(deposit, held_until=None))
    outside.pay(asked)
    ends = time.monotonic() + 15
    while time.monotonic() < ends and not any(one.subject == asked.reference for one in outside.ear.heard):
        time.sleep(0.1)
    heard = [one for one in outside.ear.heard if one.subject == asked.reference]
    assert {(one.type, one.order) for one in heard} == {("payment_intent.succeeded", deposit.id)}
