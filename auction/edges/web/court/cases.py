"""Cases: the list, a new one, and the file with its tabs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auction.edges.web.court import desk, fields, wishes
from auction.edges.web.court.claims import PARTS, read_claims
from auction.edges.web.court.fields import Form
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import InputMalformed, Refusal
from auction.foundation.kernel.roles import Role
from auction.foundation.ledger import queries as ledger
from auction.foundation.ledger.rules import Account
from auction.procedure.assets import queries as assets
from auction.procedure.cases import bankruptcy, commands, officers, queries
from auction.procedure.cases.queries import CaseRecord
from auction.procedure.cases.rules import parse_case_number
from auction.procedure.deposits import queries as deposits
from auction.procedure.distribution import participation
from auction.procedure.identity import queries as identity
from auction.procedure.lots import queries as lots

pages = Blueprint("cases", __name__, url_prefix="/court/cases")

_PAGE = 50
_Q_LONGEST = 100
_ROWS = 2


@pages.get("")
@open_to(desk.COURT)
def index() -> str:
    """List the court's cases, newest first; part of a number and the place are in the address."""
    return _index(request.args.get("q", "").strip()[:_Q_LONGEST])


@pages.post("/search")
@open_to(desk.COURT)
def search() -> ResponseReturnValue:
    """Find cases by number, which an address may carry, or by a debtor's name, which none may."""
    q = request.form.get("q", "").strip()[:_Q_LONGEST]
    if not q or any(letter.isdigit() for letter in q):
        return redirect(url_for("court.cases.index", q=q or None), code=303)
    return _index(q)


def _index(q: str) -> str:
    with platform().read() as session:
        found = queries.cases(session, court=desk.own_court(), q=q, limit=_PAGE + 1, after=request.args.get("after"))
    more = found[_PAGE - 1].id if len(found) > _PAGE and request.method == "GET" else None
    return desk.page("court/cases.html", rail="cases", cases=found[:_PAGE], q=q, more=more)


@pages.get("/new")
@open_to(desk.COURT)
def new() -> str:
    """Show the form of a new case."""
    return _new()


@pages.post("")
@open_to(desk.COURT)
def open_case() -> ResponseReturnValue:
    """Open a case, or show the form again with one more row for a claim."""
    if request.form.get("more"):
        return _new(more=1)
    return desk.perform(
        _open, to=lambda case: f"/court/cases/{case.id}", said=t("案件已建立", "The case is open"), otherwise=_refused
    )


def _refused(refusal: Refusal) -> str:
    return _new(refusal=refusal)


def _new(*, refusal: Refusal | None = None, more: int = 0) -> str:
    with platform().read() as session:
        court = identity.court(session, desk.own_court())
    form = fields.form()
    filled = form.rows("claims", PARTS)
    rows = max(_row_count(form), filled[-1] + 1 if filled else 0) + more
    return desk.page("court/case_new.html", rail="cases", court=court, rows=min(rows, 60), refusal=refusal)


def _row_count(form: Form) -> int:
    shown = form.raw("rows")
    return int(shown) if shown.isascii() and shown.isdigit() and len(shown) <= 2 else _ROWS  # noqa: PLR2004 - two digits


def _open(act: Act) -> CaseRecord:
    form = fields.form()
    debtor = {
        "name": form.text("debtor_name", longest=100),
        "kind": form.raw("debtor_kind"),
        "id_number": form.text_or_none("debtor_id_number", longest=30),
        "phone": form.text_or_none("debtor_phone", longest=50),
    }
    number, old_number = form.text("number", longest=60), form.ticked("old_number")
    try:
        parse_case_number(number, old_styles=old_number)
    except InputMalformed as faults:
        form.checks.take(faults)
    claims = read_claims(form)
    form.refuse()
    return commands.open_case(
        act, number=number, court=desk.own_court(), debtor=debtor, claims=claims, old_number=old_number
    )


@pages.get("/<case>")
@open_to(desk.COURT)
def show(case: str) -> str:
    """Show the file's first tab: parties, claims, costs."""
    return tab(case, "claims")


@pages.get("/<case>/things")
@open_to(desk.COURT)
def things(case: str) -> str:
    """Show the property under control."""
    return tab(case, "things")


