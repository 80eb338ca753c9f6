"""Taking one of the four modes on a property's page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from auction.edges.web.court import desk
from auction.edges.web.court.fields import Form
from auction.edges.web.court.things import on_property
from auction.edges.web.court.valuation_file import parties_of
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.kernel.money import mean_half_up
from auction.foundation.kernel.refusal import InputMalformed, NotFound
from auction.procedure.valuation import commands, reasons
from auction.procedure.valuation.rules import Mode

pages = Blueprint("valuing", __name__, url_prefix="/court/property/<thing>")

_RESULT_PARTS = ("platform", "amount")


@pages.post("/value/<mode>")
@open_to(desk.COURT)
def value(thing: str, mode: str) -> ResponseReturnValue:
    """Take one of the four modes; what it gave is recorded, a price or not."""
    take = _MODES.get(mode)
    if take is None:
        raise NotFound(what="mode", name=mode)
    said = t("询价结果已记录", "It is recorded")
    return on_property(thing, lambda act, form: take(act, thing, form), said=said, opened=mode)


def _negotiation(act: Act, thing: str, form: Form) -> object:
    _, case = desk.property_of(act.session, thing)
    parties = [person for person, _ in parties_of(case)]
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
    ground = ground_of(form)
    form.refuse()
    return commands.value_by_directed_inquiry(act, property=thing, authority=authority, amount_minor=amount, **ground)


def _online(act: Act, thing: str, form: Form) -> object:
    sent, results, ground = form.moment_or_none("sent_at"), _results(form), ground_of(form)
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
    agency, amount, ground = form.text("agency"), form.yuan("amount"), ground_of(form)
    delivered = form.moment_or_none("delivered_at")
    form.refuse()
    if until is None:
        raise InputMalformed(errors=form.checks.errors)
    return commands.value_by_appraisal(
        act, property=thing, agency=agency, amount_minor=amount, valid_until=until, delivered_at=delivered, **ground
    )


def ground_of(form: Form) -> dict[str, Any]:
    """Read why a mode is taken out of its turn: agreed, one of the law's reasons, or the clerk's own words."""
    words = form.text_or_none("reason")
    chosen = {name: form.raw(name) for name in form.given if name.startswith("listed_reason") and form.raw(name)}
    for name, key in chosen.items():
        if reasons.reason_of(reasons.SKIPS, key) is None:
            form.checks.wrong(name, "请从列表中选择 / choose one of the list")
    return {"agreed": form.ticked("agreed"), "reason": next(iter(chosen.values()), words)}


_MODES: Mapping[str, Callable[[Act, str, Form], object]] = {
    Mode.NEGOTIATION.value: _negotiation,
    Mode.DIRECTED_INQUIRY.value: _directed,
    Mode.ONLINE_INQUIRY.value: _online,
    Mode.APPRAISAL.value: _appraisal,
}


@pages.get("/mean")
@open_to(desk.COURT)
def mean(thing: str) -> str:
    """Show the mean of the figures typed so far; which of them came in time is decided when they are recorded."""
    with platform().read() as session:
        desk.property_of(session, thing)
    form = Form(request.args)
    amounts = [form.yuan(f"results-{n}-amount") for n in form.rows("results", ("amount",))]
    whole = amounts if amounts and not form.checks.errors else []
    return desk.page("court/part_mean.html", mean=mean_half_up(whole) if whole else None, number=len(whole))
