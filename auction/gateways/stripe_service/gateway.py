"""The five verbs on Stripe: what an order becomes there, and what its present state means."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import stripe

from auction.gateways.port import (
    GatewayRefused,
    GatewayUnavailable,
    MoneyOrder,
    Movement,
    OrderKind,
    PayByElements,
    PayByRedirect,
    PayerStep,
    Receipt,
    Underway,
)
from auction.gateways.stripe_service import backwards, checkout, movements
from auction.gateways.stripe_service.account import StripeAccount
from auction.gateways.stripe_service.asking import asking, client_of
from auction.gateways.stripe_service.intents import OPEN, create, instant, intent_of, left_of, same_money

NAME = "stripe"
#: A payer is told of by an event; unasked for this long he is looked after all the same.
_PAYER_REST = timedelta(minutes=10)
_REFUND_REST = timedelta(hours=1)


def nobodys_account(order: MoneyOrder) -> str | None:
    """Say that no payee has an account at Stripe."""
    _ = order
    return None


class StripeGateway:
    """Moves money by one Stripe account."""

    def __init__(
        self,
        account: StripeAccount,
        *,
        http_client: stripe.HTTPClient | None = None,
        payee: Callable[[MoneyOrder], str | None] = nobodys_account,
    ) -> None:
        self.account = account
        self._client = client_of(account, http_client=http_client)
        self._payee = payee

    @property
    def name(self) -> str:
        """The name kept beside each order."""
        return NAME

    def hold(self, order: MoneyOrder) -> Receipt | Underway:
        """Freeze a deposit on a card, or take it where the method cannot hold it that long."""
        _expect(order, OrderKind.HOLD)
        with asking():
            if order.reference is None:
                intent = create(self._client, order, methods=self.account.methods)
            else:
                intent = intent_of(self._client, order.reference)
        return self._paid(order, intent)

    def charge(self, order: MoneyOrder) -> Receipt | Underway:
        """Collect a price on Stripe's own page; one that was left alone for a day is made anew."""
        _expect(order, OrderKind.CHARGE)
        with asking():
            session = checkout.present(self._client, order, account=self.account)
        return self._collected(order, session)

    def apply(self, order: MoneyOrder) -> Receipt | Underway:
        """Capture the winner's deposit; one that was captured at once is there already.

        A hold that lapsed moved nothing, one that was captured in part that part: the receipt says so.
        """
        _expect(order, OrderKind.APPLY)
        with asking():
            intent = intent_of(self._client, _origin(order))
            if intent.status == "requires_capture":
                intent = backwards.capture(self._client, intent, order=order, minor=order.amount_minor)
        moved = min(left_of(intent), order.amount_minor) if intent.status == "succeeded" else 0
        if intent.status not in {"succeeded", "canceled"}:
            raise GatewayRefused("payment.not_held")
        return self._receipt(order, reference=intent.id, at=instant(intent), moved=moved)

    def release(self, order: MoneyOrder) -> Receipt | Underway:
        """Let a held deposit go, or refund what was taken; a hold that lapsed is back with its owner."""
        _expect(order, OrderKind.RELEASE)
        with asking():
            intent = intent_of(self._client, _origin(order))
            if intent.status == "requires_capture":
                intent = backwards.let_go(self._client, intent, order=order)
            if intent.status == "canceled":
                return self._receipt(order, reference=intent.id, at=instant(intent))
            refund = backwards.refund(self._client, intent, order=order)
        if refund.status == "succeeded":
            return self._receipt(order, reference=refund.id, at=datetime.fromtimestamp(refund.created, UTC))
        return self._underway(order, reference=refund.id, rest=_REFUND_REST)

    def payout(self, order: MoneyOrder) -> Receipt:
        """Transfer to the payee's own Stripe account, where he has one; the others are paid by bank."""
        _expect(order, OrderKind.PAYOUT)
        account = self._payee(order)
        if account is None:
            raise GatewayRefused("payee.no_account")
        with asking():
            made = backwards.transfer(self._client, order=order, account=account)
        return self._receipt(order, reference=made.id, at=datetime.fromtimestamp(made.created, UTC))

    def payer_step(self, order: MoneyOrder) -> PayerStep | None:
        """Return the fields for our page, or Stripe's page; None once nothing is left to the payer."""
        if order.reference is None or not order.kind.inward:
            return None
        with asking():
            if order.kind is OrderKind.CHARGE:
                address = checkout.address(self._client, order.reference)
                return PayByRedirect(url=address) if address else None
            intent = intent_of(self._client, order.reference)
        if intent.status not in OPEN or intent.client_secret is None:
            return None
        return PayByElements(
            client_secret=intent.client_secret,
            publishable_key=self.account.publishable_key,
            script_url=self.account.script,
        )

    def give_up(self, order: MoneyOrder) -> Receipt | Underway:
        """Cancel what the payer has not paid; what he paid in the same second is a receipt.

        An order without a reference was never shown to anybody, so nobody can have paid it.
        """
        if order.reference is None:
            raise GatewayRefused("payer.gave_up")
        with asking():
            if order.kind is OrderKind.CHARGE:
                session = checkout.give_up(self._client, order.reference)
                if session.status == "expired":
                    raise GatewayRefused("payer.gave_up")
                return self._collected(order, session)
            intent = backwards.give_up(self._client, order.reference)
        if intent.status == "canceled":
            raise GatewayRefused("payer.gave_up")
        return self._paid(order, intent)

    def movements(self, *, since: datetime | None = None) -> Iterator[Movement]:
        """Return every payment, refund, transfer and dispute of the account."""
        return movements.movements(self._client, since=since)

    def _paid(self, order: MoneyOrder, intent: stripe.PaymentIntent) -> Receipt | Underway:
        match intent.status:
            case "requires_capture" | "succeeded":
                same_money(order, minor=intent.amount, currency=intent.currency)
                return self._receipt(order, reference=intent.id, at=instant(intent))
            case "canceled":
                raise GatewayRefused("canceled")
            case _:
                return self._underway(order, reference=intent.id, rest=_PAYER_REST)

    def _collected(self, order: MoneyOrder, session: stripe.checkout.Session) -> Receipt | Underway:
        if session.payment_status != "paid":
            return self._underway(order, reference=session.id, rest=_PAYER_REST)
        same_money(order, minor=session.amount_total or 0, currency=session.currency or "")
        intent = checkout.payment(session)
        return self._receipt(order, reference=intent.id, at=instant(intent))

    def _receipt(self, order: MoneyOrder, *, reference: str, at: datetime, moved: int | None = None) -> Receipt:
        return Receipt(
            order=order.id,
            gateway=NAME,
            reference=reference,
            at=at,
            moved_minor=None if moved == order.amount_minor else moved,
        )

    def _underway(self, order: MoneyOrder, *, reference: str, rest: timedelta) -> Underway:
        return Underway(order=order.id, gateway=NAME, reference=reference, ask_again=rest)


def _expect(order: MoneyOrder, kind: OrderKind) -> None:
    if order.kind is not kind or order.amount_minor <= 0:
        raise GatewayRefused("order.malformed")


def _origin(order: MoneyOrder) -> str:
    """Return the payment an order gives back or takes in.

    :raises GatewayUnavailable: when the order names none: the order waits for the person who mends it
    """
    if order.origin is None:
        raise GatewayUnavailable("the order names no payment")
    return order.origin
