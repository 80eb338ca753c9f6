"""Events of Stripe through the real route: kept once, worked later, believed only as a reason to ask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from time import time as true_seconds  # noqa: TID251 - a signature's stamp is compared with the machine's own time
from typing import Any

import pytest
from sqlalchemy import text

from auction.edges.due import due_acts
from auction.edges.inbox import cashier
from auction.edges.platform import Platform
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, Refusal
from auction.foundation.kernel.roles import Actor
from auction.gateways.clock import ManualClock
from auction.procedure.bidding import queries as bidding
from auction.procedure.bidding.queries import RegistrationRecord
from auction.procedure.deposits.commands import pay_deposit
from auction.procedure.settlement.commands import pay_balance
from auction.procedure.treasury import payment_events, queries
from auction.procedure.treasury.payment_events_rules import NothingToSettle, Outcome
from auction.procedure.treasury.queries import OrderRecord
from auction.procedure.treasury.rules import OrderStatus
from tests.edges.asking import code_of
from tests.peers.stripe_events import signed
from tests.peers.stripe_platform import ACCOUNT, EVENTS, Joined, joined
from tests.procedure.selling import DEPOSIT_MINOR, START_MINOR, Sale, person_actor

VISA = "4242424242424242"


@pytest.fixture
def stripe(platform: Platform) -> Iterator[Joined]:
    with joined(platform) as both:
        yield both


@pytest.fixture
def sale(stripe: Joined) -> Sale:
    made = Sale(stripe.platform)
    made.open()
    made.announce()
    return made


def asked(sale: Sale, person: str) -> tuple[RegistrationRecord, OrderRecord]:
    """Have a person begin to pay his deposit by Stripe."""
    found = sale.join(person)
    with sale.platform.act(person_actor(person)) as act:
        paid = pay_deposit(act, lot="L1", registration=found.id, amount_minor=DEPOSIT_MINOR, way="stripe")
    assert paid.order is not None
    return found, cashier.carry_out(sale.platform, paid.order)


def pay(stripe: Joined, order: OrderRecord, *, method: str = "card", number: str = VISA) -> str:
    reference = str(order.gateway_reference)
    stripe.peer.book.confirm(reference, method=method, number=number)
    if method != "card":
        stripe.peer.book.authenticate(reference, method=method)
    return reference


def status_of(sale: Sale, order: OrderRecord) -> OrderStatus:
    with sale.platform.read() as session:
        return queries.order(session, order.id).status


def kept(stripe: Joined) -> int:
    with stripe.platform.read() as session:
        return int(session.execute(text("SELECT count(*) FROM payment_events")).scalar_one())


def event(**more: object) -> dict[str, object]:
    thing = {"id": "pi_1", "metadata": {"order": "G1"}, **more}
    return {"id": "evt_1", "type": "payment_intent.succeeded", "data": {"object": thing}}


# From the payment to the bidder


def test_a_payment_told_by_an_event_admits_the_bidder(stripe: Joined, sale: Sale) -> None:
    found, order = asked(sale, "N1")
    assert order.status is OrderStatus.WAITING
    pay(stripe, order)
    stripe.tell()
    assert status_of(sale, order) is OrderStatus.DONE
    with sale.platform.read() as session:
        assert bidding.registration(session, found.id).status == "admitted"
    assert set(stripe.courier.answers) == {200}


def test_a_lot_is_settled_by_cards_and_wallets_and_both_books_agree(
    stripe: Joined, sale: Sale, clock: ManualClock
) -> None:
    """One card is held and captured, one is let go, a wallet is refunded; the price comes by Checkout."""
    sale.until(clock.now() + timedelta(days=13))
    references = {}
    for person, method in (("N1", "card"), ("N2", "alipay"), ("N3", "card")):
        _, order = asked(sale, person)
        references[person] = pay(stripe, order, method=method)
    stripe.courier.deliver_all(backwards=True, times=2)
    stripe.work()
    sale.until_open()
    for person, minor in (("N2", START_MINOR), ("N1", START_MINOR + 500_000)):
        sale.bid(person, minor)
    sale.until_closed()
    stripe.tell()
    with sale.platform.act(person_actor("N1")) as act:
        pay_balance(act, lot="L1", amount_minor=START_MINOR + 500_000 - DEPOSIT_MINOR, way="stripe")
    sale.until(clock.now())
    session = next(iter(stripe.peer.book.sessions))
    stripe.peer.book.pay_session(session)
    stripe.tell()
    book = stripe.peer.book
    money = sale.money()
    assert money.proceeds_minor == START_MINOR + 500_000
    assert money.held_minor == money.refundable_minor == 0
    assert sum(book.net(name) for name in book.intents) == money.proceeds_minor
    assert book.net(references["N2"]) == book.net(references["N3"]) == 0
    assert book.intents[references["N3"]]["status"] == "canceled"
    assert [one["amount"] for one in book.refunds.values()] == [DEPOSIT_MINOR]


def test_events_doubled_late_and_backwards_change_nothing_twice(stripe: Joined, sale: Sale) -> None:
    _, order = asked(sale, "N1")
    pay(stripe, order, number="4000000000003220")
    stripe.peer.book.authenticate(str(order.gateway_reference))
    stripe.courier.deliver_all(backwards=True, times=3)
    first = kept(stripe)
    stripe.work()
    sale.until_open()
    for one in stripe.peer.book.events:
        assert stripe.courier.deliver(one) == 200
    assert stripe.work() == 0
    assert kept(stripe) == first == len({one["id"] for one in stripe.peer.book.events})
    assert sale.money().held_minor == DEPOSIT_MINOR


def test_the_content_of_an_event_is_not_believed(stripe: Joined, sale: Sale) -> None:
    """A signed event says that an unpaid order was paid: Stripe is asked, and says that it was not."""
    _, order = asked(sale, "N1")
    told = event(id=str(order.gateway_reference), metadata={"order": order.id}, status="succeeded")
    assert stripe.courier.deliver(told) == 200
    assert stripe.work() == 1
    assert status_of(sale, order) is OrderStatus.WAITING
    assert sale.money().held_minor == 0


def test_a_lost_event_costs_only_time(stripe: Joined, sale: Sale, clock: ManualClock) -> None:
    _, order = asked(sale, "N1")
    pay(stripe, order)
    sale.until(clock.now() + timedelta(minutes=11))
    assert status_of(sale, order) is OrderStatus.DONE


def test_an_event_finds_its_order_by_the_payment_alone(stripe: Joined, sale: Sale) -> None:
    _, order = asked(sale, "N1")
    reference = pay(stripe, order)
    told = {"id": "evt_9", "type": "charge.succeeded", "data": {"object": {"id": "ch_9", "payment_intent": reference}}}
    stripe.courier.deliver(told)
    stripe.work()
    assert status_of(sale, order) is OrderStatus.DONE


def test_a_silent_service_leaves_the_order_to_be_asked_again(stripe: Joined, sale: Sale, clock: ManualClock) -> None:
    _, order = asked(sale, "N1")
    pay(stripe, order)
    stripe.courier.deliver_all()
    stripe.peer.plan(*["cut_before"] * len(stripe.peer.book.events))
    stripe.work()
    assert status_of(sale, order) is OrderStatus.WAITING
    sale.until(clock.now() + timedelta(minutes=20))
    assert status_of(sale, order) is OrderStatus.DONE


def test_an_event_whose_worker_died_is_worked_again(stripe: Joined, sale: Sale, clock: ManualClock) -> None:
    _, order = asked(sale, "N1")
    pay(stripe, order)
    stripe.courier.deliver_all()
    with stripe.platform.act() as act:
        assert payment_events.claim_events(act, limit=50)
    assert stripe.work() == 0
    clock.set(clock.now() + timedelta(minutes=1))
    assert stripe.work() > 0
    assert status_of(sale, order) is OrderStatus.DONE


def test_what_belongs_to_no_order_of_ours_is_kept_with_a_note(stripe: Joined, sale: Sale) -> None:
    stripe.courier.deliver({**event(), "type": "customer.created"})
    assert stripe.work() == 1
    with stripe.platform.read() as session:
        found = payment_events.event(session, gateway="stripe", name="evt_1")
    assert found.outcome is Outcome.UNKNOWN_ORDER
    assert found.task is None


# Who may tell


def test_only_ids_of_an_event_are_kept(stripe: Joined, sale: Sale) -> None:
    stripe.courier.deliver(event(receipt_email="someone@example.com", shipping={"name": "王五"}))
    with stripe.platform.read() as session:
        row = session.execute(text("SELECT to_jsonb(payment_events)::text FROM payment_events")).scalar_one()
    assert "someone" not in row
    assert "王五" not in row


@pytest.mark.parametrize("kind", ["none", "empty", "nonsense", "other secret", "other body", "old", "unicode"])
def test_a_forged_event_is_refused_and_not_kept(stripe: Joined, kind: str) -> None:
    body, header = signed(event(), secret=ACCOUNT.webhook_secret)
    headers = {"Stripe-Signature": header}
    match kind:
        case "none":
            headers = {}
        case "empty":
            headers = {"Stripe-Signature": ""}
        case "nonsense":
            headers = {"Stripe-Signature": "t=x,v1=y,=,,"}
        case "other secret":
            headers = {"Stripe-Signature": signed(event(), secret="whsec_other")[1]}
        case "other body":
            body = body.replace(b"evt_1", b"evt_2")
        case "old":
            headers = {"Stripe-Signature": signed(event(), secret="whsec_test", at=int(true_seconds()) - 301)[1]}
        case _:
            body = b"\xff\xfe" + body
    answer = stripe.client.post(EVENTS, data=body, headers=headers)
    assert answer.status_code == 400
    assert code_of(answer) == "payment.event_forged"
    assert kept(stripe) == 0


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        "{",
        "[" * 100_000,
        '{"id":"evt_1"}',
        json.dumps({**event(), "id": 7}),
        json.dumps({**event(), "id": ""}),
        json.dumps({**event(), "id": "e" * 121}),
        json.dumps({**event(), "id": "evt\u0000"}),
        json.dumps({**event(), "type": "付款"}),
        json.dumps({**event(), "data": {"object": []}}),
        json.dumps(event(id="pi 1")),
    ],
)
def test_what_is_signed_but_no_event_is_refused(stripe: Joined, body: str) -> None:
    header = signed(event(), secret="whsec_test")[1] if not body else _header(body)
    answer = stripe.client.post(EVENTS, data=body, headers={"Stripe-Signature": header})
    assert answer.status_code == 400
    assert code_of(answer) in {"payment.event_unreadable", "payment.event_forged"}
    assert kept(stripe) == 0


def _header(body: str) -> str:
    import stripe as sdk  # noqa: PLC0415 - the fixture has its name here

    return str(sdk.WebhookSignature.generate_signature_header(body, ACCOUNT.webhook_secret))


def test_names_of_other_things_than_ours_are_left_out(stripe: Joined) -> None:
    stripe.courier.deliver(event(metadata={"order": "x" * 500}, payment_intent={"id": "pi_2"}))
    with stripe.platform.read() as session:
        found = payment_events.event(session, gateway="stripe", name="evt_1")
    assert (found.order, found.payment) == (None, None)


def test_a_body_beyond_the_limit_is_refused_unread(stripe: Joined) -> None:
    body = json.dumps(event(more="x" * 300_000))
    answer = stripe.client.post(EVENTS, data=body, headers={"Stripe-Signature": _header(body)})
    assert answer.status_code == 413
    assert kept(stripe) == 0


def test_without_an_account_there_is_no_such_address(platform: Platform) -> None:
    with joined(platform) as both:
        object.__setattr__(both.platform.settings, "stripe", None)
        answer = both.client.post(EVENTS, data=b"{}")
        assert answer.status_code == 404


def test_other_methods_are_named(stripe: Joined) -> None:
    assert stripe.client.get(EVENTS).status_code == 405


# What finance must look at


@pytest.fixture
def disputed(stripe: Joined, sale: Sale, clock: ManualClock) -> str:
    """A deposit by Alipay that was paid and is then disputed; the dispute's name."""
    _, order = asked(sale, "N1")
    reference = pay(stripe, order, method="alipay")
    stripe.tell()
    dispute = stripe.peer.book.dispute(reference)
    stripe.tell()
    return str(dispute["id"])


