"""Whether bidding was served, told from the spans in which each process proved it; pure.

Words: a *span* is a stretch of time in which one process showed, beat by beat, that it was alive and could write to
the database; a *gap* is a stretch in which no process did; an *outage* is why a lot is not closed at its end.

Every stretch is half-open, ``[from, to)``, as the end of bidding is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from auction.foundation.kernel.canonical import instant_text
from auction.rulebook import Numbers
from auction.rulebook.carried import carries_out

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """What one process proved; ``until_at`` is its last beat."""

    began_at: datetime
    until_at: datetime
    process: str

    def as_json(self) -> Mapping[str, str]:
        """Return it as a docket tells it."""
        return {"process": self.process, "from": instant_text(self.began_at), "to": instant_text(self.until_at)}


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """A stretch that no process covers."""

    began_at: datetime
    ended_at: datetime

    @property
    def length(self) -> timedelta:
        """How long it lasted."""
        return self.ended_at - self.began_at

    def as_json(self) -> Mapping[str, str | int]:
        """Return it as a docket tells it."""
        return {
            "from": instant_text(self.began_at),
            "to": instant_text(self.ended_at),
            "ms": self.length // _MILLISECOND,
        }


@dataclass(frozen=True, slots=True)
class Outage:
    """Why a lot is not closed at its end, with what proves it; ``gap`` is None where service was not measured."""

    gap: Gap | None = None
    begin: datetime | None = None
    end: datetime | None = None
    spans: tuple[Span, ...] = ()

    def as_json(self) -> Mapping[str, object] | None:
        """Return the evidence for the docket, or None where there is none but the lateness itself."""
        if self.gap is None or self.begin is None or self.end is None:
            return None
        return {
            "gap": self.gap.as_json(),
            "window": {"from": instant_text(self.begin), "to": instant_text(self.end)},
            "spans": [one.as_json() for one in self.spans],
        }


def gaps(spans: Iterable[Span], *, begin: datetime, end: datetime) -> list[Gap]:
    """Return the stretches of ``[begin, end)`` that none of the spans covers, in order.

    A process that beat once and no more has served for no time at all, and parts no gap.
    """
    found: list[Gap] = []
    reached = begin
    for span in sorted(one for one in spans if one.began_at < min(one.until_at, end)):
        if span.began_at > reached:
            found.append(Gap(reached, span.began_at))
        reached = max(reached, span.until_at)
    if reached < end:
        found.append(Gap(reached, end))
    return found


def within(spans: Iterable[Span], *, begin: datetime, end: datetime) -> tuple[Span, ...]:
    """Return the parts of the spans that lie in ``[begin, end)``, in order."""
    return tuple(
        Span(max(one.began_at, begin), min(one.until_at, end), one.process)
        for one in sorted(spans)
        if one.began_at < end and one.until_at > begin
    )


@carries_out("auction.outage_tolerance", "auction.outage_window", seen_in=("lot.deferred",))
def outage(
    spans: Sequence[Span],
    *,
    ran_from: datetime,
    ends_at: datetime,
    numbers: Numbers,
    measured_from: datetime | None,
    now: datetime,
) -> Outage | None:
    """Return why a lot whose end has come must not be closed but deferred, or None when it may close.

    Bidding stood still for as long as the rule tolerates, or longer, shortly before the end; or it stood still at the
    end and came back later than tolerated. Before ``measured_from`` nothing was measured, and nothing is presumed.

    :param ran_from: since when bidding has run without a stay; what was before, who let it go on has weighed
    :param measured_from: when service was first measured at all; None where it never was
    """
    tolerance = numbers.auction.outage_tolerance
    if measured_from is None or measured_from >= ends_at:
        return Outage() if now - ends_at > tolerance else None
    begin = max(ends_at - numbers.auction.outage_window, measured_from, ran_from)
    longest = max(gaps(spans, begin=begin, end=ends_at), key=lambda gap: gap.length, default=None)
    if longest is None or longest.length < tolerance:
        longest = _standstill(spans, ends_at=ends_at, now=now, tolerance=tolerance)
    if longest is None:
        return None
    return Outage(gap=longest, begin=begin, end=ends_at, spans=within(spans, begin=begin, end=ends_at))


def _standstill(spans: Sequence[Span], *, ends_at: datetime, now: datetime, tolerance: timedelta) -> Gap | None:
    """Return the gap that begins at the end itself, when it lasted longer than tolerated."""
    after = gaps(spans, begin=ends_at, end=now)
    if after and after[0].began_at == ends_at and after[0].length > tolerance:
        return after[0]
    return None
