"""A person's own bank account: where a court pays him, and where a refund goes that cannot go back as it came."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from auction.edges.problems import status_of
from auction.edges.web.court import bank_payments, fields
from auction.edges.web.visitor import BIDDERS, known_visitor, open_to, own_person, platform, t
from auction.foundation.kernel.refusal import InputMalformed, Refusal
from auction.procedure.identity import queries as identity
from auction.procedure.treasury import payees

pages = Blueprint("bank_account", __name__)


@pages.get("/account/bank")
@open_to(BIDDERS)
def show() -> str:
    """Show which account is on record, its last digits only, and take another."""
    return _page()


def _page(*, refusal: Refusal | None = None) -> str:
    errors = fields.faults(refusal) if isinstance(refusal, InputMalformed) else {}
    with platform().read() as session:
        return render_template(
            "bidder/bank_account.html",
            section="my",
            person=identity.person(session, own_person()),
            account=payees.payee_account(session, own_person()),
            asked=request.form,
            errors=errors,
            refusal=refusal,
        )


@pages.post("/account/bank")
@open_to(BIDDERS)
def enter() -> Response:
    """Put one's own account on record."""
    try:
        with platform().act(known_visitor()) as act:
            bank_payments.enter_from_form(act, owner=own_person())
    except Refusal as refusal:
        return make_response(_page(refusal=refusal), int(status_of(refusal)))
    flash(t("收款账户已登记", "The account is on record"))
    return redirect("/account", code=303)
