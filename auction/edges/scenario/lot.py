"""Verbs of the lot before bidding: drafted, approved, told of, announced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from auction.edges.scenario.given import Given
from auction.edges.scenario.stage import Stage
from auction.edges.scenario.verbs import verb
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.refusal import NotFound
from auction.foundation.kernel.roles import Role
from auction.procedure.assets import queries as assets
from auction.procedure.lots import approvals, corrections, surplus
from auction.procedure.lots import commands as lots
from auction.procedure.lots.conditions import Conditions, read_conditions
from auction.rulebook import rulebook

_BALANCE_DAYS_MAX = 365


@verb("draft_lot")
def draft_lot(stage: Stage, given: Given) -> object:
    """Draft a lot; ``disclosure: complete`` fills every block that articles 13 and 14 ask for."""
    lot, things = given.text("lot"), given.texts("properties", once=True)
    start, deposit = given.minor("start_price_minor"), given.minor("deposit_minor", least=0)
    increment = given.minor("increment_minor")
    opens, closes = given.instant("opens_at"), given.instant_or_none("closes_at")
    days = given.whole_or_none("balance_days", least=1, most=_BALANCE_DAYS_MAX)
    priority = given.objects("priority")
    disclosure = _disclosure(stage, given, things)
    after, sale = given.text_or_none("after"), given.truth("sale")
    special = _conditions(stage, given)
    given.done()
    assert opens is not None  # noqa: S101 - `done` has refused it
    ranked = [_with_person(stage, one) for one in priority]
    with stage.act(stage.official(Role.OFFICER)) as act:
        record = lots.draft_lot(
            act, id=lot, properties=things, start_price_minor=start, deposit_minor=deposit, increment_minor=increment,
            opens_at=opens, closes_at=closes, balance_days=days, priority=ranked, disclosure=disclosure, after=after,
            sale=sale, conditions=special,
        )  # fmt: skip
    stage.follow(f"lot:{lot}")
    return {
        "lot": record.id,
        "round": record.round,
        "status": record.status,
        "floor_minor": record.floor_minor,
        "opens_at": record.opens_at,
        "closes_at": record.closes_at,
    }


def _conditions(stage: Stage, given: Given) -> Conditions | None:
    """Read the special conditions of homes and equity; None when the step names none."""
    limited, reason = given.plain("purchase_limited"), given.plain("unappraisable")
    company, others = given.text_or_none("company"), given.texts("shareholders")
    approval = given.plain("approval")
    if limited is None and reason is None and company is None and approval is None and not others:
        return None
    return read_conditions(
        purchase_limited=False if limited is None else limited,
        unappraisable=reason,
        company=stage.person(company) if company else None,
        shareholders=[stage.person(name) for name in others if name],
        approval=approval,
    )


@verb("approve_lot")
def approve_lot(stage: Stage, given: Given) -> object:
    """Record the panel's decision on a lot's terms."""
    lot, panel = given.text("lot"), given.texts("panel")
    given.done()
    with stage.act(stage.official(Role.PANEL)) as act:
        record = lots.approve_lot(act, lot=lot, panel=panel)
    return {"lot": record.id, "status": record.status}


@verb("notify")
def notify(stage: Stage, given: Given) -> object:
    """Record that somebody was told of a lot."""
    lot, name, how = given.text("lot"), given.text("person"), given.text("how")
    given.done()
    person = stage.person(name)
    with stage.act(stage.official(Role.OFFICER)) as act:
        noticed_at = lots.notify(act, lot=lot, person=person, how=how)
    return {"lot": lot, "person": name, "noticed_at": noticed_at}


@verb("correct_announcement")
def correct_announcement(stage: Stage, given: Given) -> object:
    """Correct a block of an announced lot in public."""
    lot, block = given.text("lot"), given.text("block")
    text, why = given.plain("text"), given.text_or_none("why")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        record = corrections.correct_announcement(
            act, lot=lot, block=block, text=text if isinstance(text, str) else "", why=why or "更正"
        )
    return {"lot": record.id, "status": record.status, "corrections": record.corrections}


@verb("record_approval")
def record_approval(stage: Stage, given: Given) -> object:
    """Record what the authority said to the buyer of equity."""
    lot, granted = given.text("lot"), given.answer("granted")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        answer = approvals.record_approval(act, lot=lot, granted=granted)
    return {"lot": lot, "granted": answer}


@verb("warn_no_surplus")
def warn_no_surplus(stage: Stage, given: Given) -> object:
    """Tell the applicants that nothing may be left for them."""
    thing = given.text("property")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        reply_by = surplus.warn_no_surplus(act, property=thing)
    return {"property": thing, "reply_by": reply_by}


@verb("announce")
def announce(stage: Stage, given: Given) -> object:
    """Publish a lot."""
    lot = given.text("lot")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        record = lots.announce(act, lot=lot)
    return {"lot": record.id, "status": record.status, "announced_at": record.announced_at}


def _with_person(stage: Stage, entry: Mapping[str, object]) -> dict[str, object]:
    name = entry.get("person")
    return {**entry, "person": stage.person(name)} if isinstance(name, str) else dict(entry)


def _categories(stage: Stage, things: Sequence[str]) -> set[str]:
    """Return the categories of things; what does not exist has none, and the command refuses it."""
    found = set()
    with stage.read() as session:
        for thing in things:
            with suppress(NotFound):
                found.add(assets.property_record(session, thing).category)
    return found


def _texts(written: Mapping[object, object], blocks: Mapping[str, str]) -> bool:
    return all(key in blocks and isinstance(text, str) for key, text in written.items())


def _disclosure(stage: Stage, given: Given, things: Sequence[str]) -> dict[str, str]:
    rules = rulebook().on(day_of(stage.now))
    wanted = (*rules.blocks_for(_categories(stage, things)), *rules.reminders)
    blocks = {one.key: one.text.zh for one in wanted}
    match given.plain("disclosure"):
        case "complete":
            return blocks
        case {"write": dict() as written, **rest} if not rest and _texts(written, blocks):
            return blocks | written
        case {"omit": list() as omitted, **rest} if not rest:
            unknown = [str(key)[:80] for key in omitted if not isinstance(key, str) or key not in blocks]
            if unknown:
                given.wrong("disclosure", f"unknown: {', '.join(unknown)}; blocks are {', '.join(blocks)}")
            return {key: text for key, text in blocks.items() if key not in omitted}
        case _:
            given.wrong(
                "disclosure",
                "应为complete、{omit: […]}或{write: {…}} / complete, {omit: [block, …]} or {write: {block: text}}",
            )
            return {}
