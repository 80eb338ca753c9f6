"""Objections at the desk: the list by urgency, one objection with everything, its review, ruling and what follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auction.edges.web.court import cases as files
from auction.edges.web.court import desk, fields
from auction.edges.web.court.fields import Form
from auction.edges.web.objecting import subject_of
from auction.edges.web.visitor import known_visitor, open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import InputMalformed, Refusal
from auction.foundation.kernel.roles import Role
from auction.procedure.cases import queries as cases
from auction.procedure.identity import queries as identity
from auction.procedure.lots import queries as lots
from auction.procedure.objections import commands, course, queries, review, rules, stays, steps, suits
from auction.procedure.objections.queries import ObjectionRecord

pages = Blueprint("objections", __name__, url_prefix="/court")

_ROWS_MAX = 200


@pages.get("/objections")
@open_to(desk.COURT)
def index() -> str:
    """List the objections at one's court: the pending first, by when they are to be decided."""
    court = desk.own_court()
    with platform().read() as session:
        found = queries.of_cases_found(session, case=cases.ids(court=court), limit=_ROWS_MAX)
        rows = _rows(session, found)
    return desk.page("court/objections.html", rail="objections", rows=rows)


@pages.get("/cases/<case>/objections")
@open_to(desk.COURT)
def of_case(case: str) -> str:
    """List a case's objections in its file."""
    return shown_of_case(case)


def shown_of_case(case: str, *, refusal: Refusal | None = None) -> str:
    """Render the objections of a case, and the form for one that came on paper."""
    with platform().read() as session:
        file = files.file_of(session, case)
        rows = _rows(session, queries.of_cases_found(session, case=case, limit=_ROWS_MAX))
    return desk.page(
        "court/case_objections.html",
        rail="cases",
        tab="objections",
        rows=rows,
        articles=rules.ARTICLES,
        refusal=refusal,
        **file,
    )


def _rows(session: Session, found: list[ObjectionRecord]) -> list[tuple[ObjectionRecord, str, str]]:
    """Return each objection with what it is against and who objects, for the court alone."""
    known = identity.persons(session, ids=sorted({one.by for one in found}))
    return [(one, subject_of(session, one)[0], known[one.by].name if one.by in known else "") for one in found]


@pages.get("/objections/<objection>")
@open_to(desk.COURT)
def show(objection: str) -> str:
    """Show an objection with everything said in it, and what the court does next."""
    return _show(objection)


def _show(objection: str, *, refusal: Refusal | None = None) -> str:
    with platform().read() as session:
        context = _context(session, _own(session, objection))
    return desk.page("court/objection.html", rail="objections", refusal=refusal, **context)


def _own(session: Session, objection: str) -> ObjectionRecord:
    """Return an objection in a case of one's own court.

    :raises NotFound: no such objection
    :raises NotThisCourt: another court's
    """
    found = queries.objection(session, objection)
    desk.case_of(session, found.case)
    return found


def _context(session: Session, found: ObjectionRecord) -> dict[str, Any]:
    case, numbers = cases.case(session, found.case), steps.numbers_of(found)
    parties = {case.debtor.person: case.debtor.name} | {claim.creditor_person: claim.creditor for claim in case.claims}
    decided = found.decided_at
    return {
        "objection": found,
        "case": case,
        "taken": {one.kind.value: one for one in found.course.steps},
        "parties": parties,
        "applicants": {claim.creditor_person: claim.creditor for claim in case.claims if claim.applicant},
        "subject": subject_of(session, found)[0],
        "objector": identity.person(session, found.by).name,
        "article": rules.ARTICLES[found.kind],
        "filed_kinds": course.FILED_KINDS,
        "accept_by": course.accept_by(numbers, filed_at=found.filed_at, course=found.course),
        "reconsider_until": course.reconsider_until(numbers, decided_at=decided) if decided else None,
        "reconsidered_kinds": course.RECONSIDERED_KINDS,
        "outsider_has_it": found.kind == "outsider"
        and course.outsider_has_it(status=found.status, course=found.course),
        "lots": [lots.lot(session, one) for one in queries.live_lots(session, found)],
        "excluded": _excluded(session, found),
    }


def _excluded(session: Session, found: ObjectionRecord) -> bool:
    """Say whether who looks may not decide it, because he carried out the enforcement (法释〔2015〕10号 第11条)."""
    actor = known_visitor()
    return actor.has(Role.PANEL) and steps.has_implemented(session, found, account=actor.id)


_Step = Callable[[Act, str, Form], object]


