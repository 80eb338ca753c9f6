"""What a bank file says, as plain values, and why one is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from auction.foundation.kernel.calendar import SHANGHAI
from auction.foundation.kernel.money import MINOR_MAX
from auction.foundation.kernel.refusal import Refusal

#: The largest file that is read: far beyond a court's day.
FILE_MAX_BYTES = 64_000_000
LINES_MAX = 50_000
CURRENCY = "CNY"

_AMOUNT = re.compile(r"\d{1,16}(?:\.\d{1,5})?", re.ASCII)
_TEXT_MAX = 500
_YEARS = range(2000, 2200)


class Direction(StrEnum):
    """Whether money came in or went out."""

    CREDIT = "credit"
    DEBIT = "debit"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """One movement of an account, as the bank tells it.

    ``other_name``, ``other_account`` and ``other_bank`` are those of who paid or was paid. ``reversal`` undoes an
    earlier movement of the bank's own; ``returned`` is a payment that could not be delivered and came back.
    """

    place: int
    account: str
    bank_reference: str | None
    booked_at: datetime
    value_on: date | None
    amount_minor: int
    currency: str
    direction: Direction
    reversal: bool = False
    returned: bool = False
    other_name: str | None = None
    other_account: str | None = None
    other_bank: str | None = None
    end_to_end: str | None = None
    creditor_reference: str | None = None
    text: str = ""

    @property
    def signed_minor(self) -> int:
        """The change of the account."""
        return self.amount_minor if self.direction is Direction.CREDIT else -self.amount_minor


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that was not taken: its place in the file and why, in both languages."""

    place: int
    why: str


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file that was read whole: its form, its lines, those that were not taken, and how many are not booked yet."""

    form: str
    lines: tuple[FileLine, ...]
    bad: tuple[BadLine, ...]
    not_booked: int


class LineFault(ValueError):
    """Why one line is no money of ours; the words are for the person who imports."""


class FileTooLarge(Refusal):
    """More than anybody's day of bank lines."""

    code = "bank.file_too_large"
    article = "法发〔2017〕6号 第4条"
    title_zh, title_en = "文件过大", "The file is too large"
    zh = "银行文件不得超过 {most_mb} MB、{most_lines} 笔；请分日导出后再导入。未导入任何一笔。"
    en = "A bank file may have {most_mb} MB and {most_lines} lines. Export it day by day; nothing was imported."

    def __init__(self) -> None:
        super().__init__(most_mb=FILE_MAX_BYTES // 1_000_000, most_lines=LINES_MAX)


class FileHostile(Refusal):
    """A document that declares types or entities: no bank sends one."""

    code = "bank.file_hostile"
    article = "法发〔2017〕6号 第4条"
    title_zh, title_en = "文件含有不允许的内容", "The file holds what no bank sends"
    zh = "文件含有文档类型声明、实体或过深的嵌套，银行不会这样出具文件；已拒绝，未导入任何一笔。"
    en = "The file declares document types or entities, or nests too deep; no bank does. Nothing was imported."


class FileBroken(Refusal):
    """A file that ends early or is not well formed."""

    code = "bank.file_broken"
    article = "法发〔2017〕6号 第4条"
    title_zh, title_en = "文件不完整或已损坏", "The file is broken or incomplete"
    zh = "文件读到第 {line} 行时中断，可能没有下载完整；请重新从银行导出。未导入任何一笔。"
    en = "Reading stopped at line {line}; the download may be incomplete. Export it again; nothing was imported."


class FileUnknown(Refusal):
    """Neither camt.053, camt.054 nor the CSV with our columns."""

    code = "bank.file_unknown"
    article = "法发〔2017〕6号 第4条"
    title_zh, title_en = "不认识的文件格式", "This form of file is not known"
    zh = "只接受 camt.053、camt.054 或列名齐全的 CSV；此文件是“{found}”。未导入任何一笔。"
    en = "Only camt.053, camt.054 or a CSV with all columns is read; this is “{found}”. Nothing was imported."


def minor_of(text: str | None) -> int:
    """Return an amount of a file in fen.

    :raises LineFault: when it is no positive amount of whole fen
    """
    plain = (text or "").strip()
    if not _AMOUNT.fullmatch(plain):
        msg = "金额不是正数 / the amount is no positive number"
        raise LineFault(msg)
    whole, _, part = plain.partition(".")
    if part[2:].strip("0"):
        msg = "金额不足一分 / the amount has parts of a fen"
        raise LineFault(msg)
    minor = int(whole) * 100 + int((part + "00")[:2])
    if not minor:
        msg = "金额为零 / the amount is zero"
        raise LineFault(msg)
    if minor > MINOR_MAX:
        msg = "金额过大 / the amount is too large"
        raise LineFault(msg)
    return minor


def currency_of(text: str | None) -> str:
    """Return the currency of a line, which is ours.

    :raises LineFault: for another one, or none
    """
    if (text or "").strip() != CURRENCY:
        msg = "不是人民币，请与银行核对 / not in CNY; settle it with the bank"
        raise LineFault(msg)
    return CURRENCY


def instant_of(text: str | None) -> datetime:
    """Return a day or an instant of a file; without an offset it is court time.

    :raises LineFault: when it is neither
    """
    try:
        found = datetime.fromisoformat((text or "").strip())
    except ValueError:
        found = None
    if found is None or found.year not in _YEARS:
        msg = "入账日期无法识别 / the booking date cannot be read"
        raise LineFault(msg)
    return found if found.tzinfo is not None else found.replace(tzinfo=SHANGHAI)


def day_or_none(text: str | None) -> date | None:
    """Return the day of a day or an instant, or None."""
    try:
        return instant_of(text).date()
    except LineFault:
        return None


def plain(text: str | None, *, longest: int = _TEXT_MAX) -> str | None:
    """Return a text without what no page can show, cut to a length; None when nothing is left."""
    kept = "".join(sign if sign.isprintable() else " " for sign in text or "")
    return " ".join(kept.split())[:longest] or None