def tasks(stripe: Joined) -> list[tuple[str, str, str]]:
    with stripe.platform.read() as session:
        found = due_acts(session, stripe.platform.clock.now(), case="C1")
        return [(one.what, one.on, one.case) for one in found if one.what.startswith("payment_")]


def test_a_dispute_is_due_for_finance_until_it_is_settled(stripe: Joined, disputed: str, finance: Actor) -> None:
    assert tasks(stripe) == [("payment_disputed", disputed, "C1")]
    with stripe.platform.act(finance) as act:
        payment_events.settle_matter(act, case="C1", subject=disputed, note="已向发卡行提交证据")
    assert tasks(stripe) == []
    stripe.peer.book.close_dispute(disputed, won=False)
    stripe.tell()
    assert tasks(stripe) == [("payment_disputed", disputed, "C1")], "what happens afterwards is looked at again"


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"subject": "dp_other"}, NothingToSettle),
        ({"case": "C2"}, NothingToSettle),
        ({"note": ""}, InputMalformed),
        ({"note": "长" * 501}, InputMalformed),
        ({"note": None}, InputMalformed),
        ({"case": ""}, InputMalformed),
        ({"subject": 7}, InputMalformed),
    ],
)
def test_a_matter_is_settled_only_where_it_is_and_with_a_note(
    stripe: Joined, disputed: str, finance: Actor, given: dict[str, Any], refusal: type[Refusal]
) -> None:
    asked_for = {"case": "C1", "subject": disputed, "note": "看过", **given}
    with pytest.raises(refusal), stripe.platform.act(finance) as act:
        payment_events.settle_matter(act, **asked_for)
    assert tasks(stripe) == [("payment_disputed", disputed, "C1")]


