"""The order of a paper: numbered sections, and the numbered sentences of a ruling; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from auction.procedure.papers.blocks import Block, Heading, Paragraph, Text
from auction.procedure.papers.words import numeral, say


def sections(*parts: tuple[Text, Sequence[Block]]) -> tuple[Block, ...]:
    """Return sections under numbered headings (一、二、 / 1. 2.); one without a block is left out."""
    blocks: list[Block] = []
    told = [(title, inside) for title, inside in parts if inside]
    for place, (title, inside) in enumerate(told, start=1):
        blocks += [Heading(numbered(place, title)), *inside]
    return tuple(blocks)


def headed(*parts: tuple[Text, Sequence[Block]]) -> tuple[Block, ...]:
    """Return sections under plain headings, for a paper whose numbers are those of its orders."""
    return tuple(one for title, inside in parts if inside for one in (Heading(title), *inside))


def orders(sentences: Iterable[Text]) -> tuple[Block, ...]:
    """Return the sentences of a ruling, numbered, each a paragraph that nobody may overlook."""
    return tuple(
        Paragraph(numbered(place, Text(one.zh, one.en[:1].upper() + one.en[1:])), strong=True)
        for place, one in enumerate(sentences, start=1)
    )


def numbered(place: int, text: Text) -> Text:
    """Return a text with its number before it."""
    return say("{zh}、{text}", "{en}. {text}", zh=numeral(place), en=place, text=text)
