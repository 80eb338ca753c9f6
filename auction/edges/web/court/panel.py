"""What waits for the panel: drafts whose terms three members have to decide."""

from __future__ import annotations

from flask import Blueprint

from auction.edges.web.court import desk
from auction.edges.web.court.lots import rules_today
from auction.edges.web.visitor import open_to, platform
from auction.procedure.lots import desk as desk_queries

pages = Blueprint("panel", __name__, url_prefix="/court/panel")


@pages.get("")
@open_to(desk.COURT)
def index() -> str:
    """List the drafts of the court that wait for the panel's decision, with the last day it is of use."""
    today = rules_today()
    with platform().read() as session:
        drafts = desk_queries.of_court(session, court=desk.own_court(), statuses=("draft",))
    waiting = [(lot, desk_queries.announce_by(lot, rules_of_day=today)) for lot in drafts]
    return desk.page("court/panel.html", rail="panel", waiting=sorted(waiting, key=lambda pair: pair[1]))
