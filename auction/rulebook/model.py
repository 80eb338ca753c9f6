"""What one rule is: words in two languages, the article it stands on, its value, and since when."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

Confidence: TypeAlias = Literal["V", "M", "I"]
Kind: TypeAlias = Literal["movable", "immovable", "other_right"]
Round: TypeAlias = Literal["first", "second", "sale"]
Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | bool | None"


@dataclass(frozen=True, slots=True)
class Words:
    """The same thing said in both languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the English words for ``en``, the Chinese ones otherwise."""
        return self.en if language == "en" else self.zh

    def as_json(self) -> Mapping[str, Json]:
        """Return both languages."""
        return {"zh": self.zh, "en": self.en}


@dataclass(frozen=True, slots=True)
class Instrument:
    """A law, judicial interpretation or notice; or this platform's own published rules."""

    key: str
    short: Words
    title: Words
    number: str
    in_force: date

    @property
    def name_zh(self) -> str:
        """How a Chinese paper cites it: by its number, or else by its title."""
        return self.number or f"《{self.short.zh}》"


@dataclass(frozen=True, slots=True)
class Article:
    """The place in an instrument a number comes from: article, paragraph (款), item (项)."""

    instrument: Instrument
    first: int | None
    last: int | None = None
    paragraph: int | None = None
    item: int | None = None

    @property
    def number(self) -> str:
        """The place as digits: ``10(2)``, ``31(1)(2)``, ``509-510``; empty for the instrument as a whole."""
        if self.first is None:
            return ""
        span = f"{self.first}-{self.last}" if self.last else f"{self.first}"
        return span + "".join(f"({part})" for part in (self.paragraph, self.item) if part)

    @property
    def zh(self) -> str:
        """The citation a court writes: ``法释〔2016〕18号 第10条第2款``."""
        place = self._place_zh()
        return f"{self.instrument.name_zh} {place}" if place else self.instrument.name_zh

    @property
    def short_zh(self) -> str:
        """The citation a page shows: ``网拍规定第10条第2款``."""
        return f"{self.instrument.short.zh}{self._place_zh()}"

    @property
    def en(self) -> str:
        """The citation in English: ``Online Auction Provisions, art. 10(2)``."""
        return f"{self.instrument.short.en}, art. {self.number}" if self.number else self.instrument.short.en

    def in_language(self, language: str) -> str:
        """Return the English citation for ``en``, the short Chinese one otherwise."""
        return self.en if language == "en" else self.short_zh

    def as_json(self) -> Mapping[str, Json]:
        """Return the place and its citations."""
        return {
            "instrument": self.instrument.key,
            "number": self.number,
            "zh": self.zh,
            "short_zh": self.short_zh,
            "en": self.en,
        }

    def _place_zh(self) -> str:
        if self.first is None:
            return ""
        place = f"第{self.first}条" if self.last is None else f"第{self.first}条至第{self.last}条"
        if self.paragraph:
            place += f"第{self.paragraph}款"
        return place + (f"第{self.item}项" if self.item else "")


@dataclass(frozen=True, slots=True)
class ByKind:
    """One number for each kind of property."""

    movable: int
    immovable: int
    other_right: int

    def of(self, kind: str) -> int:
        """Return the number for ``movable``, ``immovable`` or ``other_right``.

        :raises ValueError: for any other word
        """
        match kind:
            case "movable":
                return self.movable
            case "immovable":
                return self.immovable
            case "other_right":
                return self.other_right
            case _:
                msg = f"not a kind of property: {kind}"
                raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class FeeBracket:
    """A marginal rate on the part of an amount above the bracket before, up to ``up_to_minor``."""

    up_to_minor: int | None
    per_mille: int


Value: TypeAlias = int | timedelta | ByKind | tuple[FeeBracket, ...]


@dataclass(frozen=True, slots=True)
class Provision:
    """One rule as a bidder may read it. ``value`` is None for a duty that has no number."""

    key: str
    article: Article
    title: Words
    text: Words
    actor: str
    confidence: Confidence
    in_force: date
    unit: str | None
    value: Value | None
    plain: Json
    until: date | None = None

    def in_force_on(self, day: date) -> bool:
        """Say whether the rule binds on that day."""
        return self.in_force <= day and (self.until is None or day < self.until)

    def as_json(self) -> Mapping[str, Json]:
        """Return the rule with its article, its value as written, and since when."""
        return {
            "key": self.key,
            "article": self.article.as_json(),
            "title": self.title.as_json(),
            "text": self.text.as_json(),
            "actor": self.actor,
            "confidence": self.confidence,
            "in_force": self.in_force.isoformat(),
            "until": self.until.isoformat() if self.until else None,
            "unit": self.unit,
            "value": self.plain,
        }


@dataclass(frozen=True, slots=True)
class Passage:
    """A disclosure block (article 13), special reminder (article 14) or undertaking with its standing words.

    ``categories`` are those of the things a special block is about; a block for everything has none.
    """

    key: str
    article: Article
    title: Words
    text: Words
    categories: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of both texts, so that a ticked reminder proves which words were accepted."""
        return hashlib.sha256(f"{self.text.zh}\n{self.text.en}".encode()).hexdigest()

    def as_json(self) -> Mapping[str, Json]:
        """Return the passage with its article and the digest of its words."""
        return {
            "key": self.key,
            "article": self.article.as_json(),
            "title": self.title.as_json(),
            "text": self.text.as_json(),
            "sha256": self.digest,
            **({"categories": list(self.categories)} if self.categories else {}),
        }


@dataclass(frozen=True, slots=True)
class ForbiddenPhrase:
    """Words that may not stand in an announcement while the rule of that key is in force."""

    text: str
    rule: str
