"""The stories that tell the law, for reading: what is done when, by whom, and what must come of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template

from auction.edges.stories.instants import instant
from auction.edges.stories.reading import Step
from auction.edges.stories.shelf import Story, stories
from auction.edges.stories.words import field_words, refusal_named, value_words, verb_words, who
from auction.edges.web import printing, visitor
from auction.edges.web.visitor import ANYONE, open_to, t
from auction.foundation.kernel.money import grouped
from auction.foundation.kernel.refusal import NotFound
from auction.rulebook import rulebook

pages = Blueprint("stories", __name__)


@pages.get("/rules/stories")
@open_to(ANYONE)
def shelf() -> str:
    """List every story by its title."""
    listed = [
        {"name": one.name, "title": title_of(one), "about": one.told.about, "steps": len(one.told.steps)}
        for one in stories().values()
    ]
    return render_template("public/stories.html", section="rules", stories=listed)


@pages.get("/rules/stories/<name>")
@open_to(ANYONE)
def story(name: str) -> str:
    """Show a story step by step, with the rules it tells and the file as it can be played."""
    found = stories().get(name)
    if found is None:
        raise NotFound(what="story", name=name[:80])
    return render_template(
        "public/story.html",
        section="rules",
        story={
            "name": found.name,
            "title": title_of(found),
            "about": found.told.about,
            "begins": found.told.clock,
            "text": found.text,
        },
        rules=_rules(found),
        steps=[_step(one) for one in found.told.steps],
    )


def title_of(one: Story) -> str:
    """Return a story's title in the visitor's language, or in the one it has."""
    told = one.told
    return (told.title or told.title_zh) if visitor.language() == "en" else (told.title_zh or told.title)


def _rules(found: Story) -> list[dict[str, str]]:
    """Return the rules a story tells with their titles, each in the version that stands last."""
    language = visitor.language()
    latest = {one.key: one for one in rulebook().provisions}
    return [
        {
            "key": key,
            "title": latest[key].title.in_language(language),
            "article": latest[key].article.in_language(language),
        }
        for key in found.told.rules
    ]


def _step(one: Step) -> dict[str, Any]:
    language = visitor.language()
    return {
        "n": one.n,
        "at": one.at,
        "who": who(one).in_language(language),
        "does": verb_words(one.do).in_language(language),
        "fields": _fields(one.given),
        "refusal": _refusal(one.refused) if one.refused else None,
        "expected": _expected(one),
    }


def _refusal(code: str) -> dict[str, str]:
    found = refusal_named(code)
    if found is None:
        return {"code": code, "title": code, "article": ""}
    return {
        "code": code,
        "title": found.title_en if visitor.language() == "en" else found.title_zh,
        "article": "" if found.article == "—" else found.article,
    }


def _expected(one: Step) -> list[dict[str, str]]:
    match one.expected:
        case Mapping():
            return _fields(one.expected)
        case list():
            return [{"name": "", "value": _value("", item)} for item in one.expected]
        case _:
            return []


def _fields(given: Mapping[object, object] | Mapping[str, object]) -> list[dict[str, str]]:
    return [{"name": _name(str(name)), "value": _value(str(name), value)} for name, value in given.items()]


def _name(name: str) -> str:
    return field_words(name).in_language(visitor.language())


def _value(name: str, value: object) -> str:
    """Print a value of a story: money in yuan, instants in court time, what is nested as one line."""
    match value:
        case Mapping():
            pairs = (f"{_name(str(key))} {_value(str(key), item)}" for key, item in value.items())
            return t("，", ", ").join(pairs)
        case list():
            return t("；", "; ").join(_value(name, item) for item in value)
        case None | bool():
            return t("无", "none") if value is None else t("是", "yes") if value else t("否", "no")
        case int():
            return f"¥{grouped(value)}" if name.endswith("_minor") else str(value)
        case _:
            return _text(name, str(value))


def _text(name: str, said: str) -> str:
    language = visitor.language()
    moment = instant(said)
    return printing.instant(moment, language=language) if moment else value_words(name, said).in_language(language)
