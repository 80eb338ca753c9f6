"""What a lot costs in all at a price: taxes by side, fees, arrears, the balance; pure.

Nothing is made exact that is not: what nobody knows before the sale (who buys, whether the price contains VAT) makes a
line span from a least to a most, and a line without a figure says so. What the law lays on the seller is never added.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from auction.foundation.kernel.money import MINOR_MAX
from auction.rulebook import Words
from auction.rulebook.carried import carries_out
from auction.rulebook.taxes import WHOLE, Case, Levy

#: Twice an amount must still be one that every reader keeps exact.
PRICE_MAX = MINOR_MAX // 2
_RECORDED_MAX = MINOR_MAX // 4
_AREA = re.compile(r"\d{1,7}(\.\d{1,4})?", re.ASCII)
_REAL_ESTATE = {"shop", "land"}


@dataclass(frozen=True, slots=True)
class Thing:
    """What of a thing its taxes depend on."""

    sort: str
    area_m2: Decimal | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Levied:
    """A levy on the things of one lot: a span in ten-thousandths of the price, one in fen, or neither when unknown."""

    key: str
    side: str
    title: Words
    note: Words
    article: str
    confidence: str
    least: int
    most: int
    vat: int
    least_minor: int
    most_minor: int
    known: bool

    def at(self, price_minor: int) -> tuple[int, int] | None:
        """Return the least and the most in fen at a price, or None when nobody knows.

        The least is counted on a price that contains all the VAT it may, and rounded down; the most on the whole
        price, and rounded up.
        """
        if not self.known:
            return None
        least = price_minor * self.least // (WHOLE + self.vat) + self.least_minor
        return least, -(-price_minor * self.most // WHOLE) + self.most_minor


@dataclass(frozen=True, slots=True)
class Line:
    """One line beside the price; without a figure it is not known."""

    levy: Levied
    least_minor: int | None
    most_minor: int | None


@dataclass(frozen=True, slots=True)
class AllIn:
    """Everything a buyer pays at a price, as far as it can be known, and what of it is due when."""

    price_minor: int
    lines: tuple[Line, ...]
    deposit_minor: int
    balance_due_by: datetime

    @property
    def buyers(self) -> tuple[Line, ...]:
        """What the buyer pays beside the price."""
        return tuple(line for line in self.lines if line.levy.side == "buyer")

    @property
    def sellers(self) -> tuple[Line, ...]:
        """What the law lays on the seller: paid by the debtor, never added."""
        return tuple(line for line in self.lines if line.levy.side == "seller")

    @property
    def unknown(self) -> tuple[Line, ...]:
        """What the buyer may pay beside, and nobody knows how much."""
        return tuple(line for line in self.buyers if line.least_minor is None)

    @property
    def least_minor(self) -> int:
        """Price and what is added to it at the least."""
        return self.price_minor + sum(line.least_minor or 0 for line in self.buyers)

    @property
    def most_minor(self) -> int:
        """Price and what is added to it at the most, as far as it is known."""
        return self.price_minor + sum(line.most_minor or 0 for line in self.buyers)

    @property
    def balance_minor(self) -> int:
        """What is still to be paid to the court: the deposit counts toward the price."""
        return self.price_minor - self.deposit_minor


def sort_of(*, kind: str, category: str, facts: Mapping[str, Any]) -> str:
    """Return what the tax laws see in a thing."""
    match category:
        case "home" | "vessel" | "equity":
            return category
        case "vehicle":
            return "plated_vehicle" if facts.get("plate") else "vehicle"
        case _ if kind == "immovable" or category in _REAL_ESTATE:
            return "building"
        case _:
            return "right" if kind == "other_right" else "movable"


def area_of(facts: Mapping[str, Any]) -> Decimal | None:
    """Return the floor area as the court recorded it, or None where that is no number."""
    text = str(facts.get("area_m2", "")).strip()
    return Decimal(text) if _AREA.fullmatch(text) else None


@carries_out("auction.taxes")
def levied(levies: Iterable[Levy], *, things: Sequence[Thing], buyer: str | None) -> tuple[Levied, ...]:
    """Return the levies that may fall on a transfer, each spanning what is still possible (法释〔2016〕18号 第30条).

    :param buyer: one of ``rulebook.taxes.BUYERS``, or None while nobody knows who buys
    """
    found = (_levied(levy, things=things, buyer=buyer) for levy in levies)
    return tuple(one for one in found if one is not None)


def _levied(levy: Levy, *, things: Sequence[Thing], buyer: str | None) -> Levied | None:
    matching = [_matching(levy.cases, thing=thing, buyer=buyer) for thing in things]
    cases = [case for found in matching for case in found]
    if not cases:
        return None
    # Of things of several sorts nobody knows the part of each in the price: it may be next to nothing.
    mixed = len({thing.sort for thing in things}) > 1 and len(things) > 1
    fact = _recorded(levy.fact, things) if levy.fact else None
    known = fact is not None or (levy.fact is None and all(case.told for case in cases))
    fixed = [_fixed(found) for found in matching]
    return Levied(
        key=levy.key,
        side=levy.side,
        title=levy.title,
        note=cases[0].note if len(set(_notes(cases))) == 1 else levy.note,
        article="；".join(dict.fromkeys(case.article for case in cases)),
        confidence=levy.confidence,
        least=0 if mixed else min((case.least or 0 for case in cases), default=0),
        most=max((case.most or 0 for case in cases), default=0),
        vat=levy.vat,
        least_minor=sum(least for least, _ in fixed),
        most_minor=sum(most for _, most in fixed) + (fact or 0),
        known=known,
    )


def _matching(cases: Iterable[Case], *, thing: Thing, buyer: str | None) -> list[Case]:
    """Return the cases that are still possible for a thing."""
    return [
        case
        for case in cases
        if thing.sort in case.sorts and (buyer is None or buyer in case.buyers) and _fits(case, thing.area_m2)
    ]


def _fits(case: Case, area: Decimal | None) -> bool:
    if area is None:
        return True
    return (case.area_over_m2 is None or area > case.area_over_m2) and (
        case.area_to_m2 is None or area <= case.area_to_m2
    )


def _fixed(cases: Collection[Case]) -> tuple[int, int]:
    """Return what one title costs: one of the possible cases comes true."""
    amounts = [(case.least_minor or 0, case.most_minor or 0) for case in cases]
    return min((least for least, _ in amounts), default=0), max((most for _, most in amounts), default=0)


def _recorded(fact: str, things: Iterable[Thing]) -> int | None:
    """Return the sum of what the court recorded under a fact, or None where nothing usable was."""
    found = [thing.facts.get(fact) for thing in things]
    amounts = [one for one in found if type(one) is int and one >= 0]
    return sum(amounts) if amounts and sum(amounts) <= _RECORDED_MAX else None


def _notes(cases: Iterable[Case]) -> Iterable[str]:
    return (case.note.zh for case in cases)


def all_in(levies: Iterable[Levied], *, price_minor: int, deposit_minor: int, balance_due_by: datetime) -> AllIn:
    """Return what a lot costs in all at a price; a deposit above the price counts only up to it."""
    lines = []
    for levy in levies:
        span = levy.at(price_minor)
        lines.append(Line(levy=levy, least_minor=span[0] if span else None, most_minor=span[1] if span else None))
    return AllIn(
        price_minor=price_minor,
        lines=tuple(lines),
        deposit_minor=min(deposit_minor, price_minor),
        balance_due_by=balance_due_by,
    )
