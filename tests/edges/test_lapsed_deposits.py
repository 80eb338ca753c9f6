"""Deposits held on cards that lapse, give less, or are paid in the very second of the close."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from auction.edges.due import due_acts
from auction.foundation.docket import queries as docket
from auction.foundation.ledger import queries as ledger
from auction.foundation.ledger.rules import Account
from auction.procedure.bidding import queries as bidding
from auction.procedure.deposits import queries as deposits
from auction.procedure.deposits.queries import DepositRecord
from auction.procedure.deposits.rules import DepositStatus
from auction.procedure.lots import queries as lots
from auction.procedure.settlement import queries as settlements
from auction.procedure.settlement.queries import SettlementRecord
from auction.procedure.settlement.rules import SettlementStatus
from auction.procedure.treasury.rules import OrderStatus
from tests.machine_money.agreeing import check, check_at_rest, come_to_rest
from tests.machine_money.world import World
from tests.procedure.selling import DEPOSIT_MINOR, START_MINOR

GOOD = "4242424242424242"
A_WHILE = timedelta(days=8)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    made = World(url=database_url)
    made.begin()
    yield made
    made.platform.database.dispose()


def pays_by_card(world: World, person: str, lot: str = "L1") -> str:
    """Let a bidder pay by card and be admitted; return the payment at Stripe."""
    before = set(world.peer.book.intents)
    order = world.pay_deposit(lot, person, "stripe")
    assert order is not None
    assert world.carry_out(order) == "done"
    (intent,) = set(world.peer.book.intents) - before
    assert world.payer_pays(intent, number=GOOD, agrees=True) == "paid"
    assert world.carry_out(order) == "done"
    assert deposit_of(world, person, lot).status is DepositStatus.HELD
    return intent


def deposit_of(world: World, person: str, lot: str = "L1") -> DepositRecord:
    with world.read() as session:
        found = next(one for one in deposits.deposits_of_lot(session, lot=lot) if one.person == person)
        assert bidding.registration(session, found.registration).person == person
    return found


def settled(world: World, lot: str = "L1") -> SettlementRecord:
    with world.read() as session:
        found = settlements.settlement(session, lot)
    assert found is not None
    return found


def kinds(world: World, lot: str = "L1") -> list[str]:
    with world.read() as session:
        return [entry.kind for entry in docket.entries(session, f"lot:{lot}")]


def due(world: World) -> list[str]:
    with world.read() as session:
        return [one.what for one in due_acts(session, world.now)]


def end_of(world: World, lot: str = "L1") -> timedelta:
    with world.read() as session:
        return lots.lot(session, lot).ends_at - world.now


def close(world: World) -> None:
    assert world.until(world.now + end_of(world)) == "done"


def test_a_hold_that_lapsed_before_it_was_called_in_is_owed_with_the_balance(world: World) -> None:
    pays_by_card(world, "A")
    world.bid("L1", "A")
    world.fate.next.extend(["silent"] * 50)
    close(world)
    assert settled(world).deposit_minor == DEPOSIT_MINOR
    world.clock.set(world.now + A_WHILE)
    world.fate.next.clear()
    world.until(world.now)
    assert (deposit_of(world, "A").status, deposit_of(world, "A").lapsed_minor) == (DepositStatus.LAPSED, DEPOSIT_MINOR)
    found = settled(world)
    assert (found.deposit_minor, found.balance_minor, found.due_minor) == (0, START_MINOR, START_MINOR)
    assert ("deposit.lapsed" in kinds(world), "balance.raised" in kinds(world)) == (True, True)
    assert "deposit.applied" not in kinds(world)
    assert "tell_of_lapse" in due(world)
    world.pay_balance("L1", "sandbox")
    world.until(world.now)
    assert settled(world).status is SettlementStatus.PAID
    assert "tell_of_lapse" not in due(world)
    come_to_rest(world)
    check_at_rest(world)


def test_a_card_that_gives_less_than_it_held_leaves_the_rest_to_the_balance(world: World) -> None:
    pays_by_card(world, "A")
    world.bid("L1", "A")
    world.peer.book.capture_at_most = 1_000_000
    close(world)
    found = settled(world)
    assert (found.deposit_minor, found.due_minor) == (1_000_000, START_MINOR - 1_000_000)
    assert (deposit_of(world, "A").status, deposit_of(world, "A").counted_minor) == (DepositStatus.APPLIED, 1_000_000)
    world.pay_balance("L1", "sandbox")
    world.until(world.now)
    assert settled(world).status is SettlementStatus.PAID
    come_to_rest(world)
    check_at_rest(world)


def test_a_deposit_that_lapses_after_the_balance_was_paid_is_asked_for_alone(world: World) -> None:
    pays_by_card(world, "A")
    world.bid("L1", "A")
    world.peer.plan(*["500"] * 3)
    close(world)
    assert world.pay_balance("L1", "sandbox") == "done"
    world.until(world.now)
    assert settled(world).due_minor == 0
    world.peer.forget_plans()
    world.clock.set(world.now + A_WHILE)
    world.until(world.now)
    assert settled(world).status is SettlementStatus.AWAITING_BALANCE
    assert settled(world).due_minor == DEPOSIT_MINOR
    check(world)
    world.pay_balance("L1", "bank")
    world.until(world.now)
    (order,) = world.bank_orders()
    world.bank_books(order)
    world.bank_file()
    assert settled(world).status is SettlementStatus.PAID
    come_to_rest(world)
    check_at_rest(world)


def test_a_sale_revoked_with_a_deposit_that_gave_less_returns_what_came(world: World) -> None:
    pays_by_card(world, "A")
    world.bid("L1", "A")
    world.peer.book.capture_at_most = 6_999_999
    close(world)
    world.pay_balance("L1", "sandbox")
    world.until(world.now)
    assert settled(world).status is SettlementStatus.PAID
    assert world.end("L1", "revoke") == "done"
    come_to_rest(world)
    check_at_rest(world)
    with world.read() as session:
        assert ledger.owed(session, account=Account.OUTSIDE, case="C1") == 0


def test_a_default_after_a_lapse_costs_what_is_there(world: World) -> None:
    pays_by_card(world, "A")
    world.bid("L1", "A")
    world.peer.book.capture_at_most = 1_000_000
    close(world)
    world.until(world.now + timedelta(days=40))
    assert world.end("L1", "default") == "done"
    with world.read() as session:
        assert ledger.owed(session, account=Account.FORFEITED, case="C1") == 1_000_000
    come_to_rest(world)
    check_at_rest(world)


def test_a_losers_hold_that_lapsed_is_back_with_its_owner(world: World) -> None:
    intent = pays_by_card(world, "B")
    pays_by_card(world, "A")
    world.bid("L1", "A")
    world.peer.plan(*["500"] * 4)
    close(world)
    world.peer.forget_plans()
    world.clock.set(world.now + A_WHILE)
    world.until(world.now)
    assert deposit_of(world, "B").status is DepositStatus.RELEASED
    assert world.peer.book.net(intent) == 0
    assert world.peer.book.refunds == {}
    come_to_rest(world)
    check_at_rest(world)


def test_a_payment_not_made_by_the_close_is_never_taken(world: World) -> None:
    order = world.pay_deposit("L1", "B", "stripe")
    assert order is not None
    world.carry_out(order)
    (intent,) = world.peer.book.intents
    close(world)
    assert deposit_of(world, "B").status is DepositStatus.FAILED
    assert world.payer_pays(intent, number=GOOD, agrees=True) != "paid"
    assert world.peer.book.net(intent) == 0
    assert ledger_is_empty(world)


def test_who_pays_in_the_very_second_of_the_close_is_held_and_paid_back(world: World) -> None:
    order = world.pay_deposit("L1", "B", "stripe")
    assert order is not None
    world.carry_out(order)
    (intent,) = world.peer.book.intents
    world.clock.set(world.now + end_of(world))
    assert world.payer_pays(intent, number=GOOD, agrees=True) == "paid"
    world.until(world.now)
    found = deposit_of(world, "B")
    assert (found.status, found.failed_because) == (DepositStatus.RELEASED, "registration.closed")
    assert world.peer.book.net(intent) == 0
    assert ledger_is_empty(world)
    check_at_rest(world)


def test_a_transfer_that_arrives_as_the_lot_is_withdrawn_goes_back_the_way_it_came(world: World) -> None:
    order = world.pay_deposit("L1", "B", "bank")
    assert order is not None
    world.carry_out(order)
    (waiting,) = world.bank_orders()
    world.bank_books(waiting)
    assert world.end("L1", "withdraw") == "done"
    world.bank_file()
    back = [one for one in world.orders() if one.kind == "release"]
    assert [(one.way, one.origin, one.status) for one in back] == [
        ("bank", waiting.gateway_reference, OrderStatus.WAITING)
    ]
    come_to_rest(world)
    check_at_rest(world)
    assert deposit_of(world, "B").status is DepositStatus.RELEASED


def ledger_is_empty(world: World) -> bool:
    with world.read() as session:
        return ledger.owed(session, account=Account.OUTSIDE, case="C1") == 0