def _answer(form: Form, name: str) -> bool:
    said = form.checks.one_of(name, form.raw(name), ("yes", "no"))
    return said == "yes"


def _words(form: Form, name: str) -> str:
    return form.checks.text(name, form.raw(name).replace("\r\n", "\n"), longest=steps.WORDS_LONGEST)


def _ask(act: Act, objection: str, form: Form) -> object:
    what = _words(form, "what")
    form.refuse()
    return review.ask_papers(act, objection=objection, what=what)


def _decide(act: Act, objection: str, form: Form) -> object:
    upheld, reasons = _answer(form, "upheld"), _words(form, "reasons")
    _confirmed(form)
    return commands.decide_objection(act, objection=objection, upheld=upheld, reasons=reasons)


def _reconsidered(act: Act, objection: str, form: Form) -> object:
    granted, reasons = _answer(form, "granted"), _words(form, "reasons")
    _confirmed(form)
    return review.decide_reconsideration(act, objection=objection, granted=granted, reasons=reasons)


def _secure(act: Act, objection: str, form: Form) -> object:
    by, minor = form.text("by", longest=80), form.yuan("amount")
    form.refuse()
    return suits.accept_security(act, objection=objection, by=by, amount_minor=minor)


def _judge(act: Act, objection: str, form: Form) -> object:
    answer = _answer(form, "for_outsider")
    _confirmed(form)
    return suits.enter_judgment(act, objection=objection, for_outsider=answer)


def _excuse(act: Act, objection: str, form: Form) -> object:
    by, ended = form.text("by", longest=80), form.moment("obstacle_ended_at")
    form.refuse()
    if ended is None:
        raise InputMalformed(errors=form.checks.errors)
    return review.excuse_delay(act, objection=objection, by=by, obstacle_ended_at=ended)


def _confirmed(form: Form) -> None:
    if not form.ticked("confirmed"):
        form.checks.wrong("confirmed", "请确认后再提交 / confirm first")
    form.refuse()


_STEPS: Mapping[str, tuple[_Step, str, str]] = {
    "accept": (lambda act, name, _: review.accept_objection(act, objection=name), "已立案", "It is filed as a case"),
    "notify": (lambda act, name, _: review.notify_objection(act, objection=name), "通知已登记", "Told to the parties"),
    "ask": (_ask, "补正通知已登记", "The papers are asked for"),
    "decide": (_decide, "裁定已登记并送达", "The ruling is entered and served"),
    "send_up": (lambda act, name, _: review.send_up_objection(act, objection=name), "已报送", "The file went up"),
    "extend": (lambda act, name, _: review.extend_reconsideration(act, objection=name), "已延长", "More time is given"),
    "reconsidered": (_reconsidered, "复议裁定已登记", "The higher court’s ruling is entered"),
    "excuse": (_excuse, "期限已顺延", "The period is given again"),
    "secure": (_secure, "担保已登记，可以继续处置", "The security is entered; disposal may go on"),
    "judge": (_judge, "判决已登记", "The judgment is entered"),
}


@pages.post(f"/objections/<objection>/<any({', '.join(_STEPS)}):verb>")
@open_to(desk.COURT)
def take(objection: str, verb: str) -> ResponseReturnValue:
    """Take one step on an objection: the command checks whose it is and whether it follows."""
    with platform().read() as session:
        _own(session, objection)
    run, zh, en = _STEPS[verb]
    form = Form(request.form)
    return desk.perform(
        lambda act: run(act, objection, form),
        to=lambda _: f"/court/objections/{objection}",
        said=t(zh, en),
        otherwise=lambda refusal: _show(objection, refusal=refusal),
    )


@pages.post("/cases/<case>/stay")
@open_to(desk.COURT)
def order_stay(case: str) -> ResponseReturnValue:
    """Defer a lot of the case for a time the law limits: against security, or as the higher court ordered."""
    with platform().read() as session:
        desk.case_of(session, case)

    def order(act: Act) -> object:
        form = fields.form()
        lot, ordered = form.text("lot", longest=80), form.checks.one_of("ordered", form.raw("ordered"), rules.ORDERED)
        until = form.end_of_day_or_none("until")
        _confirmed(form)
        if desk.lot_of(act.session, lot).case != case:
            raise InputMalformed(errors={"lot": "不是本案拍品 / not a lot of this case"})
        return stays.order_stay(act, lot=lot, ordered=ordered, until=until)

    return desk.perform(
        order,
        to=lambda _: f"/court/cases/{case}/objections",
        said=t("暂缓已登记并公示", "The stay is entered and published"),
        otherwise=lambda refusal: shown_of_case(case, refusal=refusal),
    )
