"""What a measure is: a figure, the yardstick it is held against, and whether it reaches what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

#: How a figure meets its target: by its ratio to the yardstick, or by itself where the target is a time or a size.
Kind = Literal["ratio at least", "ratio at most", "at most"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure of one run."""

    name: str
    value: float
    unit: str
    target: float
    kind: Kind
    yardstick: float | None = None
    yardstick_name: str | None = None
    aim: float | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """The figure over its yardstick; None without one."""
        return round(self.value / self.yardstick, 3) if self.yardstick else None

    @property
    def met(self) -> bool:
        """Say whether the target is reached."""
        if self.kind == "at most":
            return self.value <= self.target
        ratio = self.ratio
        if ratio is None:
            return False
        return ratio >= self.target if self.kind == "ratio at least" else ratio <= self.target

    def as_json(self) -> dict[str, Any]:
        """Return the form of the contract, with what else is known of it beside."""
        yardstick = None if self.yardstick is None else {"name": self.yardstick_name, "value": self.yardstick}
        aim = {} if self.aim is None else {"aim": self.aim}
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "yardstick": yardstick,
            "ratio": self.ratio,
            "target": f"{self.kind} {self.target:g}",
            "met": self.met,
            **aim,
            "detail": dict(self.detail),
        }
