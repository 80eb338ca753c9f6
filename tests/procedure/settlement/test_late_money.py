"""A balance begun in time that the bank delivers after the default: the court may not keep it."""

from __future__ import annotations

import pytest

from auction.edges.inbox import cashier
from auction.edges.jobs.sweep import settle
from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.roles import PLATFORM
from auction.foundation.ledger import queries as ledger
from auction.foundation.ledger.rules import Account
from auction.gateways.port import OrderKind, Receipt
from auction.procedure.settlement import commands, default, queries, rules
from auction.procedure.settlement.rules import SettlementStatus
from auction.procedure.treasury import orders
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury.queries import OrderRecord
from auction.procedure.treasury.rules import OrderStatus
from tests.procedure.selling import DEPOSIT_MINOR, START_MINOR, Sale, person_actor

BALANCE_MINOR = START_MINOR - DEPOSIT_MINOR


@pytest.fixture
def sale(platform: Platform) -> Sale:
    story = Sale(platform)
    story.open()
    story.announce()
    story.sold()
    settle(platform)
    with platform.act(person_actor("A")) as act:
        commands.pay_balance(act, lot="L1", amount_minor=BALANCE_MINOR, way="bank")
    settle(platform)
    return story


def balance_order(sale: Sale) -> OrderRecord:
    with sale.platform.read() as session:
        return treasury.orders_of(session, subject="balance:L1")[-1]


def arrives(sale: Sale) -> OrderRecord:
    """Let the bank say that the transfer has arrived."""
    order = balance_order(sale)
    receipt = Receipt(order=order.id, gateway="bank", reference="RF1", at=sale.platform.clock.now())
    with sale.platform.act(PLATFORM) as act:
        return orders.confirm_order(act, order=order.id, receipt=receipt)


def declare(sale: Sale) -> None:
    with sale.platform.act(PLATFORM) as act:
        default.declare_default(act, lot="L1")
    settle(sale.platform)


def status_of(sale: Sale) -> SettlementStatus:
    with sale.platform.read() as session:
        found = queries.settlement(session, "L1")
    assert found is not None
    return found.status


def test_a_transfer_under_way_puts_no_default_off(sale: Sale) -> None:
    assert balance_order(sale).underway_since is not None
    sale.after(days=30)
    declare(sale)
    assert status_of(sale) is SettlementStatus.DEFAULTED
    assert (balance_order(sale).status, balance_order(sale).last_error) == (OrderStatus.FAILED, "payer.gave_up")


def test_what_is_due_may_not_change_under_a_payment_that_was_begun(sale: Sale) -> None:
    with sale.platform.read() as session:
        found = queries.settlement(session, "L1")
    assert found is not None
    with sale.platform.act(person_actor("A")) as act:
        again = commands.pay_balance(act, lot="L1", amount_minor=BALANCE_MINOR, way="bank")
    assert again.due_minor == found.due_minor
    with sale.platform.read() as session:
        assert len(treasury.orders_of(session, subject="balance:L1")) == 1


def test_money_that_comes_in_the_instant_of_the_default_goes_back_whole(sale: Sale) -> None:
    sale.after(days=30)
    with sale.platform.act(PLATFORM) as act:
        default.declare_default(act, lot="L1")
    arrives(sale)
    settle(sale.platform)
    with sale.platform.read() as session:
        back = treasury.orders_of(session, subject="price_return:L1")
        kinds = [entry.kind for entry in docket.entries(session, "lot:L1")]
        assert ledger.owed(session, account=Account.REFUNDABLE, case="C1") == BALANCE_MINOR
        assert ledger.owed(session, account=Account.FORFEITED, case="C1") == DEPOSIT_MINOR
    assert [(one.kind, one.amount_minor, one.way, one.origin) for one in back] == [
        (OrderKind.RELEASE, BALANCE_MINOR, "bank", "RF1")
    ]
    assert "balance.not_taken" in kinds
    assert "balance.paid" not in kinds
    assert status_of(sale) is SettlementStatus.DEFAULTED


def test_late_money_before_the_default_is_taken_and_marked(sale: Sale) -> None:
    sale.after(days=30)
    arrives(sale)
    settle(sale.platform)
    with sale.platform.read() as session:
        found = queries.settlement(session, "L1")
    assert found is not None
    assert (found.status, found.paid_late) == (SettlementStatus.PAID, True)
    with sale.platform.act(PLATFORM) as act, pytest.raises(rules.SettlementNotDue):
        default.declare_default(act, lot="L1")


def test_giving_an_order_up_lets_the_buyer_pay_another_way(sale: Sale) -> None:
    assert cashier.give_up(sale.platform, balance_order(sale).id).status is OrderStatus.FAILED
    with sale.platform.act(person_actor("A")) as act:
        commands.pay_balance(act, lot="L1", amount_minor=BALANCE_MINOR, way="sandbox")
    settle(sale.platform)
    assert status_of(sale) is SettlementStatus.PAID
