"""The geometry of the waterfall at a glance: areas over the hammer price, in the picture's own units; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from auction.procedure.distribution.foreseen import Outlook

_EVENLY = 40
_TICKS = 6
#: An area thinner than this carries no letter; the legend names it all the same.
_THIN = 15
_CROWDED = 20
#: Borders are drawn to a tenth of a unit, so that slopes are straight.
_FINE = 10
_ROWS = 3
_STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Area:
    """What one taker gets over all prices, as a polygon, with the place of its letter if it is thick enough."""

    number: int
    points: str
    label: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A price worth a look, as a line with its number on top."""

    number: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis and its amount."""

    at: int
    minor: int


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the picture is drawn: its size and the margins around the areas."""

    name: str
    width: int
    height: int
    left: int = 64
    right: int = 14
    top: int = 58
    bottom: int = 46

    @property
    def plot_width(self) -> int:
        """How wide the areas are."""
        return self.width - self.left - self.right

    @property
    def plot_height(self) -> int:
        """How high the areas are."""
        return self.height - self.top - self.bottom

    @property
    def x_end(self) -> int:
        """Where the areas end to the right."""
        return self.left + self.plot_width

    @property
    def y_end(self) -> int:
        """Where the areas end below."""
        return self.top + self.plot_height


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything the template draws."""

    frame: Frame
    areas: tuple[Area, ...]
    marks: tuple[Mark, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]


def draw(outlook: Outlook, *, frame: Frame, marks: Sequence[int], high_minor: int) -> Picture:
    """Draw every taker's part, the debtor's last, from no price up to ``high_minor``."""
    there = outlook.setting.others_minor
    prices = _prices(outlook, marks=marks, high=high_minor)
    stacks = [_stack(outlook, price) for price in prices]
    xs = [frame.left * _FINE + price * frame.plot_width * _FINE // high_minor for price in prices]

    def y(minor: int, *, fine: int = 1) -> int:
        return frame.y_end * fine - minor * frame.plot_height * fine // (high_minor + there)

    levels = [[y(minor, fine=_FINE) for minor in stack] for stack in stacks]
    return Picture(
        frame=frame,
        areas=tuple(_areas(xs, levels)),
        marks=tuple(_marks([frame.left + price * frame.plot_width // high_minor for price in marks], frame=frame)),
        across=tuple(
            Tick(frame.left + minor * frame.plot_width // high_minor, minor) for minor in round_steps(high_minor)
        ),
        up=tuple(Tick(y(minor), minor) for minor in round_steps(high_minor + there)),
    )


def round_steps(high_minor: int) -> list[int]:
    """Return some round amounts up to a high one, nothing first."""
    rough = max(1, high_minor // _TICKS)
    power = 10 ** (len(str(rough)) - 1)
    step = next(power * one for one in _STEPS if power * one >= rough)
    return list(range(0, high_minor + 1, step))


def _prices(outlook: Outlook, *, marks: Iterable[int], high: int) -> list[int]:
    evenly = [high * n // _EVENLY for n in range(_EVENLY + 1)]
    return sorted({price for price in (*evenly, *outlook.breaks, *marks) if 0 <= price <= high})


def _stack(outlook: Outlook, price: int) -> list[int]:
    """Return the borders of the areas at a price, from nothing up."""
    split = outlook.split(price)
    borders = [0]
    for amount in (*split.amounts, split.surplus_minor):
        borders.append(borders[-1] + amount)
    return borders


def _areas(xs: Sequence[int], levels: Sequence[Sequence[int]]) -> Iterable[Area]:
    for number in range(len(levels[0]) - 1):
        below = [level[number] for level in levels]
        above = [level[number + 1] for level in levels]
        thick = [low - high for low, high in zip(below, above, strict=True)]
        if not any(thick):
            continue
        there = zip(xs, above, strict=True)
        back = zip(reversed(xs), reversed(below), strict=True)
        yield Area(
            number=number,
            points=" ".join(f"{_tenths(x)},{_tenths(y)}" for x, y in (*there, *back)),
            label=_label(xs, above, thick),
        )


def _label(xs: Sequence[int], above: Sequence[int], thick: Sequence[int]) -> tuple[int, int] | None:
    """Return where a letter stands: at the thickest place, and of equals the one farthest to the right."""
    room = [place for place, x in enumerate(xs) if x <= xs[-1] - _THIN * _FINE]
    if not room:
        return None
    best = max(room, key=lambda place: (thick[place], xs[place]))
    if thick[best] < _THIN * _FINE:
        return None
    return xs[best] // _FINE, (above[best] + thick[best] // 2) // _FINE


def _tenths(fine: int) -> str:
    return f"{fine // _FINE}.{fine % _FINE}"


def _marks(xs: Sequence[int], *, frame: Frame) -> Iterable[Mark]:
    """Return the marks; where several stand close, their numbers stand above each other."""
    order = sorted(range(len(xs)), key=lambda number: (xs[number], number))
    last, row = -_CROWDED, 0
    found: dict[int, Mark] = {}
    for number in order:
        row = (row + 1) % _ROWS if xs[number] - last < _CROWDED else 0
        last = xs[number]
        found[number] = Mark(number=number + 1, x=xs[number], y=frame.top - 10 - row * 17)
    return [found[number] for number in range(len(xs))]