def test_a_matter_is_settled_once_and_by_finance_alone(
    stripe: Joined, disputed: str, finance: Actor, officer: Actor, bidder: Actor
) -> None:
    for other in (officer, bidder):
        with pytest.raises(AuthForbidden), stripe.platform.act(other) as act:
            payment_events.settle_matter(act, case="C1", subject=disputed, note="看过")
    with stripe.platform.act(finance) as act:
        payment_events.settle_matter(act, case="C1", subject=disputed, note="看过")
    with pytest.raises(NothingToSettle), stripe.platform.act(finance) as act:
        payment_events.settle_matter(act, case="C1", subject=disputed, note="看过")


def test_a_refund_that_comes_back_after_it_was_done_is_due_for_finance(
    stripe: Joined, sale: Sale, clock: ManualClock
) -> None:
    _, order = asked(sale, "N1")
    pay(stripe, order, method="alipay")
    stripe.tell()
    sale.until_closed()
    stripe.tell()
    assert tasks(stripe) == []
    refund = next(iter(stripe.peer.book.refunds))
    stripe.peer.book.bounce_refund(refund)
    stripe.tell()
    assert tasks(stripe) == [("payment_return_failed", refund, "C1")]


def test_a_refund_made_at_stripe_itself_is_due_for_finance_and_one_of_ours_is_not(
    stripe: Joined, sale: Sale, clock: ManualClock
) -> None:
    _, order = asked(sale, "N1")
    reference = pay(stripe, order, method="alipay")
    stripe.tell()
    outside = stripe.peer.book.refund({"payment_intent": reference, "amount": "100"})
    stripe.tell()
    assert tasks(stripe) == [("payment_returned_outside", outside["id"], "C1")]
    _, other = asked(sale, "N2")
    pay(stripe, other, method="alipay")
    stripe.tell()
    sale.until_closed()
    stripe.tell()
    assert len(tasks(stripe)) == 1
