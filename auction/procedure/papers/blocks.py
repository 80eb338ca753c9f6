"""What a paper says, before it is set as a page: one data model and one text each, in both languages; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Text:
    """A wording in both languages; the Chinese one is binding."""

    zh: str
    en: str

    @classmethod
    def same(cls, words: str) -> Text:
        """Return words that are the same in both languages: a name, a number."""
        return cls(zh=words, en=words)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a paper."""

    text: Text


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``strong`` for what nobody may overlook (special reminders, the ruling's own sentence)."""

    text: Text
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """Numbered points in order."""

    points: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Names and what they are, one to a line."""

    rows: tuple[tuple[Text, Text], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; ``money`` are the columns, from 0, whose figures stand to the right."""

    head: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    money: frozenset[int] = frozenset()


Block = Heading | Paragraph | Items | Pairs | Table


@dataclass(frozen=True, slots=True)
class Content:
    """A whole paper, ready to be set.

    ``court`` issues it; ``number`` is None where the paper takes the next number of its kind; ``to`` is its
    addressee; ``signers`` are who signs, by office; ``dated`` is the day it carries.
    """

    kind: str
    court: str
    title: Text
    number: str | None
    to: Text | None
    blocks: tuple[Block, ...]
    signers: tuple[Text, ...]
    dated: datetime


class ContentMalformedError(ValueError):
    """What was kept is no paper: a fault of ours, never of a user."""


def content_json(content: Content) -> dict[str, Any]:
    """Return a paper as plain JSON, as it is kept and hashed."""
    return {
        "kind": content.kind,
        "court": content.court,
        "title": _text(content.title),
        "number": content.number,
        "to": _text(content.to) if content.to else None,
        "blocks": [_block(block) for block in content.blocks],
        "signers": [_text(one) for one in content.signers],
        "dated": content.dated.isoformat(),
    }


def content_of(kept: Mapping[str, Any]) -> Content:
    """Return a paper from its plain JSON.

    :raises ContentMalformedError: when it holds a block we do not know
    """
    return Content(
        kind=kept["kind"],
        court=kept["court"],
        title=Text(**kept["title"]),
        number=kept["number"],
        to=Text(**kept["to"]) if kept["to"] else None,
        blocks=tuple(_read_block(one) for one in kept["blocks"]),
        signers=tuple(Text(**one) for one in kept["signers"]),
        dated=datetime.fromisoformat(kept["dated"]),
    )


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading():
            return {"is": "heading", "text": _text(block.text)}
        case Paragraph():
            return {"is": "paragraph", "text": _text(block.text), "strong": block.strong}
        case Items():
            return {"is": "items", "points": [_text(one) for one in block.points]}
        case Pairs():
            return {"is": "pairs", "rows": [[_text(name), _text(what)] for name, what in block.rows]}
        case Table():
            rows = [[_text(cell) for cell in row] for row in block.rows]
            return {
                "is": "table",
                "head": [_text(cell) for cell in block.head],
                "rows": rows,
                "money": sorted(block.money),
            }


def _read_block(kept: Mapping[str, Any]) -> Block:
    match kept["is"]:
        case "heading":
            return Heading(text=Text(**kept["text"]))
        case "paragraph":
            return Paragraph(text=Text(**kept["text"]), strong=kept["strong"])
        case "items":
            return Items(points=tuple(Text(**one) for one in kept["points"]))
        case "pairs":
            return Pairs(rows=tuple((Text(**name), Text(**what)) for name, what in kept["rows"]))
        case "table":
            return Table(
                head=tuple(Text(**cell) for cell in kept["head"]),
                rows=tuple(tuple(Text(**cell) for cell in row) for row in kept["rows"]),
                money=frozenset(kept["money"]),
            )
        case other:
            raise ContentMalformedError(other)
