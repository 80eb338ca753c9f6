"""Verbs before there is a lot: the case, its property, the reference price."""

from __future__ import annotations

from typing import Any

from auction.edges.scenario.given import Given
from auction.edges.scenario.instants import instant
from auction.edges.scenario.stage import Stage
from auction.edges.scenario.verbs import verb
from auction.foundation.kernel.refusal import InputMalformed
from auction.foundation.kernel.roles import PLATFORM, Role
from auction.procedure.assets import commands as assets
from auction.procedure.cases import commands as cases
from auction.procedure.identity import commands as identity
from auction.procedure.identity import queries as persons
from auction.procedure.lots import queries as lots
from auction.procedure.valuation import commands as valuation
from auction.procedure.valuation.commands import ValuationResult


@verb("open_case")
def open_case(stage: Stage, given: Given) -> object:
    """Open a case; its court is known from its first mention."""
    case, number, court = given.text("case"), given.text("number"), given.text("court")
    debtor, claims = _object(given, "debtor"), given.objects("claims")
    given.done()
    with stage.act(PLATFORM) as act:
        if persons.find_court(act.session, court) is None:
            identity.add_court(act, name=court)
    with stage.act(stage.official(Role.OFFICER)) as act:
        record = cases.open_case(act, id=case, number=number, court=court, debtor=debtor, claims=claims)
    stage.follow(f"case:{case}")
    stage.call(record.debtor.person, str(debtor.get("id", record.debtor.person)))
    for claim in record.claims:
        stage.call(claim.creditor_person, claim.id)
    return {
        "case": record.id,
        "year": record.year,
        "court_code": record.court_code,
        "type": record.type,
        "serial": record.serial,
    }


@verb("record_cost")
def record_cost(stage: Stage, given: Given) -> object:
    """Record what enforcement has cost."""
    case, what, amount = given.text("case"), given.text("what"), given.minor("amount_minor")
    lot = given.text_or_none("lot")
    given.done()
    if lot is not None:
        _of_case(stage, lot, case=case)
    with stage.act(stage.official(Role.OFFICER)) as act:
        cost = cases.record_cost(act, case=case, what=what, amount_minor=amount, lot=lot)
    return {"case": cost.case, "lot": cost.lot, "what": cost.what, "amount_minor": cost.amount_minor}


@verb("seize")
def seize(stage: Stage, given: Given) -> object:
    """Put a thing under control."""
    thing, case, kind = given.text("property"), given.text("case"), given.text("kind")
    title, owner, until = given.text("title"), given.text_or_none("owner"), given.end_or_none("until")
    category = given.text_or_none("category") or "other"
    together, home = given.texts("indivisible_with"), given.truth("sole_home")
    setaside, encumbrances = given.minor_or_none("living_setaside_minor", least=0), given.plain("encumbrances")
    given.done()
    held_by = stage.person(owner) if owner else None
    with stage.act(stage.official(Role.OFFICER)) as act:
        record = assets.seize(
            act, id=thing, case=case, kind=kind, title=title, owner=held_by, category=category, until=until,
            indivisible_with=together, sole_home=home, living_setaside_minor=setaside,
            encumbrances=_listed(encumbrances),
        )  # fmt: skip
    stage.follow(f"property:{thing}")
    return {"property": record.id, "until": record.control_until}


@verb("renew_control")
def renew_control(stage: Stage, given: Given) -> object:
    """Renew the control of a thing."""
    thing, until = given.text("property"), given.end_or_none("until")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        record = assets.renew_control(act, property=thing, until=until)
    return {"property": record.id, "until": record.control_until}


@verb("release")
def release(stage: Stage, given: Given) -> object:
    """Release a thing from control."""
    thing, ground = given.text("property"), given.text("ground")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        record = assets.release(act, property=thing, ground=ground)
    return {"property": record.id, "status": record.status}


@verb("value_by_negotiation")
def value_by_negotiation(stage: Stage, given: Given) -> object:
    """Record what the parties say a thing is worth."""
    thing, offers, until = given.text("property"), given.objects("offers"), given.end_or_none("valid_until")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        return _price(valuation.value_by_negotiation(act, property=thing, offers=offers, valid_until=until))


@verb("value_by_directed_inquiry")
def value_by_directed_inquiry(stage: Stage, given: Given) -> object:
    """Record what an authority answered."""
    thing, authority = given.text("property"), given.text("authority")
    amount, agreed, reason = given.minor_or_none("amount_minor"), given.truth("agreed"), given.text_or_none("reason")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        return _price(
            valuation.value_by_directed_inquiry(
                act, property=thing, authority=authority, amount_minor=amount, agreed=agreed, reason=reason
            )
        )


@verb("value_by_online_inquiry")
def value_by_online_inquiry(stage: Stage, given: Given) -> object:
    """Record what the inquiry platforms delivered."""
    thing, sent, results = given.text("property"), given.instant_or_none("sent_at"), given.objects("results")
    agreed, reason = given.truth("agreed"), given.text_or_none("reason")
    given.done()
    delivered = [_with_instants(one, "delivered_at") for one in results]
    with stage.act(stage.official(Role.OFFICER)) as act:
        return _price(
            valuation.value_by_online_inquiry(
                act, property=thing, results=delivered, sent_at=sent, agreed=agreed, reason=reason
            )
        )


@verb("value_by_appraisal")
def value_by_appraisal(stage: Stage, given: Given) -> object:
    """Record an appraisal."""
    thing, agency, amount = given.text("property"), given.text("agency"), given.minor("amount_minor")
    delivered, until = given.instant_or_none("delivered_at"), given.end_or_none("valid_until")
    agreed, reason = given.truth("agreed"), given.text_or_none("reason")
    if until is None:
        given.wrong("valid_until", "缺少该字段 / is missing")
    given.done()
    assert until is not None  # noqa: S101 - `done` has refused it
    with stage.act(stage.official(Role.OFFICER)) as act:
        return _price(
            valuation.value_by_appraisal(
                act, property=thing, agency=agency, amount_minor=amount, valid_until=until, delivered_at=delivered,
                agreed=agreed, reason=reason,
            )
        )  # fmt: skip


def _of_case(stage: Stage, lot: str, *, case: str) -> None:
    """Refuse a lot that is none of the case's; the case itself knows no lots."""
    with stage.read() as session:
        if lots.lot(session, lot).case != case:
            raise InputMalformed(errors={"lot": f"不属于该案 / is not a lot of case {case}: {lot}"})


def _price(result: ValuationResult) -> dict[str, object]:
    return {
        "property": result.property,
        "reference_price_minor": result.reference_price_minor,
        "method": result.method,
        "valid_until": result.valid_until,
        "next": result.next,
    }


def _object(given: Given, name: str) -> dict[str, Any]:
    found = given.plain(name)
    if not isinstance(found, dict):
        given.wrong(name, "应为数据对象 / must be an object")
        return {}
    return found


def _listed(given: object) -> Any:  # noqa: ANN401 - the command judges what it is
    return [] if given is None else given


def _with_instants(fields: dict[str, object], *names: str) -> dict[str, object]:
    """Return an object with its times read; what is no time stays as it is, for the command to refuse."""
    return {name: (instant(value) or value) if name in names else value for name, value in fields.items()}
