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
    bank,
    bank_payments,
    bidders,
    cases,
    controlling,
    desk,
    distribution,
    documents,
    drafting,
    entrusting,
    in_kind,
    ledger,
    lots,
    matters,
    money,
    objections,
    panel,
    papers,
    replaying,
    returning,
    settlement,
    staying,
    things,
    today,
    valuing,
    waterfall,
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
        waterfall,
        bidders,
        staying,
        panel,
        settlement,
        in_kind,
        distribution,
        money,
        bank,
        bank_payments,
        matters,
        ledger,
        objections,
        papers,
        documents,
        returning,
        replaying,
    ):
        court.register_blueprint(part.pages)
    return court
