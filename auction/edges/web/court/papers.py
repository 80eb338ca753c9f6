"""Papers that parties hand in at the court: entered by the officer on the tab of the file they belong to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from auction.edges.web.court import cases as files
from auction.edges.web.court import desk, distribution, fields, objections
from auction.edges.web.court.fields import Form
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import Refusal
from auction.procedure.identity import commands as identity
from auction.procedure.objections import papers, rules, steps
from auction.procedure.objections.papers import Content

pages = Blueprint("papers", __name__, url_prefix="/court/cases/<case>/papers")


def _insist(form: Form) -> Content:
    return {"property": form.text("property", longest=80), "claim": form.text("claim", longest=80)}


def _consent(form: Form) -> Content:
    return {"to": form.text("to", longest=20)}


def _object_to_plan(form: Form) -> Content:
    return {"claim": form.text("claim", longest=80), "amount_minor": form.yuan_or_none("amount")}


def _about_a_claim(form: Form) -> Content:
    return {"claim": form.text_or_none("claim", longest=80)}


def _objection(form: Form) -> Content:
    return {
        "kind": form.checks.one_of("kind", form.raw("kind"), rules.KINDS),
        "against": form.text("against", longest=80),
        "statement": form.checks.text("statement", _lines(form, "statement"), longest=steps.WORDS_LONGEST),
        "evidence": _lines(form, "evidence") or None,
    }


def _about_an_objection(form: Form) -> Content:
    return {"objection": form.text("objection", longest=80), "reasons": _lines(form, "reasons") or None}


def _lines(form: Form, name: str) -> str:
    return form.raw(name).replace("\r\n", "\n")


#: What each paper says, and on which tab of the file it is entered.
_KINDS: Mapping[str, tuple[Callable[[Form], Content], str]] = {
    "insist": (_insist, "claims"),
    "consent": (_consent, "claims"),
    "objection": (_objection, "objections"),
    "reconsider": (_about_an_objection, "objections"),
    "sue_over_thing": (_about_an_objection, "objections"),
    "object_to_plan": (_object_to_plan, "distribution"),
    "oppose": (_about_a_claim, "distribution"),
    "sue": (_about_a_claim, "distribution"),
}


@pages.post(f"/<any({', '.join(_KINDS)}):what>")
@open_to(desk.COURT)
def enter(case: str, what: str) -> ResponseReturnValue:
    """Enter a paper: who handed it in, when it was received, and what it asks for."""
    with platform().read() as session:
        desk.case_of(session, case)
    read, tab = _KINDS[what]

    def do(act: Act) -> None:
        form = fields.form()
        bringer, received = form.text("handed_in_by", longest=100), form.moment("received_at")
        party, content = _party(act, form), read(form)
        form.refuse()
        if received is not None:
            papers.enter_paper(
                act, case=case, party=party, handed_in_by=bringer, received_at=received, what=what, content=content
            )

    return desk.perform(
        do,
        to=lambda _: f"/court/cases/{case}" if tab == "claims" else f"/court/cases/{case}/{tab}",
        said=t("书面材料已登记", "The paper is entered"),
        otherwise=lambda refusal: _again(case, tab, refusal),
    )


def _party(act: Act, form: Form) -> str:
    """Return whose paper it is: a party of the case, or an outsider put on record by name and number."""
    if "party_name" not in form.given:
        return form.text("party", longest=80)
    name, number = form.text("party_name", longest=100), form.text("party_number", longest=30)
    form.refuse()
    return identity.enrol_person(act, name=name, id_number=number).id


def _again(case: str, tab: str, refusal: Refusal) -> str:
    shown: Mapping[str, Callable[[], Any]] = {
        "claims": lambda: files.tab(case, "claims", refusal=refusal),
        "objections": lambda: objections.shown_of_case(case, refusal=refusal),
        "distribution": lambda: distribution.shown(case, refusal=refusal),
    }
    return str(shown[tab]())
