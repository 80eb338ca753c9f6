"""The Stripe gateway against our stand-in: each verb, each state, and a connection that breaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from auction.gateways.clock import ManualClock
from auction.gateways.port import (
    GatewayRefused,
    GatewayUnavailable,
    MoneyOrder,
    OrderKind,
    PayByElements,
    PayByRedirect,
    Receipt,
    Underway,
    send,
)
from auction.gateways.stripe_service.account import StripeAccount
from auction.gateways.stripe_service.gateway import StripeGateway
from auction.gateways.stripe_service.methods import METHODS
from tests.peers.stripe_peer import StripePeer
from tests.peers.stripe_process import InProcess

VISA = "4242424242424242"
ACCOUNT = StripeAccount(
    secret_key="sk_test_stand_in",
    publishable_key="pk_test_stand_in",
    webhook_secret="whsec_test",
    address="https://court.example",
)


@pytest.fixture
def peer(clock: ManualClock) -> StripePeer:
    return StripePeer(now=lambda: clock.now().timestamp())


@pytest.fixture
def gateway(peer: StripePeer) -> StripeGateway:
    return StripeGateway(ACCOUNT, http_client=InProcess(peer), payee=lambda order: order.party)


@pytest.fixture
def deposit(clock: ManualClock) -> MoneyOrder:
    """A deposit that may have to stay for three days."""
    return MoneyOrder(
        id="G1",
        kind=OrderKind.HOLD,
        amount_minor=500_000,
        currency="CNY",
        case="C1",
        lot="L1",
        party="N1",
        held_until=clock.now() + timedelta(days=3),
        created_at=clock.now(),
    )


def begun(gateway: StripeGateway, order: MoneyOrder) -> MoneyOrder:
    word = gateway.hold(order) if order.kind is OrderKind.HOLD else gateway.charge(order)
    assert isinstance(word, Underway)
    return replace(order, reference=word.reference)


def paid(gateway: StripeGateway, peer: StripePeer, order: MoneyOrder, *, method: str = "card") -> str:
    """Pay a deposit and return the payment's reference."""
    asked = begun(gateway, order)
    assert asked.reference is not None
    peer.book.confirm(asked.reference, method=method, number=VISA)
    if method != "card":
        peer.book.authenticate(asked.reference, method=method)
    word = gateway.hold(asked)
    assert isinstance(word, Receipt)
    return word.reference


def back(
    order: MoneyOrder, *, payment: str, kind: OrderKind = OrderKind.RELEASE, minor: int | None = None
) -> MoneyOrder:
    return replace(
        order, id=f"B-{kind}", kind=kind, origin=payment, reference=None, amount_minor=minor or order.amount_minor
    )


# A deposit


def test_a_deposit_waits_for_its_payer_and_is_held_on_his_card(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder
) -> None:
    asked = begun(gateway, deposit)
    step = gateway.payer_step(asked)
    assert isinstance(step, PayByElements)
    assert step.client_secret.startswith(f"{asked.reference}_secret_")
    assert step.publishable_key == "pk_test_stand_in"
    peer.book.confirm(str(asked.reference), number=VISA)
    word = gateway.hold(asked)
    assert word == Receipt(order="G1", gateway="stripe", reference=str(asked.reference), at=word.at)  # type: ignore[union-attr]
    assert peer.book.intents[str(asked.reference)]["status"] == "requires_capture"
    assert peer.book.intents[str(asked.reference)]["metadata"] == {"order": "G1", "case": "C1", "lot": "L1"}
    assert gateway.payer_step(asked) is None
    assert gateway.hold(asked) == word


@pytest.mark.parametrize("days", [6, 7, 30])
def test_what_a_card_cannot_hold_long_enough_is_taken_at_once(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder, days: int
) -> None:
    assert deposit.created_at is not None
    payment = paid(gateway, peer, replace(deposit, held_until=deposit.created_at + timedelta(days=days)))
    assert peer.book.intents[payment]["status"] == "succeeded"


@pytest.mark.parametrize("method", ["alipay", "wechat_pay"])
def test_a_wallet_is_charged_at_once_even_for_a_short_sale(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder, method: str
) -> None:
    payment = paid(gateway, peer, deposit, method=method)
    assert peer.book.intents[payment]["status"] == "succeeded"
    assert isinstance(gateway.apply(back(deposit, payment=payment, kind=OrderKind.APPLY)), Receipt)
    assert peer.book.net(payment) == deposit.amount_minor


