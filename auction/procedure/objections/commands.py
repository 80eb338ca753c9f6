"""Filing an objection, and the panel's decision on it."""

from __future__ import annotations

from collections.abc import Sequence

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import InputMalformed, NotFound
from auction.foundation.kernel.roles import Role
from auction.procedure.assets import commands as asset_commands
from auction.procedure.assets import queries as assets
from auction.procedure.assets.rules import NotUnderControl
from auction.procedure.bidding import stays as bidding_stays
from auction.procedure.cases import queries as cases
from auction.procedure.identity import queries as identity
from auction.procedure.inputs import Checks
from auction.procedure.lots import queries as lots
from auction.procedure.lots import stays as lot_stays
from auction.procedure.objections import against_reports, queries, rules, steps
from auction.procedure.objections.course import Step
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
    statement: str | None = None,
    evidence: str | None = None,
    ground: str | None = None,
    reports: Sequence[str] = (),
) -> ObjectionRecord:
    """File an objection against a lot, a property or a case.

    An outsider's holds the thing back from disposal and suspends its announced and open lots at once
    (民事诉讼法第238条, 法释〔2016〕18号第36条).

    :param statement: what he says, kept sealed with its digest; evidence likewise
    :param ground: against a report: which ground of the law; ``reports``: the platforms, where not all are meant
    :raises InputMalformed: nothing of that name, the id is taken, or a party poses as an outsider
    :raises NotHeard: against a negotiated price or a directed inquiry
    :raises NotUnderControl: an outsider comes after the thing was disposed of or released
    """
    checks = Checks()
    chosen = new_id("objection") if id is None else checks.identifier("objection", id)
    who, target = checks.identifier("by", by), checks.identifier("against", against)
    about = checks.one_of("kind", kind, rules.KINDS)
    said, shown = (
        checks.text_or_none(field, words, longest=steps.WORDS_LONGEST)
        for field, words in (("statement", statement), ("evidence", evidence))
    )
    checks.refuse()
    steps.himself(act, who, verb="file_objection")
    identity.person(act.session, who)
    found, case = _target(act, about, target)
    lock(act, f"{found}:{target}")
    if act.session.get(Objection, chosen) is not None:
        raise InputMalformed(errors={"objection": f"编号已被使用 / exists already: {chosen}"})
    row = _row(act, id=chosen, kind=about, against=(found, target), case=case, by=who)
    record = queries.objection_record(row)
    _check(act, record)
    act.session.add(row)
    act.session.flush()
    public = {"objection": chosen, "kind": about, "decide_by": instant_text(row.decide_by)}
    append(act, f"{found}:{target}", "objection.filed", public, seal={"by": who})
    against_reports.note(act, record, ground=ground, reports=reports)
    if about == "outsider":
        _hold_back(act, record)
    for step, words in ((Step.STATED, said), (Step.EVIDENCE, shown)):
        if words is not None:
            record = steps.take(act, record, step, by=who, words=words)
    return record


@command("decide_objection", by={Role.PANEL})
def decide_objection(act: Act, *, objection: str, upheld: bool, reasons: str | None = None) -> ObjectionRecord:
    """Decide an objection, served at this instant.

    When an outsider's is rejected the thing stays held back until his suit window is over; when it is upheld, for good.

    :raises NotFound: no such objection
    :raises Decided: when it was decided already
    :raises OfficerExcluded: for who carried out the enforcement in the case (法释〔2015〕10号 第11条)
    """
    checks = Checks()
    name, answer = checks.identifier("objection", objection), checks.truth("upheld", upheld)
    why = checks.text_or_none("reasons", reasons, longest=steps.WORDS_LONGEST)
    checks.refuse()
    record = steps.locked(act, name)
    chain = steps.chain_of(record)
    row = act.session.get_one(Objection, name, with_for_update=True, populate_existing=True)
    if row.status != "pending":
        raise rules.Decided(status=row.status)
    steps.check_decider(act, record)
    against_reports.decided(act, record, upheld=answer)
    row.status, row.decided_at = ("upheld" if answer else "rejected"), act.now
    numbers = rulebook().on(day_of(act.now))
    row.suit_until = rules.suit_until(numbers, kind=row.kind, decided_at=act.now)
    act.session.flush()
    suit = instant_text(row.suit_until) if row.suit_until else None
    append(act, chain, "objection.decided", {"objection": name, "upheld": answer, "suit_until": suit})
    decided = queries.objection(act.session, name)
    if row.kind == "outsider" and not answer:
        for thing in queries.things_of(act.session, decided):
            asset_commands.lift_hold(act.as_platform(), hold=steps.hold_id(name, thing), until=row.suit_until)
    return decided if why is None else steps.take(act, decided, Step.REASONED, words=why)


def _row(act: Act, *, id: str, kind: str, against: tuple[str, str], case: str, by: str) -> Objection:  # noqa: A002 - as everywhere
    found, target = against
    return Objection(
        id=id,
        case_id=case,
        kind=kind,
        against=target,
        against_kind=found,
        by_person_id=by,
        status="pending",
        filed_at=act.now,
        decide_by=rules.decide_by(rulebook().on(day_of(act.now)), kind=kind, filed_at=act.now),
    )


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
            act.as_platform(), property=thing, reason="outsider_objection", id=steps.hold_id(record.id, thing)
        )
    for lot in lot_stays.live_lots(act.session, things=things):
        bidding_stays.suspend_for_objection(act.as_platform(), lot=lot)
