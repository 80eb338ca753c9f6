"""Paying: the ways open to a payer, and the page of one payment until the money is there or will not come.

One page serves deposits, balances and top-ups. What the payer does next is the gateway's own word; the page asks
nothing of the gateway but that, and learns the outcome as everybody does, from the order.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import segno
from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auction.edges.inbox import cashier
from auction.edges.web.paying_words import Words, how, methods_of, name_of, refusal
from auction.edges.web.visitor import BIDDERS, now, open_to, own_person, platform, t
from auction.foundation.kernel.money import grouped
from auction.foundation.kernel.refusal import NotFound, Refusal
from auction.gateways.port import (
    GatewayRefused,
    GatewayUnavailable,
    OrderKind,
    PayByElements,
    PayByRedirect,
    PayByTransfer,
    PayerStep,
)
from auction.gateways.stripe_service.gateway import StripeGateway
from auction.procedure.deposits.commands import PURPOSE as DEPOSIT
from auction.procedure.lots import queries as lots
from auction.procedure.settlement import queries as settlement
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury import ways
from auction.procedure.treasury.queries import OrderRecord
from auction.procedure.treasury.rules import OrderStatus
from auction.procedure.treasury.ways import CourtAccount
from auction.procedure.treasury.ways_rules import WHY, Offer, Purpose, WayNotOffered, WhyNot

pages = Blueprint("paying", __name__, url_prefix="/my/payments")

_QR_SCALE = 4


class PaymentRefused(Refusal):
    """The bank or payment service said no; nothing was taken."""

    code = "deposit.payment_refused"
    article = "法释〔2016〕18号 第17条"
    title_zh, title_en = "付款未成功", "The payment did not go through"
    zh = "{reason_zh}，未扣款；请核对后重试或换一种付款方式。"
    en = "Nothing was taken: {reason_en}. Check it and try again, or pay another way."


@dataclass(frozen=True, slots=True)
class Choice:
    """A way to pay as a form shows it: open, or the reason why not."""

    key: str
    name: str
    text: str
    up_to_minor: int | None
    why_not: str
    lines: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Say whether it can be chosen."""
        return not self.why_not


@dataclass(frozen=True, slots=True)
class Pending:
    """A payment as its page shows it: for what, until when, where it is chosen anew."""

    order: OrderRecord
    lot_title: str
    court: str
    court_name: str
    back: str
    until: datetime | None


def choices(
    session: Session, *, court: str, purpose: Purpose, amount_minor: int, held_until: datetime | None = None
) -> list[Choice]:
    """Return the ways to pay an amount to a court, in its order.

    :param held_until: how long a deposit may have to be kept
    """
    connected = platform().gateways.by_name.keys()
    found = ways.offered(session, court=court, purpose=purpose, amount_minor=amount_minor, connected=connected)
    return [
        _choice(one, purpose=purpose, amount_minor=amount_minor, until=held_until)
        for one in found
        if one.why_not is not WhyNot.NOT_CONNECTED
    ]


def _choice(offer: Offer, *, purpose: Purpose, amount_minor: int, until: datetime | None) -> Choice:
    why, lines = offer.why, list[Words]()
    service = platform().gateways.by_name[offer.gateway]
    if isinstance(service, StripeGateway):
        lines, takes = methods_of(service.account.methods, amount_minor=amount_minor, now=now(), until=until)
        why = why if offer.why_not or takes else WHY[WhyNot.OVER_LIMIT]
    return Choice(
        key=offer.gateway,
        name=t(*name_of(offer.gateway)),
        text=t(*how(offer.gateway, purpose)),
        up_to_minor=offer.up_to_minor,
        why_not=t(*why),
        lines=tuple(t(*line) for line in lines),
    )


def wanted_way(session: Session, *, court: str, purpose: Purpose, amount_minor: int) -> str | None:
    """Return the way the form asks for; where it names none, the first that is open.

    :raises WayNotOffered: when it is not open for this court and amount
    """
    connected = platform().gateways.by_name.keys()
    offers = ways.offered(session, court=court, purpose=purpose, amount_minor=amount_minor, connected=connected)
    wanted = request.form.get("way", "").strip()
    if not wanted:
        opened = [one for one in offers if one.why_not is None]
        if offers and not opened and offers[0].why_not:
            raise WayNotOffered(way=t(*name_of(offers[0].gateway)), why=offers[0].why_not)
        return opened[0].gateway if opened else None
    found = next((one for one in offers if one.gateway == wanted), None)
    why = found.why_not if found else WhyNot.NOT_TAKEN
    if why is not None:
        raise WayNotOffered(way=t(*name_of(wanted)) if found else wanted[:20], why=why)
    return wanted


def waiting(session: Session, subject: str) -> OrderRecord | None:
    """Return the payment of a subject that is under way, or None."""
    found = treasury.orders_of(session, subject=subject)
    return next((one for one in found if one.kind.inward and one.status is OrderStatus.WAITING), None)


def proof(session: Session, subject: str) -> list[OrderRecord]:
    """Return what went back of a subject's money, with the proof: by which way, when, under what reference."""
    return [one for one in treasury.orders_of(session, subject=subject) if one.kind is OrderKind.RELEASE]


