"""How a paper says days, sums, articles and parties, in both languages; pure.

The Chinese text follows the form of court papers: the day it carries is written in Chinese numerals
(二〇二六年三月一日), a sum in figures and in capital numerals, an article by its full title and Chinese number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from auction.foundation.kernel.calendar import day_of, in_shanghai
from auction.foundation.kernel.money import MINOR_MAX, grouped, in_capitals
from auction.procedure.papers.blocks import Text

_DIGITS = "〇一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_NUMERAL_MAX = 9_999
_ADDRESSED_MAX = 12
_TEENS = range(10, 20)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_RESIDENT_LENGTH = 18
_SHOWN_HEAD, _SHOWN_TAIL = 4, 2

NOTHING = Text("无", "none")
TO_BE_FILLED_IN = Text.same("____________")
TO_BE_STATED = Text("权利性质由本院另行告知", "the nature of the right is told by the court")


def say(zh: str, en: str, /, **parts: Text | str | int) -> Text:
    """Return a sentence with its parts set in, each in the language of the sentence."""
    return Text(
        zh.format(**{name: part.zh if isinstance(part, Text) else part for name, part in parts.items()}),
        en.format(**{name: part.en if isinstance(part, Text) else part for name, part in parts.items()}),
    )


def joined(texts: Iterable[Text], *, zh: str = "、", en: str = ", ") -> Text:
    """Return texts in a row; "none" when there are none."""
    found = tuple(texts)
    if not found:
        return NOTHING
    return Text(zh.join(one.zh for one in found), en.join(one.en for one in found))


def addressed(names: Iterable[Text], *, otherwise: Text) -> Text:
    """Return whom a paper is addressed to, each once; where they are too many for a line, how they are called."""
    found = tuple(dict.fromkeys(names))
    return joined(found) if len(found) <= _ADDRESSED_MAX else otherwise


def numeral(number: int) -> str:
    """Write a whole number in Chinese numerals as articles are counted: 22 -> 二十二, 509 -> 五百零九.

    :raises ValueError: below 0 or above 9999
    """
    if not 0 <= number <= _NUMERAL_MAX:
        msg = "only numbers from 0 to 9999 are written out"
        raise ValueError(msg)
    if number in _TEENS:
        return "十" + (_DIGITS[number % 10] if number % 10 else "")
    text, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit == 0:
            gap = bool(text)
            continue
        text += ("零" if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return text or "零"


def day_in_numerals(moment: datetime | date) -> str:
    """Write a day as a court paper carries it: 二〇二六年三月一日."""
    day = _day(moment)
    year = "".join(_DIGITS[int(digit)] for digit in f"{day.year:04d}")
    return f"{year}年{numeral(day.month)}月{numeral(day.day)}日"


def day(moment: datetime | date) -> Text:
    """Return a day of the court's calendar: 2026年3月1日, 1 March 2026."""
    on = _day(moment)
    return Text(f"{on.year}年{on.month}月{on.day}日", f"{on.day} {_MONTHS[on.month - 1]} {on.year}")


def instant(moment: datetime) -> Text:
    """Return an instant on the court's clock; the seconds stand only where there are any."""
    at = in_shanghai(moment)
    on = day(at)
    seconds = at.second
    zh = f"{at.hour}时{at.minute:02d}分" + (f"{seconds:02d}秒" if seconds else "")
    en = f"{at.hour:02d}:{at.minute:02d}" + (f":{seconds:02d}" if seconds else "")
    return Text(f"{on.zh}{zh}", f"{en} on {on.en}")


def figures(minor: int) -> Text:
    """Return a sum in figures alone, for the cell of a table."""
    return Text.same(grouped(minor))


def amount(minor: int) -> Text:
    """Return a sum in figures and, in Chinese, in capital numerals: 1,200.00元（人民币壹仟贰佰元整）.

    A total beyond what any single input may name stands in figures alone.
    """
    written = f"（{in_capitals(minor)}）" if 0 <= minor <= MINOR_MAX else ""
    return Text(f"{grouped(minor)}元{written}", f"CNY {grouped(minor)}")


def masked_number(number: str) -> str:
    """Return a resident's number as a public paper shows it: the province and city it begins with, and its end."""
    if len(number) <= _SHOWN_HEAD + _SHOWN_TAIL:
        return "*" * len(number)
    hidden = "*" * (len(number) - _SHOWN_HEAD - _SHOWN_TAIL)
    return number[:_SHOWN_HEAD] + hidden + number[-_SHOWN_TAIL:]


def person(name: str, *, kind: str, number: str | None, full: bool) -> Text:
    """Return a person with the particulars on record: sex, birth and number of a resident, the code of an enterprise.

    :param full: whether a resident's number stands in full, as the parties and the registry need it; a public paper
        shows a part of it and leaves sex and birth out
    """
    if kind == "enterprise":
        return say("{name}，统一社会信用代码{number}", "{name}, unified social credit code {number}", name=name,
                   number=number) if number else Text.same(name)  # fmt: skip
    if number is None:
        return Text.same(name)
    shown = number if full else masked_number(number)
    return say("{name}{life}，公民身份号码{number}", "{name}{life}, resident identity number {number}", name=name,
               life=_life(number) if full else "", number=shown)  # fmt: skip


def places(articles: Sequence[int]) -> Text:
    """Return articles of one instrument: 第十四条、第二十四条; articles 14 and 24."""
    zh = "、".join(f"第{numeral(one)}条" for one in articles)
    if len(articles) == 1:
        return Text(zh, f"article {articles[0]}")
    listed = ", ".join(str(one) for one in articles[:-1])
    return Text(zh, f"articles {listed} and {articles[-1]}")


def _life(number: str) -> Text:
    """Return sex and day of birth as a resident's number tells them; nothing where it does not."""
    if len(number) != _RESIDENT_LENGTH or not number[:-1].isascii() or not number[:-1].isdigit():
        return Text("", "")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return Text("", "")
    man = int(number[16]) % 2 == 1
    return say(
        "，{sex}，{born}出生", ", {sex}, born {born}", sex=Text("男", "male") if man else Text("女", "female"),
        born=day(born),
    )  # fmt: skip


def _day(moment: datetime | date) -> date:
    return day_of(moment) if isinstance(moment, datetime) else moment
