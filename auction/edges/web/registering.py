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
from auction.procedure.bidding import corrections, joint, queries, reminders, undertakings
from auction.procedure.bidding.queries import RegistrationRecord
from auction.procedure.bidding.registering import RegisteredAlready, RegistrationClosed, procedure_runs
from auction.procedure.cases import queries as cases
from auction.procedure.deposits.exempt import admitted_if_exempt
from auction.procedure.identity import queries as identity
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


def _declared() -> dict[str, object]:
    """Return what was declared: a box that the page shows and nobody ticked is a no where the law wants a yes."""
    prefix = "undertaking-"
    return {key.removeprefix(prefix): True for key in request.form if key.startswith(prefix)}


def _page(lot: str, *, refusal: Refusal | None = None, words: Mapping[str, str] | None = None) -> str:
    person = own_person()
    with platform().read() as session:
        found = lots.public_lot(session, lot)
        takes = procedure_runs(status=found.status, ends_at=found.ends_at, now=visitor.now())
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
        "undertakings": [
            {
                "key": one.key,
                "title": t(one.title.zh, one.title.en),
                "text": t(one.text.zh, one.text.en),
                "law": one.article.in_language(visitor.language()),
            }
            for one in undertakings.undertakings_of(lot)
        ],
        "group": _group(session, lot, person=person),
    }


def _group(session: Session, lot: LotRecord, *, person: str) -> list[tuple[str, str]]:
    """Return name and share of those the court has confirmed to buy with the person; nobody when he buys alone."""
    members = joint.group(session, lot=lot.id, bidder=person)
    named = identity.persons(session, ids=[one.person for one in members])
    return [(named[one.person].name if one.person in named else one.person, one.share) for one in members]


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
                jointly=joint.as_named(act.session, lot=lot, bidder=person) if request.form.get("jointly") else (),
                declares=_declared(),
            )
            own = admitted_if_exempt(act, made=own)
    except RegisteredAlready:
        return redirect(url_for("deposit.form", lot=lot))
    except Refusal as refusal:
        return make_response(_page(lot, refusal=refusal, words=words), int(status_of(refusal)))
    return _onward(own)


@pages.post("/lots/<lot>/corrections")
@open_to(BIDDERS)
def read_corrections(lot: str) -> Response:
    """Keep that the visitor has read what was corrected, and go back to the bidding."""
    with platform().act(known_visitor()) as act:
        corrections.read_corrections(act, lot=lot, person=own_person())
    return redirect(url_for("lot.lot_page", lot=lot, _anchor="bid"), code=303)


@pages.post("/lots/<lot>/undertaking")
@open_to(BIDDERS)
def undertake(lot: str) -> Response:
    """Keep a creditor's undertaking that he may buy a home here, without which nobody takes one in kind."""
    with platform().act(known_visitor()) as act:
        undertakings.undertake(act, lot=lot, person=own_person())
    return redirect(url_for("lot.lot_page", lot=lot), code=303)
