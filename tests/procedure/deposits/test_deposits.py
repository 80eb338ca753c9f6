"""Deposits from payment to return, on a real database with a sandbox that keeps its own book."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import cast

import pytest

from auction.edges.inbox.cashier import carry_out_waiting
from auction.edges.jobs.sweep import settle
from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.docket import reactions
from auction.foundation.kernel.refusal import AuthForbidden, AuthRequired, InputMalformed, NotFound, Refusal
from auction.foundation.kernel.roles import PLATFORM, Actor
from auction.gateways.clock import ManualClock
from auction.gateways.port import Receipt, send
from auction.gateways.sandbox import SandboxGateway
from auction.procedure.bidding import queries as bidding
from auction.procedure.bidding import stays
from auction.procedure.bidding.outage import Outage
from auction.procedure.bidding.queries import RegistrationRecord
from auction.procedure.bidding.registering import RegistrationClosed
from auction.procedure.cases.queries import case
from auction.procedure.deposits import queries
from auction.procedure.deposits.commands import pay_deposit
from auction.procedure.deposits.exempt import admitted_if_exempt
from auction.procedure.deposits.rules import (
    DepositGoingBack,
    DepositInsufficient,
    DepositNotYours,
    DepositStatus,
    DepositWrongAmount,
)
from auction.procedure.lots import queries as lots
from auction.procedure.treasury import orders
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury.rules import OrderStatus
from tests.procedure.selling import DEPOSIT_MINOR, INCREMENT_MINOR, START_MINOR, Sale, person_actor


@pytest.fixture
def sale(platform: Platform) -> Sale:
    story = Sale(platform)
    story.open()
    story.announce()
    return story


def status_of(sale: Sale, registration: str) -> DepositStatus | None:
    with sale.platform.read() as session:
        found = queries.deposit_of(session, registration=registration)
    return found.status if found else None


def registration_status(sale: Sale, registration: str) -> str:
    with sale.platform.read() as session:
        return bidding.registration(session, registration).status


def kinds(sale: Sale, chain: str = "lot:L1") -> list[str]:
    with sale.platform.read() as session:
        return [entry.kind for entry in docket.entries(session, chain)]


def react(sale: Sale) -> None:
    """Let what follows be decided, but nothing be carried out."""
    with sale.platform.act(PLATFORM) as act:
        while reactions.run_one(act) is not None:
            pass


def holds_what_the_bank_holds(sale: Sale) -> bool:
    gateway = sale.platform.gateways.of(None)
    assert isinstance(gateway, SandboxGateway)
    money = sale.money()
    ours = money.held_minor + money.refundable_minor + money.forfeited_minor + money.proceeds_minor + money.escrow_minor
    return gateway.balance(case=sale.case) == ours


@pytest.mark.statute
def test_paying_the_deposit_in_full_admits_the_bidder(sale: Sale) -> None:
    found = sale.join("A")
    paid = sale.deposit(found)
    assert (paid.status, paid.due_minor) == ("registered", DEPOSIT_MINOR)
    assert sale.money().held_minor == 0
    assert carry_out_waiting(sale.platform) == 1
    assert registration_status(sale, found.id) == "admitted"
    assert sale.money().held_minor == DEPOSIT_MINOR
    assert kinds(sale)[-2:] == ["deposit.held", "registration.admitted"]
    assert holds_what_the_bank_holds(sale)


@pytest.mark.statute
def test_less_than_the_deposit_is_refused_and_nothing_is_booked(sale: Sale) -> None:
    found = sale.join("A")
    with pytest.raises(DepositInsufficient) as refusal:
        sale.deposit(found, DEPOSIT_MINOR - 1)
    assert refusal.value.facts == {"due_minor": DEPOSIT_MINOR}
    assert "70,000.00" in refusal.value.message("zh")
    assert status_of(sale, found.id) is None
    assert carry_out_waiting(sale.platform) == 0


def test_more_than_the_deposit_is_refused_by_its_own_name(sale: Sale) -> None:
    found = sale.join("A")
    with pytest.raises(DepositWrongAmount):
        sale.deposit(found, DEPOSIT_MINOR + 1)
    assert status_of(sale, found.id) is None


@pytest.mark.parametrize("amount", [-1, True, 1.5, 10**20, "7000000", None, float("nan")])
def test_an_amount_that_is_none_is_malformed(sale: Sale, amount: object) -> None:
    found = sale.join("A")
    with pytest.raises(InputMalformed) as refusal:
        sale.deposit(found, cast("int", amount))
    assert "amount_minor" in refusal.value.message("en")


def test_nothing_at_all_is_insufficient(sale: Sale) -> None:
    with pytest.raises(DepositInsufficient):
        sale.deposit(sale.join("A"), 0)


@pytest.mark.parametrize("registration", ["", "R-none", 7, None, "R\x00", "R" * 500])
def test_an_unknown_registration_is_refused(sale: Sale, registration: object) -> None:
    with sale.platform.act(person_actor("A")) as act, pytest.raises((InputMalformed, NotFound)):
        pay_deposit(act, lot="L1", registration=cast("str", registration), amount_minor=DEPOSIT_MINOR)


def test_only_who_registered_pays(sale: Sale, officer: Actor) -> None:
    found = sale.join("A")
    for actor, refusal in ((person_actor("B"), DepositNotYours), (officer, AuthForbidden), (None, AuthRequired)):
        with sale.platform.act(actor) as act, pytest.raises(refusal):
            pay_deposit(act, lot="L1", registration=found.id, amount_minor=DEPOSIT_MINOR)


@pytest.mark.statute
def test_an_applicant_whose_claim_covers_the_deposit_pays_nothing(sale: Sale) -> None:
    with sale.platform.read() as session:
        creditor = case(session, "C1").claims[0].creditor_person
    found = sale.join(creditor, claim="K1")
    assert found.deposit_due_minor == 0
    paid = sale.deposit(found, 0)
    assert (paid.status, paid.order) == ("admitted", None)
    assert status_of(sale, found.id) is None
    assert sale.deposit(found, 0).status == "admitted"
    assert kinds(sale).count("deposit.held") == 1


def test_before_the_close_nothing_tells_an_exempt_applicant_from_another_bidder(sale: Sale) -> None:
    with sale.platform.read() as session:
        creditor = case(session, "C1").claims[0].creditor_person
    sale.admit("A")
    sale.deposit(sale.join(creditor, claim="K1"), 0)
    with sale.platform.read() as session:
        entries = [e for e in docket.entries(session, "lot:L1") if e.kind.startswith(("registration.", "deposit."))]
    alike = [(entry.kind, sorted(entry.public)) for entry in entries]
    assert alike[:3] == alike[3:]


def test_paying_twice_pays_once(sale: Sale) -> None:
    found = sale.join("A")
    first, again = sale.deposit(found), sale.deposit(found)
    assert first.order is not None
    assert again.order is None
    settle(sale.platform)
    assert sale.deposit(found).status == "admitted"
    settle(sale.platform)
    assert sale.money().held_minor == DEPOSIT_MINOR


@pytest.mark.race
def test_paying_at_the_same_instant_pays_once(sale: Sale) -> None:
    found = sale.join("A")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: sale.deposit(found), range(8)))
    with sale.platform.read() as session:
        deposit = queries.deposit_of(session, registration=found.id)
        assert deposit is not None
        assert len(treasury.orders_of(session, subject=deposit.id)) == 1


@pytest.mark.race
def test_eight_cashiers_and_two_confirmations_book_an_order_once(sale: Sale) -> None:
    paid = sale.deposit(sale.join("A"))
    assert paid.order is not None
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: carry_out_waiting(sale.platform), range(8)))
        list(pool.map(lambda _: _confirm(sale.platform, paid.order or ""), range(8)))
    assert sale.money().held_minor == DEPOSIT_MINOR
    assert kinds(sale).count("deposit.held") == 1
    assert holds_what_the_bank_holds(sale)


def _confirm(platform: Platform, order: str) -> None:
    receipt = Receipt(order=order, gateway="sandbox", reference="again", at=platform.clock.now())
    with platform.act(PLATFORM) as act:
        orders.confirm_order(act, order=order, receipt=receipt)


def test_a_cashier_that_dies_between_gateway_and_confirmation_loses_nothing(sale: Sale) -> None:
    found = sale.join("A")
    paid = sale.deposit(found)
    with sale.platform.act(PLATFORM) as act:
        claimed = orders.claim_orders(act, order=paid.order)
    first = send(sale.platform.gateways.of(None), claimed[0].instruction())
    assert carry_out_waiting(sale.platform) == 0
    sale.after(seconds=16)
    assert registration_status(sale, found.id) == "admitted"
    with sale.platform.read() as session:
        assert treasury.order(session, claimed[0].id).gateway_reference == first.reference
    assert holds_what_the_bank_holds(sale)


def test_a_refused_payment_may_be_tried_again(sale: Sale) -> None:
    found = sale.join("A")
    paid = sale.deposit(found)
    with sale.platform.act(PLATFORM) as act:
        orders.refuse_order(act, order=paid.order or "", reason="card.declined")
    assert status_of(sale, found.id) is DepositStatus.FAILED
    assert registration_status(sale, found.id) == "registered"
    sale.deposit(found)
    settle(sale.platform)
    assert registration_status(sale, found.id) == "admitted"
    assert sale.money().held_minor == DEPOSIT_MINOR


@pytest.mark.statute
def test_losers_get_their_deposits_back_and_the_winners_reaches_the_court(sale: Sale) -> None:
    winner, loser = sale.admit("A"), sale.admit("B")
    sale.until_open()
    sale.bid("B", START_MINOR)
    sale.bid("A", START_MINOR + INCREMENT_MINOR)
    ends_at = sale.until_closed()
    money = sale.money()
    assert (money.held_minor, money.refundable_minor, money.proceeds_minor) == (0, 0, DEPOSIT_MINOR)
    assert status_of(sale, winner.id) is DepositStatus.APPLIED
    assert status_of(sale, loser.id) is DepositStatus.RELEASED
    with sale.platform.read() as session:
        released = queries.deposit_of(session, registration=loser.id)
        assert queries.due(session, sale.platform.clock.now()) == []
    assert released is not None
    assert released.return_by == ends_at + timedelta(hours=24)
    assert released.released_at is not None
    assert released.released_at <= released.return_by
    assert holds_what_the_bank_holds(sale)


@pytest.mark.statute
def test_without_a_bid_every_deposit_goes_back(sale: Sale) -> None:
    sale.admit("A")
    sale.admit("B")
    sale.until_open()
    sale.until_closed()
    assert sale.money().held_minor == 0
    assert kinds(sale).count("deposit.released") == 2
    assert holds_what_the_bank_holds(sale)


def test_between_decision_and_return_the_money_is_refundable_and_due(sale: Sale) -> None:
    sale.admit("A")
    sale.until_open()
    sale.close_only()
    react(sale)
    assert sale.money().refundable_minor == DEPOSIT_MINOR
    now = sale.platform.clock.now()
    with sale.platform.read() as session:
        assert [act.what for act in queries.due(session, sale.platform.clock.now())] == ["release_deposit"]
        assert queries.alarms(session, now=now + timedelta(hours=19)) == []
        assert len(queries.alarms(session, now=now + timedelta(hours=20))) == 1


@pytest.mark.statute
def test_a_deposit_confirmed_after_the_end_admits_nobody_and_goes_back(sale: Sale) -> None:
    sale.until_open()
    found = sale.join("A")
    sale.deposit(found)
    sale.close_only()
    settle(sale.platform)
    assert registration_status(sale, found.id) == "registered"
    assert status_of(sale, found.id) is DepositStatus.RELEASED
    assert sale.money().held_minor == 0
    assert holds_what_the_bank_holds(sale)


def paid_while_away(sale: Sale, panel: Actor) -> RegistrationRecord:
    """Let money arrive after the end of a lot that is deferred then, and let its bidding go on."""
    sale.until_open()
    found = sale.join("A")
    sale.deposit(found)
    with sale.platform.read() as session:
        ends_at = lots.lot(session, "L1").ends_at
    clock = sale.platform.clock
    assert isinstance(clock, ManualClock)
    clock.set(ends_at + timedelta(minutes=2))
    assert carry_out_waiting(sale.platform, returns=False) == 1
    assert status_of(sale, found.id) is DepositStatus.REFUNDABLE
    with sale.platform.act(PLATFORM) as act:
        stays.defer_for_outage(act, lot="L1", outage=Outage())
    with sale.platform.act(panel) as act:
        stays.resume(act, lot="L1")
    return found


@pytest.mark.statute
def test_who_paid_while_the_platform_was_away_may_pay_again_when_bidding_goes_on(sale: Sale, panel: Actor) -> None:
    found = paid_while_away(sale, panel)
    settle(sale.platform)
    assert status_of(sale, found.id) is DepositStatus.RELEASED

    sale.deposit(found)
    settle(sale.platform)

    assert registration_status(sale, found.id) == "admitted"
    assert sale.money().held_minor == DEPOSIT_MINOR
    assert holds_what_the_bank_holds(sale)
    sale.until_closed()
    assert status_of(sale, found.id) is DepositStatus.RELEASED
    assert (sale.money().held_minor, sale.money().refundable_minor) == (0, 0)
    assert kinds(sale).count("deposit.released") == 2
    assert holds_what_the_bank_holds(sale)


def test_nothing_new_is_taken_while_an_earlier_payment_is_on_its_way_back(sale: Sale, panel: Actor) -> None:
    found = paid_while_away(sale, panel)
    with pytest.raises(DepositGoingBack):
        sale.deposit(found)
    assert sale.money().refundable_minor == DEPOSIT_MINOR


@pytest.mark.statute
def test_nobody_pays_at_the_end_or_after_it(sale: Sale) -> None:
    sale.until_open()
    found = sale.join("A")
    sale.until_closed()
    with pytest.raises(RegistrationClosed):
        sale.deposit(found)


def test_a_refused_return_is_shown_and_sent_again_by_finance(sale: Sale, finance: Actor) -> None:
    found = sale.admit("A")
    sale.until_open()
    sale.close_only()
    react(sale)
    with sale.platform.read() as session:
        waiting = [one for one in treasury.orders_of_case(session, case="C1") if one.status == "waiting"]
    with sale.platform.act(PLATFORM) as act:
        orders.refuse_order(act, order=waiting[0].id, reason="account.closed")
    with sale.platform.read() as session:
        now = sale.platform.clock.now()
        assert [act.what for act in queries.due(session, now)] == ["release_deposit"]
        assert [act.what for act in treasury.due(session, now)] == ["retry_order"]
    with sale.platform.act(finance) as act:
        assert orders.retry_order(act, order=waiting[0].id).status is OrderStatus.WAITING
    settle(sale.platform)
    assert status_of(sale, found.id) is DepositStatus.RELEASED
    with sale.platform.act(finance) as act, pytest.raises(Refusal):
        orders.retry_order(act, order=waiting[0].id)


def test_who_owes_nothing_is_admitted_with_the_registration(sale: Sale) -> None:
    with sale.platform.read() as session:
        creditor = case(session, "C1").claims[0].creditor_person
    found = sale.join(creditor, claim="K1")
    with sale.platform.act(PLATFORM) as act:
        assert admitted_if_exempt(act, made=found).status == "admitted"
    assert kinds(sale)[-3:] == ["registration.made", "deposit.held", "registration.admitted"]
    other = sale.join("A")
    with sale.platform.act(PLATFORM) as act:
        assert admitted_if_exempt(act, made=other).status == "registered"
