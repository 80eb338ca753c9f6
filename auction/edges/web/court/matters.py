"""Payments that need a person: disputed by their payers, or refunded at the payment service without us."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auction.edges.web.court import cases as files
from auction.edges.web.court import desk, fields
from auction.edges.web.visitor import open_to, platform, t
from auction.procedure.cases import queries as cases
from auction.procedure.treasury import connected, payment_events
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
        payees = _payees(session, case)
        found = payment_events.open_matters(session, case=case)
        orders = {one.subject: payment_events.order_of(session, one) for one in found}
    return desk.page(
        "court/payment_matters.html",
        rail="money",
        tab="money",
        refusal=refusal,
        found=found,
        orders=orders,
        task=Task,
        payees=payees,
        **file,
    )


def _payees(session: Session, case: str) -> dict[str, tuple[str, str | None]]:
    """Return who may be paid in a case by transfer at Stripe, with the account on record; nobody without Stripe."""
    if platform().settings.stripe is None:
        return {}
    record = cases.case(session, case)
    names = {claim.creditor_person: claim.creditor for claim in record.claims}
    names[record.debtor.person] = record.debtor.name
    return {person: (name, connected.connected_account(session, person)) for person, name in names.items()}


@pages.post("/<case>/payment-matters/account")
@open_to(desk.COURT)
def enter_account(case: str) -> ResponseReturnValue:
    """Put on record to which account at Stripe a payee is paid."""
    with platform().read() as session:
        desk.case_of(session, case)
    form = fields.form()
    return desk.perform(
        lambda act: connected.enter_connected_account(
            act, case=case, person=form.raw("person"), account=form.raw("account")
        ),
        to=lambda _: f"/court/cases/{case}/payment-matters",
        said=t("收款账户已登记", "The account is on record"),
        otherwise=lambda refusal: _of_case(case, refusal=refusal),
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
