"""Verbs before there is a lot: the case and its property."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from auction.edges.scenario.given import Given
from auction.edges.scenario.stage import Stage
from auction.edges.scenario.verbs import verb
from auction.foundation.kernel.refusal import InputMalformed
from auction.foundation.kernel.roles import PLATFORM, Role
from auction.procedure.assets import commands as assets
from auction.procedure.assets import excess, queue, transfer
from auction.procedure.assets import queries as property_queries
from auction.procedure.assets.queries import TransferRecord
from auction.procedure.cases import commands as cases
from auction.procedure.identity import commands as identity
from auction.procedure.identity import queries as persons
from auction.procedure.lots import queries as lots


@verb("open_case")
def open_case(stage: Stage, given: Given) -> object:
    """Open a case; its court is known from its first mention."""
    case, number, court = given.text("case"), given.text("number"), given.text("court")
    debtor, claims = _object(given, "debtor"), given.objects("claims")
    given.done()
    _named(debtor, claims)
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


def _named(debtor: Mapping[str, object], claims: Sequence[Mapping[str, object]]) -> None:
    """Refuse a debtor or claim without an id: by it the rest of the file names him."""
    unnamed = [at for at, one in (("debtor", debtor), *_numbered("claims", claims)) if one.get("id") is None]
    if unnamed:
        raise InputMalformed(errors={f"{at}.id": "缺少 / missing" for at in unnamed})


def _numbered(field: str, given: Sequence[Mapping[str, object]]) -> list[tuple[str, Mapping[str, object]]]:
    return [(f"{field}[{n}]", one) for n, one in enumerate(given)]


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
    rent = given.minor_or_none("monthly_rent_minor")
    given.done()
    held_by = stage.person(owner) if owner else None
    with stage.act(stage.official(Role.OFFICER)) as act:
        record = assets.seize(
            act, id=thing, case=case, kind=kind, title=title, owner=held_by, category=category, until=until,
            indivisible_with=together, sole_home=home, living_setaside_minor=setaside, monthly_rent_minor=rent,
            encumbrances=_listed(encumbrances),
        )  # fmt: skip
    stage.follow(f"property:{thing}")
    with stage.read() as session:
        line = property_queries.queue(session, thing)
    place = next((one.place for one in line if one.case == case and one.status == "waiting"), None)
    if place is not None:
        return {"property": record.id, "until": None, "status": "waiting", "place": place}
    return {
        "property": record.id,
        "until": record.control_until,
        "status": record.status,
        "living_setaside_minor": record.living_setaside_minor,
    }


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
    """Release a thing from control; with a case that only waits for it, take that case's place back."""
    thing, ground, case = given.text("property"), given.text("ground"), given.text_or_none("case")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        if case is None:
            record = assets.release(act, property=thing, ground=ground)
        else:
            record = queue.leave_queue(act, property=thing, case=case, ground=ground)
    return {
        "property": record.id,
        "status": record.status,
        "case": record.case,
        "until": record.control_until,
    }


@verb("order_release")
def order_release(stage: Stage, given: Given) -> object:
    """Find a thing excess; its release is due from then."""
    thing, kept = given.text("property"), given.minor("kept_worth_minor", least=0)
    given.done()
    with stage.act(stage.official(Role.PANEL)) as act:
        record = excess.order_release(act, property=thing, kept_worth_minor=kept)
    return {"property": record.id, "status": record.status, "ordered_at": record.release_ordered_at}


@verb("ask_transfer")
def ask_transfer(stage: Stage, given: Given) -> object:
    """Ask the first court for the right to dispose of a thing."""
    thing, case = given.text("property"), given.text("case")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        return _transfer(transfer.ask_transfer(act, property=thing, case=case))


@verb("transfer_disposal")
def transfer_disposal(stage: Stage, given: Given) -> object:
    """Issue the letter of transfer: another case disposes of the thing."""
    thing = given.text("property")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        return _transfer(transfer.transfer_disposal(act, property=thing))


def _of_case(stage: Stage, lot: str, *, case: str) -> None:
    """Refuse a lot that is none of the case's; the case itself knows no lots."""
    with stage.read() as session:
        if lots.lot(session, lot).case != case:
            raise InputMalformed(errors={"lot": f"不属于该案 / is not a lot of case {case}: {lot}"})


def _transfer(record: TransferRecord) -> dict[str, object]:
    return {
        "property": record.property,
        "from": record.from_case,
        "to": record.to_case,
        "ground": record.ground,
        "letter_by": record.letter_by,
        "transferred_at": record.transferred_at,
    }


def _object(given: Given, name: str) -> dict[str, Any]:
    found = given.plain(name)
    if not isinstance(found, dict):
        given.wrong(name, "应为数据对象 / must be an object")
        return {}
    return found


def _listed(given: object) -> Any:  # noqa: ANN401 - the command judges what it is
    return [] if given is None else given
