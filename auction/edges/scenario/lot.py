"""Verbs of the lot before bidding: drafted, approved, told of, announced."""

from __future__ import annotations

from collections.abc import Mapping

from auction.edges.scenario.given import Given
from auction.edges.scenario.stage import Stage
from auction.edges.scenario.verbs import verb
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.roles import Role
from auction.procedure.lots import commands as lots
from auction.rulebook import rulebook

_BALANCE_DAYS_MAX = 365


@verb("draft_lot")
def draft_lot(stage: Stage, given: Given) -> object:
    """Draft a lot; ``disclosure: complete`` fills every block that articles 13 and 14 ask for."""
    lot, things = given.text("lot"), given.texts("properties")
    start, deposit = given.minor("start_price_minor"), given.minor("deposit_minor", least=0)
    increment = given.minor("increment_minor")
    opens, closes = given.instant("opens_at"), given.instant_or_none("closes_at")
    days = given.whole_or_none("balance_days", least=1, most=_BALANCE_DAYS_MAX)
    priority = given.objects("priority")
    disclosure = _disclosure(stage, given)
    after, sale = given.text_or_none("after"), given.truth("sale")
    given.done()
    assert opens is not None  # noqa: S101 - `done` has refused it
    ranked = [_with_person(stage, one) for one in priority]
    with stage.act(stage.official(Role.OFFICER)) as act:
        record = lots.draft_lot(
            act, id=lot, properties=things, start_price_minor=start, deposit_minor=deposit, increment_minor=increment,
            opens_at=opens, closes_at=closes, balance_days=days, priority=ranked, disclosure=disclosure, after=after,
            sale=sale,
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


def _disclosure(stage: Stage, given: Given) -> dict[str, str]:
    rules = rulebook().on(day_of(stage.now))
    blocks = {one.key: one.text.zh for one in (*rules.disclosure_blocks, *rules.reminders)}
    match given.plain("disclosure"):
        case "complete":
            return blocks
        case {"omit": list() as omitted, **rest} if not rest:
            unknown = [str(key)[:80] for key in omitted if not isinstance(key, str) or key not in blocks]
            if unknown:
                given.wrong("disclosure", f"unknown: {', '.join(unknown)}; blocks are {', '.join(blocks)}")
            return {key: text for key, text in blocks.items() if key not in omitted}
        case _:
            given.wrong("disclosure", "应为complete或{omit: […]} / must be complete or {omit: [block, …]}")
            return {}
