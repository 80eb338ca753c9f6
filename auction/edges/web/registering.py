"""Registering on a lot: read, accept each reminder, say in whose name; then the deposit (``deposit``) admits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from auction.edges.problems import status_of
from auction.edges.web import shown, visitor
from auction.edges.web.visitor import BIDDERS, known_visitor, open_to, own_person, platform, t
from auction.foundation.kernel.money import grouped
from auction.foundation.kernel.refusal import Refusal
from auction.procedure.bidding import commands as bidding
from auction.procedure.bidding import queries, reminders
from auction.procedure.bidding.queries import RegistrationRecord
from auction.procedure.bidding.rules import RegisteredAlready, RegistrationClosed
from auction.procedure.cases import queries as cases
from auction.procedure.lots import queries as lots
from auction.procedure.lots.queries import LotRecord

pages = Blueprint("registering", __name__)

_PREFIX = "reminder-"


@pages.get("/lots/<lot>/register")
@open_to(BIDDERS)
def form(lot: str) -> str | Response:
    """Show the reminders and in whose name one registers; who is registered already goes on."""
    with platform().read() as session:
        own = queries.registration_of(session, lot=lot, person=own_person())
    return _onward(own) if own is not None else _page(lot)


def _onward(own: RegistrationRecord) -> Response:
    if own.status == "admitted":
        return redirect(url_for("lot.lot_page", lot=own.lot, _anchor="bid"))
    return redirect(url_for("deposit.form", lot=own.lot))


def _page(lot: str, *, refusal: Refusal | None = None, words: Mapping[str, str] | None = None) -> str:
    person = own_person()
    with platform().read() as session:
        found = lots.public_lot(session, lot)
        takes = found.status in {"announced", "open"} and visitor.now() < found.ends_at
        if refusal is None and not takes:
            refusal = RegistrationClosed(status=found.status)
        context = _context(session, found, person=person)
    return render_template(
        "bidder/register.html", section="my", refusal=refusal, ticked=words or {}, takes=takes, **context
    )


def _context(session: Session, lot: LotRecord, *, person: str) -> dict[str, Any]:
    return {
        "lot": lot,
        "disclosure": shown.disclosed(lot),
        "reminders": [
            {
                "key": one.key,
                "title": t(one.title.zh, one.title.en),
                "text": t(one.announced, one.standing.en),
                "sha256": one.sha256,
            }
            for one in reminders.reminders_of(lot)
        ],
        "claims": [
            (one.id, f"{one.id} · ¥{grouped(one.amount_minor)}")
            for one in cases.case(session, lot.case).claims
            if one.applicant and one.creditor_person == person
        ],
        "may_claim_priority": any(one.person == person for one in lot.priority),
    }


@pages.post("/lots/<lot>/register")
@open_to(BIDDERS)
def register(lot: str) -> Response:
    """Keep that each reminder was accepted in the words shown, and register; both or neither, and twice is once."""
    person = own_person()
    words = {key.removeprefix(_PREFIX): text for key, text in request.form.items() if key.startswith(_PREFIX)}
    try:
        with platform().act(known_visitor()) as act:
            reminders.accept_reminders(act, lot=lot, person=person, words=words)
            own = bidding.register(
                act,
                lot=lot,
                person=person,
                as_priority=request.form.get("as_priority") == "1",
                creditor_claim=request.form.get("creditor_claim") or None,
            )
    except RegisteredAlready:
        return redirect(url_for("deposit.form", lot=lot))
    except Refusal as refusal:
        return make_response(_page(lot, refusal=refusal, words=words), int(status_of(refusal)))
    return _onward(own)
