"""A platform whose Stripe is the stand-in in the same process; its events come by the real route."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from flask.testing import FlaskClient

from auction.app import create_app
from auction.edges.inbox import payment_events
from auction.edges.live import live_of
from auction.edges.platform import Platform
from auction.gateways.choice import Gateways
from auction.gateways.port import MoneyOrder
from auction.gateways.stripe_service.account import StripeAccount
from auction.gateways.stripe_service.gateway import StripeGateway
from auction.procedure.treasury.connected import connected_account
from tests.peers.stripe_events import Courier
from tests.peers.stripe_peer import StripePeer
from tests.peers.stripe_process import InProcess

ACCOUNT = StripeAccount(
    secret_key="sk_test_stand_in",
    publishable_key="pk_test_stand_in",
    webhook_secret="whsec_test",
    address="https://court.example",
)
EVENTS = "/payments/stripe/events"


@dataclass
class Joined:
    """The platform with its stand-in, a client of its pages, and the courier between them."""

    platform: Platform
    peer: StripePeer
    client: FlaskClient
    courier: Courier

    def work(self) -> int:
        """Do what the jobs process does with events."""
        return payment_events.work(self.platform)

    def tell(self) -> None:
        """Deliver every event once, in order, and work it."""
        self.courier.deliver_all()
        self.work()


def connected(platform: Platform, peer: StripePeer) -> Platform:
    """Return the same platform with the stand-in connected as Stripe."""

    def payee(order: MoneyOrder) -> str | None:
        with platform.read() as session:
            return connected_account(session, order.party)

    gateway = StripeGateway(ACCOUNT, http_client=InProcess(peer), payee=payee)
    gateways = Gateways(by_name={**platform.gateways.by_name, gateway.name: gateway}, default=platform.gateways.default)
    return replace(platform, settings=replace(platform.settings, stripe=ACCOUNT), gateways=gateways)


@contextmanager
def joined(platform: Platform) -> Iterator[Joined]:
    """Join a platform and a fresh stand-in; the stand-in goes by the platform's clock."""
    peer = StripePeer(now=lambda: platform.clock.now().timestamp())
    running = connected(platform, peer)
    app = create_app(running)
    client = app.test_client()

    def send(body: bytes, header: str) -> int:
        return client.post(EVENTS, data=body, headers={"Stripe-Signature": header}).status_code

    courier = Courier(peer.book.events, secret=ACCOUNT.webhook_secret, send=send)
    try:
        yield Joined(platform=running, peer=peer, client=client, courier=courier)
    finally:
        live_of(app).stop()
