"""Objecting: from a lot's page to the ruling, and what the objector may do next; nobody else learns who he is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from auction.edges.problems import status_of
from auction.edges.web import visitor
from auction.edges.web.reading import errors_of
from auction.edges.web.visitor import BIDDERS, known_visitor, open_to, own_person, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import InputMalformed, NotFound, Refusal
from auction.procedure.assets import queries as assets
from auction.procedure.inputs import Checks
from auction.procedure.lots import queries as lots
from auction.procedure.objections import commands, course, queries, review, rules, steps, suits
from auction.procedure.objections.course import Step
from auction.procedure.objections.queries import ObjectionRecord
from auction.procedure.valuation import periods

pages = Blueprint("objecting", __name__)


@pages.get("/lots/<lot>/objection")
@open_to(BIDDERS)
def form(lot: str) -> str:
    """Show the form: which kind, against what, what is said and shown."""
    return _form(lot)


def _form(lot: str, *, refusal: Refusal | None = None) -> str:
    with platform().read() as session:
        found = lots.public_lot(session, lot)
        things = [assets.property_record(session, name) for name in found.properties]
    errors = errors_of(refusal, language=visitor.language()) if isinstance(refusal, InputMalformed) else {}
    return render_template(
        "bidder/objection_new.html",
        section="my",
        lot=found,
        things=things,
        kinds=rules.KINDS,
        articles=rules.ARTICLES,
        grounds=periods.GROUNDS,
        asked=request.form,
        refusal=refusal,
        errors=errors,
        longest=steps.WORDS_LONGEST,
    )


@pages.post("/lots/<lot>/objection")
@open_to(BIDDERS)
def file(lot: str) -> Response:
    """File the objection in the visitor's own name."""
    person = own_person()
    try:
        with platform().act(known_visitor()) as act:
            record = commands.file_objection(act, by=person, **_given(act.session, lot))
    except NotFound:
        raise
    except Refusal as refusal:
        return make_response(_form(lot, refusal=refusal), int(status_of(refusal)))
    return redirect(url_for("objecting.show", objection=record.id), code=303)


def _given(session: Session, lot: str) -> Mapping[str, Any]:
    """Read the form: what is said is asked of everybody, what is shown of who claims the thing (第238条)."""
    found = lots.public_lot(session, lot)
    kind = request.form.get("kind", "")
    checks = Checks()
    checks.one_of("kind", kind, rules.KINDS)
    against = request.form.get("against", "") or found.id
    if kind == "plan":
        against = found.case
    elif against != found.id and against not in found.properties:
        checks.wrong("against", "不是本拍卖品或其中的财产 / neither this lot nor one of its things")
    said = checks.text("statement", _typed("statement"), longest=steps.WORDS_LONGEST)
    evidence = _typed("evidence") or None
    if kind == "outsider" and evidence is None:
        checks.wrong("evidence", "主张权利须写明证据 / who claims the thing names his evidence")
    shown = checks.text_or_none("evidence", evidence, longest=steps.WORDS_LONGEST)
    ground = request.form.get("ground") or None
    if kind == "valuation":
        checks.one_of("ground", ground, periods.GROUNDS)
    checks.refuse()
    about = {"ground": ground} if kind == "valuation" else {}
    return {"kind": kind, "against": against, "statement": said, "evidence": shown, **about}


def _typed(name: str) -> str:
    return request.form.get(name, "").replace("\r\n", "\n").strip()


@pages.get("/my/objections/<objection>")
@open_to(BIDDERS)
def show(objection: str) -> str:
    """Show one's own objection: how it stands, what happens next and by when, and what one may do."""
    return _show(objection)


def _show(objection: str, *, refusal: Refusal | None = None) -> str:
    with platform().read() as session:
        found = _concerning(session, objection)
        context = _context(session, found)
    errors = errors_of(refusal, language=visitor.language()) if isinstance(refusal, InputMalformed) else {}
    return render_template(
        "bidder/objection.html", section="my", refusal=refusal, errors=errors, asked=request.form, **context
    )


def _concerning(session: Session, objection: str) -> ObjectionRecord:
    """Return an objection of the visitor's own.

    :raises NotFound: for anybody else's, as if it were not there
    """
    found = queries.objection(session, objection)
    if found.by != own_person():
        raise NotFound(what="objection", name=objection)
    return found


def _context(session: Session, found: ObjectionRecord) -> dict[str, Any]:
    now, decided = visitor.now(), found.decided_at
    numbers = steps.numbers_of(found)
    asked = found.course.of(Step.PAPERS_ASKED)
    own = course.reconsider_until(numbers, decided_at=decided) if decided else None
    until = course.prolonged(own, course=found.course, by=found.by)
    suit_until = course.prolonged(found.suit_until, course=found.course, by=found.by)
    pending = found.status == "pending"
    return {
        "objection": found,
        "taken": {one.kind.value: one for one in found.course.steps},
        "article": rules.ARTICLES[found.kind],
        "accept_by": course.accept_by(numbers, filed_at=found.filed_at, course=found.course),
        "filed_kinds": course.FILED_KINDS,
        "subject": subject_of(session, found),
        "reconsider_until": until,
        "may_supplement": pending and asked is not None and found.course.of(Step.SUPPLEMENTED) is None,
        "may_reconsider": found.kind in course.RECONSIDERED_KINDS
        and until is not None
        and now <= until
        and found.course.of(Step.RECONSIDERATION_ASKED) is None,
        "may_sue": found.kind == "outsider"
        and found.status == "rejected"
        and suit_until is not None
        and now <= suit_until
        and found.course.of(Step.SUED) is None,
    }


def subject_of(session: Session, found: ObjectionRecord) -> tuple[str, str | None]:
    """Return what an objection is against in words, and its public page where it has one."""
    match found.against_kind:
        case "lot":
            return lots.lot(session, found.against).title, f"/lots/{found.against}"
        case "property":
            return assets.property_record(session, found.against).title, None
        case _:
            return t("执行案件", "the case"), None


@pages.post("/my/objections/<objection>/<any(supplement, reconsider, sue):verb>")
@open_to(BIDDERS)
def go_on(objection: str, verb: str) -> Response:
    """Supply what was asked for, ask the higher court, or record one's suit."""
    person = own_person()

    def do(act: Act) -> object:
        _concerning(act.session, objection)
        match verb:
            case "supplement":
                return review.supplement_objection(act, objection=objection, by=person, papers=_typed("papers"))
            case "reconsider":
                return review.reconsider(act, objection=objection, by=person, reasons=_typed("reasons") or None)
            case _:
                return suits.sue_over_thing(act, objection=objection, by=person)

    try:
        with platform().act(known_visitor()) as act:
            do(act)
    except NotFound:
        raise
    except Refusal as refusal:
        return make_response(_show(objection, refusal=refusal), int(status_of(refusal)))
    flash(t("已登记", "It is recorded"))
    return redirect(url_for("objecting.show", objection=objection), code=303)
