"""From the hammer to the keys, on a real database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import cast

import pytest

from auction.edges.jobs.sweep import settle
from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.calendar import within_days
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, NotFound
from auction.foundation.kernel.roles import PLATFORM, Actor, Role
from auction.procedure.settlement import commands, queries, rules
from auction.procedure.settlement.queries import SettlementRecord
from auction.procedure.settlement.rules import (
    NotTheBuyer,
    NotThisCourt,
    SettlementNotDue,
    SettlementOverdue,
    SettlementStatus,
    SettlementWrongAmount,
)
from auction.procedure.treasury import orders
from auction.procedure.treasury import queries as treasury
from tests.procedure.selling import DEPOSIT_MINOR, START_MINOR, Sale, person_actor

BALANCE_MINOR = START_MINOR - DEPOSIT_MINOR


@pytest.fixture
def sale(platform: Platform) -> Sale:
    story = Sale(platform)
    story.open()
    story.announce()
    return story


def record_of(sale: Sale, lot: str = "L1") -> SettlementRecord:
    with sale.platform.read() as session:
        found = queries.settlement(session, lot)
    assert found is not None
    return found


def pay(sale: Sale, amount_minor: int = BALANCE_MINOR, *, person: str = "A") -> None:
    with sale.platform.act(person_actor(person)) as act:
        commands.pay_balance(act, lot="L1", amount_minor=amount_minor)
    settle(sale.platform)


def due(sale: Sale) -> list[tuple[str, datetime]]:
    now = sale.platform.clock.now()
    with sale.platform.read() as session:
        return [(act.what, act.by) for act in queries.due(session, now)]


@pytest.mark.statute
def test_the_confirmation_names_the_buyer_in_the_open_after_the_close(sale: Sale) -> None:
    closed_at = sale.sold()
    found = record_of(sale)
    assert (found.price_minor, found.deposit_minor, found.balance_minor) == (START_MINOR, DEPOSIT_MINOR, BALANCE_MINOR)
    assert found.balance_due_by == within_days(closed_at, 10)
    with sale.platform.read() as session:
        entries = docket.entries(session, "lot:L1")
    confirmed = next(entry for entry in entries if entry.kind == "settlement.confirmed")
    assert confirmed.public["buyer"] == "买家A"
    assert confirmed.public["confirmation_number"] == "2025成交确认L1"
    before = [entry for entry in entries if entry.seq < confirmed.seq]
    assert not any("买家A" in str(entry.public) for entry in before)


def test_an_unsold_lot_has_no_settlement(sale: Sale) -> None:
    sale.admit("A")
    sale.until_open()
    sale.until_closed()
    with sale.platform.read() as session:
        assert queries.settlement(session, "L1") is None


@pytest.mark.statute
def test_the_road_from_the_balance_to_the_keys(sale: Sale, officer: Actor) -> None:
    sale.sold()
    assert due(sale) == [("pay_balance", record_of(sale).balance_due_by)]
    pay(sale)
    paid = record_of(sale)
    assert (paid.status, paid.due_minor, paid.paid_late) == (SettlementStatus.PAID, 0, False)
    assert sale.money().proceeds_minor == START_MINOR
    assert due(sale) == [("rule", within_days(sale.platform.clock.now(), 10))]

    sale.after(days=3)
    with sale.platform.act(officer) as act:
        ruled = commands.rule(act, lot="L1")
    assert (ruled.status, ruled.ruling_number) == (SettlementStatus.RULED, "（2025）京0105执1234号之一")
    assert ruled.title_passed_at is None
    assert [what for what, _ in due(sale)] == ["serve_ruling"]

    served_at = sale.after(days=1)
    with sale.platform.act(officer) as act:
        served = commands.serve_ruling(act, lot="L1")
    assert served.title_passed_at == served_at
    assert served.due_by == within_days(served_at, 15)
    assert due(sale) == [("hand_over", within_days(served_at, 15))]

    with sale.platform.act(officer) as act:
        delivered = commands.hand_over(act, lot="L1")
    assert (delivered.status, delivered.due_by) == (SettlementStatus.DELIVERED, None)
    assert due(sale) == []


def test_every_step_is_entered(sale: Sale, officer: Actor) -> None:
    sale.sold()
    pay(sale)
    for step in (commands.rule, commands.serve_ruling, commands.hand_over):
        with sale.platform.act(officer) as act:
            step(act, lot="L1")
    with sale.platform.read() as session:
        kinds = [entry.kind for entry in docket.entries(session, "lot:L1")]
    assert kinds[-5:] == ["balance.paid", "lot.paid", "lot.ruled", "ruling.served", "lot.delivered"]


@pytest.mark.statute
def test_no_ruling_before_the_price_is_whole_and_no_hand_over_before_service(sale: Sale, officer: Actor) -> None:
    sale.sold()
    for step in (commands.rule, commands.serve_ruling, commands.hand_over):
        with sale.platform.act(officer) as act, pytest.raises(SettlementNotDue):
            step(act, lot="L1")
    pay(sale)
    for step in (commands.serve_ruling, commands.hand_over):
        with sale.platform.act(officer) as act, pytest.raises(SettlementNotDue):
            step(act, lot="L1")
    with sale.platform.act(officer) as act:
        commands.rule(act, lot="L1")
    for step in (commands.rule, commands.hand_over):
        with sale.platform.act(officer) as act, pytest.raises(SettlementNotDue) as refusal:
            step(act, lot="L1")
        assert refusal.value.message("zh")
        assert refusal.value.message("en")


@pytest.mark.statute
def test_a_balance_not_yet_confirmed_by_the_bank_is_not_paid(sale: Sale, officer: Actor) -> None:
    sale.sold()
    with sale.platform.act(person_actor("A")) as act:
        commands.pay_balance(act, lot="L1", amount_minor=BALANCE_MINOR)
    with sale.platform.act(officer) as act, pytest.raises(SettlementNotDue):
        commands.rule(act, lot="L1")
    assert record_of(sale).status is SettlementStatus.AWAITING_BALANCE


@pytest.mark.parametrize("amount", [0, 1, BALANCE_MINOR - 1, BALANCE_MINOR + 1, START_MINOR])
def test_any_other_amount_is_refused_with_what_is_due(sale: Sale, amount: int) -> None:
    sale.sold()
    with pytest.raises(SettlementWrongAmount) as refusal:
        pay(sale, amount)
    assert refusal.value.facts == {"due_minor": BALANCE_MINOR}
    assert sale.money().proceeds_minor == DEPOSIT_MINOR


@pytest.mark.parametrize("amount", [-1, True, 1.5, 10**20, "63000000", None])
def test_an_amount_that_is_none_is_malformed(sale: Sale, amount: object) -> None:
    sale.sold()
    with pytest.raises(InputMalformed):
        pay(sale, cast("int", amount))


def test_paying_again_is_refused_since_nothing_is_due(sale: Sale) -> None:
    sale.sold()
    pay(sale)
    with pytest.raises(SettlementWrongAmount) as refusal:
        pay(sale)
    assert refusal.value.facts == {"due_minor": 0}
    assert sale.money().proceeds_minor == START_MINOR


@pytest.mark.race
def test_paying_at_the_same_instant_pays_once(sale: Sale) -> None:
    sale.sold()

    def once(_: int) -> None:
        with sale.platform.act(person_actor("A")) as act:
            commands.pay_balance(act, lot="L1", amount_minor=BALANCE_MINOR)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(once, range(8)))
    settle(sale.platform)
    assert sale.money().proceeds_minor == START_MINOR


def test_a_refused_payment_may_be_tried_again(sale: Sale) -> None:
    sale.sold()
    with sale.platform.act(person_actor("A")) as act:
        commands.pay_balance(act, lot="L1", amount_minor=BALANCE_MINOR)
    with sale.platform.read() as session:
        waiting = [one for one in treasury.orders_of_case(session, case="C1") if one.status == "waiting"]
    with sale.platform.act(PLATFORM) as act:
        orders.refuse_order(act, order=waiting[0].id, reason="card.declined")
    assert record_of(sale).due_minor == BALANCE_MINOR
    pay(sale)
    assert record_of(sale).status is SettlementStatus.PAID


@pytest.mark.statute
def test_a_late_balance_is_accepted_and_marked(sale: Sale) -> None:
    sale.sold()
    sale.until(record_of(sale).balance_due_by + timedelta(microseconds=1))
    pay(sale)
    found = record_of(sale)
    assert (found.status, found.paid_late) == (SettlementStatus.PAID, True)


def test_a_balance_at_the_last_instant_is_in_time(sale: Sale) -> None:
    sale.sold()
    sale.until(record_of(sale).balance_due_by)
    pay(sale)
    assert record_of(sale).paid_late is False


def test_only_the_buyer_pays_and_only_the_courts_officer_rules(sale: Sale, finance: Actor) -> None:
    sale.sold()
    with pytest.raises(NotTheBuyer):
        pay(sale, person="B")
    pay(sale)
    elsewhere = Actor(id="U-x", name="x", roles=frozenset({Role.OFFICER}), court="T9")
    with sale.platform.act(elsewhere) as act, pytest.raises(NotThisCourt):
        commands.rule(act, lot="L1")
    with sale.platform.act(finance) as act, pytest.raises(AuthForbidden):
        commands.rule(act, lot="L1")


def test_an_unknown_lot_is_named(sale: Sale, officer: Actor) -> None:
    for step in (commands.rule, commands.serve_ruling, commands.hand_over):
        with sale.platform.act(officer) as act, pytest.raises(NotFound):
            step(act, lot="L9")


def test_after_the_default_nothing_is_taken() -> None:
    with pytest.raises(SettlementOverdue):
        rules.check_balance(status=SettlementStatus.DEFAULTED, amount_minor=5, due_minor=5)


@pytest.mark.parametrize(
    ("place", "text"), [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一"), (99, "九十九")]
)
def test_rulings_are_numbered_in_chinese(place: int, text: str) -> None:
    assert rules.ruling_number("（2025）京0105执1234号", place=place) == f"（2025）京0105执1234号之{text}"


def test_the_ninety_ninth_ruling_is_the_last() -> None:
    with pytest.raises(ValueError, match="1 to 99"):
        rules.ruling_number("（2025）京0105执1234号", place=100)
