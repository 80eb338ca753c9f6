"""What becomes of objections to a plan with time, and what they make of it; pure (法释〔2015〕5号 第509、510条)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from auction.procedure.distribution.pools import Draw, Pool
from auction.procedure.distribution.rules import Claim, File, Line, Waterfall, waterfall


class Stand(StrEnum):
    """How an objection stands: accepted when nobody opposed it, dropped when it was opposed and no suit followed."""

    RAISED = "raised"
    ACCEPTED = "accepted"
    OPPOSED = "opposed"
    DROPPED = "dropped"
    SUED = "sued"


@dataclass(frozen=True, slots=True)
class Objection:
    """A part of a claim's share in dispute."""

    claim: str
    amount_minor: int
    opposition_until: datetime
    suit_until: datetime | None = None
    sued: bool = False

    def stand(self, now: datetime) -> Stand:
        """Return how it stands at an instant."""
        if self.sued:
            return Stand.SUED
        if self.suit_until is not None:
            return Stand.OPPOSED if now <= self.suit_until else Stand.DROPPED
        return Stand.RAISED if now <= self.opposition_until else Stand.ACCEPTED


def parts(objections: Iterable[Objection], *, now: datetime, stands: Collection[Stand]) -> dict[str, int]:
    """Return the disputed part of each claim's share, of the objections that stand so; the widest counts."""
    found: dict[str, int] = {}
    for one in objections:
        if one.stand(now) in stands:
            found[one.claim] = max(found.get(one.claim, 0), one.amount_minor)
    return found


def share_of(lines: Iterable[Line], *, claim: str) -> int:
    """Return what a plan gives for a claim."""
    return sum(line.amount_minor for line in lines if line.to == claim)


def cut(lines: Sequence[Line], *, claim: str, minor: int) -> tuple[list[Line], list[Line]]:
    """Return the lines without a part of a claim's share, and that part as lines; its last line gives first."""
    kept: list[Line] = []
    taken: list[Line] = []
    for line in reversed(lines):
        part = min(minor, line.amount_minor) if line.to == claim else 0
        minor -= part
        if part:
            rest, gone = split(line.draws, minor=line.amount_minor - part)
            taken.append(replace(line, amount_minor=part, draws=gone))
            if line.amount_minor > part:
                kept.append(replace(line, amount_minor=line.amount_minor - part, draws=rest))
        else:
            kept.append(line)
    return kept[::-1], taken[::-1]


def corrected(
    plan: Waterfall,
    *,
    accepted: Mapping[str, int],
    claims: Sequence[Claim],
    properties: Mapping[str, frozenset[str]],
    enterprise: bool,
) -> Waterfall:
    """Return the plan as the objectors want it: what they dispute goes to the others in the order of the law.

    :param claims: the claims with what was unpaid of each before this plan
    :param properties: the things of each lot
    """
    lines = list(plan.lines)
    freed: list[Draw] = []
    for claim, minor in accepted.items():
        lines, taken = cut(lines, claim=claim, minor=minor)
        freed.extend(draw for line in taken for draw in line.draws)
    left = [
        replace(one, minor=max(0, one.minor - share_of(plan.lines, claim=one.id)), interest_minor=0)
        for one in claims
        if one.id not in accepted
    ]
    pools = [
        Pool(lot=lot, properties=properties.get(lot or "", frozenset()), minor=minor)
        for lot, minor in _sums(freed).items()
    ]
    again = waterfall(File(pools=pools, claims=left, enterprise=enterprise))
    for line in again.lines:
        lines = _added(lines, line)
    surplus = _sums([*plan.surplus, *again.surplus])
    return Waterfall(lines=tuple(lines), surplus=tuple(Draw(lot=lot, minor=minor) for lot, minor in surplus.items()))


def _added(lines: list[Line], more: Line) -> list[Line]:
    """Return the lines with one more: added to the payee's own, else behind the last of its part."""
    for n, line in enumerate(lines):
        if (line.to, line.part) == (more.to, more.part):
            draws = _sums([*line.draws, *more.draws])
            whole = replace(
                line,
                amount_minor=line.amount_minor + more.amount_minor,
                draws=tuple(Draw(lot=lot, minor=minor) for lot, minor in draws.items()),
            )
            return [*lines[:n], whole, *lines[n + 1 :]]
    order = list(type(more.part))
    before = [line for line in lines if order.index(line.part) <= order.index(more.part)]
    after = [line for line in lines if order.index(line.part) > order.index(more.part)]
    same = [line.rank for line in before if line.part is more.part]
    rank = same[-1] if same else max((line.rank for line in before), default=0) + 1
    return [*before, replace(more, rank=rank), *after]


def split(draws: Sequence[Draw], *, minor: int) -> tuple[tuple[Draw, ...], tuple[Draw, ...]]:
    """Return the draws of a first part of an amount, and those of the rest."""
    first: list[Draw] = []
    rest: list[Draw] = []
    for draw in draws:
        part = min(draw.minor, minor)
        minor -= part
        if part:
            first.append(Draw(lot=draw.lot, minor=part))
        if draw.minor > part:
            rest.append(Draw(lot=draw.lot, minor=draw.minor - part))
    return tuple(first), tuple(rest)


def _sums(draws: Iterable[Draw]) -> dict[str | None, int]:
    found: dict[str | None, int] = {}
    for draw in draws:
        found[draw.lot] = found.get(draw.lot, 0) + draw.minor
    return found