def test_a_sum_above_a_methods_limit_leaves_the_method_out(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder
) -> None:
    limit = METHODS["wechat_pay"].up_to_minor
    for minor, offered in ((limit, True), (limit + 1, False)):
        asked = begun(gateway, replace(deposit, id=f"G{minor}", amount_minor=minor))
        assert ("wechat_pay" in peer.book.intents[str(asked.reference)]["payment_method_types"]) is offered


def test_a_method_that_cannot_give_back_that_late_is_left_out(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder
) -> None:
    assert deposit.created_at is not None
    asked = begun(gateway, replace(deposit, held_until=deposit.created_at + timedelta(days=100)))
    assert peer.book.intents[str(asked.reference)]["payment_method_types"] == ["card", "wechat_pay"]


def test_a_sum_nobody_there_takes_is_refused_before_anything_is_made(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder
) -> None:
    with pytest.raises(GatewayRefused, match="amount_too_large"):
        gateway.hold(replace(deposit, amount_minor=100_000_000))
    with pytest.raises(GatewayRefused, match="amount_too_large"):
        gateway.charge(replace(deposit, kind=OrderKind.CHARGE, amount_minor=100_000_000))
    assert not peer.calls


@pytest.mark.parametrize("minor", [0, -1])
def test_an_amount_that_is_none_is_refused(gateway: StripeGateway, deposit: MoneyOrder, minor: int) -> None:
    with pytest.raises(GatewayRefused, match="malformed"):
        gateway.hold(replace(deposit, amount_minor=minor))


def test_a_card_alone_is_asked_to_hold_as_a_whole(peer: StripePeer, clock: ManualClock, deposit: MoneyOrder) -> None:
    alone = StripeGateway(replace(ACCOUNT, methods=("card",)), http_client=InProcess(peer))
    asked = begun(alone, deposit)
    assert peer.book.intents[str(asked.reference)]["capture_method"] == "manual"


def test_three_d_secure_keeps_the_deposit_under_way_until_the_payer_agreed(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder
) -> None:
    asked = begun(gateway, deposit)
    peer.book.confirm(str(asked.reference), number="4000000000003220")
    assert isinstance(gateway.hold(asked), Underway)
    peer.book.authenticate(str(asked.reference), success=False)
    assert isinstance(gateway.hold(asked), Underway)
    peer.book.confirm(str(asked.reference), number="4000000000003220")
    peer.book.authenticate(str(asked.reference))
    assert isinstance(gateway.hold(asked), Receipt)


def test_a_declined_card_leaves_the_payer_free_to_try_another(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder
) -> None:
    asked = begun(gateway, deposit)
    with pytest.raises(Exception, match="declined"):
        peer.book.confirm(str(asked.reference), number="4000000000000002")
    assert isinstance(gateway.hold(asked), Underway)
    assert isinstance(gateway.payer_step(asked), PayByElements)


@pytest.mark.parametrize(("name", "value"), [("amount", 499_999), ("amount", 1), ("currency", "usd")])
def test_money_that_is_not_what_was_ordered_is_neither_booked_nor_refused(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder, name: str, value: object
) -> None:
    asked = begun(gateway, deposit)
    peer.book.confirm(str(asked.reference), number=VISA)
    peer.book.intents[str(asked.reference)][name] = value
    with pytest.raises(GatewayUnavailable, match="was paid instead"):
        gateway.hold(asked)


# Back and in


def test_a_held_deposit_is_let_go_once(gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder) -> None:
    order = back(deposit, payment=paid(gateway, peer, deposit))
    first = gateway.release(order)
    assert first == gateway.release(order)
    assert peer.book.net(str(order.origin)) == 0
    assert not peer.book.refunds


def test_a_captured_deposit_is_refunded_once_however_often_it_is_asked(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder, clock: ManualClock
) -> None:
    order = back(deposit, payment=paid(gateway, peer, deposit, method="alipay"))
    first = gateway.release(order)
    peer.keys.clear()
    clock.set(clock.now() + timedelta(days=3))
    assert gateway.release(order) == first
    assert peer.book.net(str(order.origin)) == 0


def test_part_of_a_held_deposit_goes_back(gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder) -> None:
    order = back(deposit, payment=paid(gateway, peer, deposit), minor=200_000)
    assert gateway.release(order) == gateway.release(order)
    assert peer.book.net(str(order.origin)) == 300_000


