"""Drafting a lot: the terms, with floor, deposit range and earliest opening shown as they are typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from auction.edges.web import visitor
from auction.edges.web.court import cases as files
from auction.edges.web.court import desk, fields
from auction.edges.web.court.fields import Form
from auction.edges.web.reading import typed
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.kernel.calendar import day_of, in_shanghai
from auction.foundation.kernel.refusal import InputMalformed, Refusal
from auction.procedure.assets import queries as assets
from auction.procedure.cases.queries import CaseRecord
from auction.procedure.identity.commands import enrol_person
from auction.procedure.lots import basis, commands, rules
from auction.procedure.lots import queries as lots
from auction.procedure.lots.queries import LotRecord
from auction.procedure.valuation import queries as valuation
from auction.rulebook import Round, rulebook

pages = Blueprint("drafting", __name__, url_prefix="/court/cases/<case>/draft")

_PRIORITY_ROWS = 3
_BALANCE_DAYS_MAX = 180


@dataclass(frozen=True, slots=True)
class Measures:
    """What the law asks of the terms typed so far; ``refusal`` says why nothing could be measured."""

    reference_minor: int | None = None
    floor_minor: int | None = None
    surplus_minor: int | None = None
    deposit_min_minor: int | None = None
    deposit_max_minor: int | None = None
    earliest_opening: datetime | None = None
    notice_days: int | None = None
    start_low: bool = False
    deposit_out: bool = False
    opening_early: bool = False
    refusal: Refusal | None = None


@pages.get("")
@open_to(desk.COURT)
def new(case: str) -> str:
    """Show the form of a lot's terms, prefilled from ``property``, ``after`` or an earlier draft ``like``."""
    return _new(case)


@pages.get("/measures")
@open_to(desk.COURT)
def measures(case: str) -> str:
    """Show what the law asks of the terms typed so far."""
    with platform().read() as session:
        desk.case_of(session, case)
        found = _measured(session, case, Form(request.args))
    return desk.page("court/part_measures.html", measures=found)


@pages.post("")
@open_to(desk.COURT)
def draft(case: str) -> ResponseReturnValue:
    """Draft the lot; ``check`` only measures the terms, for a browser without script."""
    with platform().read() as session:
        desk.case_of(session, case)
    if request.form.get("check"):
        return _new(case)
    return desk.perform(
        lambda act: _draft(act, case),
        to=lambda lot: f"/court/lots/{lot.id}",
        said=t("拍卖条件已拟定", "The terms are drafted"),
        otherwise=lambda refusal: _new(case, refusal=refusal),
    )


def _new(case: str, *, refusal: Refusal | None = None) -> str:
    with platform().read() as session:
        file = files.file_of(session, case)
        start = _start(session, file)
        asked = request.form if request.method == "POST" else start
        found = _measured(session, case, Form(asked))
        prices = {thing.id: valuation.reference_price(session, thing.id) for thing in file["properties"]}
    context = file | {"measures": found, "prices": prices, "rows": _PRIORITY_ROWS, "start": asked}
    return desk.page("court/draft.html", rail="lots", tab="lots", refusal=refusal, **context)


def _start(session: Session, file: dict[str, Any]) -> MultiDict[str, str]:
    """Return the values a fresh form begins with."""
    asked: MultiDict[str, str] = MultiDict(request.args)
    like = asked.get("like") or asked.get("after")
    if like:
        before = desk.lot_of(session, like)
        for thing in before.properties:
            asked.add("properties", thing)
        if asked.get("after") and before.round == "second":
            asked.setdefault("sale", "1")
        asked.setdefault("title", before.title)
        asked.setdefault("increment", typed(before.increment_minor))
        if asked.get("like"):
            asked.setdefault("start_price", typed(before.start_price_minor))
            asked.setdefault("deposit", typed(before.deposit_minor))
            asked.setdefault("opens_at", in_shanghai(before.opens_at).strftime("%Y-%m-%dT%H:%M"))
    free = [thing for thing in file["properties"] if thing.status == "seized"]
    if not asked.getlist("properties") and len(free) == 1:
        asked.add("properties", free[0].id)
    return asked


def _round(session: Session, form: Form) -> Round:
    return basis.round_after(session, after=form.raw("after") or None, sale=form.ticked("sale"))


