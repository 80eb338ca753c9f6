"""Money is whole minor units. Division goes through named methods that lose nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from typing_extensions import override

#: The largest amount any input may name: below 2**53, so that JSON readers everywhere keep it exact.
MINOR_MAX = 9_000_000_000_000_000


class CurrencyMismatchError(ValueError):
    """Two currencies were added or compared."""


@dataclass(frozen=True, slots=True)
class Money:
    """A whole number of minor units of one currency (1 yuan = 100 fen)."""

    minor: int
    currency: str = "CNY"

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            msg = "money is a whole number of minor units"
            raise TypeError(msg)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    @override
    def __str__(self) -> str:
        return f"{grouped(self.minor)} {self.currency}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            msg = f"{self.currency} is not {other.currency}"
            raise CurrencyMismatchError(msg)
        return other.minor


def grouped(minor: int) -> str:
    """Print minor units as yuan with separators: 123456789 -> ``1,234,567.89``."""
    sign = "-" if minor < 0 else ""
    yuan, fen = divmod(abs(minor), 100)
    return f"{sign}{yuan:,}.{fen:02d}"


def ceil_pct(minor: int, pct: int) -> int:
    """Return ``pct`` per cent of an amount, rounded up to the fen (floors are rounded up)."""
    return -(-minor * pct // 100)


def floor_pct(minor: int, pct: int) -> int:
    """Return ``pct`` per cent of an amount, rounded down to the fen (ceilings are rounded down)."""
    return minor * pct // 100


def mean_half_up(amounts: Sequence[int]) -> int:
    """Return the arithmetic mean in fen, half a fen rounded up.

    :raises ValueError: when there is no amount
    """
    if not amounts:
        msg = "no amounts to average"
        raise ValueError(msg)
    return (2 * sum(amounts) + len(amounts)) // (2 * len(amounts))


def share(minor: int, weights: Sequence[int]) -> list[int]:
    """Divide an amount by weights; the parts add up to exactly the whole.

    Fen left by rounding go to the largest remainders, ties to the earlier weight.

    :raises ValueError: for a negative amount or weight
    """
    total = sum(weights)
    if minor < 0 or any(weight < 0 for weight in weights):
        msg = "an amount and its weights are never negative"
        raise ValueError(msg)
    if total == 0:
        return [0 for _ in weights]
    parts = [minor * weight // total for weight in weights]
    remainders = [minor * weight % total for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-remainders[i], i))
    for i in order[: minor - sum(parts)]:
        parts[i] += 1
    return parts


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_SECTIONS = ("", "万", "亿", "兆")


def _section(number: int) -> str:
    """Write one section of four digits, e.g. 1020 -> 壹仟零贰拾."""
    text = ""
    pending_zero = False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit == 0:
            pending_zero = bool(text)
            continue
        text += ("零" if pending_zero else "") + _DIGITS[digit] + _PLACES[place]
        pending_zero = False
    return text


def in_capitals(minor: int) -> str:
    """Write an amount in Chinese capital numerals: 120000000 -> 人民币壹佰贰拾万元整.

    :raises ValueError: for a negative amount or one above ``MINOR_MAX``
    """
    if not 0 <= minor <= MINOR_MAX:
        msg = "only amounts from nothing to MINOR_MAX are written out"
        raise ValueError(msg)
    yuan, fen = divmod(minor, 100)
    text = ""
    gap = False
    for index in range(3, -1, -1):
        section = yuan // 10 ** (4 * index) % 10_000
        if section == 0:
            gap = gap or bool(text)
            continue
        if text and (gap or section < 1000):  # noqa: PLR2004 - a section with a leading zero
            text += "零"
        text += _section(section) + _SECTIONS[index]
        gap = False
    whole = f"{text}元" if text else ""
    jiao, cents = divmod(fen, 10)
    if fen == 0:
        return f"人民币{whole or '零元'}整"
    tail = (_DIGITS[jiao] + "角") if jiao else ("零" if whole else "")
    return f"人民币{whole}{tail}" + (_DIGITS[cents] + "分" if cents else "整")