def test_more_than_is_left_never_goes_back(gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder) -> None:
    order = back(deposit, payment=paid(gateway, peer, deposit, method="alipay"))
    gateway.release(replace(order, id="B1", amount_minor=400_000))
    with pytest.raises(GatewayRefused, match="more_than_is_left"):
        gateway.release(replace(order, id="B2", amount_minor=100_001))
    gateway.release(replace(order, id="B3", amount_minor=100_000))
    assert peer.book.net(str(order.origin)) == 0


def test_a_refund_under_way_is_asked_about_and_then_done(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder
) -> None:
    order = back(deposit, payment=paid(gateway, peer, deposit, method="alipay"))
    peer.book.refund_outcome = "pending"
    word = gateway.release(order)
    assert isinstance(word, Underway)
    assert isinstance(gateway.release(replace(order, reference=word.reference)), Underway)
    peer.book.settle_refund(word.reference, "succeeded")
    assert isinstance(gateway.release(order), Receipt)


def test_a_refund_that_failed_is_told_once_and_sent_anew_when_asked_again(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder
) -> None:
    order = back(deposit, payment=paid(gateway, peer, deposit, method="alipay"))
    peer.book.refund_outcome = "failed"
    with pytest.raises(GatewayRefused, match="expired_or_canceled_card"):
        gateway.release(order)
    assert peer.book.net(str(order.origin)) == deposit.amount_minor
    peer.book.refund_outcome = "pending"
    word = gateway.release(order)
    assert isinstance(word, Underway)
    peer.book.settle_refund(word.reference, "failed")
    with pytest.raises(GatewayRefused, match="expired_or_canceled_card"):
        gateway.release(order)
    peer.book.refund_outcome = None
    assert isinstance(gateway.release(order), Receipt)
    assert peer.book.net(str(order.origin)) == 0


def test_a_refund_somebody_made_at_stripe_is_not_made_again(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder
) -> None:
    order = back(deposit, payment=paid(gateway, peer, deposit, method="alipay"))
    peer.book.refund({"payment_intent": order.origin})
    assert isinstance(gateway.release(order), Receipt)
    assert peer.book.net(str(order.origin)) == 0


def test_the_winners_hold_is_captured_once(gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder) -> None:
    order = back(deposit, payment=paid(gateway, peer, deposit), kind=OrderKind.APPLY)
    first = gateway.apply(order)
    assert isinstance(first, Receipt)
    assert first.moved_minor is None
    assert gateway.apply(order) == first
    assert peer.book.intents[str(order.origin)]["amount_received"] == deposit.amount_minor


def test_a_hold_that_lapsed_moves_nothing_and_is_back_with_its_owner(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder, clock: ManualClock
) -> None:
    payment = paid(gateway, peer, deposit)
    clock.set(clock.now() + timedelta(days=7))
    word = gateway.apply(back(deposit, payment=payment, kind=OrderKind.APPLY))
    assert isinstance(word, Receipt)
    assert word.moved_minor == 0
    assert isinstance(gateway.release(back(deposit, payment=payment)), Receipt)
    assert peer.book.net(payment) == 0
    assert not peer.book.refunds


def test_a_card_that_captures_less_says_how_much(gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder) -> None:
    order = back(deposit, payment=paid(gateway, peer, deposit), kind=OrderKind.APPLY)
    peer.book.capture_at_most = 123_456
    word = gateway.apply(order)
    assert isinstance(word, Receipt)
    assert word.moved_minor == 123_456
    assert gateway.apply(order) == word


def test_what_was_refunded_at_stripe_is_not_there_to_be_applied(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder
) -> None:
    order = back(deposit, payment=paid(gateway, peer, deposit, method="alipay"), kind=OrderKind.APPLY)
    peer.book.refund({"payment_intent": order.origin, "amount": "100000"})
    word = gateway.apply(order)
    assert isinstance(word, Receipt)
    assert word.moved_minor == 400_000


def test_capture_after_cancel_moves_nothing(gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder) -> None:
    payment = paid(gateway, peer, deposit)
    gateway.release(back(deposit, payment=payment))
    word = gateway.apply(back(deposit, payment=payment, kind=OrderKind.APPLY))
    assert isinstance(word, Receipt)
    assert word.moved_minor == 0
    assert peer.book.net(payment) == 0


def test_an_order_that_names_no_payment_waits_for_a_person(gateway: StripeGateway, deposit: MoneyOrder) -> None:
    for kind in (OrderKind.APPLY, OrderKind.RELEASE):
        with pytest.raises(GatewayUnavailable):
            send(gateway, replace(deposit, kind=kind))


