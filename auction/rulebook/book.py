"""The rulebook as a whole, and the rules of one day."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date

from auction.rulebook.model import Article, ForbiddenPhrase, Instrument, Json, Passage, Provision, Value, Words
from auction.rulebook.numbers import Numbers
from auction.rulebook.reading import fields_of_numbers, numbers_from


class RuleUnknownError(LookupError):
    """No rule of that name is in force on that day."""


class BeforeTheRulebookError(LookupError):
    """The day lies before the first day on which every number of the road was in force."""


@dataclass(frozen=True, slots=True)
class Rules(Numbers):
    """The rules in force on one day: numbers as attributes, words and articles by key."""

    day: date
    version: str
    sha256: str
    provisions: Mapping[str, Provision]
    disclosure_blocks: tuple[Passage, ...]
    special_blocks: tuple[Passage, ...]
    reminders: tuple[Passage, ...]
    undertakings: tuple[Passage, ...]
    forbidden_phrases: tuple[str, ...]

    def article(self, key: str) -> Article:
        """Return where a number or duty stands: ``rules.article("auction.deposit_min_pct").zh``.

        :raises RuleUnknownError: when no rule of that key is in force on the day
        """
        return self.provision(key).article

    def provision(self, key: str) -> Provision:
        """Return the rule itself, with its title and one plain sentence.

        :raises RuleUnknownError: when no rule of that key is in force on the day
        """
        found = self.provisions.get(key)
        if found is None:
            msg = f"no rule {key!r} in force on {self.day}"
            raise RuleUnknownError(msg)
        return found

    def disclosure_keys(self) -> tuple[str, ...]:
        """Return the keys of the disclosure blocks an announcement must fill, in the order of the article."""
        return tuple(block.key for block in self.disclosure_blocks)

    def blocks_for(self, categories: Collection[str]) -> tuple[Passage, ...]:
        """Return the blocks an announcement of things of some categories must fill, the special ones last."""
        special = (one for one in self.special_blocks if not set(categories).isdisjoint(one.categories))
        return (*self.disclosure_blocks, *special)

    def as_json(self) -> Mapping[str, Json]:
        """Return what a lot is frozen to: version and every number with its article.

        ``numbers_from_json`` reads the ``numbers`` back, so a replay needs nothing else.
        """
        return {
            "version": self.version,
            "sha256": self.sha256,
            "on": self.day.isoformat(),
            "numbers": {key: _number(self.provisions[key]) for key in sorted(fields_of_numbers())},
        }


def _number(one: Provision) -> Mapping[str, Json]:
    return {"value": one.plain, "unit": one.unit, "article": one.article.zh}


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Every rule with its history. Loaded once; the same file gives the same version everywhere."""

    dated: date
    sha256: str
    begins: date
    actors: Mapping[str, Words]
    instruments: tuple[Instrument, ...]
    provisions: tuple[Provision, ...]
    disclosure_blocks: tuple[Passage, ...]
    special_blocks: tuple[Passage, ...]
    reminders: tuple[Passage, ...]
    undertakings: tuple[Passage, ...]
    phrases: tuple[ForbiddenPhrase, ...]

    @property
    def version(self) -> str:
        """The day of the last change and the first twelve digits of the content's SHA-256."""
        return f"{self.dated.isoformat()}-{self.sha256[:12]}"

    def on(self, day: date) -> Rules:
        """Return the rules in force on a day in court time.

        :raises BeforeTheRulebookError: for a day before ``begins``
        """
        if day < self.begins:
            msg = f"the rulebook begins on {self.begins}, asked for {day}"
            raise BeforeTheRulebookError(msg)
        living = {one.key: one for one in self.provisions if one.in_force_on(day)}
        values: dict[str, Value] = {key: one.value for key, one in living.items() if one.value is not None}
        numbers = numbers_from(values)
        return Rules(
            **{part.name: getattr(numbers, part.name) for part in fields(Numbers)},
            day=day,
            version=self.version,
            sha256=self.sha256,
            provisions=living,
            disclosure_blocks=self.disclosure_blocks,
            special_blocks=_since(self.special_blocks, day),
            reminders=self.reminders,
            undertakings=_since(self.undertakings, day),
            forbidden_phrases=tuple(one.text for one in self.phrases if one.rule in living),
        )

    def articles(self, *, on: date | None = None) -> Mapping[Instrument, tuple[Provision, ...]]:
        """Return the rules by instrument, article by article; with a day, only those then in force."""
        found: dict[Instrument, tuple[Provision, ...]] = {}
        for instrument in self.instruments:
            rules = (one for one in self.provisions if one.article.instrument == instrument)
            chosen = tuple(one for one in rules if on is None or one.in_force_on(on))
            if chosen:
                found[instrument] = chosen
        return found

    def as_json(self, *, on: date | None = None) -> Mapping[str, Json]:
        """Return everything a reader may check; the whole history when no day is given."""
        return {
            "version": self.version,
            "sha256": self.sha256,
            "dated": self.dated.isoformat(),
            "begins": self.begins.isoformat(),
            "jurisdiction": "CN",
            "actors": {key: words.as_json() for key, words in self.actors.items()},
            "instruments": [
                {
                    "key": instrument.key,
                    "short": instrument.short.as_json(),
                    "title": instrument.title.as_json(),
                    "number": instrument.number,
                    "in_force": instrument.in_force.isoformat(),
                    "articles": [one.as_json() for one in rules],
                }
                for instrument, rules in self.articles(on=on).items()
            ],
            "disclosure": [one.as_json() for one in self.disclosure_blocks],
            "special_disclosure": [one.as_json() for one in self.special_blocks],
            "reminders": [one.as_json() for one in self.reminders],
            "undertakings": [one.as_json() for one in self.undertakings],
            "forbidden_phrases": [one.text for one in self.phrases],
        }


def _since(passages: tuple[Passage, ...], day: date) -> tuple[Passage, ...]:
    """Return the passages whose instrument was in force on a day."""
    return tuple(one for one in passages if one.article.instrument.in_force <= day)
