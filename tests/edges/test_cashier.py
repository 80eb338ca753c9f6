"""The cashier between the platform and an outside that is silent, refuses, or is cut off half-way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from auction.edges.inbox.cashier import carry_out, carry_out_waiting
from auction.edges.platform import Platform
from auction.foundation.kernel.refusal import NotFound
from auction.gateways.choice import Gateways
from auction.gateways.port import (
    GatewayRefused,
    GatewayUnavailable,
    MoneyOrder,
    Movement,
    PayerStep,
    PaymentGateway,
    Receipt,
    Underway,
    send,
)
from auction.procedure.deposits import queries as deposits
from auction.procedure.deposits.rules import DepositStatus
from auction.procedure.treasury import queries
from auction.procedure.treasury.queries import OrderRecord
from auction.procedure.treasury.rules import OrderStatus, delay_after
from tests.procedure.selling import DEPOSIT_MINOR, Sale


@dataclass
class Outside:
    """A bank in front of the sandbox: ``answers`` says what becomes of each call, then it works."""

    behind: PaymentGateway
    answers: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    name: str = "outside"

    def hold(self, order: MoneyOrder) -> Receipt | Underway:
        return self._answer(order)

    def release(self, order: MoneyOrder) -> Receipt | Underway:
        return self._answer(order)

    def apply(self, order: MoneyOrder) -> Receipt | Underway:
        return self._answer(order)

    def charge(self, order: MoneyOrder) -> Receipt | Underway:
        return self._answer(order)

    def payout(self, order: MoneyOrder) -> Receipt | Underway:
        return self._answer(order)

    def payer_step(self, order: MoneyOrder) -> PayerStep | None:
        return self.behind.payer_step(order)

    def movements(self, *, since: datetime | None = None) -> Iterator[Movement]:
        return self.behind.movements(since=since)

    def give_up(self, order: MoneyOrder) -> Receipt | Underway:
        return self.behind.give_up(order)

    def _answer(self, order: MoneyOrder) -> Receipt | Underway:
        self.asked.append(order.id)
        answer = self.answers.pop(0) if self.answers else "works"
        match answer:
            case "silent":
                raise GatewayUnavailable("timeout")
            case "done but silent":
                send(self.behind, order)
                raise GatewayUnavailable("connection lost")
            case "refuses":
                raise GatewayRefused("card.declined")
            case "dies":
                send(self.behind, order)
                raise SystemExit
            case _:
                return send(self.behind, order)


@pytest.fixture
def outside(platform: Platform) -> Outside:
    return Outside(platform.gateways.of(None))


@pytest.fixture
def sale(platform: Platform, outside: Outside) -> Sale:
    story = Sale(replace(platform, gateways=Gateways.only(outside)))
    story.open()
    story.announce()
    return story


def deposited(sale: Sale) -> str:
    order = sale.deposit(sale.join("A")).order
    assert order is not None
    return order


def order_of(sale: Sale, order: str) -> OrderRecord:
    with sale.platform.read() as session:
        return queries.order(session, order)


def test_an_order_is_carried_out_at_once_when_asked(sale: Sale) -> None:
    done = carry_out(sale.platform, deposited(sale))
    assert (done.status, done.gateway, done.attempts) == (OrderStatus.DONE, "sandbox", 1)
    assert sale.money().held_minor == DEPOSIT_MINOR


def test_an_order_carried_out_twice_is_asked_once(sale: Sale, outside: Outside) -> None:
    order = deposited(sale)
    first, again = carry_out(sale.platform, order), carry_out(sale.platform, order)
    assert first == again
    assert outside.asked == [order]


def test_an_unknown_order_is_named(sale: Sale) -> None:
    with pytest.raises(NotFound):
        carry_out(sale.platform, "G-none")


def test_a_silent_outside_is_asked_again_later_under_the_same_id(sale: Sale, outside: Outside) -> None:
    outside.answers = ["silent", "done but silent"]
    order = deposited(sale)
    assert carry_out_waiting(sale.platform) == 0
    assert carry_out_waiting(sale.platform) == 0
    assert outside.asked == [order]
    assert order_of(sale, order).last_error == "timeout"
    assert sale.money().held_minor == 0
    sale.after(seconds=15)
    assert outside.asked == [order, order]
    sale.after(seconds=15)
    assert len(outside.asked) == 2
    sale.after(seconds=15)
    assert outside.asked == [order, order, order]
    assert order_of(sale, order).status is OrderStatus.DONE
    assert sale.money().held_minor == DEPOSIT_MINOR


def test_a_refusing_outside_moves_nothing(sale: Sale, outside: Outside) -> None:
    outside.answers = ["refuses"]
    order = deposited(sale)
    refused = carry_out(sale.platform, order)
    assert (refused.status, refused.last_error) == (OrderStatus.FAILED, "card.declined")
    with sale.platform.read() as session:
        deposit = deposits.deposits_of_lot(session, lot="L1")[0]
    assert (deposit.status, deposit.failed_because) == (DepositStatus.FAILED, "card.declined")
    assert sale.money().held_minor == 0


def test_a_process_killed_after_the_bank_moved_the_money_books_it_once(sale: Sale, outside: Outside) -> None:
    outside.answers = ["dies"]
    order = deposited(sale)
    with pytest.raises(SystemExit):
        carry_out(sale.platform, order)
    assert order_of(sale, order).status is OrderStatus.WAITING
    sale.after(seconds=15)
    assert order_of(sale, order).status is OrderStatus.DONE
    assert sale.money().held_minor == DEPOSIT_MINOR


def test_the_rest_between_attempts_grows_to_fifteen_minutes() -> None:
    rests = [delay_after(attempts) for attempts in range(9)]
    assert rests[1:4] == [timedelta(seconds=15), timedelta(seconds=30), timedelta(seconds=60)]
    assert rests == sorted(rests)
    assert delay_after(10_000) == timedelta(minutes=15)
