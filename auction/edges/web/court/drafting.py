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
from auction.edges.web.court import conditions as special
from auction.edges.web.court import desk, fields
from auction.edges.web.court.fields import Form
from auction.edges.web.reading import typed
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.kernel.calendar import day_of, in_shanghai
from auction.foundation.kernel.refusal import InputMalformed, Refusal
from auction.procedure.assets import queries as assets
from auction.procedure.lots import announcement, basis, commands, rules, surplus
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


@pages.post("/no-surplus")
@open_to(desk.COURT)
def warn(case: str) -> ResponseReturnValue:
    """Tell the applicants that nothing may be left for them, thing by thing, and until when they may reply."""
    with platform().read() as session:
        desk.case_of(session, case)
        own = {thing.id for thing in assets.properties(session, case)}

    def tell(act: Act) -> datetime:
        named = [name for name in request.form.getlist("properties") if name in own]
        if not named:
            raise InputMalformed(errors={"properties": "请选择本案财产 / choose things of this case"})
        return max(surplus.warn_no_surplus(act, property=name) for name in named)

    return desk.perform(
        tell,
        to=lambda _: f"/court/cases/{case}/draft",
        said=t("已通知申请执行人，答复期限见到期事项", "The applicants are told; see the due board for their time"),
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
            if before.conditions.purchase_limited:
                asked.setdefault("purchase_limited", "1")
            asked.setdefault("unappraisable", before.conditions.unappraisable or "")
            asked.setdefault("approval", before.conditions.approval or "")
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
        measured = basis.measure(
            session, things=things, after=form.raw("after") or None, round_=round_, unappraisable=_unappraisable(form)
        )
    except Refusal as refusal:
        return Measures(refusal=refusal)
    numbers = rulebook().on(day_of(visitor.now()))
    kind = basis.strictest_kind(things)
    earliest = announcement.earliest_opening(numbers, announced_at=visitor.now(), kind=kind, round_=round_)
    floor = rules.floor(numbers, round_=round_, basis=measured)
    start, deposit, opens = _typed_amount(form, "start_price"), _typed_amount(form, "deposit"), _typed_time(form)
    low, high = rules.deposit_range(numbers, start_price_minor=start or floor, discretion=measured.unappraisable)
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


def _unappraisable(form: Form) -> bool:
    """Say whether the form gives a reason why equity cannot be appraised."""
    return bool(form.raw("unappraisable"))


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
    priority = special.priority(act, form, file)
    conditions = special.conditions(act, form, file)
    form.refuse()
    if opens is None:
        raise InputMalformed(errors=form.checks.errors)
    return commands.draft_lot(
        act, properties=names, start_price_minor=start, deposit_minor=deposit, increment_minor=increment,
        opens_at=opens, closes_at=closes, balance_days=balance_days, priority=priority, title=title, after=after,
        sale=form.ticked("sale"), disclosure=_disclosure_before(act.session, after), conditions=conditions,
    )  # fmt: skip


def _disclosure_before(session: Session, after: str | None) -> dict[str, str]:
    """Return what the failed round disclosed, as the second one begins from the same words."""
    return dict(lots.lot(session, after).disclosure) if after else {}
