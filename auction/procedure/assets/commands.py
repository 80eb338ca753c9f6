"""Seizing, renewing, releasing; holding back from disposal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import InputMalformed, NotFound
from auction.foundation.kernel.roles import Role
from auction.procedure.assets import queries, rules
from auction.procedure.assets.models import ControlMeasure, DisposalHold, Property
from auction.procedure.cases import queries as cases
from auction.procedure.identity import queries as identity
from auction.procedure.inputs import Checks
from auction.rulebook import rulebook


@command("seize", by={Role.OFFICER})
def seize(
    act: Act,
    *,
    case: str,
    kind: str,
    title: str,
    owner: str | None = None,
    category: str = "other",
    until: datetime | None = None,
    city: str | None = None,
    district: str | None = None,
    facts: Mapping[str, Any] | None = None,
    indivisible_with: Sequence[str] = (),
    sole_home: bool = False,
    living_setaside_minor: int | None = None,
    encumbrances: Sequence[Any] = (),
    id: str | None = None,  # noqa: A002 - the caller's own id, as everywhere
) -> queries.PropertyRecord:
    """Put a property under control, by default for the longest period the law allows (民诉解释第485条).

    :param owner: a person on record; the debtor when left out
    :raises NotFound: no such case
    :raises InputMalformed: a field cannot be read, the owner is unknown, the id is already used
    :raises ControlTooLong: ``until`` lies beyond the longest period
    """
    checks = Checks()
    thing = new_id("property") if id is None else checks.identifier("property", id)
    setaside = living_setaside_minor
    row: dict[str, Any] = {
        "kind": checks.one_of("kind", kind, rules.KINDS),
        "category": checks.one_of("category", category, rules.CATEGORIES),
        "title": checks.text("title", title, longest=300),
        "district": checks.text_or_none("district", district, longest=50),
        "facts": checks.facts("facts", facts or {}),
        "indivisible_with": [name for name in checks.names("indivisible_with", indivisible_with) if name != thing],
        "sole_home": checks.truth("sole_home", sole_home),
        "living_setaside_minor": None if setaside is None else checks.minor("living_setaside_minor", setaside, least=0),
        "encumbrances": checks.list_of_facts("encumbrances", encumbrances),
    }
    asked = checks.instant_or_none("until", until)
    place = checks.text_or_none("city", city, longest=50)
    checks.refuse()
    record = cases.case(act.session, case)
    lock(act, f"property:{thing}")
    if act.session.get(Property, thing) is not None:
        raise InputMalformed(errors={"property": "编号已被使用 / the id is already used"})
    row |= {
        "id": thing,
        "case_id": record.id,
        "city": place or identity.court(act.session, record.court).city or "",
        "owner_person_id": _owner(act, owner, debtor=record.debtor.person),
        "seized_at": act.now,
        "control_until": _until(act, row["kind"], start=act.now, asked=asked),
        "status": "seized",
    }
    seized = Property(**row)
    act.session.add(seized)
    act.session.flush()
    _measure(act, thing, "seize", starts_at=act.now, until=seized.control_until)
    _enter_seizure(act, seized)
    return queries.property_record(act.session, thing)


@command("renew_control", by={Role.OFFICER})
def renew_control(act: Act, *, property: str, until: datetime | None = None) -> queries.PropertyRecord:  # noqa: A002 - the law's word
    """Renew the control before it lapses; each renewal runs from the end of the one before (民诉解释第485条).

    :raises ControlLapsed: its end has passed
    :raises ControlTooLong: ``until`` lies beyond the longest renewal
    :raises NotUnderControl: released or disposed of
    """
    checks = Checks()
    asked = checks.instant_or_none("until", until)
    checks.refuse()
    row = _held(act, property)
    rules.check_live(until=row.control_until, now=act.now)
    before = row.control_until
    row.control_until = _until(act, row.kind, start=before, asked=asked)
    act.session.flush()
    _measure(act, property, "renew", starts_at=before, until=row.control_until)
    append(act, f"property:{property}", "property.renewed", {"until": instant_text(row.control_until)})
    return queries.property_record(act.session, property)


@command("release", by={Role.OFFICER})
def release(act: Act, *, property: str, ground: str) -> queries.PropertyRecord:  # noqa: A002 - the law's word
    """Release a property from control on a ground of 查封规定第28条.

    :raises NotUnderControl: released or disposed of already
    """
    checks = Checks()
    why = checks.text("ground", ground)
    checks.refuse()
    row = _held(act, property)
    rules.check_step(status=row.status, to="released")
    row.status, row.released_at, row.release_ground = "released", act.now, why
    act.session.flush()
    append(act, f"property:{property}", "property.released", {"ground": why})
    return queries.property_record(act.session, property)


@command("hold", by={Role.PANEL})
def hold(
    act: Act,
    *,
    property: str,  # noqa: A002 - the law's word
    reason: str,
    until: datetime | None = None,
    id: str | None = None,  # noqa: A002 - the caller's own id, as everywhere
) -> queries.HoldRecord:
    """Block the disposal of a property until lifted, or until an instant; the same id again changes nothing.

    :raises NotFound: no such property
    """
    checks = Checks()
    why = checks.text("reason", reason)
    ends = checks.instant_or_none("until", until)
    chosen = new_id("notice") if id is None else checks.identifier("id", id)
    checks.refuse()
    _locked(act, property)
    before = act.session.get(DisposalHold, chosen, populate_existing=True)
    if before is not None:
        return queries.hold_record(before)
    row = DisposalHold(id=chosen, property_id=property, reason=why, since=act.now, until=ends, lifted_at=None)
    act.session.add(row)
    act.session.flush()
    append(act, f"property:{property}", "property.held", {"hold": chosen, "reason": why})
    return queries.hold_record(row)


@command("lift_hold", by={Role.PANEL})
def lift_hold(act: Act, *, hold: str, until: datetime | None = None) -> queries.HoldRecord:
    """Lift a hold now, or let it end at an instant still to come, as when a suit window runs.

    :raises NotFound: no such hold
    """
    checks = Checks()
    ends = checks.instant_or_none("until", until)
    checks.refuse()
    record = queries.hold(act.session, hold)
    _locked(act, record.property)
    row = act.session.get_one(DisposalHold, hold, populate_existing=True)
    if row.lifted_at is not None:
        return queries.hold_record(row)
    if ends is not None and ends > act.now:
        row.until = ends
    else:
        row.lifted_at = act.now
    act.session.flush()
    public = {"hold": hold, "until": instant_text(row.until if row.until and row.lifted_at is None else act.now)}
    append(act, f"property:{record.property}", "property.hold_lifted", public)
    return queries.hold_record(row)


@command("note_valuation", by=())
def note_valuation(act: Act, *, property: str, fixed: bool) -> None:  # noqa: A002 - the law's word
    """Note that valuation has begun, and when ``fixed`` that a reference price stands; for the valuation itself."""
    row = _held(act, property)
    row.valuation_begun_at = row.valuation_begun_at or act.now
    if fixed:
        row.price_fixed_at = act.now
    act.session.flush()


@command("note_disposal", by=())
def note_disposal(act: Act, *, property: str, to: str) -> None:  # noqa: A002 - the law's word
    """Move a property along: ``disposing`` (a lot is made of it), back to ``seized`` (it failed), ``disposed`` (sold).

    :raises NotUnderControl: the step does not exist from where it stands
    """
    row = _locked(act, property)
    if row.status == to:
        return
    rules.check_step(status=row.status, to=to)
    row.status = to
    row.disposal_begun_at = row.disposal_begun_at or act.now
    act.session.flush()
    if to == "disposed":
        append(act, f"property:{property}", "property.disposed", {})


@command("bring_back", by=())
def bring_back(act: Act, *, property: str) -> None:  # noqa: A002 - the law's word
    """Bring a thing back under control because its sale was revoked; one released meanwhile stays released.

    Being disposed of is otherwise the end of a thing's road (法释〔2016〕18号 第31条).
    """
    row = _locked(act, property)
    if row.status in {"disposing", "disposed"}:
        row.status = "seized"
        act.session.flush()
        append(act, f"property:{property}", "property.brought_back", {})


def _locked(act: Act, thing: str) -> Property:
    lock(act, f"property:{thing}")
    row = act.session.get(Property, thing, populate_existing=True)
    if row is None:
        raise NotFound(what="property", name=thing)
    return row


def _held(act: Act, thing: str) -> Property:
    row = _locked(act, thing)
    if row.status not in {"seized", "disposing"}:
        raise rules.NotUnderControl(status=row.status)
    return row


def _owner(act: Act, owner: str | None, *, debtor: str) -> str:
    if owner is None:
        return debtor
    there = identity.find_person(act.session, owner)
    if there is None:
        raise InputMalformed(errors={"owner": "没有该人 / unknown person"})
    return there.id


def _until(act: Act, kind: str, *, start: datetime, asked: datetime | None) -> datetime:
    numbers = rulebook().on(day_of(act.now)).control
    return rules.control_until(numbers, kind=kind, start=start, now=act.now, asked=asked)


def _measure(act: Act, thing: str, kind: str, *, starts_at: datetime, until: datetime) -> None:
    act.session.add(
        ControlMeasure(
            id=new_id("measure"), property_id=thing, kind=kind, starts_at=starts_at, until=until, ordered_at=act.now
        )
    )
    act.session.flush()


def _enter_seizure(act: Act, row: Property) -> None:
    public = {
        "case": row.case_id,
        "kind": row.kind,
        "category": row.category,
        "title": row.title,
        "until": instant_text(row.control_until),
        "indivisible_with": list(row.indivisible_with),
    }
    append(act, f"property:{row.id}", "property.seized", public, seal={"owner": row.owner_person_id})