# A price


def test_a_price_is_paid_on_stripes_page_and_known_by_its_payment(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder
) -> None:
    asked = begun(gateway, replace(deposit, kind=OrderKind.CHARGE))
    step = gateway.payer_step(asked)
    assert isinstance(step, PayByRedirect)
    session = peer.book.sessions[str(asked.reference)]
    assert session["success_url"] == "https://court.example/my/payments/G1/returned"
    peer.book.pay_session(session["id"])
    word = gateway.charge(asked)
    assert isinstance(word, Receipt)
    assert word.reference == session["payment_intent"]
    assert gateway.payer_step(asked) is None
    assert peer.book.intents[word.reference]["metadata"]["order"] == "G1"
    order = back(deposit, payment=word.reference)
    assert isinstance(gateway.release(order), Receipt)
    assert peer.book.net(word.reference) == 0


def test_a_page_left_alone_for_a_day_is_made_anew_and_paid_once(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder, clock: ManualClock
) -> None:
    first = begun(gateway, replace(deposit, kind=OrderKind.CHARGE))
    clock.set(clock.now() + timedelta(days=2))
    second = begun(gateway, first)
    assert second.reference != first.reference
    assert begun(gateway, first).reference == second.reference
    peer.book.pay_session(str(second.reference))
    assert isinstance(gateway.charge(second), Receipt)
    assert [one["status"] for one in peer.book.sessions.values()] == ["expired", "complete"]


# Giving up


def test_an_unpaid_order_is_given_up_and_cannot_be_paid_any_more(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder
) -> None:
    with pytest.raises(GatewayRefused, match=r"payer\.gave_up"):
        gateway.give_up(deposit)
    held = begun(gateway, deposit)
    priced = begun(gateway, replace(deposit, id="G2", kind=OrderKind.CHARGE))
    for order in (held, priced, held, priced):
        with pytest.raises(GatewayRefused, match=r"payer\.gave_up"):
            gateway.give_up(order)
    with pytest.raises(Exception, match="canceled"):
        peer.book.confirm(str(held.reference), number=VISA)
    with pytest.raises(Exception, match="no longer open"):
        peer.book.pay_session(str(priced.reference))


def test_what_was_paid_in_the_same_second_is_a_receipt(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder
) -> None:
    held = begun(gateway, deposit)
    peer.book.confirm(str(held.reference), number=VISA)
    assert isinstance(gateway.give_up(held), Receipt)
    priced = begun(gateway, replace(deposit, id="G2", kind=OrderKind.CHARGE))
    peer.book.pay_session(str(priced.reference))
    assert isinstance(gateway.give_up(priced), Receipt)


# Payees


def test_a_payee_with_an_account_is_paid_once(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder, clock: ManualClock
) -> None:
    peer.book.accounts.add("acct_1")
    order = replace(deposit, kind=OrderKind.PAYOUT, party="acct_1")
    first = gateway.payout(order)
    peer.keys.clear()
    clock.set(clock.now() + timedelta(days=2))
    assert gateway.payout(order) == first
    assert len(peer.book.transfers) == 1


def test_a_refusal_whose_reason_was_mended_is_not_repeated_for_a_day(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder
) -> None:
    peer.book.accounts.add("acct_1")
    peer.book.transfer_fault = "balance_insufficient"
    order = replace(deposit, kind=OrderKind.PAYOUT, party="acct_1")
    for _ in range(3):
        with pytest.raises(GatewayRefused, match="balance_insufficient"):
            gateway.payout(order)
    peer.book.transfer_fault = None
    assert gateway.payout(order) == gateway.payout(order)
    assert len(peer.book.transfers) == 1


def test_a_payee_without_an_account_is_refused_by_name(gateway: StripeGateway, deposit: MoneyOrder) -> None:
    with pytest.raises(GatewayRefused, match=r"payee\.no_account"):
        gateway.payout(replace(deposit, kind=OrderKind.PAYOUT, party=None))
    with pytest.raises(GatewayRefused, match="resource_missing"):
        gateway.payout(replace(deposit, kind=OrderKind.PAYOUT, party="acct_unknown"))


# The line


