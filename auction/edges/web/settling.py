"""After the hammer, for the buyer: what is due and until when, what follows if he does not pay, ruling, hand-over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auction.edges.problems import status_of
from auction.edges.web import paying, visitor
from auction.edges.web.paying_words import NAMES
from auction.edges.web.visitor import BIDDERS, known_visitor, open_to, own_person, platform
from auction.foundation.database.acts import Act
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.refusal import NotFound, Refusal
from auction.procedure.bidding import joint
from auction.procedure.deposits import queries as deposits
from auction.procedure.lots import queries as lots
from auction.procedure.papers import readers
from auction.procedure.settlement import commands as settlement
from auction.procedure.settlement import foreseen, queries, set_off, top_up
from auction.procedure.settlement.queries import SettlementRecord
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury.ways_rules import Purpose
from auction.rulebook import rulebook

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
        context = _context(session, found)
    return render_template("bidder/settlement.html", section="my", settlement=found, refusal=refusal, **context)


def _context(session: Session, found: SettlementRecord) -> dict[str, Any]:
    forfeit = queries.forfeit(session, found.lot)
    back = treasury.orders_of(session, subject=f"price_return:{found.lot}")
    return {
        "lot": lots.lot(session, found.lot),
        "papers": readers.readable_of_lot(session, found.lot, actor=visitor.visitor()),
        "buyer": joint.names(session, lot=found.lot, person=found.buyer_person),
        "numbers": rulebook().on(day_of(found.confirmed_at)).settlement,
        "pending": paying.waiting(session, f"{settlement.PURPOSE}:{found.lot}") if found.due_minor else None,
        "ways": _ways(session, found, amount_minor=found.due_minor),
        "loss": foreseen.loss(session, lot=found.lot, now=visitor.now()),
        "set_offs": set_off.possible(session, lot=found.lot),
        "lapsed_minor": _lapsed(session, found),
        "forfeit": forfeit,
        "top_up_paid": top_up.paid_order(session, found.lot),
        "top_up_pending": paying.waiting(session, top_up.subject(found.lot)),
        "top_up_ways": _ways(session, found, amount_minor=(forfeit.top_up_minor if forfeit else None) or 0),
        "back": back,
        "way_names": {name: visitor.t(*words) for name, words in NAMES.items()},
    }


def _lapsed(session: Session, found: SettlementRecord) -> int:
    """Return what of the buyer's deposit was not there when it was called in."""
    deposit = deposits.deposit_of(session, registration=found.buyer_registration) if found.buyer_registration else None
    return (deposit.lapsed_minor or 0) if deposit else 0


def _ways(session: Session, found: SettlementRecord, *, amount_minor: int) -> list[paying.Choice]:
    if amount_minor == 0:
        return []
    court = lots.lot(session, found.lot).court
    return paying.choices(session, court=court, purpose=Purpose.BALANCE, amount_minor=amount_minor)


def _way(act: Act, lot: str, *, amount_minor: int) -> str | None:
    court = lots.lot(act.session, lot).court
    return paying.wanted_way(act.session, court=court, purpose=Purpose.BALANCE, amount_minor=amount_minor)


@pages.post("/lots/<lot>/settlement/pay")
@open_to(BIDDERS)
def pay_balance(lot: str) -> ResponseReturnValue:
    """Pay exactly the balance that is due; sent twice it is paid once."""
    found = _own(lot)
    if found.due_minor == 0:
        return redirect(url_for("settling.deal", lot=lot))
    due = found.due_minor
    return _perform(
        lot,
        lambda act: settlement.pay_balance(act, lot=lot, amount_minor=due, way=_way(act, lot, amount_minor=due)),
        subject=f"{settlement.PURPOSE}:{lot}",
    )


@pages.post("/lots/<lot>/settlement/top_up")
@open_to(BIDDERS)
def pay_top_up(lot: str) -> ResponseReturnValue:
    """Pay exactly what the court has ordered beyond the deposit."""
    _own(lot)
    with platform().read() as session:
        forfeit = queries.forfeit(session, lot)
    ordered = (forfeit.top_up_minor if forfeit else None) or 0
    return _perform(
        lot,
        lambda act: top_up.pay_top_up(act, lot=lot, amount_minor=ordered, way=_way(act, lot, amount_minor=ordered)),
        subject=top_up.subject(lot),
    )


@pages.post("/lots/<lot>/settlement/set_off")
@open_to(BIDDERS)
def ask_set_off(lot: str) -> ResponseReturnValue:
    """Ask the panel to count one's own claim toward the balance."""
    _own(lot)
    claim = request.form.get("claim", "").strip()
    return _perform(lot, lambda act: set_off.ask_set_off(act, lot=lot, claim=claim))


def _perform(lot: str, do: Callable[[Act], object], *, subject: str | None = None) -> ResponseReturnValue:
    """Run the buyer's own act; a payment is asked of the gateway at once, so that he need not wait for a sweep."""
    leads_on = None
    try:
        with platform().act(known_visitor()) as act:
            do(act)
        with platform().read() as session:
            order = paying.waiting(session, subject) if subject else None
        if order is not None:
            leads_on = paying.ask_now(order.id)
    except Refusal as refusal:
        return make_response(_page(_own(lot), refusal=refusal), int(status_of(refusal)))
    return leads_on or redirect(url_for("settling.deal", lot=lot))
