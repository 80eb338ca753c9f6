"""A lot at the desk: its steps from the draft to the announcement, and what is seen while bidding runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auction.edges.web import visitor
from auction.edges.web.court import desk, fields, standing, wording
from auction.edges.web.court.fields import Form
from auction.edges.web.grounds import called
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.refusal import InputMalformed, Refusal
from auction.foundation.kernel.roles import Role
from auction.procedure.assets import queries as assets
from auction.procedure.bidding import queries as bidding
from auction.procedure.deposits import queries as deposits
from auction.procedure.identity import queries as identity
from auction.procedure.lots import announcement, approvals, basis, commands, corrections, readiness, stays
from auction.procedure.lots import desk as desk_queries
from auction.procedure.lots import queries as lots
from auction.procedure.lots.queries import PUBLIC_STATUSES, LotRecord
from auction.procedure.settlement import queries as settlement
from auction.rulebook import Rules, rulebook

pages = Blueprint("lots", __name__, url_prefix="/court/lots")

STATUSES = ("draft", "approved", *PUBLIC_STATUSES)
_STEP_OF_STATUS = {"draft": "disclosure", "approved": "notices"}
_PANEL = 3
_MINUTES_LONGEST = 20_000


@pages.get("")
@open_to(desk.COURT)
def index() -> str:
    """List the court's lots, drafts included; filters are in the address."""
    status, q = request.args.get("status", ""), request.args.get("q", "").strip()[:100]
    statuses = (status,) if status in STATUSES else ()
    with platform().read() as session:
        found = desk_queries.of_court(session, court=desk.own_court(), statuses=statuses, q=q)
        prices = bidding.prices(session, [lot.id for lot in found])
    return desk.page("court/lots.html", rail="lots", lots=found, prices=prices, status=status, q=q, statuses=STATUSES)


@pages.get("/<lot>")
@open_to(desk.COURT)
def show(lot: str) -> str:
    """Show the step at which the lot stands."""
    with platform().read() as session:
        found = desk.lot_of(session, lot)
    step = _STEP_OF_STATUS.get(found.status, "live")
    return show_step(lot, step)


@pages.get("/<lot>/<any(terms, disclosure, panel, notices, announce, live, docket):step>")
@open_to(desk.COURT)
def step(lot: str, step: str) -> str:
    """Show one step."""
    return show_step(lot, step)


def show_step(lot: str, step: str, *, refusal: Refusal | None = None) -> str:
    """Render a step of a lot, with a refused form as it was sent."""
    with platform().read() as session:
        found = desk.lot_of(session, lot)
        context = common(session, found) | _CONTEXTS[step](session, found)
    return desk.page(f"court/lot_{step}.html", rail="lots", tab=step, refusal=refusal, **context)


def rules_today() -> Rules:
    """Return the rules in force at this instant."""
    return rulebook().on(day_of(visitor.now()))


def common(session: Session, found: LotRecord) -> dict[str, Any]:
    """Return what the header and the steps of every page of a lot show."""
    today = rules_today()
    things = [assets.property_record(session, name, now=visitor.now()) for name in found.properties]
    missing = [] if found.announced_at else readiness.missing_blocks(session, lot=found, rules_of_day=today)
    return {
        "lot": found,
        "things": things,
        "missing": missing,
        "chain": lots.chain(session, found.id),
        "sold": settlement.settlement(session, found.id),
    }


def _nothing(_session: Session, _lot: LotRecord) -> dict[str, Any]:
    return {}


def _disclosure(session: Session, lot: LotRecord) -> dict[str, Any]:
    today = rules_today()
    proposed = wording.proposed(session, lot) if lot.status == "draft" else {}
    blocks = readiness.wanted_blocks(session, lot=lot, rules_of_day=today)
    return {
        "blocks": today.disclosure_blocks,
        "special": [one for one in blocks if one.categories],
        "reminders": today.reminders,
        "proposed": proposed,
        "correctable": [one for one in blocks if one.key not in announcement.FROZEN_BLOCKS],
        "corrections": corrections.corrections(session, lot=lot.id),
        "titles": {one.key: one.title.in_language(visitor.language()) for one in blocks},
    }


def _panel(session: Session, lot: LotRecord) -> dict[str, Any]:
    return {"members": identity.staff(session, lot.court, Role.PANEL)}


def _notices(session: Session, lot: LotRecord) -> dict[str, Any]:
    wanted = basis.to_be_told(session, lot=lot)
    persons = identity.persons(session, ids=list(wanted))
    told = lots.notices(session, lot.id)
    rows = [
        {
            "person": person,
            "name": persons[person].name if person in persons else name,
            "notices": [one for one in told if one.person == person],
        }
        for person, name in wanted.items()
    ]
    today = rules_today()
    return {
        "rows": rows,
        "notify_by": desk_queries.notify_by(lot, rules_of_day=today),
        "announce_by": desk_queries.announce_by(lot, rules_of_day=today),
    }


def _announce(session: Session, lot: LotRecord) -> dict[str, Any]:
    if lot.announced_at:
        return {"conditions": [], "ready": False}
    found = desk_queries.conditions(session, lot=lot, rules_of_day=rules_today(), now=visitor.now())
    today = rules_today()
    titles = {one.key: one.title for one in (*today.disclosure_blocks, *today.special_blocks, *today.reminders)}
    return {"conditions": found, "ready": all(one.met for one in found), "titles": titles}


