"""Partners, the addresses they are told at, and what was delivered."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, make_response, request
from flask.typing import ResponseReturnValue

from auction.edges import problems
from auction.edges.web import visitor
from auction.edges.web.admin.accounts import told_once
from auction.edges.web.admin.courts import ADMINISTRATORS
from auction.edges.web.court import desk, fields
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import AuthForbidden, NotFound, Refusal
from auction.procedure.partners import commands, queries

pages = Blueprint("partners", __name__, url_prefix="/admin")

_SHOWN = 200


@pages.get("/partners")
@open_to(ADMINISTRATORS)
def index() -> str:
    """List the partners and how far they are behind."""
    return _index()


def _index(*, refusal: Refusal | None = None, token: str | None = None) -> str:
    with platform().read() as session:
        found = queries.partners(session)
        endpoints = queries.endpoints(session)
    return desk.page(
        "admin/partners.html", rail="partners", partners=found, endpoints=endpoints, token=token, refusal=refusal
    )


@pages.post("/partners")
@open_to(ADMINISTRATORS)
def register() -> ResponseReturnValue:
    """Register an organisation; the token of its first key is told in this answer only."""

    def do(act: Act) -> str:
        form = fields.form()
        name, contact = form.text("name", longest=100), form.text("contact", longest=200)
        login = form.text_or_none("login", longest=64)
        form.refuse()
        return commands.register_partner(act, name=name, contact=contact, login=login).token

    return _telling(do, lambda token, refusal: _index(token=token, refusal=refusal))


@pages.get("/partners/<partner>")
@open_to(ADMINISTRATORS)
def show(partner: str) -> str:
    """Show a partner with its addresses."""
    return _show(partner)


def _show(partner: str, *, refusal: Refusal | None = None, secret: str | None = None) -> str:
    with platform().read() as session:
        found = queries.partner(session, partner)
        endpoints = queries.endpoints(session, partner=partner)
    return desk.page(
        "admin/partner.html", rail="partners", partner=found, endpoints=endpoints, secret=secret, refusal=refusal
    )


@pages.post("/partners/<partner>/endpoints")
@open_to(ADMINISTRATORS)
def add_endpoint(partner: str) -> ResponseReturnValue:
    """Add an address; its signing secret is told in this answer only."""

    def do(act: Act) -> str:
        form = fields.form()
        url = form.text("url", longest=2000)
        form.refuse()
        keyed = commands.add_endpoint(
            act, partner=partner, url=url, loopback_allowed=platform().settings.demo,
            from_beginning=form.ticked("from_beginning"),
        )  # fmt: skip
        return keyed.secret

    return _telling(do, lambda secret, refusal: _show(partner, secret=secret, refusal=refusal))


@pages.post("/partners/<partner>/endpoints/<endpoint>/rotate")
@open_to(ADMINISTRATORS)
def rotate(partner: str, endpoint: str) -> ResponseReturnValue:
    """Give an address a new secret; the old one signs beside it for a day."""
    return _telling(
        lambda act: commands.rotate_secret(act, endpoint=endpoint).secret,
        lambda secret, refusal: _show(partner, secret=secret, refusal=refusal),
    )


def _telling(do: Callable[[Act], str], page: Callable[[str | None, Refusal | None], str]) -> ResponseReturnValue:
    """Run a command that makes a secret and tell it in the answer itself."""
    try:
        with platform().act(visitor.known_visitor()) as act:
            secret = do(act)
    except (AuthForbidden, NotFound):
        raise
    except Refusal as refusal:
        return make_response(page(None, refusal), int(problems.status_of(refusal)))
    return told_once(page(secret, None))


@pages.post("/partners/<partner>/endpoints/<endpoint>/<any(pause, resume):verb>")
@open_to(ADMINISTRATORS)
def switch(partner: str, endpoint: str, verb: str) -> ResponseReturnValue:
    """Stop or go on telling an address."""
    run = commands.pause_endpoint if verb == "pause" else commands.resume_endpoint
    return desk.perform(
        lambda act: run(act, endpoint=endpoint),
        to=lambda _: f"/admin/partners/{partner}",
        said=t("已暂停推送", "It is paused") if verb == "pause" else t("已恢复推送", "It is told again"),
        otherwise=lambda refusal: _show(partner, refusal=refusal),
    )


@pages.post("/partners/<partner>/close")
@open_to(ADMINISTRATORS)
def close(partner: str) -> ResponseReturnValue:
    """End a partnership."""
    return desk.perform(
        lambda act: commands.close_partner(act, partner=partner),
        to=lambda _: f"/admin/partners/{partner}",
        said=t("合作已终止", "The partnership has ended"),
        otherwise=lambda refusal: _show(partner, refusal=refusal),
    )


@pages.get("/deliveries")
@open_to(ADMINISTRATORS)
def deliveries() -> str:
    """List deliveries, newest first; the filter is in the address."""
    return _deliveries()


def _deliveries(*, refusal: Refusal | None = None) -> str:
    status = request.args.get("status", "")
    endpoint = request.args.get("endpoint", "")[:80]
    with platform().read() as session:
        found = queries.deliveries(
            session, status=status if status in queries.STATUSES else None, endpoint=endpoint or None, limit=_SHOWN
        )
        known = {one.id: one for one in queries.endpoints(session)}
    return desk.page(
        "admin/deliveries.html", rail="deliveries", deliveries=found, endpoints=known, status=status,
        endpoint=endpoint, statuses=queries.STATUSES, refusal=refusal,
    )  # fmt: skip


@pages.post("/deliveries/<delivery>/retry")
@open_to(ADMINISTRATORS)
def retry(delivery: str) -> ResponseReturnValue:
    """Try a delivery again now."""
    return desk.perform(
        lambda act: commands.retry_delivery(act, delivery=delivery),
        to=lambda _: "/admin/deliveries",
        said=t("将立即重新推送", "It is tried again now"),
        otherwise=lambda refusal: _deliveries(refusal=refusal),
    )
