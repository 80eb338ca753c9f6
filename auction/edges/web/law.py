"""The rules in force, article by article; the words explained; how it works; how to check a docket oneself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from auction.edges import explaining
from auction.edges.stories.shelf import Story, telling
from auction.edges.web import visitor
from auction.edges.web.stories import title_of
from auction.edges.web.visitor import ANYONE, open_to, platform, t
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.money import grouped
from auction.foundation.kernel.refusal import InputMalformed, NotFound
from auction.procedure.lots import queries as lots
from auction.procedure.publicity import stamping
from auction.rulebook import Instrument, Provision, rulebook
from auction.rulebook.carried import carriers, kinds_seen

pages = Blueprint("law", __name__)

_A_DAY = timedelta(hours=24)
#: How many entries of a day a rule's page shows.
_SEEN_MOST = 30

_UNITS: Mapping[str, tuple[str, str]] = {
    "pct": ("%", " %"),
    "days": (" 日", " days"),
    "days_by_kind": (" 日", " days"),
    "working_days": (" 个工作日", " working days"),
    "hours": (" 小时", " hours"),
    "minutes": (" 分钟", " minutes"),
    "seconds": (" 秒", " seconds"),
    "months": (" 个月", " months"),
    "years": (" 年", " years"),
    "years_by_kind": (" 年", " years"),
    "per_million_a_day": (" / 百万每日", " per million a day"),
    "count": ("", ""),
}
_KINDS: Mapping[str, tuple[str, str]] = {
    "movable": ("动产", "movable"),
    "immovable": ("不动产", "immovable"),
    "other_right": ("其他财产权", "other rights"),
}


@pages.get("/rules")
@open_to(ANYONE)
def rules() -> str:
    """Show every rule in force on a day, by instrument and article, each with an anchor."""
    day = _day(request.args.get("on"))
    book = rulebook()
    if day < book.begins:
        raise InputMalformed(errors={"on": f"本平台规则自 {book.begins} 起 / rules begin on {book.begins}"})
    instruments = [_instrument(one, found) for one, found in book.articles(on=day).items()]
    shown = {"version": book.version, "dated": day.isoformat(), "instruments": instruments}
    return render_template("public/rules.html", section="rules", book=shown)


@pages.get("/rules/<key>")
@open_to(ANYONE)
def rule(key: str) -> str:
    """Show one rule whole: words, number, history, who carries it, which stories tell it, where it was seen today."""
    history = [one for one in rulebook().provisions if one.key == key]
    if not history:
        raise NotFound(what="rule", name=key[:80])
    now = visitor.now()
    living = next((one for one in history if one.in_force_on(day_of(now))), history[-1])
    with platform().read() as session:
        seen = _seen_today(session, key, now=now)
    return render_template(
        "public/rule.html",
        section="rules",
        rule=_rule(living) | {"law": living.article.instrument.title.in_language(visitor.language())},
        versions=[_version(one) for one in sorted(history, key=lambda one: one.in_force)],
        carriers=carriers(key),
        stories=[_story(one) for one in telling(key)],
        seen=seen,
    )


def _version(one: Provision) -> dict[str, Any]:
    """Return a version of a rule: its place, its number, from when until when, and how sure we are of it."""
    language = visitor.language()
    return {
        "article": one.article.in_language(language),
        "text": one.text.in_language(language),
        "value": value_of(one),
        "in_force": one.in_force.isoformat(),
        "until": one.until.isoformat() if one.until else None,
        "confidence": one.confidence,
    }


def _story(one: Story) -> dict[str, str]:
    return {"name": one.name, "title": title_of(one)}


def _seen_today(session: Session, key: str, *, now: datetime) -> list[dict[str, Any]]:
    """Return the public entries of the last 24 hours by which a rule was seen at work, the newest first."""
    kinds = explaining.kinds_of(key) | kinds_seen(key)
    entries = docket.recent(session, kinds=kinds, since=now - _A_DAY) if kinds else []
    found: list[dict[str, Any]] = []
    titles: dict[str, str | None] = {}
    for entry in entries:
        if len(found) == _SEEN_MOST:
            break
        if explaining.rule_of(entry) != key and entry.kind not in kinds_seen(key):
            continue
        lot = entry.chain.partition(":")[2]
        if lot not in titles:
            titles[lot] = _public_title(session, lot)
        if titles[lot] is not None:
            found.append({"lot": lot, "title": titles[lot], "seq": entry.seq, "kind": entry.kind, "at": entry.at})
    return found


def _public_title(session: Session, lot: str) -> str | None:
    """Return what a lot is called; None for one that is not announced and so nobody's business yet."""
    found = lots.lot(session, lot)
    return found.title if found.announced_at is not None else None


def _instrument(one: Instrument, found: Sequence[Provision]) -> dict[str, Any]:
    language = visitor.language()
    return {
        "number": one.number,
        "title": one.title.in_language(language),
        "short": one.short.in_language(language),
        "rules": [_rule(rule) for rule in found],
    }


def _rule(one: Provision) -> dict[str, Any]:
    language = visitor.language()
    actor = rulebook().actors.get(one.actor)
    return {
        "key": one.key,
        "article": one.article.number,
        "title": one.title.in_language(language),
        "text": one.text.in_language(language),
        "value": value_of(one),
        "actor": actor.in_language(language) if actor else one.actor,
        "confidence": one.confidence,
    }


@pages.get("/glossary")
@open_to(ANYONE)
def glossary() -> str:
    """Explain the words of the procedure."""
    return render_template("public/glossary.html", section="glossary")


@pages.get("/help")
@open_to(ANYONE)
def how_it_works() -> str:
    """Show how to take part, in four steps, and what to do when something goes wrong."""
    return render_template("public/help.html", section="help")


@pages.get("/verify")
@open_to(ANYONE)
def verify() -> str:
    """Say how anybody checks a docket without trusting this site."""
    with platform().read() as session:
        stamp = stamping.newest(session)
    return render_template("public/verify.html", section="verify", stamp=stamp)


def _day(text: str | None) -> date:
    if not text:
        return day_of(visitor.now())
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise InputMalformed(errors={"on": "日期格式为 2025-01-31 / a date like 2025-01-31"}) from fault


def value_of(one: Provision) -> str:
    """Print a rule's number with its unit; nothing for a duty in words."""
    return "" if one.plain is None else value_in_words(one.plain, one.unit)


def value_in_words(plain: Any, unit: str | None) -> str:  # noqa: ANN401 - any JSON value of the rulebook
    """Print a number of the rulebook in the visitor's language, whatever shape it has."""
    if unit == "fee_brackets":
        return t("；", "; ").join(_bracket(one) for one in plain)
    if unit == "minor":
        return f"¥{grouped(plain)}"
    zh, en = _UNITS.get(unit or "count", ("", ""))
    if isinstance(plain, Mapping):
        return t("，", ", ").join(f"{t(*_KINDS[kind])} {number}{t(zh, en)}" for kind, number in plain.items())
    return f"{plain}{t(zh, en)}"


def _bracket(one: Mapping[str, int]) -> str:
    top = one.get("up_to_minor")
    reach = t(f"至 ¥{grouped(top)}", f"up to ¥{grouped(top)}") if top else t("其余", "the rest")
    return f"{reach} {one['per_mille']}‰"
