"""The steps around a price, as forms of a property's page: asking, choosing, more time, reports, objections, fees."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint
from flask.typing import ResponseReturnValue

from auction.edges.web.court import desk
from auction.edges.web.court.fields import Form
from auction.edges.web.court.things import on_property
from auction.edges.web.court.valuing import ground_of
from auction.edges.web.visitor import open_to, t
from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import InputMalformed, NotFound
from auction.procedure.settlement import valuation_fees
from auction.procedure.valuation import choosing, disputes, entrusting, reports
from auction.procedure.valuation.entrusting import FACTS

pages = Blueprint("entrusting", __name__, url_prefix="/court/property/<thing>/valuation")

_PPM_MAX = 1_000_000
_AGENCIES_SHOWN = 3


@pages.post("/<step>")
@open_to(desk.COURT)
def take(thing: str, step: str) -> ResponseReturnValue:
    """Take a step on the way to a price; what it was is in the docket of the property."""
    run = _STEPS.get(step)
    if run is None:
        raise NotFound(what="step", name=step)
    return on_property(thing, lambda act, form: run(act, thing, form), said=t("已记录", "It is recorded"), opened=step)


def _find_facts(act: Act, thing: str, form: Form) -> object:
    found = {name: form.text(name, longest=1_000) for name in FACTS}
    form.refuse()
    return entrusting.find_facts(act, property=thing, **found)


def _send_inquiry(act: Act, thing: str, form: Form) -> object:
    ground = ground_of(form)
    form.refuse()
    return entrusting.send_inquiry(act, property=thing, purpose=form.raw("purpose") or "report", **ground)


def _entrust_appraisal(act: Act, thing: str, form: Form) -> object:
    ground = ground_of(form)
    form.refuse()
    return entrusting.entrust_appraisal(act, property=thing, purpose=form.raw("purpose") or "report", **ground)


def _agree_agencies(act: Act, thing: str, form: Form) -> object:
    names = [form.raw(f"agency-{n}-name") for n in range(_AGENCIES_SHOWN)]
    return choosing.agree_agencies(act, property=thing, agencies=[name for name in names if name])


def _commit_draw(act: Act, thing: str, form: Form) -> object:
    agencies = form.lines("list", most=500)
    form.refuse()
    return choosing.commit_draw(act, property=thing, agencies=agencies)


def _draw_agencies(act: Act, thing: str, form: Form) -> object:
    words = form.lines("words", most=20)
    form.refuse()
    return choosing.draw_agencies(act, property=thing, words=words)


def _extend_appraisal(act: Act, thing: str, form: Form) -> object:
    days = form.whole_or_none("days")
    if days is None:
        form.checks.wrong("days", "请填写天数 / give the days")
    form.refuse()
    return entrusting.extend_appraisal(act, property=thing, days=days or 0)


def _replace_agency(act: Act, thing: str, _form: Form) -> object:
    return entrusting.replace_agency(act, property=thing)


def _defer(act: Act, thing: str, form: Form) -> object:
    return entrusting.defer_valuation(act, property=thing, ground=form.raw("defer_ground"))


def _resume(act: Act, thing: str, _form: Form) -> object:
    return entrusting.resume_valuation(act, property=thing)


def _withdraw(act: Act, thing: str, form: Form) -> object:
    return entrusting.withdraw_valuation(act, property=thing, ground=form.raw("withdraw_ground"))


def _return_report(act: Act, thing: str, form: Form) -> object:
    why = form.text("why", longest=1_000)
    form.refuse()
    return reports.return_report(act, property=thing, why=why, wrong=form.given.getlist("wrong"))


def _send_report(act: Act, thing: str, form: Form) -> object:
    return reports.send_report(act, property=thing, person=form.raw("person"), how=form.raw("how"))


def _forward_objection(act: Act, thing: str, form: Form) -> object:
    return disputes.forward_objection(act, property=thing, objection=form.raw("objection"))


def _explain_objection(act: Act, thing: str, form: Form) -> object:
    accepted = _answer(form, "accepted")
    return disputes.explain_objection(act, property=thing, objection=form.raw("objection"), accepted=accepted)


def _order_review(act: Act, thing: str, form: Form) -> object:
    until = form.end_of_day_or_none("review_until")
    if until is None:
        form.checks.wrong("review_until", "请填写评审期限 / give the day the review ends")
        raise InputMalformed(errors=form.checks.errors)
    return disputes.order_review(act, property=thing, objection=form.raw("objection"), until=until)


def _conclude_review(act: Act, thing: str, form: Form) -> object:
    wrong = _answer(form, "wrong_result")
    return disputes.conclude_review(act, property=thing, objection=form.raw("objection"), wrong=wrong)


def _answer(form: Form, name: str) -> bool:
    """Read yes or no that must be said.

    :raises InputMalformed: for anything else
    """
    given = form.raw(name)
    if given not in {"yes", "no"}:
        raise InputMalformed(errors={name: "请选择 / choose yes or no"})
    return given == "yes"


def _settle_fee(act: Act, thing: str, form: Form) -> object:
    fee, cost = form.yuan_or_none("fee"), form.yuan_or_none("actual_cost")
    rate = form.whole_or_none("rate_ppm", most=_PPM_MAX)
    form.refuse()
    return valuation_fees.settle_fee(
        act, property=thing, claim=form.raw("claim"), lot=form.raw("fee_lot") or None, fee_minor=fee, rate_ppm=rate,
        actual_cost_minor=cost,
    )  # fmt: skip


_STEPS: Mapping[str, Callable[[Act, str, Form], object]] = {
    "facts": _find_facts,
    "inquiry": _send_inquiry,
    "appraisal": _entrust_appraisal,
    "agencies": _agree_agencies,
    "commit": _commit_draw,
    "draw": _draw_agencies,
    "extend": _extend_appraisal,
    "replace": _replace_agency,
    "defer": _defer,
    "resume": _resume,
    "withdraw": _withdraw,
    "return": _return_report,
    "send": _send_report,
    "forward": _forward_objection,
    "explain": _explain_objection,
    "review": _order_review,
    "conclude": _conclude_review,
    "fee": _settle_fee,
}
