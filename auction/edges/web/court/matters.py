"""Payments that need a person: disputed by their payers, or refunded at the payment service without us."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from auction.edges.web.court import cases as files
from auction.edges.web.court import desk, fields
from auction.edges.web.visitor import open_to, platform, t
from auction.procedure.treasury import payment_events
from auction.procedure.treasury.payment_events_rules import Task

pages = Blueprint("matters", __name__, url_prefix="/court/cases")


@pages.get("/<case>/payment-matters")
@open_to(desk.COURT)
def of_case(case: str) -> str:
    """Show what is open in a case, with the order each belongs to."""
    return _of_case(case)


def _of_case(case: str, *, refusal: Any = None) -> str:  # noqa: ANN401 - a refusal or nothing
    with platform().read() as session:
        file = files.file_of(session, case)
        found = payment_events.open_matters(session, case=case)
        orders = {one.subject: payment_events.order_of(session, one) for one in found}
    return desk.page(
        "court/payment_matters.html",
        rail="money",
        tab="money",
        refusal=refusal,
        found=found,
        orders=orders,
        disputed=Task.DISPUTED,
        **file,
    )


@pages.post("/<case>/payment-matters/settle")
@open_to(desk.COURT)
def settle(case: str) -> ResponseReturnValue:
    """Write down what became of a matter."""
    with platform().read() as session:
        desk.case_of(session, case)
    form = fields.form()
    return desk.perform(
        lambda act: payment_events.settle_matter(act, case=case, subject=form.raw("subject"), note=form.raw("note")),
        to=lambda _: f"/court/cases/{case}/payment-matters",
        said=t("处理结果已记录", "What became of it is recorded"),
        otherwise=lambda refusal: _of_case(case, refusal=refusal),
    )
