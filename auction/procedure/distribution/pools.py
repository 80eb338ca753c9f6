"""The money there is to distribute: the pool of each lot, and what is drawn from it, to the fen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from auction.foundation.kernel.money import share


@dataclass(frozen=True, slots=True)
class Pool:
    """Money to distribute, of one lot with its things, or of no lot."""

    lot: str | None
    properties: frozenset[str]
    minor: int


@dataclass(frozen=True, slots=True)
class Draw:
    """From which lot's money, and how much."""

    lot: str | None
    minor: int


@dataclass(slots=True)
class Pools:
    """The pools while they are being emptied, in the order they are drawn from."""

    left: list[Pool]

    def total(self) -> int:
        """Return what is left in all of them."""
        return sum(pool.minor for pool in self.left)

    def draw(self, minor: int, *, within: Callable[[Pool], bool] | None = None) -> tuple[Draw, ...]:
        """Take up to an amount, one pool after the other."""
        wanted = []
        for pool in self.left:
            part = min(pool.minor, minor) if within is None or within(pool) else 0
            wanted.append(part)
            minor -= part
        return self._take(wanted)

    def draw_evenly(self, minor: int) -> tuple[Draw, ...]:
        """Take up to an amount from all pools in proportion to what is in them."""
        weights = [pool.minor for pool in self.left]
        return self._take(share(min(minor, sum(weights)), weights))

    def _take(self, parts: Sequence[int]) -> tuple[Draw, ...]:
        self.left = [replace(pool, minor=pool.minor - part) for pool, part in zip(self.left, parts, strict=True)]
        return tuple(Draw(lot=pool.lot, minor=part) for pool, part in zip(self.left, parts, strict=True) if part)


def of_lot(lot: str) -> Callable[[Pool], bool]:
    """Return the question whether a pool is a lot's."""
    return lambda pool: pool.lot == lot


def with_thing(thing: str) -> Callable[[Pool], bool]:
    """Return the question whether a thing is among those a pool was got for."""
    return lambda pool: thing in pool.properties


def merged(draws: Iterable[Draw]) -> tuple[Draw, ...]:
    """Return draws with those of the same lot added up."""
    sums: dict[str | None, int] = {}
    for draw in draws:
        sums[draw.lot] = sums.get(draw.lot, 0) + draw.minor
    return tuple(Draw(lot=lot, minor=minor) for lot, minor in sums.items())