@pytest.mark.parametrize("cut", ["cut_before", "cut_after"])
def test_a_connection_cut_in_the_middle_makes_one_payment(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder, cut: str
) -> None:
    peer.plan(cut)
    with pytest.raises(GatewayUnavailable):
        gateway.hold(deposit)
    asked = begun(gateway, deposit)
    assert len(peer.book.intents) == 1
    peer.book.confirm(str(asked.reference), number=VISA)
    order = back(deposit, payment=str(asked.reference), kind=OrderKind.APPLY)
    peer.plan("ok", cut)
    with pytest.raises(GatewayUnavailable):
        gateway.apply(order)
    assert isinstance(gateway.apply(order), Receipt)
    assert peer.book.net(str(asked.reference)) == deposit.amount_minor


@pytest.mark.parametrize("cut", ["cut_before", "cut_after"])
def test_a_connection_cut_in_a_refund_gives_back_once(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder, cut: str
) -> None:
    order = back(deposit, payment=paid(gateway, peer, deposit, method="alipay"))
    peer.plan("ok", "ok", cut)
    with pytest.raises(GatewayUnavailable):
        gateway.release(order)
    assert isinstance(gateway.release(order), Receipt)
    assert len(peer.book.refunds) == 1


@pytest.mark.parametrize("status", ["429", "500", "503"])
def test_a_service_that_does_not_answer_is_asked_again(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder, status: str
) -> None:
    peer.plan(status)
    with pytest.raises(GatewayUnavailable):
        gateway.hold(deposit)
    begun(gateway, deposit)


def test_wrong_keys_refuse_nobody(peer: StripePeer, clock: ManualClock, deposit: MoneyOrder) -> None:
    wrong = StripeGateway(replace(ACCOUNT, secret_key="sk_test_wrong"), http_client=InProcess(peer))
    with pytest.raises(GatewayUnavailable, match="AuthenticationError") as told:
        wrong.hold(deposit)
    assert "sk_test" not in str(told.value)


@pytest.mark.parametrize("kind", list(OrderKind)[:-1])
def test_a_payment_of_another_account_is_not_taken_for_an_unpaid_one(
    gateway: StripeGateway, deposit: MoneyOrder, kind: OrderKind
) -> None:
    with pytest.raises(GatewayUnavailable, match="not of this account"):
        send(gateway, replace(deposit, kind=kind, reference="pi_elsewhere", origin="pi_elsewhere"))


def test_an_account_keeps_its_secrets_out_of_what_is_printed() -> None:
    assert "sk_test" not in repr(ACCOUNT)
    assert "whsec" not in repr(ACCOUNT)


# Reconciliation


def test_movements_sum_to_what_the_account_has_by_payment(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder
) -> None:
    peer.book.accounts.add("acct_1")
    held = paid(gateway, peer, deposit)
    taken = paid(gateway, peer, replace(deposit, id="G2"), method="alipay")
    gateway.release(replace(back(deposit, payment=taken), id="B2", amount_minor=100_000))
    let_go = paid(gateway, peer, replace(deposit, id="G3"))
    gateway.release(replace(back(deposit, payment=let_go), id="B3"))
    gateway.payout(replace(deposit, id="G4", kind=OrderKind.PAYOUT, party="acct_1", amount_minor=7))
    peer.book.refund({"payment_intent": taken, "amount": "50"})
    peer.book.dispute(taken, minor=30)
    nets: dict[str, int] = {}
    for one in gateway.movements():
        nets[one.payment] = nets.get(one.payment, 0) + one.signed_minor
    transfer = next(iter(peer.book.transfers))
    assert nets == {held: 500_000, taken: 500_000 - 100_000 - 50 - 30, transfer: -7}
    assert [one.order for one in gateway.movements() if one.payment == taken] == ["G2", None, "B2", None]


def test_movements_since_an_instant_leave_out_older_payments_with_their_refunds(
    gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder, clock: ManualClock
) -> None:
    old = paid(gateway, peer, deposit, method="alipay")
    clock.set(clock.now() + timedelta(days=1))
    since = clock.now()
    gateway.release(back(deposit, payment=old))
    new = paid(gateway, peer, replace(deposit, id="G2", created_at=since))
    assert [one.payment for one in gateway.movements(since=since)] == [new]


def test_movements_page_through_a_long_list(gateway: StripeGateway, peer: StripePeer, deposit: MoneyOrder) -> None:
    for number in range(205):
        intent = peer.book.new_intent(minor=1, currency="cny", methods=["card"], metadata={})
        peer.book.confirm(intent["id"], number=VISA)
        assert number >= 0
    assert sum(one.signed_minor for one in gateway.movements()) == 205
