"""What may be done with a paper, and when; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from auction.foundation.kernel.refusal import Refusal

ARTICLE = "法释〔2016〕18号 第6条"


class PaperStatus(StrEnum):
    """How far a paper is: redrawn at will, signed by whom it needs, final for ever."""

    DRAFT = "draft"
    SIGNED = "signed"
    FINAL = "final"


#: Drawing it again takes a signed paper back to the draft; nothing leads away from a final one.
TRANSITIONS: Final[Mapping[PaperStatus, frozenset[PaperStatus]]] = MappingProxyType(
    {
        PaperStatus.DRAFT: frozenset({PaperStatus.DRAFT, PaperStatus.SIGNED, PaperStatus.FINAL}),
        PaperStatus.SIGNED: frozenset({PaperStatus.DRAFT, PaperStatus.FINAL}),
        PaperStatus.FINAL: frozenset(),
    }
)


class PaperIsFinal(Refusal):
    """A final paper never changes."""

    code = "papers.final"
    article = ARTICLE
    title_zh, title_en = "终稿不得更改", "A final paper never changes"
    zh = "“{number}”已是终稿，不能修改或重新签署；有误的，另制更正件替代。"
    en = "“{number}” is final and is neither changed nor signed again; if it is wrong, draw up one that replaces it."


class PaperBeingSet(Refusal):
    """The paper is being made final just now."""

    code = "papers.being_set"
    article = ARTICLE
    title_zh, title_en = "正在生成终稿", "It is being made final"
    zh = "该文书正在生成终稿，请稍候片刻。"
    en = "The paper is being made final; wait a moment."


class PaperNotSigned(Refusal):
    """Somebody who must sign has not."""

    code = "papers.not_signed"
    article = "民事诉讼法 第157条"
    title_zh, title_en = "尚未签署", "Not signed yet"
    zh = "合议庭成员尚未全部签署，还缺：{missing}。"
    en = "Not every member of the panel has signed; still missing: {missing}."


class NotOnThePanel(Refusal):
    """Only the members of the panel that decided on the lot sign its papers."""

    code = "papers.not_on_panel"
    article = "民事诉讼法 第157条"
    title_zh, title_en = "非本合议庭成员", "Not a member of this panel"
    zh = "本文书由合议庭成员{panel}签署。"
    en = "This paper is signed by the members of the panel: {panel}."


class SigningNotNeeded(Refusal):
    """A kind of paper that the panel does not sign."""

    code = "papers.signing_not_needed"
    article = "民事诉讼法 第157条"
    title_zh, title_en = "无须合议庭签署", "The panel does not sign this"
    zh = "“{paper_zh}”由执行员制作，无须合议庭成员签署。"
    en = "“{paper_en}” is the officer’s; the panel does not sign it."


class PaperRedrawn(Refusal):
    """What was read is no longer what the paper says."""

    code = "papers.redrawn"
    article = ARTICLE
    title_zh, title_en = "文书已重新制作", "The paper was drawn up again"
    zh = "您阅读之后该文书已重新制作，请重新阅读后再签署。"
    en = "The paper was drawn up again after you read it; read it again, then sign."


class CharacterMissing(Refusal):
    """The font of the papers cannot show a character, and nobody wants a box in a name."""

    code = "papers.character_missing"
    article = ARTICLE
    title_zh, title_en = "字体缺字", "Characters the font lacks"
    zh = "文书字体缺少以下字符，不能生成终稿：{characters}。请由管理员补充字体后重试。"
    en = "The font lacks these characters, so the paper cannot be made final: {characters}. An operator can add a font."


class PaperExists(Refusal):
    """There is a final paper of the kind already."""

    code = "papers.exists"
    article = ARTICLE
    title_zh, title_en = "已有终稿", "There is a final one"
    zh = "已有终稿“{number}”；如有错误，请写明理由后制作替代它的文书。"
    en = "There is a final one, “{number}”; if it is wrong, say why and draw up one that replaces it."


class NotReplaceable(Refusal):
    """Only the final paper in force of the same kind and subject can be replaced."""

    code = "papers.not_replaceable"
    article = ARTICLE
    title_zh, title_en = "不能替代", "It cannot be replaced"
    zh = "只能替代同一事项、同一种类、尚未被替代的终稿。"
    en = "Only a final paper of the same kind on the same subject that nothing has replaced yet can be replaced."


def check_open(status: PaperStatus, *, number: str | None, being_set: bool) -> None:
    """Refuse to touch a paper that is final or about to be.

    :raises PaperIsFinal: PaperBeingSet: in this order
    """
    if status is PaperStatus.FINAL:
        raise PaperIsFinal(number=number or "")
    if being_set:
        raise PaperBeingSet


def still_to_sign(*, panel: Sequence[str], signed: Collection[str]) -> list[str]:
    """Return who of the panel has not signed, in the panel's order."""
    return [one for one in panel if one not in signed]


def series_number(*, year: int, court_code: str, word: str, serial: int) -> str:
    """Return the number of a paper of a series: ``（2025）京0105拍告12号``.

    :raises ValueError: for a serial that is none
    """
    if serial < 1:
        msg = "papers of a series are numbered from 1"
        raise ValueError(msg)
    return f"（{year}）{court_code}{word}{serial}号"


def corrected_number(number: str, *, earlier: int) -> str:
    """Return the number of a paper that the record numbers, when ``earlier`` final ones carry it already."""
    return number if earlier == 0 else f"{number}（更正{earlier}）"
