"""The court desk: what officers, panel, finance and head of bureau do, in a browser.

Words: *today* lists what the law wants done, by urgency; a *case file* keeps one header over its tabs; a *step* is
where a draft stands on its way to the announcement; a *condition* is what an announcement waits for.

Articles: those of the commands behind each form; every form names its own.

Invariants: an officer sees and acts on the cases of his own court only; every form ends in an ordinary command, which
checks the role again; before the close no page here shows a person and a bidding code together; every page works
without script.
"""

from __future__ import annotations

from flask import Blueprint

from auction.edges.platform import Platform
from auction.edges.web.court import (
    bidders,
    cases,
    controlling,
    desk,
    distribution,
    drafting,
    entrusting,
    in_kind,
    lots,
    money,
    objections,
    panel,
    papers,
    settlement,
    staying,
    things,
    today,
    valuing,
)


def blueprint(_platform: Platform) -> Blueprint:
    """Return the desk's pages under ``/court``."""
    court = Blueprint("court", __name__)
    court.before_request(desk.refuse_unprintable)
    for part in (
        today,
        cases,
        things,
        controlling,
        valuing,
        entrusting,
        drafting,
        lots,
        bidders,
        staying,
        panel,
        settlement,
        in_kind,
        distribution,
        money,
        objections,
        papers,
    ):
        court.register_blueprint(part.pages)
    return court
