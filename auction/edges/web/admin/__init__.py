"""Administration: courts with their ways to pay, accounts and their keys, partners with their addresses and deliveries.

Words: a *key* lets a program act for an account within its scopes; an *endpoint* is an address of a partner.

Articles: 法释〔2016〕18号 第9条 (providers act under the court's management).

Invariants: a token and a secret are shown once, in the answer to the form that made them, and are kept in no address,
cookie or cache; the administrator has no command on a lot's bids.
"""

from __future__ import annotations

from flask import Blueprint

from auction.edges.platform import Platform
from auction.edges.web.admin import accounts, courts, partners, ways
from auction.edges.web.court import desk


def blueprint(_platform: Platform) -> Blueprint:
    """Return the administrator's pages under ``/admin``."""
    admin = Blueprint("admin", __name__)
    admin.before_request(desk.refuse_unprintable)
    for part in (courts, ways, accounts, partners):
        admin.register_blueprint(part.pages)
    return admin