def failure(reason: str | None) -> str:
    """Return why the last payment did not go through, in the visitor's language."""
    return t(*refusal(reason))


def ask_now(order: str) -> ResponseReturnValue | None:
    """Ask the gateway at once; lead to the payment's page while the payer still has to act.

    :raises PaymentRefused: when it said no
    """
    asked = cashier.carry_out(platform(), order)
    if asked.status is OrderStatus.FAILED:
        words = refusal(asked.last_error)
        raise PaymentRefused(reason_zh=words[0], reason_en=words[1])
    return redirect(f"/my/payments/{order}", code=303) if asked.status is OrderStatus.WAITING else None


@pages.get("/<order>")
@open_to(BIDDERS)
def show(order: str) -> ResponseReturnValue:
    """Show the payer's next step, or what became of the payment."""
    with platform().read() as session:
        found = _own(session, order)
        account = ways.court_account(session, found.court)
    step, silent = _step(found.order)
    if _state(found.order) == "payer" and step is None and not silent:
        # Nothing is left to the payer: he has come back, and the gateway knows more than we do.
        found = replace(found, order=cashier.carry_out(platform(), order))
    return render_template(
        "bidder/payment.html",
        section="my",
        payment=found,
        step=_kind(step),
        pay=step,
        silent=silent,
        account=account,
        qr=_qr(found, step, account),
        refused=t(*refusal(found.order.last_error)),
        way=t(*name_of(found.order.gateway or found.order.way)),
        state=_state(found.order),
    )


@pages.get("/<order>/state")
@open_to(BIDDERS)
def state(order: str) -> Response:
    """Say how the payment stands, for the page that waits."""
    with platform().read() as session:
        found = _own(session, order).order
    answer = jsonify({"state": _state(found)})
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.get("/<order>/returned")
@open_to(BIDDERS)
def came_back(order: str) -> ResponseReturnValue:
    """Ask the gateway at once how the payment stands: the payer has come back from it, or asks himself."""
    with platform().read() as session:
        found = _own(session, order)
    asked = cashier.carry_out(platform(), order)
    return redirect(found.back if asked.status is OrderStatus.DONE else f"/my/payments/{order}", code=303)


@pages.post("/<order>/another")
@open_to(BIDDERS)
def another(order: str) -> ResponseReturnValue:
    """Give the payment up to pay another way; one that is paid already stays paid."""
    with platform().read() as session:
        found = _own(session, order)
    left = cashier.give_up(platform(), order)
    if left.status is OrderStatus.WAITING:
        flash(
            t(
                "支付机构暂时没有答复，付款仍在进行，请稍后再试。",
                "No answer yet; the payment is still open. Try again soon.",
            )
        )
        return redirect(f"/my/payments/{order}", code=303)
    if left.status is OrderStatus.DONE:
        flash(t("这笔款项已经付清。", "This payment has been made."))
    return redirect(found.back, code=303)


def _own(session: Session, order: str) -> Pending:
    """Return the visitor's own payment; those of others do not exist for him.

    :raises NotFound: when it is none of his
    """
    found = treasury.order(session, order)
    if found.party != own_person() or not found.kind.inward or found.lot is None:
        raise NotFound(what="order", name=order)
    lot = lots.lot(session, found.lot)
    page = "deposit" if found.purpose == DEPOSIT else "settlement"
    until = lot.ends_at if found.purpose == DEPOSIT else None
    if found.purpose == "balance":
        deal = settlement.settlement(session, found.lot)
        until = deal.balance_due_by if deal else None
    return Pending(
        order=found,
        lot_title=lot.title,
        court=lot.court,
        court_name=lot.court_name,
        back=f"/lots/{lot.id}/{page}",
        until=until,
    )


def _step(order: OrderRecord) -> tuple[PayerStep | None, bool]:
    """Return what the payer does next, and whether the gateway gave no answer to that."""
    if order.status is not OrderStatus.WAITING or order.underway_since is None or order.no_longer_due_since:
        return None, False
    try:
        return platform().gateways.of(order.gateway or order.way).payer_step(order.instruction()), False
    except (GatewayUnavailable, GatewayRefused):
        return None, True


def _kind(step: PayerStep | None) -> str:
    if isinstance(step, PayByElements):
        return "elements"
    if isinstance(step, PayByRedirect):
        return "redirect"
    return "transfer" if isinstance(step, PayByTransfer) else ""


def _state(order: OrderRecord) -> str:
    """Return the state in one word; the page loads itself anew when it changes."""
    if order.status is not OrderStatus.WAITING:
        return order.status.value
    if order.no_longer_due_since:
        return "leaving"
    return "payer" if order.underway_since else "asked"


def _qr(found: Pending, step: PayerStep | None, account: CourtAccount | None) -> str | None:
    """Return the transfer's particulars as a picture that a phone reads and copies from."""
    if not isinstance(step, PayByTransfer) or account is None:
        return None
    lines = (account.holder, account.number, account.bank, grouped(found.order.amount_minor), step.reference)
    return str(segno.make("\n".join(lines), error="m").svg_data_uri(scale=_QR_SCALE, dark="#000", light="#fff"))
