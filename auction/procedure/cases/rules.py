"""Case numbers and claims, as pure reading."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from auction.foundation.kernel.calendar import add_months
from auction.foundation.kernel.refusal import InputMalformed, Refusal
from auction.rulebook.carried import carries_out
from auction.rulebook.numbers import DistributionNumbers

CLAIM_KINDS = ("ordinary", "secured", "tax", "construction", "medical", "restitution", "fine", "confiscation")
#: Claims with a right on the thing itself, or on all things, before the ordinary ones.
PRIOR_KINDS = frozenset({"secured", "construction", "tax"})
#: Types of cases that hold things before there is a judgment to enforce.
PRESERVATION_TYPES = frozenset({"执保", "财保"})
CASE_TYPES = ("执", "执恢", "执保", "执异", "执复", "执监", "执协", "执他")

#: What a party may agree to.
CONSENTS = ("sell_more", "own_sale")

_PLACE = "京津冀晋内辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵黔云藏陕甘青宁新军兵"
_NUMBER = re.compile(
    rf"\((?P<year>20\d{{2}})\)(?P<court>最高法|[{_PLACE}](?:\d{{4}}|\d{{2}})?)(?P<type>[\u4e00-\u9fff]{{1,4}})"
    r"(?P<serial>\d{1,8})号(?P<suffix>之[一二三四五六七八九十]{1,3})?",
    re.ASCII,
)
# Before 2016 each court wrote numbers its own way, without digits in the court's code: (2015)杭下执民字第2741号.
_OLD_NUMBER = re.compile(
    r"\((?P<year>19[89]\d|20[01]\d)\)(?P<court>[\u4e00-\u9fff]{1,6}?)(?P<type>执[\u4e00-\u9fff]{0,3}?)字?"
    r"第?(?P<serial>\d{1,8})(?:-\d{1,2})?号(?P<suffix>之[一二三四五六七八九十]{1,3})?",
    re.ASCII,
)
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """A case number in its parts; ``text`` is the one form under which it is kept."""

    year: int
    court_code: str
    type: str
    serial: int
    suffix: str = ""
    old_style: bool = False

    @property
    def text(self) -> str:
        """The number with full-width parentheses and no leading zeros."""
        written = f"{self.type}字第{self.serial}" if self.old_style else f"{self.type}{self.serial}"
        return f"（{self.year}）{self.court_code}{written}号{self.suffix}"


def missing_rank(ranks: Iterable[int | None]) -> int | None:
    """Return the first rank nobody holds between two that somebody does: who comes after it would come after no one.

    A rank that begins above 1 is no gap: the earlier mortgagee may stand outside the case.
    """
    held = {rank for rank in ranks if rank is not None}
    return next((rank for rank in range(min(held, default=0), max(held, default=0)) if rank not in held), None)


def parse_case_number(text: object, *, old_styles: bool = False) -> CaseNumber:
    """Read a case number (法〔2015〕137号第3条): （2025）京0105执1234号.

    Half-width parentheses and digits, blanks and leading zeros are forgiven and put right.

    :param old_styles: also accept what courts wrote before 2016
    :raises InputMalformed: when it is none
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)) if isinstance(text, str) else ""
    plain = plain.replace("〔", "(").replace("〕", ")").replace("[", "(").replace("]", ")")
    found, old = (_NUMBER.fullmatch(plain), False) if len(plain) <= _LONGEST else (None, False)
    if found is None and old_styles and len(plain) <= _LONGEST:
        found, old = _OLD_NUMBER.fullmatch(plain), True
    if found is None or int(found["serial"]) == 0:
        raise InputMalformed(
            errors={"number": "案号格式应如（2025）京0105执1234号 / a case number such as （2025）京0105执1234号"}
        )
    return CaseNumber(
        year=int(found["year"]),
        court_code=found["court"],
        type=found["type"],
        serial=int(found["serial"]),
        suffix=found["suffix"] or "",
        old_style=old,
    )


class NotTheDebtor(Refusal):
    """Only the debtor can agree that more is sold than his debt needs."""

    code = "auth.forbidden"
    article = "法释〔2004〕16号 第14条"
    title_zh, title_en = "须由被执行人同意", "For the debtor to agree"
    zh = "继续拍卖其他财产须由被执行人本人同意。"
    en = "Only the debtor can agree that more is sold than the debt needs."


class NotConcerned(Refusal):
    """Somebody who is no party of the case has nothing to agree to."""

    code = "auth.forbidden"
    article = "法〔2024〕238号"
    title_zh, title_en = "不是案件当事人", "Not a party of the case"
    zh = "只有本案当事人可以作出此项同意。"
    en = "Only a party of the case can agree to this."


class NoTitle(Refusal):
    """An ordinary creditor joins only with a judgment or another title to enforce."""

    code = "cases.no_title"
    article = "法释〔2015〕5号 第506条"
    title_zh, title_en = "未取得执行依据", "No title to enforce"
    zh = "债权 {claims} 未取得执行依据；除对财产享有优先权、担保物权的债权人外，不能申请参与分配。"
    en = "{claims}: without a title to enforce nobody joins but a creditor with a prior right on the thing."


class JoinedTooLate(Refusal):
    """The money is given out; nobody joins any more."""

    code = "cases.joined_too_late"
    article = "法释〔2015〕5号 第507条"
    title_zh, title_en = "财产已执行终结", "Too late to join"
    zh = "被执行人的财产已执行终结（{since:instant}），不能再申请参与分配。"
    en = "The debtor's property was given out at {since:instant}; nobody joins the distribution after that."


@carries_out("distribution.construction_priority_max_months")
def priority_lapsed(numbers: DistributionNumbers, *, kind: str, price_due: date | None, claimed_on: date) -> bool:
    """Say whether a builder comes too late for his priority: after 18 months from when the price was due.

    The last day belongs to him; without a day on record nothing lapses (法释〔2020〕25号 第41条).
    """
    if kind != "construction" or price_due is None:
        return False
    return claimed_on > add_months(price_due, numbers.construction_priority_max_months)


def check_title(untitled: list[str]) -> None:
    """Refuse ordinary claims without a title (法释〔2015〕5号 第506条).

    :raises NoTitle: naming them
    """
    if untitled:
        raise NoTitle(claims=untitled)
