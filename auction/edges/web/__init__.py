"""The pages: what a browser asks for, public first, then bidders, then the court.

Words: a *page* answers a browser, a *door* says who may open it, a *visitor* is who asks, signed in or not.

Invariants: nothing is read from a form but by ``reading``; every route declares its door; a page never says who is
behind a bidding code before the close; every page works without script.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from flask import Flask

from auction.edges.platform import Platform
from auction.edges.web import (
    account,
    availability,
    bank_account,
    bids,
    deposit,
    faults,
    frame,
    home,
    law,
    ledgers,
    lot,
    mine,
    objecting,
    papers,
    party,
    paying,
    registering,
    search,
    settling,
    stories,
)

#: Desks that bring a blueprint of their own.
_DESKS = ("court", "supervision", "admin")


def attach(app: Flask, platform: Platform) -> None:
    """Give the application its pages, with session, forms, languages, headers and error pages."""
    frame.attach(app, platform)
    faults.attach(app)
    for part in (
        home,
        search,
        lot,
        availability,
        law,
        ledgers,
        stories,
        account,
        bank_account,
        registering,
        deposit,
        bids,
        mine,
        objecting,
        papers,
        party,
        paying,
        settling,
    ):
        app.register_blueprint(part.pages)
    for desk in _DESKS:
        name = f"{__name__}.{desk}"
        if find_spec(name) is not None:
            app.register_blueprint(import_module(name).blueprint(platform))
