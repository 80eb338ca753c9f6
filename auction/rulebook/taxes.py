"""Reading ``taxes.toml`` once: what the law levies on a transfer, on whom, by kind of thing and of buyer.

Words: a *levy* is one line beside the price; its *cases* say when it is how much; the *sort* of a thing is what the
tax laws tell apart. What is not known leaves several cases possible.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from importlib import resources

from auction.rulebook.model import Confidence, Words
from auction.rulebook.tables import Table, read_toml

SORTS = ("home", "building", "vehicle", "plated_vehicle", "vessel", "equity", "right", "movable")
#: Who may buy, as far as a rate depends on it.
BUYERS = ("only_home", "second_home", "person", "organisation")
SIDES = ("buyer", "seller")
WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Case:
    """When a levy is how much; without a figure nobody knows it beforehand."""

    sorts: tuple[str, ...]
    buyers: tuple[str, ...]
    area_over_m2: int | None
    area_to_m2: int | None
    least: int | None
    most: int | None
    least_minor: int | None
    most_minor: int | None
    article: str
    note: Words
    in_force: date
    until: date | None

    @property
    def told(self) -> bool:
        """Say whether there is a figure."""
        return self.least is not None or self.least_minor is not None


@dataclass(frozen=True, slots=True)
class Levy:
    """A tax, fee or burden of a transfer, with the cases of one day or of all."""

    key: str
    side: str
    title: Words
    note: Words
    article: str
    confidence: Confidence
    vat: int
    fact: str | None
    in_force: date
    until: date | None
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Taxes:
    """Every levy with its history."""

    dated: date
    levies: tuple[Levy, ...]

    def on(self, day: date) -> tuple[Levy, ...]:
        """Return the levies in force on a day, each with the cases then in force."""
        return tuple(
            replace(levy, cases=tuple(case for case in levy.cases if _living(case, day)))
            for levy in self.levies
            if _living(levy, day)
        )


def _living(one: Case | Levy, day: date) -> bool:
    return one.in_force <= day and (one.until is None or day < one.until)


@lru_cache(maxsize=1)
def taxes() -> Taxes:
    """Return the levies this program ships with, read and checked once.

    :raises RulebookMalformedError: when they cannot be relied on
    """
    return read_taxes(resources.files(__package__).joinpath("taxes.toml").read_text(encoding="utf-8"))


def read_taxes(text: str) -> Taxes:
    """Read and check the levies.

    :raises RulebookMalformedError: naming the levy and what is wrong with it
    """
    root = Table("taxes", read_toml("taxes", text))
    dated = root.day("dated")
    levies = tuple(_levy(table) for table in root.tables("levy"))
    if not levies:
        root.fail("`levy` needs at least one entry")
    for number, levy in enumerate(levies):
        for other in levies[:number]:
            if other.key == levy.key and (other.until is None or levy.in_force < other.until):
                root.fail(f"{levy.key}: two versions are in force at once")
    root.done()
    return Taxes(dated=dated, levies=levies)


def _levy(table: Table) -> Levy:
    levy = Levy(
        key=table.text("key"),
        side=_one_of(table, "side", SIDES),
        title=_words(table, "title_"),
        note=_words(table, "note_"),
        article=table.text("article"),
        confidence=_confidence(table),
        vat=_amount(table, "vat", most=WHOLE) or 0,
        fact=table.text("fact", default="") or None,
        in_force=table.day("in_force"),
        until=_until(table),
        cases=(),
    )
    cases = tuple(_cases(table, levy))
    if not cases:
        table.fail("`case` needs at least one entry")
    table.done()
    return replace(levy, cases=cases)


def _cases(levy_table: Table, levy: Levy) -> Iterator[Case]:
    for table in levy_table.tables("case"):
        own = table.text("note_zh", default="")
        case = Case(
            sorts=_subset(table, "sorts", SORTS),
            buyers=_subset(table, "buyers", BUYERS) or BUYERS,
            area_over_m2=table.number("area_over_m2"),
            area_to_m2=table.number("area_to_m2"),
            least=_amount(table, "least", most=WHOLE),
            most=_amount(table, "most", most=WHOLE),
            least_minor=_amount(table, "least_minor"),
            most_minor=_amount(table, "most_minor"),
            article=table.text("article", default=levy.article),
            note=_words(table, "note_") if own else levy.note,
            in_force=table.day("in_force", default=levy.in_force),
            until=_until(table),
        )
        if not case.sorts:
            table.fail("`sorts` names what it is levied on")
        _check_figures(table, case)
        table.done()
        yield case


def _check_figures(table: Table, case: Case) -> None:
    for low, high in ((case.least, case.most), (case.least_minor, case.most_minor)):
        if (low is None) != (high is None) or (low is not None and high is not None and low > high):
            table.fail("the least and the most come together, the least first")
    if case.least is not None and case.least_minor is not None:
        table.fail("a case is a part of the price or an amount, not both")


def _amount(table: Table, key: str, *, most: int = 10**9) -> int | None:
    found = table.take(key)
    if found is None:
        return None
    if type(found) is not int or not 0 <= found <= most:
        table.fail(f"`{key}` must be a whole number from 0 to {most}")
    return found


def _until(table: Table) -> date | None:
    never = date.max
    found = table.day("until", default=never)
    return None if found == never else found


def _one_of(table: Table, key: str, known: tuple[str, ...]) -> str:
    found = table.text(key)
    if found not in known:
        table.fail(f"`{key}` is one of {', '.join(known)}, not {found!r}")
    return found


def _subset(table: Table, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
    found = table.texts(key)
    strange = [one for one in found if one not in known]
    if strange:
        table.fail(f"`{key}`: unknown {', '.join(strange)}")
    return found


def _confidence(table: Table) -> Confidence:
    match table.text("confidence"):
        case "V" | "M" | "I" as found:
            return found
        case other:
            return table.fail(f"confidence is V, M or I, not {other!r}")


def _words(table: Table, prefix: str) -> Words:
    return Words(zh=table.text(f"{prefix}zh"), en=table.text(f"{prefix}en"))
