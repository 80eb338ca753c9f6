"""The sandbox keeps its own book: each order id moves money once, whatever happens to who asked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import create_engine

from auction.foundation.database.engine import Database
from auction.foundation.kernel.money import MINOR_MAX
from auction.gateways.clock import ManualClock
from auction.gateways.port import GatewayRefused, GatewayUnavailable, MoneyOrder, OrderKind, send
from auction.gateways.sandbox import SandboxGateway

ORDER = MoneyOrder(id="G1", kind=OrderKind.HOLD, amount_minor=500, currency="CNY", case="C1", lot="L1", party="N1")


@pytest.fixture
def gateway(database: Database, clock: ManualClock) -> SandboxGateway:
    return SandboxGateway(database.engine, clock=clock)


def test_the_five_verbs_move_the_courts_account(gateway: SandboxGateway) -> None:
    for number, (kind, minor) in enumerate(
        [("hold", 500), ("charge", 300), ("apply", 500), ("release", 100), ("payout", 50)]
    ):
        send(gateway, replace(ORDER, id=f"G{number}", kind=OrderKind(kind), amount_minor=minor))
    assert gateway.balance() == gateway.balance(case="C1") == 650
    assert gateway.balance(case="C2") == 0


@pytest.mark.race
def test_the_same_order_moves_money_once_and_has_one_receipt(gateway: SandboxGateway) -> None:
    with ThreadPoolExecutor(8) as pool:
        receipts = set(pool.map(lambda _: send(gateway, ORDER), range(16)))
    assert len(receipts) == 1
    assert gateway.balance() == 500


def test_an_id_used_for_something_else_is_refused(gateway: SandboxGateway) -> None:
    send(gateway, ORDER)
    for other in (replace(ORDER, amount_minor=501), replace(ORDER, kind=OrderKind.CHARGE), replace(ORDER, case="C2")):
        with pytest.raises(GatewayRefused, match="reused"):
            send(gateway, other)
    assert gateway.balance() == 500


@pytest.mark.parametrize("minor", [0, -1, MINOR_MAX + 1, 10**20])
def test_an_amount_that_is_none_is_refused(gateway: SandboxGateway, minor: int) -> None:
    with pytest.raises(GatewayRefused, match="malformed"):
        send(gateway, replace(ORDER, amount_minor=minor))


def test_a_verb_carries_only_its_own_kind(gateway: SandboxGateway) -> None:
    with pytest.raises(GatewayRefused):
        gateway.release(ORDER)


def test_an_account_has_its_limit(database: Database, clock: ManualClock) -> None:
    gateway = SandboxGateway(database.engine, clock=clock, limit_minor=499)
    with pytest.raises(GatewayRefused, match="limit"):
        gateway.hold(ORDER)
    assert gateway.balance() == 0


def test_a_book_that_cannot_be_reached_is_unavailable(clock: ManualClock) -> None:
    nowhere = create_engine("postgresql+psycopg://nobody@/none?host=/nowhere")
    with pytest.raises(GatewayUnavailable):
        SandboxGateway(nowhere, clock=clock).hold(ORDER)
