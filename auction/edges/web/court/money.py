"""The money of the court's cases: balances, the ledger's statement, money orders and what became of them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auction.edges.web import disputes
from auction.edges.web import statements as shown
from auction.edges.web.court import cases as files
from auction.edges.web.court import desk, fields
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.kernel.ids import new_id
from auction.foundation.ledger import statements
from auction.foundation.ledger.statements import Scope
from auction.procedure.cases import payments
from auction.procedure.cases import queries as cases
from auction.procedure.deposits import queries as deposits
from auction.procedure.identity import queries as identity
from auction.procedure.treasury import bank_lines, differences, matching, orders, runs
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury.queries import OrderRecord

pages = Blueprint("money", __name__, url_prefix="/court")

_PAGE = 50
_LATEST = 20
#: Orders whose payee is public or a party; deposits are listed without a person, before and after the close.
_NAMED = frozenset({"distribution", "balance"})


@pages.get("/money")
@open_to(desk.COURT)
def index() -> str:
    """List the money of each case of the court."""
    after = request.args.get("after")
    with platform().read() as session:
        found = cases.cases(session, court=desk.own_court(), limit=_PAGE + 1, after=after)
        accounts = {case.id: deposits.money(session, case=case.id) for case in found[:_PAGE]}
        left = {case.id: files.left_of(session, case.id) for case in found[:_PAGE]}
        own = cases.ids(court=desk.own_court())
        context: dict[str, Any] = {
            "open": len(differences.open_differences(session, case=own)),
            "last_run": runs.last_run(session),
            "returning": deposits.going_back(session, case=own),
            "on_desk": len(bank_lines.unmatched(session, court=desk.own_court())),
        }
    more = found[_PAGE - 1].id if len(found) > _PAGE else None
    return desk.page(
        "court/money.html", rail="money", cases=found[:_PAGE], accounts=accounts, left=left, more=more, **context
    )


@pages.get("/cases/<case>/money")
@open_to(desk.COURT)
def of_case(case: str) -> str:
    """Show a case's balances, its statement and its orders."""
    return _of_case(case)


def _of_case(case: str, *, refusal: Any = None) -> str:  # noqa: ANN401 - a refusal or nothing
    with platform().read() as session:
        file = files.file_of(session, case)
        placed = treasury.orders_of_case(session, case=case)
        scope = Scope(case=case)
        latest = statements.lines(session, scope=scope, newest=_LATEST)
        names = _names(session, placed)
        owed = {
            "outstanding_minor": payments.outstanding(session, case=case),
            "paid_in_minor": payments.paid_in(session, case=case),
            "payment_id": new_id("payment"),
            "case_reference": matching.case_reference(case),
        }
        booked = {
            "balances": statements.balances(session, scope=scope),
            "booked": shown.booked(session, [order.id for order in placed]),
            "lines": latest,
            "holders": shown.holders(session, latest),
            "titles": shown.titles(session, latest),
            "kinds": {line.kind: shown.kind_word(line.kind) for line in latest},
            "word": shown.account_word,
            "differing": differences.open_differences(session, case=case),
            "returning": deposits.going_back(session, case=case),
            "of_case": case,
        }
    context = file | owed | booked | {"orders": placed, "names": names}
    return desk.page("court/case_money.html", rail="money", tab="money", refusal=refusal, **context)


def _names(session: Session, placed: list[OrderRecord]) -> dict[str, str]:
    """Return the payees that may be named, by order."""
    named = {order.id: order.party for order in placed if order.purpose in _NAMED and order.party}
    persons = identity.persons(session, ids=sorted(set(named.values())))
    return {order: persons[person].name for order, person in named.items() if person in persons}


@pages.post("/cases/<case>/payments")
@open_to(desk.COURT)
def record_payment(case: str) -> ResponseReturnValue:
    """Record that the debtor, or a creditor for him, paid into the case account; the same form twice counts once."""
    with platform().read() as session:
        desk.case_of(session, case)

    def record(act: Act) -> object:
        form = fields.form()
        by, minor = form.text("by", longest=80), form.yuan("amount")
        if by not in disputes.names_of(cases.case(act.session, case)):
            form.checks.wrong("by", "不是本案当事人 / no party of this case")
        if not form.ticked("confirmed"):
            form.checks.wrong("confirmed", "请确认款项已到账 / confirm that the money has arrived")
        form.refuse()
        return payments.record_payment(
            act, case=case, by=by, amount_minor=minor, id=form.text_or_none("id", longest=80)
        )

    return desk.perform(
        record,
        to=lambda _: f"/court/cases/{case}/money",
        said=t("还款已登记", "The payment is recorded"),
        otherwise=lambda refusal: _of_case(case, refusal=refusal),
    )


@pages.post("/cases/<case>/orders/<order>/retry")
@open_to(desk.COURT)
def retry(case: str, order: str) -> ResponseReturnValue:
    """Send an order the outside refused once more."""
    with platform().read() as session:
        desk.case_of(session, case)
        desk.case_of(session, treasury.order(session, order).case)
    return desk.perform(
        lambda act: orders.retry_order(act, order=order),
        to=lambda _: f"/court/cases/{case}/money",
        said=t("指令将再次发送", "The order will be sent again"),
        otherwise=lambda refusal: _of_case(case, refusal=refusal),
    )
