"""Property: seizing it, keeping control of it, and finding its reference price by the four modes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auction.edges.web import visitor
from auction.edges.web.court import cases as files
from auction.edges.web.court import desk, fields
from auction.edges.web.court.fields import Form
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.money import mean_half_up
from auction.foundation.kernel.refusal import InputMalformed, NotFound, Refusal
from auction.procedure.assets import commands as control
from auction.procedure.assets import queries as assets
from auction.procedure.assets.queries import PropertyRecord
from auction.procedure.cases.queries import CaseRecord
from auction.procedure.lots import queries as lots
from auction.procedure.valuation import commands, queries
from auction.procedure.valuation.rules import Mode

pages = Blueprint("things", __name__, url_prefix="/court")

_PLATFORMS = 5
_RESULT_PARTS = ("platform", "amount")


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
        to=lambda thing: f"/court/property/{thing.id}",
        said=t("财产已查封登记", "The property is under control"),
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
        "encumbrances": form.lines("encumbrances"),
        "facts": _facts(form),
        "indivisible_with": form.given.getlist("indivisible_with"),
        "id": form.text_or_none("pledged", longest=80),
    }
    own = {thing.id for thing in assets.properties(act.session, case)}
    if not own.issuperset(given["indivisible_with"]):
        form.checks.wrong("indivisible_with", "不是本案财产 / not a thing of this case")
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
    history = queries.history(session, found.id)
    price = queries.reference_price(session, found.id)
    stands = price is not None and visitor.now() <= price.valid_until
    return {
        "thing": found,
        "case": case,
        "measures": assets.measures(session, found.id),
        "history": history,
        "price": price,
        "parties": _parties(case),
        "following": "" if stands else _following(history),
        "platforms": _PLATFORMS,
        "lots": [lot for lot in lots.of_case(session, case=case.id) if found.id in lot.properties],
        "entries": docket.entries(session, f"property:{found.id}", limit=300),
        "due": [act for act in assets.due(session, visitor.now(), case=case.id) if act.on == found.id],
    }


def _parties(case: CaseRecord) -> list[tuple[str, str]]:
    """Return the debtor and each creditor once: person and name."""
    named = {case.debtor.person: f"{case.debtor.name}（{t('被执行人', 'debtor')}）"}
    for claim in case.claims:
        named.setdefault(claim.creditor_person, claim.creditor)
    return list(named.items())


def _following(history: list[queries.ValuationRecord]) -> str:
    """Return the mode whose form stands open: the first that has not failed yet."""
    failed = {one.method for one in history if one.outcome == "failed"}
    return next((mode.value for mode in Mode if mode.value not in failed), Mode.APPRAISAL.value)


@pages.post("/property/<thing>/renew")
@open_to(desk.COURT)
def renew(thing: str) -> ResponseReturnValue:
    """Renew the control before it lapses."""

    def do(act: Act, form: Form) -> object:
        until = form.end_of_day_or_none("until")
        form.refuse()
        return control.renew_control(act, property=thing, until=until)

    return _on(thing, do, said=t("已续行查封", "The control is renewed"), opened="renew")


@pages.post("/property/<thing>/release")
@open_to(desk.COURT)
def release(thing: str) -> ResponseReturnValue:
    """Release the property on a ground of the law."""

    def do(act: Act, form: Form) -> object:
        ground = form.text("ground")
        form.refuse()
        return control.release(act, property=thing, ground=ground)

    return _on(thing, do, said=t("已解除查封", "The property is released"), opened="release")


@pages.post("/property/<thing>/value/<mode>")
@open_to(desk.COURT)
def value(thing: str, mode: str) -> ResponseReturnValue:
    """Take one of the four modes; what it gave is recorded, a price or not."""
    take = _MODES.get(mode)
    if take is None:
        raise NotFound(what="mode", name=mode)
    return _on(thing, lambda act, form: take(act, thing, form), said=t("询价结果已记录", "It is recorded"), opened=mode)


def _on(thing: str, do: Callable[[Act, Form], object], *, said: str, opened: str) -> ResponseReturnValue:
    with platform().read() as session:
        desk.property_of(session, thing)
    form = fields.form()
    return desk.perform(
        lambda act: do(act, form),
        to=lambda _: f"/court/property/{thing}",
        said=said,
        otherwise=lambda refusal: _show(thing, refusal=refusal, opened=opened),
    )


def _negotiation(act: Act, thing: str, form: Form) -> object:
    _, case = desk.property_of(act.session, thing)
    parties = [person for person, _ in _parties(case)]
    offers = [
        {"party": parties[n], "amount_minor": form.yuan(f"offers-{n}-amount")}
        for n in form.rows("offers", ("amount",))
        if n < len(parties)
    ]
    if not offers:
        form.checks.wrong("offers-0-amount", "请填写当事人的报价 / give the parties' figures")
    until = form.end_of_day_or_none("valid_until")
    form.refuse()
    return commands.value_by_negotiation(act, property=thing, offers=offers, valid_until=until)


def _directed(act: Act, thing: str, form: Form) -> object:
    authority, amount = form.text("authority"), form.yuan_or_none("amount")
    ground = _ground(form)
    form.refuse()
    return commands.value_by_directed_inquiry(act, property=thing, authority=authority, amount_minor=amount, **ground)


def _online(act: Act, thing: str, form: Form) -> object:
    sent, results, ground = form.moment_or_none("sent_at"), _results(form), _ground(form)
    if not results:
        form.checks.wrong("results-0-platform", "至少一个平台 / at least one platform")
    form.refuse()
    return commands.value_by_online_inquiry(act, property=thing, results=results, sent_at=sent, **ground)


def _results(form: Form) -> list[dict[str, Any]]:
    return [
        {
            "platform": form.text(f"results-{n}-platform", longest=100),
            "amount_minor": form.yuan_or_none(f"results-{n}-amount"),
            "delivered_at": form.moment_or_none(f"results-{n}-delivered_at"),
            "extension_requested": form.ticked(f"results-{n}-extension_requested"),
        }
        for n in form.rows("results", _RESULT_PARTS)
    ]


def _appraisal(act: Act, thing: str, form: Form) -> object:
    until = form.end_of_day_or_none("valid_until")
    if until is None:
        form.checks.wrong("valid_until", "请填写报告有效期 / until when the report stands")
    agency, amount, ground = form.text("agency"), form.yuan("amount"), _ground(form)
    delivered = form.moment_or_none("delivered_at")
    form.refuse()
    if until is None:
        raise InputMalformed(errors=form.checks.errors)
    return commands.value_by_appraisal(
        act, property=thing, agency=agency, amount_minor=amount, valid_until=until, delivered_at=delivered, **ground
    )


def _ground(form: Form) -> dict[str, Any]:
    return {"agreed": form.ticked("agreed"), "reason": form.text_or_none("reason")}


_MODES: Mapping[str, Callable[[Act, str, Form], object]] = {
    Mode.NEGOTIATION.value: _negotiation,
    Mode.DIRECTED_INQUIRY.value: _directed,
    Mode.ONLINE_INQUIRY.value: _online,
    Mode.APPRAISAL.value: _appraisal,
}


@pages.get("/property/<thing>/mean")
@open_to(desk.COURT)
def mean(thing: str) -> str:
    """Show the mean of the figures typed so far; which of them came in time is decided when they are recorded."""
    with platform().read() as session:
        desk.property_of(session, thing)
    form = Form(request.args)
    amounts = [form.yuan(f"results-{n}-amount") for n in form.rows("results", ("amount",))]
    whole = amounts if amounts and not form.checks.errors else []
    return desk.page("court/part_mean.html", mean=mean_half_up(whole) if whole else None, number=len(whole))
