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
from auction.foundation.kernel.refusal import InputMalformed
from auction.foundation.kernel.roles import Role
from auction.procedure.assets import grounds, queries, queue, rows, rules, waiting
from auction.procedure.assets.models import DisposalHold, Property
from auction.procedure.cases import queries as cases
from auction.procedure.cases.queries import CaseRecord
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
    monthly_rent_minor: int | None = None,
    encumbrances: Sequence[Any] = (),
    id: str | None = None,  # noqa: A002 - the caller's own id, as everywhere
) -> queries.PropertyRecord:
    """Put a property under control, by default for the longest period the law allows (民诉解释第485条).

    What another case holds is waited for: the case takes its place in the queue (查封规定第26条). What was released or
    has lapsed is seized anew.

    :param owner: a person on record; the debtor when left out
    :raises NotFound: no such case
    :raises InputMalformed: a field cannot be read, the owner is unknown, the case holds the thing already
    :raises ControlTooLong: ``until`` lies beyond the longest period
    :raises SetasideOutOfRange: a set-aside that is not five to eight years' rent
    :raises AlreadyHolding: NotUnderControl: the case waits for it already, or it was disposed of
    """
    checks = Checks()
    thing = new_id("property") if id is None else checks.identifier("property", id)
    rent, setaside = monthly_rent_minor, living_setaside_minor
    row: dict[str, Any] = {
        "kind": checks.one_of("kind", kind, rules.KINDS),
        "category": checks.one_of("category", category, rules.CATEGORIES),
        "title": checks.text("title", title, longest=300),
        "district": checks.text_or_none("district", district, longest=50),
        "facts": checks.facts("facts", facts or {}),
        "indivisible_with": [name for name in checks.names("indivisible_with", indivisible_with) if name != thing],
        "sole_home": checks.truth("sole_home", sole_home),
        "monthly_rent_minor": None if rent is None else checks.minor("monthly_rent_minor", rent),
        "living_setaside_minor": None if setaside is None else checks.minor("living_setaside_minor", setaside, least=0),
        "encumbrances": checks.list_of_facts("encumbrances", encumbrances),
    }
    asked = checks.instant_or_none("until", until)
    place = checks.text_or_none("city", city, longest=50)
    checks.refuse()
    record = cases.case(act.session, case)
    lock(act, f"property:{thing}")
    held_by = _owner(act, owner, debtor=record.debtor.person)
    before = act.session.get(Property, thing, populate_existing=True)
    if before is not None and not _free(act, before, case=record, kind=row["kind"], owner=held_by, asked=asked):
        queue.join(act, before, case=record.id)
        return queries.property_record(act.session, thing)
    row["living_setaside_minor"] = _setaside(act, row)
    row |= {
        "case_id": record.id,
        "city": place or identity.court(act.session, record.court).city or "",
        "owner_person_id": held_by,
        "seized_at": act.now,
        "control_until": rows.end_of_control(act, row["kind"], start=act.now, asked=asked),
        "status": "seized",
    }
    _control(act, thing, before, row)
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
    row = rows.held(act, property)
    rules.check_live(until=row.control_until, now=act.now)
    before = row.control_until
    row.control_until = rows.end_of_control(act, row.kind, start=before, asked=asked)
    act.session.flush()
    rows.measure(act, property, "renew", starts_at=before, until=row.control_until)
    append(act, f"property:{property}", "property.renewed", {"until": instant_text(row.control_until)})
    return queries.property_record(act.session, property)


@command("release", by={Role.OFFICER})
def release(act: Act, *, property: str, ground: str) -> queries.PropertyRecord:  # noqa: A002 - the law's word
    """Release a property from control on a ground of 查封规定第28条; who waits first holds it from then on (第26条).

    :param ground: one of ``grounds.RELEASE``, or the officer's own words
    :raises NotUnderControl: released or disposed of already
    :raises SaleUnderWay: while it is being sold and others wait for it
    """
    checks = Checks()
    why = checks.text("ground", ground)
    checks.refuse()
    row = rows.held(act, property)
    following = waiting.next_in_line(queries.queue(act.session, property))
    if following is not None and row.status == "disposing":
        raise waiting.SaleUnderWay
    rules.check_step(status=row.status, to="released")
    known = grounds.known_ground(why)
    row.status, row.released_at, row.release_ground = "released", act.now, why
    act.session.flush()
    public = {"ground": why, "article": known.article if known else "查封规定 第28条", "case": row.case_id}
    append(act, f"property:{property}", "property.released", public)
    queue.pass_on(act, row, at=act.now)
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
    rows.locked(act, property)
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
    rows.locked(act, record.property)
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
    row = rows.held(act, property)
    row.valuation_begun_at = row.valuation_begun_at or act.now
    if fixed:
        row.price_fixed_at = act.now
    act.session.flush()


