"""The bank gateway: it takes every order, and only a bank's own file confirms one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.edges.platform import create_platform
from auction.gateways.bank import BankGateway, creditor_reference, is_creditor_reference
from auction.gateways.clock import ManualClock
from auction.gateways.port import GatewayRefused, MoneyOrder, OrderKind, PayByTransfer, Receipt, Underway, send
from auction.settings import Settings

ORDER = MoneyOrder(
    id="G1",
    kind=OrderKind.HOLD,
    amount_minor=1,
    currency="CNY",
    case="C1",
    lot=None,
    party=None,
    created_at=datetime(2026, 3, 1, tzinfo=UTC),
)


@pytest.mark.parametrize("kind", [OrderKind.HOLD, OrderKind.CHARGE, OrderKind.RELEASE, OrderKind.PAYOUT])
def test_what_moves_at_the_bank_is_under_way(kind: OrderKind) -> None:
    assert isinstance(send(BankGateway(), replace(ORDER, kind=kind)), Underway)


def test_what_lies_there_already_is_applied_at_once_and_always_with_the_same_receipt() -> None:
    order = replace(ORDER, kind=OrderKind.APPLY)
    first = send(BankGateway(), order)
    assert isinstance(first, Receipt)
    assert first == send(BankGateway(), order)


def test_a_payer_is_told_a_reference_and_a_payee_nothing() -> None:
    step = BankGateway().payer_step(ORDER)
    assert isinstance(step, PayByTransfer)
    assert is_creditor_reference(step.reference)
    assert BankGateway().payer_step(replace(ORDER, kind=OrderKind.PAYOUT)) is None


def test_an_unpaid_order_is_given_up() -> None:
    with pytest.raises(GatewayRefused, match=r"payer\.gave_up"):
        BankGateway().give_up(ORDER)


def test_the_standard_s_own_example_is_a_reference() -> None:
    assert is_creditor_reference("RF18 5390 0754 7034")
    assert not is_creditor_reference("RF19 5390 0754 7034")


@pytest.mark.parametrize(
    "text", ["", "RF", "RF18", "RF１８539007547034", "18RF539007547034", "RF18539007547034é", "\x00"]
)
def test_other_texts_are_not(text: str) -> None:
    assert not is_creditor_reference(text)


@pytest.mark.property
@given(st.text(max_size=60), st.integers(4, 19), st.integers(0, 9))
def test_one_wrong_digit_is_found(name: str, place: int, digit: int) -> None:
    reference = creditor_reference(name)
    assert is_creditor_reference(reference)
    changed = f"{reference[:place]}{digit}{reference[place + 1 :]}"
    assert is_creditor_reference(changed) is (changed == reference)


def test_only_a_demo_has_the_sandbox(settings: Settings, database_url: str, clock: ManualClock) -> None:
    for demo, name in ((True, "sandbox"), (False, "bank")):
        platform = create_platform(replace(settings, demo=demo), database_url, clock=clock)
        assert platform.gateways.of(None).name == name
        assert ("sandbox" in platform.gateways) is demo
        platform.database.dispose()