@pages.get("/<case>/lots")
@open_to(desk.COURT)
def lots_tab(case: str) -> str:
    """Show the lots made of it."""
    return tab(case, "lots")


@pages.get("/<case>/docket")
@open_to(desk.COURT)
def docket_tab(case: str) -> str:
    """Show the case's own docket."""
    return tab(case, "docket")


@pages.post("/<case>/claims")
@open_to(desk.COURT)
def add_claim(case: str) -> ResponseReturnValue:
    """Add a claim, as when another creditor takes part in the distribution."""
    with platform().read() as session:
        desk.case_of(session, case)

    def add(act: Act) -> object:
        form = fields.form()
        claims = read_claims(form)
        own = {thing.id for thing in assets.properties(act.session, case)}
        if not own.issuperset(claim["property"] for claim in claims if claim["property"]):
            form.checks.wrong("claims-0-thing", "不是本案财产 / not a thing of this case")
        form.refuse()
        return participation.join_distribution(act, case=case, claims=claims)

    return desk.perform(
        add,
        to=lambda _: f"/court/cases/{case}",
        said=t("债权已登记", "The claim is recorded"),
        otherwise=lambda refusal: tab(case, "claims", refusal=refusal),
    )


@pages.post("/<case>/costs")
@open_to(desk.COURT)
def record_cost(case: str) -> ResponseReturnValue:
    """Record a cost of the enforcement."""
    with platform().read() as session:
        desk.case_of(session, case)

    def record(act: Act) -> object:
        form = fields.form()
        what, minor = form.text("what"), form.yuan("amount")
        lot = form.text_or_none("lot", longest=80)
        form.refuse()
        if lot is not None and desk.lot_of(act.session, lot).case != case:
            form.checks.wrong("lot", "不是本案拍品 / not a lot of this case")
        form.refuse()
        return commands.record_cost(
            act, case=case, what=what, amount_minor=minor, lot=lot, id=form.text_or_none("id", longest=80)
        )

    return desk.perform(
        record,
        to=lambda _: f"/court/cases/{case}",
        said=t("费用已登记", "The cost is recorded"),
        otherwise=lambda refusal: tab(case, "claims", refusal=refusal),
    )


@pages.post("/<case>/officer")
@open_to(desk.COURT)
def assign_officer(case: str) -> ResponseReturnValue:
    """Give the case to another officer of the court."""
    with platform().read() as session:
        desk.case_of(session, case)
    return desk.perform(
        lambda act: officers.assign_officer(act, case=case, officer=fields.form().raw("officer")),
        to=lambda _: f"/court/cases/{case}",
        said=t("已变更承办人", "The case has a new officer"),
        otherwise=lambda refusal: tab(case, "claims", refusal=refusal),
    )


def tab(case: str, name: str, *, refusal: Refusal | None = None, **more: Any) -> str:  # noqa: ANN401 - a tab's own values
    """Render one tab of the file under the header that stays."""
    with platform().read() as session:
        file = file_of(session, case)
        if name == "things":
            more |= _control_of(session, case)
    return desk.page(
        f"court/case_{name}.html", rail="cases", tab=name, refusal=refusal, cost_id=new_id("entry"), **file, **more
    )


def _control_of(session: Session, case: str) -> dict[str, Any]:
    """Return what the case waits for, who holds it, and how it stands with the bankruptcy court."""
    waited_for = assets.waited_for(session, case)
    return {
        "waited_for": waited_for,
        "holders": queries.summaries(session, ids={thing.case for thing in waited_for}),
        "reference": bankruptcy.reference(session, case=case),
    }


def file_of(session: Session, case: str) -> dict[str, Any]:
    """Return what every tab's header and lists show."""
    found = desk.case_of(session, case)
    return {
        "case": found,
        "properties": assets.properties(session, case),
        "lots": lots.of_case(session, case=case),
        "money": deposits.money(session, case=case),
        "left_minor": left_of(session, case),
        "entries": docket.entries(session, f"case:{case}", limit=500),
        "moment": fields.typed_now(),
        "officers": identity.staff(session, found.court, Role.OFFICER),
        **wishes.of_case(session, found),
    }


def left_of(session: Session, case: str) -> int:
    """Return what the court's account holds for a case: zero once everything has found its owner."""
    return ledger.case_balances(session, case=case)[Account.OUTSIDE]
