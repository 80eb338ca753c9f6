"""Reading ``cn.toml`` once. Anything unclear in it stops the program, naming the place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from importlib import resources
from types import MappingProxyType

from auction.rulebook.book import BeforeTheRulebookError, Rulebook
from auction.rulebook.model import Article, Confidence, ForbiddenPhrase, Instrument, Passage, Provision, Words
from auction.rulebook.numbers import Numbers
from auction.rulebook.reading import (
    RulebookMalformedError,
    check_unit,
    fields_of_numbers,
    numbers_from_json,
    plain_of,
    read_value,
)
from auction.rulebook.tables import Table, read_toml


@lru_cache(maxsize=1)
def rulebook() -> Rulebook:
    """Return the rulebook this program ships with, read and checked once.

    :raises RulebookMalformedError: when it cannot be relied on
    """
    file = resources.files(__package__).joinpath("cn.toml")
    return read_rulebook(file.read_text(encoding="utf-8"))


def frozen_numbers(frozen: Mapping[str, object]) -> Numbers:
    """Return the numbers a lot is frozen to: as written down on its day, whatever has been added to the rulebook since.

    A rule that nobody had written down then is taken as it stood on that day.

    :raises RulebookMalformedError: when they cannot be read
    """
    on = frozen.get("on")
    try:
        rest = rulebook().on(date.fromisoformat(on if isinstance(on, str) else ""))
    except (BeforeTheRulebookError, ValueError) as fault:
        raise RulebookMalformedError(f"on: {fault}") from fault
    return numbers_from_json(frozen.get("numbers"), rest=rest)


def read_rulebook(text: str) -> Rulebook:
    """Read and check a rulebook.

    :raises RulebookMalformedError: naming the instrument, the rule and what is wrong with it
    """
    raw = read_toml("rulebook", text)
    root = Table("rulebook", raw)
    dated = root.day("dated")
    actors = MappingProxyType({key: _words(words) for key, words in root.tables_by_key("actor")})
    instruments: dict[str, Instrument] = {}
    provisions: list[Provision] = []
    for table in root.tables("instrument"):
        instrument = _instrument(table)
        if instrument.key in instruments:
            table.fail("this instrument is given twice")
        instruments[instrument.key] = instrument
        for rule in table.tables("rule"):
            provisions.extend(_versions(rule, instrument, actors))
        table.done()
    blocks = _passages(root, "disclosure", instruments)
    found = Rulebook(
        dated=dated,
        sha256=_digest(raw),
        begins=_begins(provisions),
        actors=actors,
        instruments=tuple(instruments.values()),
        provisions=tuple(_closed(provisions)),
        disclosure_blocks=tuple(one for one in blocks if not one.categories),
        special_blocks=tuple(one for one in blocks if one.categories),
        undertakings=_passages(root, "undertaking", instruments),
        phrases=tuple(_phrase(table) for table in root.tables("forbidden_phrase")),
        reminders=_passages(root, "reminder", instruments),
    )
    root.done()
    return found


def _instrument(table: Table) -> Instrument:
    return Instrument(
        key=table.text("key"),
        short=_words(table, "short_"),
        title=_words(table, "title_"),
        number=table.text("number", default=""),
        in_force=table.day("in_force"),
    )


def _versions(table: Table, instrument: Instrument, actors: Mapping[str, Words]) -> Iterator[Provision]:
    """Yield the rule once for each numbering it has had; `former` lists the older article numbers."""
    latest = _provision(table, instrument, actors)
    since = latest.in_force
    for former in sorted(table.tables("former"), key=lambda one: one.day("until")):
        until = former.day("until")
        if until <= since:
            former.fail("a former numbering ends after the rule came into force, and in order")
        yield replace(latest, article=_article(former, instrument), in_force=since, until=until)
        former.done()
        since = until
    table.done()
    yield replace(latest, in_force=since)


def _provision(table: Table, instrument: Instrument, actors: Mapping[str, Words]) -> Provision:
    key = table.text("key")
    actor = table.text("actor")
    if actor not in actors:
        table.fail(f"unknown actor {actor!r}")
    unit = table.text("unit", default="") or None
    written = table.take("value")
    value = None
    if (unit is None) != (written is None):
        table.fail("`value` and `unit` come together")
    if unit is None and key in fields_of_numbers():
        table.fail("this rule needs a value")
    try:
        plain = None if unit is None else plain_of(written)
        if unit is not None:
            value = read_value(unit, written)
            check_unit(key, unit, value)
    except RulebookMalformedError as fault:
        table.fail(str(fault))
    return Provision(
        key=key,
        article=_article(table, instrument),
        title=_words(table, "title_"),
        text=_words(table, "text_"),
        actor=actor,
        confidence=_confidence(table),
        in_force=table.day("in_force", default=instrument.in_force),
        unit=unit,
        value=value,
        plain=plain,
    )


def _article(table: Table, instrument: Instrument) -> Article:
    first = table.number("article")
    last = table.number("article_to")
    paragraph = table.number("paragraph")
    item = table.number("item")
    if first is None and (last or paragraph or item):
        table.fail("a paragraph or item needs its article")
    if first is not None and last is not None and last <= first:
        table.fail("a span of articles rises")
    return Article(instrument, first, last, paragraph, item)


def _confidence(table: Table) -> Confidence:
    match table.text("confidence"):
        case "V" | "M" | "I" as found:
            return found
        case other:
            return table.fail(f"confidence is V, M or I, not {other!r}")


def _words(table: Table, prefix: str = "") -> Words:
    return Words(zh=table.text(f"{prefix}zh"), en=table.text(f"{prefix}en"))


def _passages(root: Table, name: str, instruments: Mapping[str, Instrument]) -> tuple[Passage, ...]:
    found: list[Passage] = []
    for table in root.tables(name):
        instrument = instruments.get(table.text("instrument"))
        if instrument is None:
            table.fail("unknown instrument")
        found.append(
            Passage(
                key=table.text("key"),
                article=_article(table, instrument),
                title=_words(table, "title_"),
                text=_words(table, "text_"),
                categories=table.texts("category"),
            ),
        )
        table.done()
    if not found or len({one.key for one in found}) < len(found):
        root.fail(f"`{name}` needs at least one entry, and no key twice")
    return tuple(found)


def _phrase(table: Table) -> ForbiddenPhrase:
    found = ForbiddenPhrase(text=table.text("text"), rule=table.text("rule"))
    table.done()
    return found


def _closed(provisions: list[Provision]) -> Iterator[Provision]:
    """End each version of a rule on the day the next one begins; keep the order of the file."""
    starts: dict[str, list[date]] = {}
    for one in provisions:
        starts.setdefault(one.key, []).append(one.in_force)
    for one in provisions:
        if starts[one.key].count(one.in_force) > 1:
            msg = f"rulebook, {one.article.instrument.key}, {one.key}: two versions begin on {one.in_force}"
            raise RulebookMalformedError(msg)
        later = [start for start in starts[one.key] if start > one.in_force]
        yield replace(one, until=min(later)) if later else one


def _begins(provisions: list[Provision]) -> date:
    """Return the first day on which every number is in force."""
    first: dict[str, date] = {}
    for one in provisions:
        first[one.key] = min(first.get(one.key, one.in_force), one.in_force)
    missing = sorted(fields_of_numbers().keys() - first.keys())
    if missing:
        msg = f"rulebook: no rule gives {', '.join(missing)}"
        raise RulebookMalformedError(msg)
    return max(first[key] for key in fields_of_numbers())


def _digest(raw: Mapping[str, object]) -> str:
    """Return the SHA-256 of the content, whatever the layout and comments of the file."""
    text = json.dumps(raw, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=date.isoformat)
    return hashlib.sha256(text.encode()).hexdigest()
