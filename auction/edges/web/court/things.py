"""Property: seizing it, keeping control of it, and its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auction.edges.web import visitor
from auction.edges.web.court import cases as files
from auction.edges.web.court import desk, fields, valuation_file
from auction.edges.web.court.fields import Form
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.refusal import Refusal
from auction.procedure.assets import commands as control
from auction.procedure.assets import grounds
from auction.procedure.assets import queries as assets
from auction.procedure.assets.queries import PropertyRecord
from auction.procedure.assets.rules import alarm_days
from auction.procedure.cases import queries as cases
from auction.procedure.cases.queries import CaseRecord
from auction.procedure.lots import queries as lots
from auction.procedure.valuation import queries as valuation
from auction.rulebook import rulebook

pages = Blueprint("things", __name__, url_prefix="/court")


@pages.get("/cases/<case>/seize")
@open_to(desk.COURT)
def new(case: str) -> str:
    """Show the form by which a thing is put under control."""
    return _new(case)


@pages.post("/cases/<case>/seize")
@open_to(desk.COURT)
def seize(case: str) -> ResponseReturnValue:
    """Put a thing under control."""
    with platform().read() as session:
        desk.case_of(session, case)
    return desk.perform(
        lambda act: _seize(act, case),
        to=lambda thing: f"/court/property/{thing.id}" if thing.case == case else f"/court/cases/{case}/things",
        said=t("财产已查封或轮候查封登记", "The seizure is recorded"),
        otherwise=lambda refusal: _new(case, refusal=refusal),
    )


def _new(case: str, *, refusal: Refusal | None = None) -> str:
    with platform().read() as session:
        file = files.file_of(session, case)
    return desk.page("court/seize.html", rail="cases", tab="things", refusal=refusal, pledged=_pledged(file), **file)


def _pledged(file: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the things that claims name and nobody has seized yet: id, and whose security each is."""
    there = {thing.id for thing in file["properties"]}
    named: dict[str, list[str]] = {}
    for claim in file["case"].claims:
        if claim.property and claim.property not in there:
            named.setdefault(claim.property, []).append(claim.creditor)
    return [(thing, "、".join(creditors)) for thing, creditors in named.items()]


def _seize(act: Act, case: str) -> PropertyRecord:
    form = fields.form()
    given: dict[str, Any] = {
        "kind": form.raw("kind"),
        "category": form.raw("category") or "other",
        "title": form.text("title", longest=300),
        "city": form.text_or_none("city", longest=50),
        "district": form.text_or_none("district", longest=50),
        "until": form.end_of_day_or_none("until"),
        "sole_home": form.ticked("sole_home"),
        "living_setaside_minor": form.yuan_or_none("living_setaside"),
        "monthly_rent_minor": form.yuan_or_none("monthly_rent"),
        "encumbrances": form.lines("encumbrances"),
        "facts": _facts(form),
        "indivisible_with": form.given.getlist("indivisible_with"),
        "id": form.text_or_none("on_record", longest=80) or form.text_or_none("pledged", longest=80),
    }
    own = {thing.id for thing in assets.properties(act.session, case)}
    if not own.issuperset(given["indivisible_with"]):
        form.checks.wrong("indivisible_with", "不是本案财产 / not a thing of this case")
    if form.raw("on_record") and assets.find(act.session, form.raw("on_record")) is None:
        form.checks.wrong("on_record", "没有该财产 / no such thing is on record")
    form.refuse()
    return control.seize(act, case=case, **given)


def _facts(form: Form) -> dict[str, object]:
    """Return what is known of the thing under the names pages print."""
    found: dict[str, object] = {}
    for name in ("address", "area_m2", "certificate", "make", "plate", "year", "occupancy"):
        if (text := form.text_or_none(f"fact_{name}", longest=300)) is not None:
            found[name] = text
    return found


@pages.get("/property/<thing>")
@open_to(desk.COURT)
def show(thing: str) -> str:
    """Show a property: control, holds, valuations, lots."""
    return _show(thing)


def _show(thing: str, *, refusal: Refusal | None = None, opened: str = "") -> str:
    with platform().read() as session:
        found, case = desk.property_of(session, thing)
        context = _context(session, found, case)
    return desk.page("court/property.html", rail="cases", refusal=refusal, opened=opened, **context)


def _context(session: Session, found: PropertyRecord, case: CaseRecord) -> dict[str, Any]:
    now = visitor.now()
    due = [*assets.due(session, now, case=case.id), *valuation.due(session, now, case=case.id)]
    return {
        "thing": found,
        "case": case,
        "measures": assets.measures(session, found.id),
        **_queue_of(session, found.id),
        **valuation_file.context_of(session, found, case),
        "lots": [lot for lot in lots.of_case(session, case=case.id) if found.id in lot.properties],
        "entries": docket.entries(session, f"property:{found.id}", limit=300),
        "due": [act for act in due if act.on == found.id],
    }


def _queue_of(session: Session, thing: str) -> dict[str, Any]:
    """Return who waits for the thing and who asked for it, each by its number; the alarms and the grounds."""
    line, moved = assets.queue(session, thing), assets.transfers(session, thing)
    named = {one.case for one in line} | {one.from_case for one in moved} | {one.to_case for one in moved}
    numbers = rulebook().on(day_of(visitor.now())).control
    return {
        "queue": line,
        "transfers": moved,
        "case_names": cases.summaries(session, ids=named),
        "alarms": sorted(alarm_days(numbers), reverse=True),
        "release_grounds": grounds.RELEASE,
    }


@pages.post("/property/<thing>/renew")
@open_to(desk.COURT)
def renew(thing: str) -> ResponseReturnValue:
    """Renew the control before it lapses."""

    def do(act: Act, form: Form) -> object:
        until = form.end_of_day_or_none("until")
        form.refuse()
        return control.renew_control(act, property=thing, until=until)

    return on_property(thing, do, said=t("已续行查封", "The control is renewed"), opened="renew")


@pages.post("/property/<thing>/release")
@open_to(desk.COURT)
def release(thing: str) -> ResponseReturnValue:
    """Release the property on a ground of the law."""

    def do(act: Act, form: Form) -> object:
        ground = form.text("ground")
        form.refuse()
        return control.release(act, property=thing, ground=ground)

    return on_property(thing, do, said=t("已解除查封", "The property is released"), opened="release")


def on_property(thing: str, do: Callable[[Act, Form], object], *, said: str, opened: str) -> ResponseReturnValue:
    """Run what a form of a property's page asks for; refused, show the page again with that form open."""
    with platform().read() as session:
        desk.property_of(session, thing)
    form = fields.form()
    return desk.perform(
        lambda act: do(act, form),
        to=lambda _: f"/court/property/{thing}",
        said=said,
        otherwise=lambda refusal: _show(thing, refusal=refusal, opened=opened),
    )
