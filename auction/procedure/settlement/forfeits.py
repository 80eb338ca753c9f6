"""What a forfeited deposit is used for, in the order of article 24; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auction.foundation.kernel.refusal import Refusal
from auction.rulebook.carried import carries_out

ARTICLE = "法释〔2016〕18号 第24条"


class NothingToTopUp(Refusal):
    """The deposit has covered costs and shortfall, or the court has ordered the rest already."""

    code = "settlement.nothing_to_top_up"
    article = "法释〔2004〕16号 第22条"
    title_zh, title_en = "无差额可责令补交", "Nothing to top up"
    zh = "保证金适用后无未补足的差额，或已责令补交：¥{uncovered_minor:money}。"
    en = "Nothing is uncovered after the deposit, or it was ordered already: ¥{uncovered_minor:money}."


@dataclass(frozen=True, slots=True)
class Use:
    """What may be taken from the deposit, each up to its amount."""

    costs_minor: int
    shortfall_minor: int
    case_debt_minor: int
    linked_debt_minor: int


@dataclass(frozen=True, slots=True)
class Line:
    """One use; lines of nothing are left out."""

    to: str
    amount_minor: int


@carries_out("auction.shortfall")
def shortfall(*, original_minor: int, resold_minor: int) -> int:
    """Return by how much the re-auction brought less than the broken sale."""
    return max(0, original_minor - resold_minor)


@carries_out("auction.default_forfeits")
def lines(*, forfeited_minor: int, use: Use) -> tuple[Sequence[Line], int]:
    """Return the uses in their order, and what of costs and shortfall the deposit does not cover."""
    left = forfeited_minor
    found: list[Line] = []
    wanted = (
        ("costs", use.costs_minor),
        ("shortfall", use.shortfall_minor),
        ("case_debt", use.case_debt_minor),
        ("linked_debt", use.linked_debt_minor),
    )
    for to, minor in wanted:
        part = min(left, max(0, minor))
        left -= part
        if part:
            found.append(Line(to=to, amount_minor=part))
    return found, max(0, use.costs_minor + use.shortfall_minor - forfeited_minor)
