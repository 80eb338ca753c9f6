"""Many deposits go back at once: in slices, each once, whoever dies meanwhile, and behind everybody who pays."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from typing_extensions import override

from auction.edges.due import due_acts
from auction.edges.figures import Figures
from auction.edges.inbox import cashier, giving_back
from auction.edges.jobs.sweep import give_back, settle, sweeping
from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.docket import reactions
from auction.foundation.docket.rules import first_fault
from auction.foundation.kernel.roles import PLATFORM
from auction.gateways.bank import BankGateway
from auction.gateways.choice import Gateways
from auction.gateways.clock import ManualClock
from auction.gateways.port import GatewayRefused, MoneyOrder, OrderKind, Receipt
from auction.gateways.sandbox import SandboxGateway
from auction.gateways.several import send_many
from auction.procedure.deposits import queries as deposits
from auction.procedure.deposits.rules import DepositStatus
from auction.procedure.treasury import many, orders
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury.rules import OrderStatus
from tests.machine_money.mortal import Died, Fate, Mortal, MortalTogether
from tests.procedure.selling import Sale

BIDDERS = tuple(f"B{number}" for number in range(7))


@pytest.fixture
def fate() -> Fate:
    return Fate()


@pytest.fixture
def sale(platform: Platform, fate: Fate) -> Sale:
    """Return a lot that has ended unsold, its deposits decided to go back and waiting."""
    gateways = Gateways.only(MortalTogether(platform.gateways.of(None), fate))
    story = Sale(replace(platform, gateways=gateways))
    story.open()
    story.announce()
    for person in BIDDERS:
        story.deposit(story.join(person))
    settle(story.platform)
    story.until_open()
    story.close_only()
    react(story)
    return story


def react(sale: Sale) -> None:
    with sale.platform.act(PLATFORM) as act:
        while reactions.run_one(act) is not None:
            pass


def statuses(sale: Sale) -> Counter[DepositStatus]:
    with sale.platform.read() as session:
        return Counter(one.status for one in deposits.deposits_of_lot(session, lot="L1"))


def check_gone_once(sale: Sale) -> None:
    assert statuses(sale) == {DepositStatus.RELEASED: len(BIDDERS)}
    with sale.platform.read() as session:
        entries = docket.entries(session, "lot:L1")
        gone = [entry.public["code"] for entry in entries if entry.kind == "deposit.released"]
        assert len(set(gone)) == len(gone) == len(BIDDERS)
        assert first_fault(entries) is None
        assert deposits.going_back(session) == []
    money = sale.money()
    assert (money.held_minor, money.refundable_minor) == (0, 0)
    assert sandbox_of(sale).balance() == 0


def sandbox_of(sale: Sale) -> SandboxGateway:
    gateway = sale.platform.gateways.of(None)
    assert isinstance(gateway, Mortal)
    assert isinstance(gateway.behind, SandboxGateway)
    return gateway.behind


def test_all_go_back_in_one_run(sale: Sale) -> None:
    assert giving_back.give_back_waiting(sale.platform) == len(BIDDERS)
    check_gone_once(sale)
    assert giving_back.give_back_waiting(sale.platform) == 0


def test_how_far_it_is_can_be_seen_and_measured(sale: Sale) -> None:
    with sale.platform.read() as session:
        (lot,) = deposits.going_back(session, case="C1")
        figures = Figures()
        figures.look(session, sale.platform.clock.now())
    assert (lot.lot, lot.done, lot.total) == ("L1", 0, len(BIDDERS))
    assert lot.by is not None
    assert b"auction_deposits_going_back 7.0" in figures.text()[0]
    with sale.platform.read() as session:
        assert deposits.going_back(session, case="C-other") == []


def test_what_has_not_gone_after_twenty_hours_is_an_alarm_and_after_a_day_overdue(sale: Sale, fate: Fate) -> None:
    fate.next.extend(["silent"] * 200)
    clock = sale.platform.clock
    assert isinstance(clock, ManualClock)
    ended = clock.now()
    seen = {}
    for hours in (19, 20, 25):
        clock.set(ended + timedelta(hours=hours))
        assert giving_back.give_back_waiting(sale.platform) == 0
        figures = Figures()
        with sale.platform.read() as session:
            figures.look(session, clock.now())
            board = [act for act in due_acts(session, clock.now(), case="C1") if act.what == "release_deposit"]
        seen[hours] = (_figure(figures, "auction_deposits_near_limit"), sum(act.overdue(clock.now()) for act in board))
        assert len(board) == len(BIDDERS)
    assert seen == {19: (0.0, 0), 20: (7.0, 0), 25: (7.0, 7)}
    fate.next.clear()
    sale.after(minutes=16)
    check_gone_once(sale)


def _figure(figures: Figures, name: str) -> float:
    lines = figures.text()[0].decode().splitlines()
    return float(next(line for line in lines if line.startswith(f"{name} ")).split()[1])


@pytest.mark.parametrize("fated", ["dies before", "dies after"])
def test_a_process_that_dies_with_a_slice_gives_nothing_back_twice(sale: Sale, fate: Fate, fated: str) -> None:
    fate.next.append(fated)
    with pytest.raises(Died):
        giving_back.give_back_waiting(sale.platform)
    assert statuses(sale) == {DepositStatus.REFUNDABLE: len(BIDDERS)}
    sale.after(seconds=20)
    check_gone_once(sale)


def confirm_and_die(sale: Sale, receipts: dict[str, Receipt]) -> None:
    with sale.platform.act(PLATFORM) as act:
        assert many.confirm_orders(act, receipts=receipts) == len(BIDDERS)
        raise Died


def test_a_process_that_dies_before_the_confirmation_is_committed_gives_nothing_back_twice(sale: Sale) -> None:
    with sale.platform.act(PLATFORM) as act:
        claimed = orders.claim_orders(act, limit=100)
    words = send_many(sandbox_of(sale), [one.instruction() for one in claimed])
    receipts = {word.order: word for word in words if isinstance(word, Receipt)}
    with pytest.raises(Died):
        confirm_and_die(sale, receipts)
    assert statuses(sale) == {DepositStatus.REFUNDABLE: len(BIDDERS)}
    with sale.platform.act(PLATFORM) as act:
        assert many.confirm_orders(act, receipts=receipts) == len(BIDDERS)
        assert many.confirm_orders(act, receipts=receipts) == 0
    check_gone_once(sale)


@pytest.mark.parametrize("fated", ["silent", "done but silent"])
def test_an_outside_that_is_silent_is_asked_again_under_the_same_ids(sale: Sale, fate: Fate, fated: str) -> None:
    fate.next.append(fated)
    assert giving_back.give_back_waiting(sale.platform) == 0
    with sale.platform.read() as session:
        waiting = treasury.orders_waiting(session, now=sale.platform.clock.now())
    assert waiting == 0
    sale.after(seconds=20)
    check_gone_once(sale)


def test_one_that_is_refused_holds_nobody_else_up(sale: Sale) -> None:
    with sale.platform.read() as session:
        placed = treasury.orders_of_case(session, case="C1")
    back = [one for one in placed if one.kind is OrderKind.RELEASE]
    refusing = RefusesOne(sandbox_of(sale), order=back[0].id)
    giving_back.give_back_waiting(replace(sale.platform, gateways=Gateways.only(refusing)))
    assert statuses(sale) == {DepositStatus.RELEASED: len(BIDDERS) - 1, DepositStatus.REFUNDABLE: 1}
    with sale.platform.read() as session:
        refused = treasury.order(session, back[0].id)
        assert (refused.status, refused.last_error) == (OrderStatus.FAILED, "account.closed")
        assert "retry_order" in [act.what for act in treasury.due(session, sale.platform.clock.now())]
    with sale.platform.act(PLATFORM) as act:
        orders.retry_order(act, order=back[0].id)
    settle(sale.platform)
    check_gone_once(sale)


class RefusesOne(Mortal):
    """A gateway that takes one order at a time, and says no to one of them."""

    def __init__(self, behind: SandboxGateway, *, order: str) -> None:
        super().__init__(behind, Fate())
        self.order = order

    @override
    def release(self, order: MoneyOrder) -> Receipt:
        if order.id == self.order:
            raise GatewayRefused("account.closed")
        word = super().release(order)
        assert isinstance(word, Receipt)
        return word


def test_deposits_that_came_by_bank_wait_for_the_next_payment_file(platform: Platform) -> None:
    sale = Sale(replace(platform, gateways=Gateways.only(BankGateway())))
    sale.open()
    sale.announce()
    paid = [sale.deposit(sale.join(person)).order or "" for person in BIDDERS]
    settle(sale.platform)
    for order in paid:
        receipt = Receipt(order=order, gateway="bank", reference=f"RF-{order}", at=sale.platform.clock.now())
        with sale.platform.act(PLATFORM) as act:
            orders.confirm_order(act, order=order, receipt=receipt)
    sale.until_open()
    sale.close_only()
    settle(sale.platform)
    with sale.platform.read() as session:
        back = [one for one in treasury.orders_of_case(session, case="C1") if one.kind is OrderKind.RELEASE]
    assert {(one.status, one.origin, one.underway_since is not None) for one in back} == {
        (OrderStatus.WAITING, f"RF-{order}", True) for order in paid
    }


def test_who_pays_comes_before_whatever_goes_back(sale: Sale) -> None:
    sale.announce("L2")
    paid = sale.deposit(sale.join("late", "L2"))
    with sale.platform.act(PLATFORM) as act:
        (first,) = orders.claim_orders(act, limit=1)
    assert first.id == paid.order


def test_the_sweep_leaves_what_goes_back_to_who_gives_back_beside_it(sale: Sale) -> None:
    assert cashier.carry_out_waiting(sale.platform, returns=False) == 0
    assert statuses(sale) == {DepositStatus.REFUNDABLE: len(BIDDERS)}
    assert give_back(sale.platform) == len(BIDDERS)
    check_gone_once(sale)


def test_nothing_is_given_back_while_history_is_made(sale: Sale) -> None:
    with sweeping(sale.platform):
        assert give_back(sale.platform) == 0
    assert give_back(sale.platform) == len(BIDDERS)
    assert sale.money().held_minor == 0
