"""A period of time, half-open: its start belongs to it, its end does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


class PeriodMalformedError(ValueError):
    """The period has an end that is not after its start, or a moment without an offset."""


@dataclass(frozen=True, slots=True)
class Period:
    """The instants from ``start`` up to, and not including, ``end``."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.utcoffset() is None or self.end.utcoffset() is None:
            msg = "a period runs between instants with an offset"
            raise PeriodMalformedError(msg)
        if self.end <= self.start:
            msg = "a period ends after it starts"
            raise PeriodMalformedError(msg)

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.end - self.start

    def contains(self, moment: datetime) -> bool:
        """Say whether the instant lies in the period; the end itself does not."""
        return self.start <= moment < self.end

    def overlaps(self, other: Period) -> bool:
        """Say whether some instant lies in both; periods that only touch share none."""
        return self.start < other.end and other.start < self.end

    def remaining(self, *, at: datetime) -> timedelta:
        """Return the time left at an instant: the whole length before the start, nothing after the end."""
        return max(self.end - max(at, self.start), timedelta(0))
