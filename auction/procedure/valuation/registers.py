"""The list of inquiry platforms: who gets on it, who was late, who is struck off (法释〔2018〕15号 第8至10条)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from importlib import resources

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.calendar import add_years, day_of
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import InputMalformed
from auction.foundation.kernel.roles import Role
from auction.procedure.inputs import Checks
from auction.procedure.valuation import reasons, refusals
from auction.procedure.valuation.models import PlatformEvent
from auction.rulebook import rulebook
from auction.rulebook.carried import carries_out
from auction.rulebook.numbers import ValuationNumbers

_CHAIN = "register:inquiry_platforms"
_COUNT_MAX = 1_000


@dataclass(frozen=True, slots=True)
class PlatformRecord:
    """A platform of the list; ``until`` is the end of its ban when it was struck off."""

    platform: str
    listed: bool
    late_in_a_year: int
    until: datetime | None


@lru_cache(maxsize=1)
def _published() -> tuple[tuple[str, date], ...]:
    text = resources.files(__package__).joinpath("inquiry_platforms.toml").read_text(encoding="utf-8")
    return tuple((one["name"], one["since"]) for one in tomllib.loads(text)["platform"])


def listed(session: Session, now: datetime) -> tuple[str, ...]:
    """Return the platforms on the list at an instant: all of them are asked at once (第10条)."""
    found = [name for name, since in _published() if since <= day_of(now)]
    events = select(PlatformEvent).where(PlatformEvent.kind != "late", PlatformEvent.at <= now)
    for event in session.scalars(events.order_by(PlatformEvent.position)):
        if event.kind == "listed":
            found.append(event.platform)
        else:
            found.remove(event.platform)
    return tuple(found)


def late_count(session: Session, platform: str, now: datetime) -> int:
    """Return how often a platform was late without reason in the year before (第9条)."""
    query = select(func.count()).where(
        PlatformEvent.platform == platform, PlatformEvent.kind == "late", PlatformEvent.at > add_years(now, -1)
    )
    return session.execute(query).scalar_one()


@carries_out("valuation.platform_data_kinds_min", "valuation.platform_retention_years")
@command("list_platform", by={Role.ADMINISTRATOR})
def list_platform(act: Act, *, platform: str, data_kinds: int, retention_years: int) -> PlatformRecord:
    """Enter a platform in the list (第8条).

    :raises InputMalformed: it is on the list
    :raises PlatformBarred: it was struck off and its ban has not ended
    :raises PlatformUnfit: too few kinds of price data, or kept too short
    """
    checks = Checks()
    name = checks.text("platform", platform, longest=100)
    kinds = checks.whole("data_kinds", data_kinds, most=_COUNT_MAX)
    years = checks.whole("retention_years", retention_years, most=_COUNT_MAX)
    checks.refuse()
    lock(act, _CHAIN)
    numbers = _numbers(act)
    if name in listed(act.session, act.now):
        raise InputMalformed(errors={"platform": f"已在名单库中 / is on the list: {name}"})
    barred = _barred_until(act.session, numbers, name)
    if barred is not None and act.now < barred:
        raise refusals.PlatformBarred(until=barred)
    if kinds < numbers.platform_data_kinds_min or years < numbers.platform_retention_years:
        raise refusals.PlatformUnfit(
            kinds_min=numbers.platform_data_kinds_min, years_min=numbers.platform_retention_years
        )
    _enter(act, name, "listed", {"data_kinds": kinds, "retention_years": years}, "法释〔2018〕15号 第8条")
    return _record(act, name)


@carries_out("valuation.delist_late_count", "valuation.delist_ban_years")
@command("strike_platform", by={Role.ADMINISTRATOR})
def strike_platform(act: Act, *, platform: str, ground: str) -> PlatformRecord:
    """Strike a platform off the list; it stays off for years (第9条).

    :raises InputMalformed: it is not on the list, or the ground is none of the law's
    :raises PlatformNotLate: for lateness, when it was not late often enough within a year
    """
    checks = Checks()
    name = checks.text("platform", platform, longest=100)
    why = checks.one_of("ground", ground, reasons.keys(reasons.STRIKE))
    checks.refuse()
    lock(act, _CHAIN)
    if name not in listed(act.session, act.now):
        raise InputMalformed(errors={"platform": f"不在名单库中 / is not on the list: {name}"})
    wanted, found = _numbers(act).delist_late_count, late_count(act.session, name, act.now)
    if why == "late" and found < wanted:
        raise refusals.PlatformNotLate(wanted=wanted, found=found)
    reason = reasons.reason_of(reasons.STRIKE, why)
    _enter(act, name, "struck", {"ground": why}, reason.article if reason else "")
    return _record(act, name)


@command("note_late", by=())
def note_late(act: Act, platforms: Iterable[str]) -> None:
    """Count platforms that were late without reason; for the inquiry they were late with."""
    for name in platforms:
        act.session.add(PlatformEvent(id=new_id("valuation"), platform=name, kind="late", at=act.now, details={}))
    act.session.flush()


def _numbers(act: Act) -> ValuationNumbers:
    return rulebook().on(day_of(act.now)).valuation


def _barred_until(session: Session, numbers: ValuationNumbers, platform: str) -> datetime | None:
    query = select(PlatformEvent.at).where(PlatformEvent.platform == platform, PlatformEvent.kind == "struck")
    struck = session.scalars(query.order_by(PlatformEvent.position.desc()).limit(1)).one_or_none()
    return None if struck is None else add_years(struck, numbers.delist_ban_years)


def _enter(act: Act, platform: str, kind: str, details: dict[str, object], article: str) -> None:
    act.session.add(PlatformEvent(id=new_id("valuation"), platform=platform, kind=kind, at=act.now, details=details))
    act.session.flush()
    append(act, _CHAIN, f"platform.{kind}", {"platform": platform, **details, "article": article})


def _record(act: Act, platform: str) -> PlatformRecord:
    return PlatformRecord(
        platform=platform,
        listed=platform in listed(act.session, act.now),
        late_in_a_year=late_count(act.session, platform, act.now),
        until=_barred_until(act.session, _numbers(act), platform),
    )