def _live(session: Session, lot: LotRecord) -> dict[str, Any]:
    """Return codes and prices only; who is behind a code is nobody's to know before the close."""
    if not lot.announced_at:
        return {"state": None, "registered": 0}
    stay = stays.stay(session, lot=lot.id)
    return {
        "stay": stay,
        "stay_words": called(stay.ground) if stay else None,
        "choices": standing.choices(lot),
        "state": bidding.state(session, lot.id),
        "registered": bidding.registered_count(session, lot.id),
        "returning": [one for one in deposits.going_back(session, case=lot.case) if one.lot == lot.id],
        "of_case": lot.case,
    }


def _docket(session: Session, lot: LotRecord) -> dict[str, Any]:
    return {"entries": docket.newest(session, f"lot:{lot.id}", after=0, limit=300)}


_CONTEXTS: dict[str, Callable[[Session, LotRecord], dict[str, Any]]] = {
    "terms": _nothing,
    "disclosure": _disclosure,
    "panel": _panel,
    "notices": _notices,
    "announce": _announce,
    "live": _live,
    "docket": _docket,
}


def _on(
    lot: str, step: str, do: Callable[[Act, Form], object], *, said: str, to: str | None = None
) -> ResponseReturnValue:
    """Run a command on a lot of one's own court from one of its steps."""
    with platform().read() as session:
        desk.lot_of(session, lot)
    form = fields.form()
    return desk.perform(
        lambda act: do(act, form),
        to=lambda _: f"/court/lots/{lot}/{to or step}",
        said=said,
        otherwise=lambda refusal: show_step(lot, step, refusal=refusal),
    )


@pages.post("/<lot>/disclosure")
@open_to(desk.COURT)
def disclose(lot: str) -> ResponseReturnValue:
    """Keep the blocks of the announcement that were written."""

    def keep(act: Act, form: Form) -> object:
        given = {name.removeprefix("block-"): text for name, text in form.given.items() if name.startswith("block-")}
        written = {key: text.replace("\r\n", "\n") for key, text in given.items()}
        return commands.disclose(act, lot=lot, disclosure=written)

    return _on(lot, "disclosure", keep, said=t("公示内容已保存", "The disclosure is kept"))


@pages.post("/<lot>/corrections")
@open_to(desk.COURT)
def correct(lot: str) -> ResponseReturnValue:
    """Correct a block of the announcement in public."""

    def publish(act: Act, form: Form) -> object:
        if not form.ticked("confirmed"):
            raise InputMalformed(errors={"confirmed": "请确认后再更正 / confirm first"})
        return corrections.correct_announcement(
            act, lot=lot, block=form.raw("block"), text=form.raw("text").replace("\r\n", "\n"), why=form.raw("why")
        )

    return _on(lot, "disclosure", publish, said=t("更正已公布", "The correction is public"))


@pages.post("/<lot>/approval")
@open_to(desk.COURT)
def record_approval(lot: str) -> ResponseReturnValue:
    """Record whether the authority approved the transfer of equity to the buyer."""

    def record(act: Act, form: Form) -> object:
        if form.raw("granted") not in {"0", "1"}:
            raise InputMalformed(errors={"granted": "请选择 / choose one"})
        return approvals.record_approval(act, lot=lot, granted=form.raw("granted") == "1")

    return _on(lot, "terms", record, said=t("已登记", "It is recorded"))


@pages.post("/<lot>/panel")
@open_to(desk.COURT)
def decide(lot: str) -> ResponseReturnValue:
    """Enter the decision of a panel of three members of this court."""

    def approve(act: Act, form: Form) -> object:
        members = {one.id: one.name for one in identity.staff(act.session, desk.own_court(), Role.PANEL)}
        chosen = [members[name] for name in dict.fromkeys(form.given.getlist("panel")) if name in members]
        minutes = form.text("minutes", longest=_MINUTES_LONGEST)
        if len(chosen) != _PANEL:
            form.checks.wrong("panel", "请选择三名合议庭成员 / choose three members of the panel")
        form.refuse()
        return commands.approve_lot(act, lot=lot, panel=chosen, minutes=minutes)

    return _on(lot, "panel", approve, said=t("合议庭决定已登记", "The panel’s decision is entered"))


@pages.post("/<lot>/notices")
@open_to(desk.COURT)
def notify(lot: str) -> ResponseReturnValue:
    """Record that a person was told, waived, or cannot be reached."""

    def tell(act: Act, form: Form) -> datetime:
        person = form.raw("person")
        if person not in basis.to_be_told(act.session, lot=lots.lot(act.session, lot)):
            raise InputMalformed(errors={"person": "不是应通知的人 / nobody who must be told"})
        return commands.notify(act, lot=lot, person=person, how=form.raw("how"))

    return _on(lot, "notices", tell, said=t("通知已登记", "The notice is recorded"))


@pages.post("/<lot>/announce")
@open_to(desk.COURT)
def announce(lot: str) -> ResponseReturnValue:
    """Publish the lot: from here it is public and frozen."""

    def publish(act: Act, form: Form) -> object:
        if not form.ticked("confirmed"):
            raise InputMalformed(errors={"confirmed": "请确认后再发布 / confirm first"})
        return commands.announce(act, lot=lot)

    return _on(lot, "announce", publish, said=t("公告已发布", "The lot is announced"), to="live")
