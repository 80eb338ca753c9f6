"""From the money to the creditors, on a real database with two persons at the till."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

import pytest

from auction.edges.jobs.sweep import settle
from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.calendar import within_days
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, NotFound
from auction.foundation.kernel.roles import PLATFORM, Actor, Role
from auction.gateways.sandbox import SandboxGateway
from auction.procedure.cases.commands import record_cost
from auction.procedure.distribution import commands, queries
from auction.procedure.distribution.queries import PlanRecord
from auction.procedure.distribution.refusals import (
    NothingToDistribute,
    PayoutNotProposed,
    PlanNotDrafted,
    PlanOpen,
    PlanServed,
    PlanStatus,
    SecondPersonNeeded,
)
from auction.procedure.settlement.commands import pay_balance
from auction.procedure.treasury import orders
from auction.procedure.treasury import queries as treasury
from tests.procedure.selling import DEPOSIT_MINOR, START_MINOR, Sale, person_actor

TWO_CLAIMS = (
    {"id": "K1", "creditor": "甲银行", "amount_minor": 60_000_000, "kind": "ordinary", "applicant": True},
    {"id": "K2", "creditor": "乙公司", "amount_minor": 30_000_000, "kind": "ordinary"},
)


@pytest.fixture
def sale(platform: Platform) -> Sale:
    story = Sale(platform)
    story.open(claims=TWO_CLAIMS)
    story.announce()
    return story


def pay(sale: Sale, lot: str = "L1", *, amount_minor: int = START_MINOR - DEPOSIT_MINOR) -> None:
    with sale.platform.act(person_actor("A")) as act:
        pay_balance(act, lot=lot, amount_minor=amount_minor)
    settle(sale.platform)


def plan(sale: Sale, *, enforcement_fee: bool = False, interest_until: date | None = None) -> PlanRecord:
    with sale.platform.act(PLATFORM) as act:
        return commands.plan_distribution(
            act, case="C1", enforcement_fee=enforcement_fee, interest_until=interest_until
        )


def served(sale: Sale) -> PlanRecord:
    with sale.platform.act(PLATFORM) as act:
        return commands.serve_plan(act, case="C1")


def paid_out(sale: Sale, finance: Actor, head: Actor) -> PlanRecord:
    with sale.platform.act(finance) as act:
        commands.pay_out(act, case="C1")
    with sale.platform.act(head) as act:
        commands.release_payout(act, case="C1")
    settle(sale.platform)
    with sale.platform.read() as session:
        found = queries.plan(session, case="C1")
    assert found is not None
    return found


def told(found: PlanRecord) -> list[tuple[str, int]]:
    return [(line.to, line.amount_minor) for line in found.lines]


@pytest.mark.statute
def test_the_whole_road_from_plan_to_payment(sale: Sale, finance: Actor, head: Actor) -> None:
    sale.sold()
    pay(sale)
    with sale.platform.act(PLATFORM) as act:
        record_cost(act, case="C1", what="评估费", amount_minor=1_000_000)
    drafted = plan(sale)
    assert told(drafted) == [("costs", 1_000_000), ("K1", 46_000_000), ("K2", 23_000_000)]
    assert drafted.surplus_minor == 0
    sent = served(sale)
    assert sent.objection_until == within_days(sale.platform.clock.now(), 15)
    sale.until(sent.objection_until + timedelta(microseconds=1))
    found = paid_out(sale, finance, head)
    assert (found.status, found.paid_minor) == (PlanStatus.PAID, START_MINOR)
    money = sale.money()
    assert (money.proceeds_minor, money.paid_out_minor) == (START_MINOR, START_MINOR)
    gateway = sale.platform.gateways.of(None)
    assert isinstance(gateway, SandboxGateway)
    assert gateway.balance(case="C1") == 0
    with sale.platform.read() as session:
        kinds = [entry.kind for entry in docket.entries(session, "case:C1")]
    assert (
        kinds[-7:]
        == [
            *("plan.drafted", "plan.served", "plan.payout_proposed", "plan.released"),
            *("distribution.paid", "distribution.paid", "distribution.paid"),
        ]
        or kinds[-1] == "plan.paid"
    )


@pytest.mark.statute
def test_nothing_is_paid_while_objections_may_still_come(sale: Sale, finance: Actor) -> None:
    sale.sold()
    pay(sale)
    plan(sale)
    with sale.platform.act(finance) as act, pytest.raises(PlanOpen):
        commands.pay_out(act, case="C1")
    until = served(sale).objection_until
    assert until is not None
    sale.until(until)
    with sale.platform.act(finance) as act, pytest.raises(PlanOpen) as refusal:
        commands.pay_out(act, case="C1")
    assert refusal.value.facts["until"] == until
    sale.after(seconds=1)
    with sale.platform.act(finance) as act:
        assert commands.pay_out(act, case="C1").status is PlanStatus.FINAL
    assert sale.money().paid_out_minor == 0


@pytest.mark.statute
def test_two_persons_are_needed_to_pay(sale: Sale, finance: Actor, head: Actor) -> None:
    sale.sold()
    pay(sale)
    plan(sale)
    served(sale)
    with sale.platform.act(head) as act, pytest.raises(PayoutNotProposed):
        commands.release_payout(act, case="C1")
    sale.after(days=30)
    both = Actor(id=finance.id, name="x", roles=frozenset({Role.FINANCE, Role.HEAD}))
    with sale.platform.act(both) as act:
        commands.pay_out(act, case="C1")
    with sale.platform.act(both) as act, pytest.raises(SecondPersonNeeded):
        commands.release_payout(act, case="C1")
    with sale.platform.act(finance) as act, pytest.raises(AuthForbidden):
        commands.release_payout(act, case="C1")
    with sale.platform.act(head) as act:
        commands.release_payout(act, case="C1")
    with sale.platform.act(head) as act, pytest.raises(PayoutNotProposed):
        commands.release_payout(act, case="C1")
    settle(sale.platform)
    assert sale.money().paid_out_minor == START_MINOR


@pytest.mark.statute
def test_only_money_of_sold_and_paid_lots_is_distributed(sale: Sale) -> None:
    with pytest.raises(NothingToDistribute):
        plan(sale)
    sale.sold()
    assert sale.money().proceeds_minor == DEPOSIT_MINOR
    with pytest.raises(NothingToDistribute):
        plan(sale)
    pay(sale)
    assert plan(sale).total_minor == START_MINOR


def test_a_draft_is_drawn_up_anew_and_a_served_plan_is_not(sale: Sale) -> None:
    sale.sold()
    pay(sale)
    first = plan(sale)
    again = plan(sale, enforcement_fee=True)
    assert again.id == first.id
    assert [line.to for line in again.lines] == ["enforcement_fee", "K1", "K2"]
    served(sale)
    with pytest.raises(PlanServed):
        plan(sale)
    with pytest.raises(PlanNotDrafted):
        served(sale)


@pytest.mark.statute
def test_the_surplus_goes_to_the_debtor(platform: Platform, finance: Actor, head: Actor) -> None:
    sale = Sale(platform)
    claim = {"id": "K1", "creditor": "甲银行", "amount_minor": 10_000_000, "kind": "ordinary", "applicant": True}
    sale.open(claims=[claim | {"principal_minor": 10_000_000, "performance_due": date(2025, 1, 1)}])
    sale.announce(living_setaside_minor=5_000_000)
    sale.sold()
    pay(sale)
    found = plan(sale, interest_until=date(2025, 1, 11))
    assert told(found) == [("living_setaside", 5_000_000), ("K1", 10_000_000), ("K1", 17_500)]
    assert found.surplus_minor == START_MINOR - 15_017_500
    served(sale)
    sale.after(days=30)
    assert paid_out(sale, finance, head).status is PlanStatus.PAID
    with platform.read() as session:
        orders_of_plan = treasury.orders_of_prefix(session, prefix=f"{found.id}:")
    parties = {order.subject.split(":")[1]: order.party for order in orders_of_plan}
    assert parties["0"] == parties["3"] == "D-C1"
    assert parties["1"] == parties["2"] != "D-C1"
    assert sale.money().paid_out_minor == sale.money().proceeds_minor == START_MINOR


@pytest.mark.statute
def test_a_second_plan_pays_only_what_the_first_left_unpaid(sale: Sale, finance: Actor, head: Actor) -> None:
    sale.announce("L2")
    for person in ("A", "B"):
        sale.admit(person)
    sale.admit("A", "L2")
    sale.until_open()
    sale.bid("A", START_MINOR)
    sale.bid("A", START_MINOR, "L2")
    sale.until_closed()
    pay(sale)
    assert plan(sale).total_minor == START_MINOR
    served(sale)
    pay(sale, "L2")
    sale.after(days=30)
    paid_out(sale, finance, head)
    second = plan(sale)
    assert told(second) == [("K1", 60_000_000 - 46_666_667), ("K2", 30_000_000 - 23_333_333)]
    assert second.surplus_minor == START_MINOR - 20_000_000
    served(sale)
    sale.after(days=30)
    assert paid_out(sale, finance, head).status is PlanStatus.PAID
    assert sale.money().paid_out_minor == 2 * START_MINOR


@pytest.mark.statute
def test_a_mortgage_is_paid_first_out_of_its_own_thing(platform: Platform) -> None:
    sale = Sale(platform)
    mortgage = {"id": "K2", "creditor": "乙银行", "amount_minor": 40_000_000, "kind": "secured", "rank": 1}
    sale.open(claims=[TWO_CLAIMS[0], mortgage | {"property": "P1"}], debtor_kind="enterprise")
    sale.announce()
    sale.sold()
    pay(sale)
    found = plan(sale)
    assert told(found) == [("K2", 40_000_000), ("K1", 30_000_000)]
    assert found.lines[0].article == "《民法典》第414、456条"


def test_a_payout_the_bank_refused_leaves_the_plan_open_until_finance_sends_it_again(
    sale: Sale, finance: Actor, head: Actor
) -> None:
    sale.sold()
    pay(sale)
    plan(sale)
    served(sale)
    sale.after(days=30)
    with sale.platform.act(finance) as act:
        commands.pay_out(act, case="C1")
    with sale.platform.act(head) as act:
        commands.release_payout(act, case="C1")
    with sale.platform.read() as session:
        waiting = [one for one in treasury.orders_of_case(session, case="C1") if one.status == "waiting"]
    with sale.platform.act(PLATFORM) as act:
        orders.refuse_order(act, order=waiting[0].id, reason="account.closed")
    settle(sale.platform)
    with sale.platform.read() as session:
        found = queries.plan(session, case="C1")
    assert found is not None
    assert found.status is PlanStatus.RELEASED
    with sale.platform.act(finance) as act:
        orders.retry_order(act, order=waiting[0].id)
    settle(sale.platform)
    assert sale.money().paid_out_minor == START_MINOR


def test_what_is_due_from_arrival_to_release(sale: Sale, finance: Actor) -> None:
    def due() -> list[str]:
        with sale.platform.read() as session:
            return [act.what for act in queries.due(session, sale.platform.clock.now(), case="C1")]

    sale.sold()
    assert due() == []
    pay(sale)
    assert due() == ["plan_distribution"]
    plan(sale)
    assert due() == ["serve_plan"]
    served(sale)
    assert due() == ["pay_out"]
    sale.after(days=30)
    with sale.platform.act(finance) as act:
        commands.pay_out(act, case="C1")
    assert due() == ["release_payout"]


@pytest.mark.parametrize("case", ["", None, 7, "C\x00"])
def test_a_case_that_is_none_is_malformed(sale: Sale, case: object) -> None:
    with sale.platform.act(PLATFORM) as act, pytest.raises(InputMalformed):
        commands.plan_distribution(act, case=cast("str", case))
    with sale.platform.act(PLATFORM) as act, pytest.raises(InputMalformed):
        commands.pay_out(act, case=cast("str", case))


@pytest.mark.parametrize("until", ["2025-13-01", 5, True, date(9999, 1, 1)])
def test_an_interest_day_that_is_none_is_malformed(sale: Sale, until: object) -> None:
    with sale.platform.act(PLATFORM) as act, pytest.raises(InputMalformed):
        commands.plan_distribution(act, case="C1", interest_until=cast("date", until))


def test_a_case_without_a_plan_is_named(sale: Sale, finance: Actor) -> None:
    with sale.platform.act(finance) as act, pytest.raises(NotFound):
        commands.pay_out(act, case="C1")
