"""The page of a lot, its whole docket, and the mark by which a copy of the page is told from the page."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import segno
from flask import Blueprint, Response, make_response, render_template, request, url_for
from sqlalchemy.orm import Session

from auction.edges import explaining
from auction.edges.web import all_in, shown, visitor
from auction.edges.web.visitor import ANYONE, open_to, platform
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.refusal import InputMalformed, Refusal
from auction.procedure.lots import queries as lots

pages = Blueprint("lot", __name__)

_ENTRIES_A_PAGE = 100


@pages.get("/lots/<lot>")
@open_to(ANYONE)
def lot_page(lot: str) -> str:
    """Show a lot: what it is, what it costs, what to know, how it stands, and the card to bid."""
    return rendered(lot)


def rendered(lot: str, *, error: Refusal | None = None, amount: str = "") -> str:
    """Return the page of a lot; a refused bid stands beside its form, or above where there is none, its amount kept."""
    actor = visitor.visitor()
    with platform().read() as session:
        page = shown.page(session, lot, person=actor.person if actor else None)
        costs = all_in.section(
            session,
            lots.public_lot(session, lot),
            at_minor=page["price_minor"] or page["start_price_minor"],
            deposit_minor=page["viewer_deposit_minor"],
        )
    has_form = page["status"] == "open" and page["viewer_status"] == "admitted"
    return render_template(
        "public/lot.html",
        section="lots",
        lot=page,
        bid_id=str(uuid4()),
        refusal=None if has_form else error,
        bid_error=error,
        bid_amount=amount,
        all_in=costs,
    )


@pages.get("/lots/<lot>/docket")
@open_to(ANYONE)
def docket_page(lot: str) -> str:
    """Show the entries of a lot's docket with their hashes, a hundred at a time, the oldest first."""
    after = _number(request.args.get("after"))
    with platform().read() as session:
        return render_template("public/docket.html", section="lots", **_docket(session, lot, after=after))


def _docket(session: Session, lot: str, *, after: int) -> dict[str, Any]:
    found = lots.public_lot(session, lot)
    seq, head_hash = docket.head(session, f"lot:{lot}")
    entries = docket.entries(session, f"lot:{lot}", after=after, limit=_ENTRIES_A_PAGE)
    last = entries[-1].seq if entries else after
    back = max(0, after - _ENTRIES_A_PAGE)
    return {
        "lot": found,
        "entries": entries,
        "why": {one.seq: explaining.act(one) for one in entries},
        "head": {"seq": seq, "hash": head_hash},
        "previous": url_for("lot.docket_page", lot=lot, after=back) if after else None,
        "next": url_for("lot.docket_page", lot=lot, after=last) if last < seq else None,
    }


def _number(text: str | None) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 12):  # noqa: PLR2004 - no docket is that long
        raise InputMalformed(errors={"after": "应为记录编号 / the number of an entry"})
    return int(text)


@pages.get("/lots/<lot>/qr.svg")
@open_to(ANYONE)
def qr(lot: str) -> Response:
    """Draw the QR code of a lot's page, so that a second phone can check the address."""
    with platform().read() as session:
        lots.public_lot(session, lot)
    out = io.BytesIO()
    segno.make(url_for("lot.lot_page", lot=lot, _external=True), error="m").save(
        out, kind="svg", scale=4, border=2, dark="#1b1f24", light="#ffffff", xmldecl=False
    )
    response = make_response(out.getvalue())
    response.content_type = "image/svg+xml"
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
