"""Payment files at the desk: what the bank has to pay, drafted by one, released by another; and payees' accounts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from auction.edges.web.court import bank, desk, fields
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import NotFound, Refusal
from auction.gateways.bank_files.pain001 import BankAccount
from auction.procedure.cases import queries as cases
from auction.procedure.identity import queries as identity
from auction.procedure.settlement.rules import NotThisCourt
from auction.procedure.treasury import orders, payees, transfer_queries, transfers
from auction.procedure.treasury.queries import OrderRecord

pages = Blueprint("bank_payments", __name__, url_prefix="/court/bank")

_VERBS = {
    "release": (transfers.release_batch, "付款文件已放行，可以下载", "The file is released and can be fetched"),
    "cancel": (transfers.cancel_batch, "草稿已撤销", "The draft is cancelled"),
}


@pages.get("/payments")
@open_to(desk.COURT)
def index() -> str:
    """Show what the bank has to pay, what is missing for it, and the payment files."""
    return _index()


def _index(*, refusal: Refusal | None = None) -> str:
    court = desk.own_court()
    with platform().read() as session:
        found = transfer_queries.to_pay(session, court=court)
        files = transfer_queries.batches(session, court=court)
        context: dict[str, Any] = {
            "waiting": found,
            "ready": [one for one in found if one.to is not None],
            "batches": files,
            "staff": bank.names(session, [who for one in files for who in (one.drafted_by, one.released_by)]),
            **_named(session, [one.order for one in found]),
            **bank.counts(session, court),
        }
    return desk.page("court/bank_payments.html", rail="money", tab="payments", refusal=refusal, **context)


def _named(session: Session, placed: list[OrderRecord]) -> dict[str, Any]:
    """Return the payees' names, the cases' numbers, and whose account an order is paid to."""
    court = desk.own_court()
    return {
        "persons": identity.persons(session, ids=sorted({one.party for one in placed if one.party})),
        "numbers": cases.summaries(session, ids={one.case for one in placed}),
        "owner": {one.id: one.party or payees.of_court(court) for one in placed},
    }


@pages.post("/payments")
@open_to(desk.COURT)
def draft() -> ResponseReturnValue:
    """Gather what can be paid into a draft."""
    court = desk.own_court()
    return desk.perform(
        lambda act: transfers.draft_batch(act, court=court),
        to=lambda made: f"/court/bank/payments/{made.id}",
        said=t("付款文件草稿已制作，须由另一人放行", "The draft is made; another person releases it"),
        otherwise=lambda refusal: _index(refusal=refusal),
    )


@pages.get("/payments/<batch>")
@open_to(desk.COURT)
def show(batch: str) -> str:
    """Show a payment file with its transfers."""
    return _show(batch)


def _show(batch: str, *, refusal: Refusal | None = None) -> str:
    with platform().read() as session:
        found = transfer_queries.batch(session, batch)
        desk.check_court(found.court)
        held = transfer_queries.items(session, batch)
        context: dict[str, Any] = {
            "batch": found,
            "transfers": held,
            "staff": bank.names(session, [found.drafted_by, found.released_by]),
            **_named(session, [one.order for one in held]),
            **bank.counts(session, found.court),
        }
    return desk.page("court/bank_batch.html", rail="money", tab="payments", refusal=refusal, **context)


@pages.post("/payments/<batch>/<any(release, cancel):verb>")
@open_to(desk.COURT)
def act_on(batch: str, verb: str) -> ResponseReturnValue:
    """Release a draft as the second person, or cancel it."""
    run, zh, en = _VERBS[verb]
    return _perform(batch, lambda act: run(act, batch=batch), said=t(zh, en))


@pages.post("/payments/<batch>/refused")
@open_to(desk.COURT)
def refused(batch: str) -> ResponseReturnValue:
    """Record that the bank would not carry out one of the transfers."""
    order = fields.form().raw("order")
    return _perform(
        batch,
        lambda act: transfers.note_refused(act, batch=batch, order=order),
        said=t("已登记银行退回，可重新发送", "Recorded; it can be sent again"),
    )


@pages.post("/payments/<batch>/again")
@open_to(desk.COURT)
def again(batch: str) -> ResponseReturnValue:
    """Let an order that the bank would not carry out wait for the next file."""
    order = fields.form().raw("order")
    with platform().read() as session:
        held = {one.order.id for one in transfer_queries.items(session, batch)}
    if order not in held:
        raise NotFound(what="order", name=order[:80])
    return _perform(
        batch,
        lambda act: orders.retry_order(act, order=order),
        said=t("将列入下一份付款文件", "It goes into the next payment file"),
    )


def _perform(batch: str, do: Any, *, said: str) -> ResponseReturnValue:  # noqa: ANN401 - a command of any result
    with platform().read() as session:
        desk.check_court(transfer_queries.batch(session, batch).court)
    return desk.perform(
        do,
        to=lambda _: f"/court/bank/payments/{batch}",
        said=said,
        otherwise=lambda refusal: _show(batch, refusal=refusal),
    )


@pages.get("/payments/<batch>/file")
@open_to(desk.COURT)
def fetch(batch: str) -> Response:
    """Hand out a released file as it was released, byte for byte."""
    with platform().read() as session:
        found = transfer_queries.batch(session, batch)
        desk.check_court(found.court)
        answer = make_response(transfer_queries.content(session, batch))
    answer.headers["Content-Type"] = "application/xml; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="pain001-{found.id}.xml"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.get("/payees/<owner>")
@open_to(desk.COURT)
def payee(owner: str) -> str:
    """Show whether a payee's account is on record, and take another."""
    return _payee(owner)


def _payee(owner: str, *, refusal: Refusal | None = None) -> str:
    court = desk.own_court()
    with platform().read() as session:
        own = owner == payees.of_court(court)
        person = None if own else identity.person(session, owner)
        if person is not None and not payees.pays(session, court=court, person=owner):
            raise NotThisCourt
        known: BankAccount | None = payees.payee_account(session, owner)
        context: dict[str, Any] = {"owner": owner, "person": person, "account": known, **bank.counts(session, court)}
    return desk.page("court/bank_payee.html", rail="money", tab="payments", refusal=refusal, **context)


@pages.post("/payees/<owner>")
@open_to(desk.COURT)
def enter_payee(owner: str) -> ResponseReturnValue:
    """Put a payee's account on record."""

    def enter(act: Act) -> BankAccount:
        return enter_from_form(act, owner=owner)

    return desk.perform(
        enter,
        to=lambda _: "/court/bank/payments",
        said=t("收款账户已登记", "The account is on record"),
        otherwise=lambda refusal: _payee(owner, refusal=refusal),
    )


def enter_from_form(act: Act, *, owner: str) -> BankAccount:
    """Read an account from the form and put it on record."""
    form = fields.form()
    given = {name: form.text_or_none(name, longest=100) for name in ("bank", "bank_code")}
    holder, number = form.text("holder", longest=100), form.text("number", longest=60)
    form.refuse()
    return payees.enter_payee_account(act, owner=owner, holder=holder, number=number, **given)
