"""Bidding by plain form: the amount is repeated in capitals and confirmed once; the live page uses the same address."""

from __future__ import annotations

from uuid import uuid4

from flask import Blueprint, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from auction.edges import problems, receipts
from auction.edges.live import live
from auction.edges.problems import status_of
from auction.edges.receipts import Signed
from auction.edges.web import lot as lot_pages
from auction.edges.web import shown, visitor
from auction.edges.web.reading import yuan
from auction.edges.web.visitor import ANYONE, BIDDERS, open_to, own_person, platform
from auction.foundation.kernel.money import MINOR_MAX
from auction.foundation.kernel.refusal import InputMalformed, NotFound, Refusal
from auction.procedure.bidding import queries as bidding
from auction.procedure.bidding import receipts as kept
from auction.procedure.bidding.slips import SLIP, distance
from auction.procedure.lots import queries as lots
from auction.procedure.settlement.costs import costs

pages = Blueprint("bids", __name__)

_TYPED_MAX = 40
_DIGITS_MAX = 16


@pages.post("/lots/<lot>/bids")
@open_to(BIDDERS)
def bid(lot: str) -> Response:
    """Ask once more, or place the confirmed bid; the same ``bid_id`` counts once, however often it is sent."""
    if problems.wants_json(request.environ):
        return _for_script(lot)
    try:
        amount_minor = _amount()
        if not _confirmed(lot, amount_minor):
            return make_response(_confirmation(lot, amount_minor))
        receipt = _placed(lot, amount_minor).receipt
        if receipt.refusal is not None:
            raise receipt.refusal
    except Refusal as refusal:
        kept = request.form.get("amount", "")[:_TYPED_MAX]
        return make_response(lot_pages.rendered(lot, error=refusal, amount=kept), int(status_of(refusal)))
    return redirect(url_for("bids.own_receipt", lot=lot, bid_id=receipt.bid_id))


@pages.get("/lots/<lot>/bids")
@open_to(ANYONE)
def back_to_lot(lot: str) -> Response:
    """Lead a page that is loaded again to the lot it belongs to."""
    return redirect(url_for("lot.lot_page", lot=lot, _anchor="bid"))


def _amount() -> int:
    """Read the amount typed, or that of the quick step pressed or confirmed, which are in fen.

    :raises InputMalformed: when it is none
    """
    exact = request.form.get("step_minor") or request.form.get("amount_minor")
    if exact:
        if not (exact.isascii() and exact.isdigit() and len(exact) <= _DIGITS_MAX and int(exact) <= MINOR_MAX):
            raise InputMalformed(errors={"amount": "金额只能是数字 / digits only"})
        return int(exact)
    return yuan(request.form.get("amount", ""))


def _confirmed(lot: str, amount_minor: int) -> bool:
    """Say whether the amount was looked at once more; what looks like a slip must be repeated to the fen."""
    if request.form.get("confirmed") != "1":
        return False
    if request.form.get("sure_minor") == str(amount_minor):
        return True
    with platform().read() as session:
        standing = bidding.state(session, lot)
    return not SLIP.looks_like_one(
        amount_minor=amount_minor,
        least_minor=standing.least_acceptable_minor,
        increment_minor=standing.lot.increment_minor,
    )


def _confirmation(lot: str, amount_minor: int) -> str:
    with platform().read() as session:
        page = shown.page(session, lot, person=own_person())
        found = costs(
            session, lot=lots.public_lot(session, lot), now=visitor.now(), deposit_minor=page["viewer_deposit_minor"]
        )
    least_minor, increment_minor = page["least_acceptable_minor"], page["increment_minor"]
    return render_template(
        "bidder/review.html",
        section="my",
        lot=page,
        amount_minor=amount_minor,
        bid_id=request.form.get("bid_id") or str(uuid4()),
        deposit_minor=page["viewer_deposit_minor"] or 0,
        asking=SLIP.looks_like_one(amount_minor=amount_minor, least_minor=least_minor, increment_minor=increment_minor),
        far=distance(amount_minor=amount_minor, least_minor=least_minor, increment_minor=increment_minor),
        least_minor=least_minor,
        whole=found.at(amount_minor),
    )


def _placed(lot: str, amount_minor: int) -> Signed:
    return live().sequencer.submit(
        lot=lot, person=own_person(), amount_minor=amount_minor, bid_id=request.form.get("bid_id", "")
    )


def _for_script(lot: str) -> Response:
    """Answer as the live channel does, for when it is down."""
    language = visitor.language()
    try:
        told = _placed(lot, _amount())
    except Refusal as refusal:
        body = {"ok": False, "problem": problems.problem(refusal, language=language)}
        return make_response(jsonify(body), int(status_of(refusal)))
    status = int(status_of(told.receipt.refusal)) if told.receipt.refusal is not None else 200
    answer = receipts.answer_json(told, language=language)
    return make_response(jsonify(answer), status)


@pages.get("/lots/<lot>/bids/<bid_id>")
@open_to(BIDDERS)
def own_receipt(lot: str, bid_id: str) -> str:
    """Show the receipt of one of the visitor's own bids; those of others do not exist for him."""
    with platform().read() as session:
        own = bidding.registration_of(session, lot=lot, person=own_person())
        found = kept.read(session, lot=lot, bid_id=bid_id)
        if own is None or found is None or found.code != own.code:
            raise NotFound(what="bid", name=bid_id)
        page = shown.page(session, lot, person=own_person())
    told = receipts.receipt_json(receipts.signed(found, signer=platform().settings.signer), language=visitor.language())
    return render_template("bidder/receipt.html", section="my", lot=page, receipt=told, refusal=found.refusal)
