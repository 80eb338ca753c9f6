"""By which ways a court is paid and pays, up to which amounts, and the account that transfers go to."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from auction.edges.web.court import desk, fields
from auction.edges.web.paying_words import NAMES
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import Refusal
from auction.foundation.kernel.roles import Role
from auction.procedure.identity import queries
from auction.procedure.treasury import ways
from auction.procedure.treasury.ways import CourtAccount
from auction.procedure.treasury.ways_rules import GATEWAYS, SERVICE_LIMITS, Purpose, Way

pages = Blueprint("ways", __name__, url_prefix="/admin/courts/<court>/ways")

#: The administrator for every court, the head of the bureau for his own.
_SETTERS = frozenset({Role.ADMINISTRATOR, Role.HEAD})


@pages.get("")
@open_to(_SETTERS)
def show(court: str) -> str:
    """Show the court's account and its ways for each purpose."""
    return _show(court)


def _show(court: str, *, refusal: Refusal | None = None) -> str:
    administers = desk.may(Role.ADMINISTRATOR)
    if not administers:
        desk.check_court(court)
    with platform().read() as session:
        found = queries.court(session, court)
        account = ways.court_account(session, court)
        taken = {
            purpose.value: {way.gateway: way for way in ways.taken(session, court=court, purpose=purpose)}
            for purpose in Purpose
        }
    return desk.page(
        "admin/ways.html", rail="courts" if administers else "money", court=found, account=account, taken=taken,
        limits=SERVICE_LIMITS, gateways=[(name, t(*NAMES[name])) for name in _connected()], refusal=refusal,
    )  # fmt: skip


def _connected() -> Sequence[str]:
    """Return the gateways that can be named: those that are connected, in the platform's order."""
    return [name for name in GATEWAYS if name in platform().gateways]


@pages.post("")
@open_to(_SETTERS)
def name_ways(court: str) -> ResponseReturnValue:
    """Name the ways for one purpose."""

    def do(act: Act) -> list[Way]:
        form = fields.form()
        named = [one.removeprefix("take-") for one in request.form if one.startswith("take-")]
        if any(name not in _connected() for name in named):
            form.checks.wrong("take", "有未接入的付款方式 / a way that is not connected")
        chosen = [
            {"gateway": name, "up_to_minor": form.yuan_or_none(f"limit-{name}")}
            for name in _connected()
            if name in named
        ]
        form.refuse()
        return ways.set_ways(act, court=court, purpose=form.raw("purpose"), ways=chosen)

    return desk.perform(
        do,
        to=lambda _: f"/admin/courts/{court}/ways",
        said=t("付款方式已设定", "The ways to pay are set"),
        otherwise=lambda refusal: _show(court, refusal=refusal),
    )


@pages.post("/account")
@open_to(_SETTERS)
def set_account(court: str) -> ResponseReturnValue:
    """Put the court's account on record."""

    def do(act: Act) -> CourtAccount:
        form = fields.form()
        holder, number = form.text("holder", longest=100), form.text("number", longest=60)
        bank, code = form.text("bank", longest=100), form.text_or_none("bank_code", longest=20)
        form.refuse()
        return ways.set_court_account(act, court=court, holder=holder, number=number, bank=bank, bank_code=code)

    return desk.perform(
        do,
        to=lambda _: f"/admin/courts/{court}/ways",
        said=t("收款账户已登记", "The account is on record"),
        otherwise=lambda refusal: _show(court, refusal=refusal),
    )
