"""The geometry of two stories of one bidding: each a stair of prices over the docket's entries, in order; pure.

Time would not do as the axis: a day of silence and the last ten seconds would get the same space, and it is the last
seconds that are disputed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from auction.edges.web.court.picture import Frame, Tick
from auction.procedure.publicity.supposing import Rise

_TICKS = 4
_STEPS = (1, 2, 5, 10)
_LABELS = 6


@dataclass(frozen=True, slots=True)
class Place:
    """An entry on the axis."""

    at: int
    seq: int


@dataclass(frozen=True, slots=True)
class Curves:
    """Both stairs, the amounts beside them, some entries below them, and where they part."""

    frame: Frame
    recorded: str
    supposed: str
    up: tuple[Tick, ...]
    along: tuple[Place, ...]
    parted: int | None


def draw(
    recorded: Sequence[Rise], supposed: Sequence[Rise], *, frame: Frame, start_minor: int, parted_at: int | None
) -> Curves:
    """Draw the stairs of two stories over every entry at which either price rose."""
    seqs = sorted({rise.seq for rise in (*recorded, *supposed)})
    prices = [rise.price_minor for rise in (*recorded, *supposed)]
    high = max([*prices, start_minor + max(start_minor // 20, 100)])
    ticks = _round_steps(start_minor, high)
    low = min(start_minor, ticks[0])

    def x(seq: int) -> int:
        return frame.left + bisect_right(seqs, seq) * frame.plot_width // (len(seqs) + 1)

    def y(minor: int) -> int:
        return frame.y_end - (minor - low) * frame.plot_height // (high - low)

    def stair(rises: Sequence[Rise]) -> str:
        steps = "".join(f"H{x(rise.seq)}V{y(rise.price_minor)}" for rise in rises)
        return f"M{frame.left} {y(start_minor)}{steps}H{frame.x_end}" if rises else ""

    every = -(-len(seqs) // _LABELS) or 1
    return Curves(
        frame=frame,
        recorded=stair(recorded),
        supposed=stair(supposed),
        up=tuple(Tick(y(minor), minor) for minor in ticks),
        along=tuple(Place(x(seq), seq) for seq in seqs[::every]),
        parted=None if parted_at is None else x(parted_at),
    )


def _round_steps(low_minor: int, high_minor: int) -> list[int]:
    """Return some round amounts from just below a low one up to a high one."""
    rough = max(1, (high_minor - low_minor) // _TICKS)
    power = 10 ** (len(str(rough)) - 1)
    step = next(power * one for one in _STEPS if power * one >= rough)
    return list(range(low_minor // step * step, high_minor + 1, step))