def _measured(session: Session, case: str, form: Form) -> Measures:
    """Return what can be measured of what was typed; an empty form is measured by nothing."""
    names = form.given.getlist("properties")
    if not names:
        return Measures()
    try:
        things = [assets.property_record(session, name) for name in names]
        if {thing.case for thing in things} != {case}:
            return Measures()
        round_ = _round(session, form)
        measured = basis.measure(session, things=things, after=form.raw("after") or None, round_=round_)
    except Refusal as refusal:
        return Measures(refusal=refusal)
    numbers = rulebook().on(day_of(visitor.now()))
    kind = basis.strictest_kind(things)
    earliest = rules.earliest_opening(numbers, announced_at=visitor.now(), kind=kind, round_=round_)
    floor = rules.floor(numbers, round_=round_, basis=measured)
    start, deposit, opens = _typed_amount(form, "start_price"), _typed_amount(form, "deposit"), _typed_time(form)
    low, high = rules.deposit_range(numbers, start_price_minor=start or floor)
    least = max(floor, rules.least_with_surplus(measured) or 0)
    return Measures(
        reference_minor=measured.reference_price_minor,
        floor_minor=floor,
        surplus_minor=rules.least_with_surplus(measured),
        deposit_min_minor=low,
        deposit_max_minor=high,
        earliest_opening=earliest,
        notice_days=numbers.auction.notice_days(kind, round_),
        start_low=start is not None and start < least,
        deposit_out=deposit is not None and not low <= deposit <= high,
        opening_early=opens is not None and opens < earliest,
    )


def _typed_amount(form: Form, name: str) -> int | None:
    """Return an amount when it can be read already; while it is being typed it often cannot."""
    trial = Form(form.given)
    minor = trial.yuan_or_none(name)
    return None if trial.checks.errors else minor


def _typed_time(form: Form) -> datetime | None:
    return Form(form.given).moment_or_none("opens_at")


def _draft(act: Act, case: str) -> LotRecord:
    form = fields.form()
    file = desk.case_of(act.session, case)
    names = form.given.getlist("properties")
    own = {thing.id for thing in assets.properties(act.session, case)}
    if not names or not own.issuperset(names):
        form.checks.wrong("properties", "请选择本案财产 / choose things of this case")
    after = form.raw("after") or None
    if after is not None and desk.lot_of(act.session, after).case != case:
        form.checks.wrong("after", "不是本案拍品 / not a lot of this case")
    opens, closes = form.moment("opens_at"), form.moment_or_none("closes_at")
    start, deposit, increment = form.yuan("start_price"), form.yuan("deposit"), form.yuan("increment")
    title = form.text_or_none("title", longest=300)
    balance_days = form.whole_or_none("balance_days", most=_BALANCE_DAYS_MAX)
    form.refuse()
    priority = _priority(act, form, file)
    form.refuse()
    if opens is None:
        raise InputMalformed(errors=form.checks.errors)
    return commands.draft_lot(
        act, properties=names, start_price_minor=start, deposit_minor=deposit, increment_minor=increment,
        opens_at=opens, closes_at=closes, balance_days=balance_days, priority=priority, title=title, after=after,
        sale=form.ticked("sale"), disclosure=_disclosure_before(act.session, after),
    )  # fmt: skip


def _priority(act: Act, form: Form, case: CaseRecord) -> list[dict[str, Any]]:
    """Return the priority purchasers named, each put on record; a party of the case is himself."""
    parties = {case.debtor.name: case.debtor.person}
    parties |= {claim.creditor: claim.creditor_person for claim in case.claims}
    found = []
    for n in form.rows("priority", ("name", "reason")):
        at = f"priority-{n}-"
        name = form.text(f"{at}name", longest=100)
        number = form.text_or_none(f"{at}id_number", longest=30)
        kind = form.raw(f"{at}kind") or "natural_person"
        rank = form.whole_or_none(f"{at}rank", most=99) or 1
        reason = form.text_or_none(f"{at}reason") or ""
        form.refuse()
        person = parties.get(name)
        if person is None:
            person = _enrol(act, at, name=name, kind=kind, number=number)
        found.append({"person": person, "rank": rank, "reason": reason})
    return found


def _enrol(act: Act, at: str, *, name: str, kind: str, number: str | None) -> str:
    try:
        return enrol_person(act, name=name, kind=kind, id_number=number).id
    except InputMalformed as fault:
        errors = fault.facts["errors"]
        named = errors if isinstance(errors, dict) else {}
        raise InputMalformed(errors={f"{at}{field}": str(why) for field, why in named.items()}) from fault


def _disclosure_before(session: Session, after: str | None) -> dict[str, str]:
    """Return what the failed round disclosed, as the second one begins from the same words."""
    return dict(lots.lot(session, after).disclosure) if after else {}
