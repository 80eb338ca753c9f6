"""Filing an objection, and the panel's decision on it."""

from __future__ import annotations

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.canonical import instant_text, sha256_hex
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, NotFound
from auction.foundation.kernel.roles import ROLE_NAMES, Role
from auction.procedure.assets import commands as asset_commands
from auction.procedure.assets import queries as assets
from auction.procedure.assets.rules import NotUnderControl
from auction.procedure.bidding import stays as bidding_stays
from auction.procedure.cases import queries as cases
from auction.procedure.identity import queries as identity
from auction.procedure.inputs import Checks
from auction.procedure.lots import queries as lots
from auction.procedure.lots import stays as lot_stays
from auction.procedure.objections import queries, rules
from auction.procedure.objections.models import Objection
from auction.procedure.objections.queries import ObjectionRecord
from auction.procedure.valuation import queries as valuation
from auction.rulebook import rulebook


@command("file_objection", by={Role.BIDDER})
def file_objection(
    act: Act,
    *,
    by: str,
    kind: str,
    against: str,
    id: str | None = None,  # noqa: A002 - the caller's own id, as everywhere
) -> ObjectionRecord:
    """File an objection against a lot, a property or a case.

    An outsider's holds the thing back from disposal and suspends its announced and open lots at once
    (民事诉讼法第238条, 法释〔2016〕18号第36条).

    :raises InputMalformed: nothing of that name, the id is taken, or a party poses as an outsider
    :raises NotHeard: against a negotiated price or a directed inquiry
    :raises NotUnderControl: an outsider comes after the thing was disposed of or released
    """
    checks = Checks()
    chosen = new_id("objection") if id is None else checks.identifier("objection", id)
    who, target = checks.identifier("by", by), checks.identifier("against", against)
    about = checks.one_of("kind", kind, rules.KINDS)
    checks.refuse()
    _own(act, who)
    identity.person(act.session, who)
    found, case = _target(act, about, target)
    lock(act, f"{found}:{target}")
    if act.session.get(Objection, chosen) is not None:
        raise InputMalformed(errors={"objection": f"编号已被使用 / exists already: {chosen}"})
    row = Objection(
        id=chosen,
        case_id=case,
        kind=about,
        against=target,
        against_kind=found,
        by_person_id=who,
        status="pending",
        filed_at=act.now,
        decide_by=rules.decide_by(rulebook().on(day_of(act.now)), kind=about, filed_at=act.now),
    )
    record = queries.objection_record(row)
    _check(act, record)
    act.session.add(row)
    act.session.flush()
    public = {"objection": chosen, "kind": about, "decide_by": instant_text(row.decide_by)}
    append(act, f"{found}:{target}", "objection.filed", public, seal={"by": who})
    if about == "outsider":
        _hold_back(act, record)
    return record


@command("decide_objection", by={Role.PANEL})
def decide_objection(act: Act, *, objection: str, upheld: bool) -> ObjectionRecord:
    """Decide an objection, served at this instant.

    When an outsider's is rejected the thing stays held back until his suit window is over; when it is upheld, for good.

    :raises NotFound: no such objection
    :raises Decided: when it was decided already
    """
    record = queries.objection(act.session, objection)
    chain = f"{record.against_kind}:{record.against}"
    lock(act, chain)
    row = act.session.get_one(Objection, objection, with_for_update=True, populate_existing=True)
    if row.status != "pending":
        raise rules.Decided(status=row.status)
    row.status, row.decided_at = ("upheld" if upheld else "rejected"), act.now
    numbers = rulebook().on(day_of(act.now))
    row.suit_until = rules.suit_until(numbers, kind=row.kind, decided_at=act.now)
    act.session.flush()
    suit = instant_text(row.suit_until) if row.suit_until else None
    append(act, chain, "objection.decided", {"objection": objection, "upheld": upheld, "suit_until": suit})
    decided = queries.objection_record(row)
    if row.kind == "outsider" and not upheld:
        for thing in queries.things_of(act.session, decided):
            asset_commands.lift_hold(act.as_platform(), hold=_hold_id(objection, thing), until=row.suit_until)
    return decided


def _own(act: Act, person: str) -> None:
    if act.actor is None or act.actor.has(Role.PLATFORM) or act.actor.person == person:
        return
    raise AuthForbidden(act="file_objection", roles=[ROLE_NAMES[Role.BIDDER][0]])


def _target(act: Act, kind: str, name: str) -> tuple[str, str]:
    """Return what an objection of a kind is against under a name, and the case it belongs to."""
    for what in rules.AGAINST[kind]:
        case = _case_of(act, what, name)
        if case is not None:
            return what, case
    known = " / ".join(rules.AGAINST[kind])
    raise InputMalformed(errors={"against": f"没有该对象 / must name a {known}: {name}"})


def _case_of(act: Act, what: str, name: str) -> str | None:
    try:
        match what:
            case "property":
                return assets.property_record(act.session, name).case
            case "lot":
                return lots.lot(act.session, name).case
            case _:
                return cases.case(act.session, name).id
    except NotFound:
        return None


def _check(act: Act, record: ObjectionRecord) -> None:
    things = queries.things_of(act.session, record)
    if record.kind == "outsider":
        found = cases.case(act.session, record.case)
        applicants = {claim.creditor_person for claim in found.claims if claim.applicant}
        rules.check_outsider(person=record.by, parties={found.debtor.person, *applicants})
        for thing in things:
            status = assets.property_record(act.session, thing).status
            if status in {"disposed", "released"}:
                raise NotUnderControl(status=status)
    if record.kind == "valuation":
        for thing in things:
            price = valuation.reference_price(act.session, thing)
            rules.check_report(price.method if price else None)


def _hold_back(act: Act, record: ObjectionRecord) -> None:
    things = queries.things_of(act.session, record)
    for thing in things:
        asset_commands.hold(
            act.as_platform(), property=thing, reason="outsider_objection", id=_hold_id(record.id, thing)
        )
    for lot in lot_stays.live_lots(act.session, things=things):
        bidding_stays.suspend_for_objection(act.as_platform(), lot=lot)


def _hold_id(objection: str, thing: str) -> str:
    """Return under which id an objection holds a thing back: told by both, so that deciding finds it again."""
    return f"Q{sha256_hex([objection, thing])[:24]}"
