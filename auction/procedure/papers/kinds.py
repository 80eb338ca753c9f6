"""The kinds of papers as data: what each is about, who must sign it, who may read it, how it is numbered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from auction.procedure.papers.blocks import Text


class Subject(StrEnum):
    """What a paper is about; a registration's paper stands in the docket of its lot."""

    LOT = "lot"
    CASE = "case"
    REGISTRATION = "registration"


class Signing(StrEnum):
    """Who must sign before a paper is made final: every member of the lot's panel, or nobody beside the officer."""

    PANEL = "panel"
    OFFICER = "officer"


class Readers(StrEnum):
    """Who may read a final paper; the court itself always may."""

    PUBLIC = "public"
    PARTIES = "parties"
    OWN = "own"
    COURT = "court"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of paper.

    ``word`` names its series: numbers run by court and year without gaps; None where the record itself numbers the
    paper. ``recurring`` kinds may be made final several times for one subject without replacing each other.
    """

    key: str
    title: Text
    subject: Subject
    signing: Signing
    readers: Readers
    word: str | None
    article: str
    recurring: bool = False


def _kind(
    key: str,
    zh: str,
    en: str,
    article: str,
    *,
    word: str | None,
    readers: Readers,
    subject: Subject = Subject.LOT,
    signing: Signing = Signing.OFFICER,
    recurring: bool = False,
) -> Kind:
    return Kind(
        key=key,
        title=Text(zh=zh, en=en),
        subject=subject,
        signing=signing,
        readers=readers,
        word=word,
        article=article,
        recurring=recurring,
    )


_PANEL, _PUBLIC, _PARTIES, _COURT = Signing.PANEL, Readers.PUBLIC, Readers.PARTIES, Readers.COURT
_ALL = (
    _kind("announcement", "拍卖公告", "Announcement", "法释〔2016〕18号 第12、13条", word="拍告", readers=_PUBLIC),
    _kind("instructions", "竞买须知", "Bidding instructions", "法释〔2016〕18号 第14条", word="拍须", readers=_PUBLIC),
    _kind("notice", "拍卖通知书", "Notice of the auction", "法释〔2016〕18号 第16条", word="拍通", readers=_PARTIES),
    _kind(
        "deposit_receipt",
        "保证金收据",
        "Deposit receipt",
        "法释〔2016〕18号 第17条",
        word="保收",
        readers=Readers.OWN,
        subject=Subject.REGISTRATION,
    ),
    _kind("confirmation", "成交确认书", "Deal confirmation", "法释〔2016〕18号 第22条", word=None, readers=_PUBLIC),
    _kind(
        "sale_ruling",
        "拍卖成交裁定书",
        "Ruling on the sale",
        "法释〔2004〕16号 第20条",
        word=None,
        readers=_PARTIES,
        signing=_PANEL,
    ),
    _kind(
        "in_kind_ruling",
        "以物抵债裁定书",
        "Ruling on taking in kind",
        "法释〔2004〕16号 第20条",
        word=None,
        readers=_PARTIES,
        signing=_PANEL,
    ),
    _kind(
        "assistance_notice",
        "协助执行通知书",
        "Assistance notice for the transfer of title",
        "民事诉讼法 第262条",
        word="执协",
        readers=_COURT,
    ),
    _kind("hand_over_record", "交接笔录", "Hand-over record", "法释〔2004〕16号 第27条", word="执交", readers=_PARTIES),
    _kind(
        "distribution_plan",
        "财产分配方案",
        "Distribution plan",
        "民诉解释 第509条",
        word="执分",
        readers=_PARTIES,
        subject=Subject.CASE,
        recurring=True,
    ),
    _kind(
        "suspension_notice",
        "暂缓、中止拍卖公告",
        "Notice that the auction stands still",
        "法释〔2016〕18号 第28条",
        word="拍停",
        readers=_PUBLIC,
        recurring=True,
    ),
    _kind(
        "resumption_notice",
        "恢复拍卖公告",
        "Notice that the auction goes on",
        "法释〔2016〕18号 第28条",
        word="拍复",
        readers=_PUBLIC,
        recurring=True,
    ),
    _kind(
        "withdrawal_notice",
        "撤回拍卖公告",
        "Notice that the auction is withdrawn",
        "法释〔2004〕16号 第17条",
        word="拍撤",
        readers=_PUBLIC,
    ),
    _kind(
        "revocation_ruling",
        "撤销拍卖裁定书",
        "Ruling that revokes the sale",
        "法释〔2016〕18号 第31条",
        word="执撤裁",
        readers=_PARTIES,
        signing=_PANEL,
    ),
    _kind(
        "revocation_ruling",
        "撤销拍卖裁定书",
        "Ruling that revokes a sale",
        "法释〔2016〕18号 第31条",
        word="执拍撤",
        readers=_PARTIES,
        signing=_PANEL,
    ),
    _kind(
        "default_ruling",
        "悔拍裁定书",
        "Ruling on the buyer’s default",
        "法释〔2016〕18号 第24条",
        word="执拍裁",
        readers=_PARTIES,
        signing=_PANEL,
    ),
    _kind(
        "top_up_order",
        "责令补交差额通知书",
        "Order to make up the difference",
        "法释〔2004〕16号 第22条",
        word="执补",
        readers=_PARTIES,
    ),
)

#: Every kind by its key, in the order of the road.
KINDS: Mapping[str, Kind] = MappingProxyType({one.key: one for one in _ALL})
