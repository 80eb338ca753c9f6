"""After the hammer, for the buyer: the confirmation, the balance and its day, the ruling, the hand-over."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from auction.edges.problems import status_of
from auction.edges.web.deposit import carry_out
from auction.edges.web.visitor import BIDDERS, known_visitor, open_to, own_person, platform
from auction.foundation.kernel.refusal import NotFound, Refusal
from auction.procedure.deposits import queries as deposits
from auction.procedure.deposits.queries import OrderRecord
from auction.procedure.deposits.rules import OrderStatus
from auction.procedure.identity import queries as identity
from auction.procedure.lots import queries as lots
from auction.procedure.settlement import commands as settlement
from auction.procedure.settlement import queries
from auction.procedure.settlement.queries import SettlementRecord

pages = Blueprint("settling", __name__)


def _own(lot: str) -> SettlementRecord:
    """Return the visitor's own purchase; those of others do not exist for him.

    :raises NotFound: when he has not bought the lot
    """
    with platform().read() as session:
        lots.public_lot(session, lot)
        found = queries.settlement(session, lot)
    if found is None or found.buyer_person != own_person():
        raise NotFound(what="settlement", name=lot)
    return found


@pages.get("/lots/<lot>/settlement")
@open_to(BIDDERS)
def deal(lot: str) -> str:
    """Show the buyer his purchase and the next step with its day."""
    return _page(_own(lot))


def _page(found: SettlementRecord, *, refusal: Refusal | None = None) -> str:
    with platform().read() as session:
        return render_template(
            "bidder/settlement.html",
            section="my",
            lot=lots.lot(session, found.lot),
            settlement=found,
            buyer=identity.person(session, found.buyer_person).name,
            pending=found.due_minor > 0 and any(order.status is OrderStatus.WAITING for order in _orders(found)),
            sandbox=platform().gateway.name == "sandbox",
            refusal=refusal,
        )


def _orders(found: SettlementRecord) -> list[OrderRecord]:
    """Return the orders by which the balance is paid."""
    with platform().read() as session:
        return deposits.orders_of(session, subject=f"balance:{found.lot}")


@pages.post("/lots/<lot>/settlement/pay")
@open_to(BIDDERS)
def pay_balance(lot: str) -> Response:
    """Pay exactly the balance that is due; sent twice it is paid once."""
    found = _own(lot)
    if found.due_minor == 0:
        return redirect(url_for("settling.deal", lot=lot))
    try:
        with platform().act(known_visitor()) as act:
            settlement.pay_balance(act, lot=lot, amount_minor=found.due_minor)
        for order in _orders(found):
            if order.status is OrderStatus.WAITING:
                carry_out(order.id)
    except Refusal as refusal:
        return make_response(_page(_own(lot), refusal=refusal), int(status_of(refusal)))
    return redirect(url_for("settling.deal", lot=lot))