@command("note_disposal", by=())
def note_disposal(act: Act, *, property: str, to: str) -> None:  # noqa: A002 - the law's word
    """Move a property along: ``disposing`` (a lot is made of it), back to ``seized`` (it failed), ``disposed`` (sold).

    One released meanwhile does not come back: its lot ends all the same.

    :raises NotUnderControl: the step does not exist from where it stands
    """
    row = rows.locked(act, property)
    if row.status == to or (to == "seized" and row.status == "released"):
        return
    rules.check_step(status=row.status, to=to)
    row.status = to
    row.disposal_begun_at = row.disposal_begun_at or act.now
    act.session.flush()
    if to == "disposed":
        queue.end(act, property, status="spent")
        append(act, f"property:{property}", "property.disposed", {})


@command("bring_back", by=())
def bring_back(act: Act, *, property: str) -> None:  # noqa: A002 - the law's word
    """Bring a thing back under control because its sale was revoked; one released meanwhile stays released.

    Being disposed of is otherwise the end of a thing's road (法释〔2016〕18号 第31条).
    """
    row = rows.locked(act, property)
    if row.status in {"disposing", "disposed"}:
        row.status = "seized"
        act.session.flush()
        queue.end(act, property, status="waiting", before="spent")
        append(act, f"property:{property}", "property.brought_back", {})


def _free(act: Act, row: Property, *, case: CaseRecord, kind: str, owner: str, asked: datetime | None) -> bool:
    """Say whether a known thing can be seized anew; otherwise the case may only wait for it.

    :raises InputMalformed: when the file describes another thing, or the case holds it
    :raises NotUnderControl: when it was disposed of
    """
    checks = Checks()
    if row.kind != kind:
        checks.wrong("kind", f"该财产已登记为 {row.kind} / is on record as {row.kind}")
    if row.owner_person_id != owner:
        checks.wrong("owner", "该财产登记在他人名下 / is on record as somebody else's")
    if row.status == "disposed":
        raise rules.NotUnderControl(status=row.status)
    if row.status == "seized" and act.now >= row.control_until:
        queue.pass_on(act, row, at=row.control_until)
    lapsed = row.status == "seized" and act.now >= row.control_until
    free = row.status == "released" or lapsed
    if not free and row.case_id == case.id:
        checks.wrong("property", "编号已被使用 / the id is already used")
    if not free and asked is not None:
        checks.wrong("until", "轮候查封自生效时起算期限 / a waiting seizure has no period yet")
    checks.refuse()
    return free


def _setaside(act: Act, row: Mapping[str, Any]) -> int | None:
    rent = row["monthly_rent_minor"] if row["sole_home"] else None
    numbers = rulebook().on(day_of(act.now)).distribution
    return grounds.living_setaside(numbers, monthly_rent_minor=rent, asked_minor=row["living_setaside_minor"])


def _control(act: Act, thing: str, before: Property | None, values: Mapping[str, Any]) -> None:
    """Keep the seizure: a new row, or a thing that was released or has lapsed under control again."""
    if before is None:
        seized = Property(id=thing, **values)
        act.session.add(seized)
    else:
        seized = before
        for name, value in values.items():
            setattr(seized, name, value)
        queue.forget_the_last(seized)
        seized.valuation_begun_at = seized.price_fixed_at = None
    act.session.flush()
    rows.measure(act, thing, "seize", starts_at=act.now, until=seized.control_until)
    _enter_seizure(act, seized)


def _owner(act: Act, owner: str | None, *, debtor: str) -> str:
    if owner is None:
        return debtor
    there = identity.find_person(act.session, owner)
    if there is None:
        raise InputMalformed(errors={"owner": "没有该人 / unknown person"})
    return there.id


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
