"""Joint bidders at the desk: the officer confirms, before bidding begins, who buys together and for which shares."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from auction.edges.web.court import conditions, desk, fields
from auction.edges.web.court.fields import Form
from auction.edges.web.court.lots import common
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import Refusal
from auction.procedure.bidding import joint
from auction.procedure.cases import queries as cases

pages = Blueprint("joint", __name__, url_prefix="/court/lots/<lot>/joint")

_ROWS = 4


@pages.get("")
@open_to(desk.COURT)
def form(lot: str) -> str:
    """Show the form; who has applied is on paper, and nobody's registration is shown here."""
    return _page(lot)


@pages.post("")
@open_to(desk.COURT)
def confirm(lot: str) -> ResponseReturnValue:
    """Confirm the group named; the first of the rows is he under whose code it bids."""
    with platform().read() as session:
        found = desk.lot_of(session, lot)
        case = cases.case(session, found.case)

    def agree(act: Act) -> object:
        given: Form = fields.form()
        together = []
        for n in given.rows("member", ("name", "share")):
            at = f"member-{n}-"
            share = given.text(f"{at}share", longest=20)
            together.append({"person": conditions.person(act, given, at, case), "share": share})
        if not together:
            given.checks.wrong("member-0-name", "请填写共同竞买人 / name who buys together")
        given.refuse()
        return joint.confirm_joint(act, lot=lot, bidder=str(together[0]["person"]), jointly=together)

    return desk.perform(
        agree,
        to=lambda _: f"/court/lots/{lot}/terms",
        said=t("共同竞买已确认", "The joint bidders are confirmed"),
        otherwise=lambda refusal: _page(lot, refusal=refusal),
    )


def _page(lot: str, *, refusal: Refusal | None = None) -> str:
    with platform().read() as session:
        context = common(session, desk.lot_of(session, lot))
    return desk.page("court/lot_joint.html", rail="lots", tab="terms", refusal=refusal, rows=_ROWS, **context)
