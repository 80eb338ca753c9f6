"""Paying the deposit: the amount, where it goes, when it comes back, and by which way it is paid."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from auction.edges.problems import status_of
from auction.edges.web import paying, visitor
from auction.edges.web.paying_words import NAMES
from auction.edges.web.visitor import BIDDERS, known_visitor, open_to, own_person, platform
from auction.foundation.kernel.refusal import Refusal
from auction.procedure.bidding import queries as bidding
from auction.procedure.bidding.queries import RegistrationRecord
from auction.procedure.deposits import commands as deposits
from auction.procedure.deposits import queries
from auction.procedure.deposits.queries import DepositRecord
from auction.procedure.deposits.rules import DepositStatus, in_time
from auction.procedure.lots import queries as lots
from auction.procedure.treasury.ways_rules import Purpose

pages = Blueprint("deposit", __name__)


def _own(lot: str) -> RegistrationRecord | None:
    with platform().read() as session:
        lots.public_lot(session, lot)
        return bidding.registration_of(session, lot=lot, person=own_person())


@pages.get("/lots/<lot>/deposit")
@open_to(BIDDERS)
def form(lot: str) -> ResponseReturnValue:
    """Show what is due and by which ways, or that one is admitted, and what became of the money."""
    own = _own(lot)
    if own is None:
        return redirect(url_for("registering.form", lot=lot))
    return _page(own)


def _page(own: RegistrationRecord, *, refusal: Refusal | None = None) -> str:
    with platform().read() as session:
        lot = lots.lot(session, own.lot)
        deposit = queries.deposit_of(session, registration=own.id)
        return render_template(
            "bidder/deposit.html",
            section="my",
            lot=lot,
            registration=own,
            deposit=deposit,
            ways=paying.choices(
                session,
                court=lot.court,
                purpose=Purpose.DEPOSIT,
                amount_minor=own.deposit_due_minor,
                held_until=lot.ends_at + bidding.numbers_of(lot).auction.loser_release,
            ),
            pending=paying.waiting(session, deposit.id) if deposit else None,
            proof=paying.proof(session, deposit.id) if deposit else [],
            may_pay=in_time(status=lot.status, ends_at=lot.ends_at, now=visitor.now()),
            failed=_failed(deposit),
            way_names={name: visitor.t(*words) for name, words in NAMES.items()},
            refusal=refusal,
        )


def _failed(deposit: DepositRecord | None) -> str:
    """Return why the last payment did not go through; what the bidder gave up himself he need not be told."""
    if deposit is None or deposit.status is not DepositStatus.FAILED or deposit.failed_because == "payer.gave_up":
        return ""
    return paying.failure(deposit.failed_because)


@pages.post("/lots/<lot>/deposit")
@open_to(BIDDERS)
def pay(lot: str) -> ResponseReturnValue:
    """Pay exactly the deposit that is due; sent twice it is paid once."""
    own = _own(lot)
    if own is None:
        return redirect(url_for("registering.form", lot=lot))
    due = own.deposit_due_minor
    try:
        with platform().act(known_visitor()) as act:
            court = lots.lot(act.session, lot).court
            way = paying.wanted_way(act.session, court=court, purpose=Purpose.DEPOSIT, amount_minor=due)
            paid = deposits.pay_deposit(act, lot=lot, registration=own.id, amount_minor=due, way=way)
        leads_on = paying.ask_now(paid.order) if paid.order is not None else None
    except Refusal as refusal:
        return make_response(_page(own, refusal=refusal), int(status_of(refusal)))
    return leads_on or redirect(url_for("deposit.form", lot=lot))
