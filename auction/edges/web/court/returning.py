"""How far the court is with giving deposits back: a part of the money and the live pages, told again by itself."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from auction.edges.web.court import desk
from auction.edges.web.visitor import open_to, platform
from auction.procedure.cases import queries as cases
from auction.procedure.deposits import queries as deposits

pages = Blueprint("returning", __name__, url_prefix="/court")


@pages.get("/returning")
@open_to(desk.COURT)
def part() -> str:
    """Show how many deposits have gone back of those that must, of one case or of the court."""
    with platform().read() as session:
        case = request.args.get("case")
        found = desk.case_of(session, case).id if case else None
        of = found or cases.ids(court=desk.own_court())
        returning = deposits.going_back(session, case=of)
    return render_template("court/part_returning.html", returning=returning, asked_again=True, of_case=found)
