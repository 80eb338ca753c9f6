"""A party's own page of his case: the plan that was served on him, what he disputes, what he agrees to or asks for."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from auction.edges.problems import status_of
from auction.edges.web import disputes, visitor
from auction.edges.web.reading import errors_of, yuan_or_none
from auction.edges.web.visitor import BIDDERS, known_visitor, open_to, own_person, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import InputMalformed, NotFound, Refusal
from auction.procedure.assets import queries as assets
from auction.procedure.cases import payments
from auction.procedure.cases import queries as cases
from auction.procedure.cases.queries import CaseRecord
from auction.procedure.distribution import disputes as quarrels
from auction.procedure.distribution import queries as distribution
from auction.procedure.distribution.disputed import Stand
from auction.procedure.lots import stays

pages = Blueprint("party", __name__)


@pages.get("/my/cases/<case>")
@open_to(BIDDERS)
def show(case: str) -> str:
    """Show a party its case: the plan once it is served, the disputes over it, and what the party may do."""
    return _show(case)


def _show(case: str, *, refusal: Refusal | None = None) -> str:
    with platform().read() as session:
        context = _context(session, own_case(session, case))
    errors = errors_of(refusal, language=visitor.language()) if isinstance(refusal, InputMalformed) else {}
    return render_template(
        "bidder/case.html", section="my", refusal=refusal, errors=errors, asked=request.form, **context
    )


def own_case(session: Session, case: str) -> CaseRecord:
    """Return a case the visitor is debtor or creditor of.

    :raises NotFound: for any other, as if it were not there
    """
    if case not in cases.cases_of_person(session, own_person()):
        raise NotFound(what="case", name=case)
    return cases.case(session, case)


def _context(session: Session, case: CaseRecord) -> dict[str, Any]:
    person, now = own_person(), visitor.now()
    found = distribution.plan(session, case=case.id)
    plan = found if found is not None and found.served_at is not None else None
    raised = disputes.disputes_of(session, case, plan, now=now)
    own = {claim.id for claim in case.claims if claim.creditor_person == person}
    return {
        "case": case,
        "plan": plan,
        "lines": disputes.shares_of(case, plan),
        "others": [one for one in disputes.shares_of(case, plan) if one[0] not in own],
        "disputes": raised,
        "may_object": plan is not None
        and plan.status.value == "served"
        and plan.objection_until is not None
        and now <= plan.objection_until,
        "may_oppose": any(one.stand is Stand.RAISED and one.objector_person != person for one in raised),
        "may_sue": any(one.stand is Stand.OPPOSED and one.objector_person == person for one in raised),
        "is_debtor": case.debtor.person == person,
        "applied": [one for one in case.claims if one.applicant and one.creditor_person == person],
        "things": [one for one in assets.properties(session, case.id) if one.control_until],
        "agreed": {to for who, to in payments.consents(session, case=case.id) if who == person},
    }


@pages.post("/my/cases/<case>/<any(object, oppose, sue, consent, insist):verb>")
@open_to(BIDDERS)
def do(case: str, verb: str) -> Response:
    """Object to the plan, oppose an objection, record a suit, agree, or ask to go on; in one's own name."""
    try:
        with platform().act(known_visitor()) as act:
            own_case(act.session, case)
            _run(act, case, verb)
    except NotFound:
        raise
    except Refusal as refusal:
        return make_response(_show(case, refusal=refusal), int(status_of(refusal)))
    flash(t("已登记", "It is recorded"))
    return redirect(url_for("party.show", case=case), code=303)


def _run(act: Act, case: str, verb: str) -> None:
    person, claim = own_person(), request.form.get("claim", "")
    match verb:
        case "object":
            minor = yuan_or_none(request.form.get("amount"), field="amount")
            quarrels.object_to_plan(act, case=case, by=person, claim=claim, amount_minor=minor)
        case "oppose":
            quarrels.oppose(act, case=case, by=person, claim=claim or None)
        case "sue":
            quarrels.sue(act, case=case, by=person, claim=claim or None)
        case "consent":
            payments.consent(act, case=case, person=person, to=request.form.get("to", ""))
        case _:
            _insist(act, case, claim)


def _insist(act: Act, case: str, claim: str) -> None:
    thing = request.form.get("property", "")
    if thing not in {one.id for one in assets.properties(act.session, case)}:
        raise InputMalformed(errors={"property": "不是本案财产 / not a thing of this case"})
    stays.insist(act, property=thing, claim=claim)
