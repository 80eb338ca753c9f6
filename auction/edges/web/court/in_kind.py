"""Taking in kind at the desk: who was asked, what each creditor said, who stands before whom, and the draw."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint
from flask.typing import ResponseReturnValue

from auction.edges.web import visitor
from auction.edges.web.court import desk, fields
from auction.edges.web.court.fields import Form
from auction.edges.web.court.lots import common
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.refusal import NotFound, Refusal
from auction.procedure.bidding import undertakings
from auction.procedure.cases import queries as cases
from auction.procedure.lots import queries as lots
from auction.procedure.settlement import asking, in_kind, queries, taking

pages = Blueprint("in_kind", __name__, url_prefix="/court/lots/<lot>/in-kind")


@pages.get("")
@open_to(desk.COURT)
def show(lot: str) -> str:
    """Show how a failed lot stands before its creditors.

    :raises NotFound: for a lot that has not failed
    """
    return _show(lot)


def _show(lot: str, *, refusal: Refusal | None = None) -> str:
    with platform().read() as session:
        found = desk.lot_of(session, lot)
        state = taking.taking(session, found)
        if state is None:
            raise NotFound(what="failed lot", name=lot)
        acts = [one for one in queries.due(session, visitor.now(), case=found.case) if one.on == lot]
        context = common(session, found) | {
            "taking": state,
            "case": cases.case(session, found.case),
            "due": next((one for one in acts if one.what == "take_in_kind"), None),
            "closing": docket.of_kinds(session, f"lot:{lot}", ["lot.closed"])[-1],
        }
    return desk.page("court/lot_in_kind.html", rail="lots", tab="settlement", refusal=refusal, **context)


@pages.post("/ask")
@open_to(desk.COURT)
def ask(lot: str) -> ResponseReturnValue:
    """Record that the creditors ticked were asked."""
    return _perform(
        lot,
        lambda act, form: asking.ask_in_kind(act, lot=lot, claims=form.given.getlist("claims")),
        said=t("已登记询问", "The asking is recorded"),
    )


@pages.post("/take")
@open_to(desk.COURT)
def take(lot: str) -> ResponseReturnValue:
    """Record that a creditor takes the things at the reserve."""

    def record(act: Act, form: Form) -> object:
        claim = form.raw("claim")
        if form.ticked("undertaken"):
            # What he has declared to the court on paper stands as if he had said it here himself.
            person = in_kind.claim_of(cases.case(act.session, lots.lot(act.session, lot).case), claim).creditor_person
            undertakings.undertake(act.as_platform(), lot=lot, person=person)
        return in_kind.take_in_kind(act, lot=lot, claim=claim)

    return _perform(lot, record, said=t("已登记债权人申请承受", "It is recorded that the creditor takes it"))


@pages.post("/decline")
@open_to(desk.COURT)
def decline(lot: str) -> ResponseReturnValue:
    """Record that a creditor does not take the things."""
    return _perform(
        lot,
        lambda act, form: asking.decline_in_kind(act, lot=lot, claim=form.raw("claim")),
        said=t("已登记不接受", "It is recorded that he declines"),
    )


def _perform(lot: str, do: Callable[[Act, Form], object], *, said: str) -> ResponseReturnValue:
    with platform().read() as session:
        desk.lot_of(session, lot)
    form = fields.form()
    return desk.perform(
        lambda act: do(act, form),
        to=lambda _: f"/court/lots/{lot}/in-kind",
        said=said,
        otherwise=lambda refusal: _show(lot, refusal=refusal),
    )
