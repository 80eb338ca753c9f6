"""What draws a kind of paper up from the record, and its refusal of one that is asked for too early."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from auction.foundation.kernel.refusal import Refusal
from auction.procedure.papers.blocks import Content, Text
from auction.procedure.papers.kinds import KINDS


class PaperNotYet(Refusal):
    """What the paper tells has not happened, or no longer stands."""

    code = "papers.not_yet"
    article = "法释〔2016〕18号 第6条"
    title_zh, title_en = "尚不能制作", "Not yet"
    zh = "“{paper_zh}”不能制作：{missing_zh}。"
    en = "“{paper_en}” cannot be drawn up: {missing_en}."


class Draw(Protocol):
    """Draws a paper up from what is on record."""

    def __call__(self, session: Session, *, subject: str, now: datetime) -> Content:
        """Return the paper of a lot, case or registration, as its kind says.

        :raises PaperNotYet: while what it tells has not happened, or when it no longer stands
        :raises NotFound: for a subject that does not exist
        """


@dataclass(frozen=True, slots=True)
class Builder:
    """What draws the papers of a kind."""

    kind: str
    draw: Draw


def not_yet(kind: str, missing: Text) -> PaperNotYet:
    """Return the refusal of a paper, saying what is missing for it."""
    title = KINDS[kind].title
    return PaperNotYet(paper_zh=title.zh, paper_en=title.en, missing_zh=missing.zh, missing_en=missing.en)
