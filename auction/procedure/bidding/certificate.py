"""What a certificate of availability says: how long a lot's bidding was served, and how soon bids were decided; pure.

Everything but the gaps follows from the lot's own docket, so anybody who holds the docket can reckon it again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from auction.foundation.docket.rules import Entry
from auction.foundation.kernel.canonical import instant_text
from auction.procedure.bidding.outage import Gap, Span, gaps
from auction.rulebook.carried import carries_out

KIND = "bidding.availability"
#: The kinds of entries between which bidding runs.
COURSE = ("lot.opened", "lot.deferred", "lot.suspended", "lot.resumed", "lot.closed", "lot.withdrawn")
#: The kinds of entries that decide a bid.
DECISIONS = ("bid.accepted", "bid.refused")
#: Up to how many milliseconds each step of the histogram reaches; one more step holds what took longer.
BOUNDS_MS = (5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000)
#: Beats tell gaps no finer than this.
FLOOR = timedelta(seconds=5)

_MILLISECOND = timedelta(milliseconds=1)
_NOTHING = timedelta(0)
_BOUNDS = tuple(timedelta(milliseconds=bound) for bound in BOUNDS_MS)


@dataclass(frozen=True, slots=True)
class Waits:
    """How long bids waited for their decision: how many in each step of the histogram, and the longest."""

    counts: tuple[int, ...] = (0,) * (len(BOUNDS_MS) + 1)
    longest: timedelta = _NOTHING

    def as_json(self) -> Mapping[str, object]:
        """Return it as a docket tells it."""
        return {
            "decided": sum(self.counts),
            "longest_ms": self.longest // _MILLISECOND,
            "histogram": {"bounds_ms": list(BOUNDS_MS), "counts": list(self.counts)},
        }


def waits(entries: Iterable[Entry]) -> Waits:
    """Return how long the bids among some entries waited from arrival to decision."""
    counts, longest = [0] * (len(_BOUNDS) + 1), _NOTHING
    for entry in entries:
        if entry.kind in DECISIONS:
            wait = entry.at - datetime.fromisoformat(entry.public["received_at"])
            counts[bisect_left(_BOUNDS, wait)] += 1
            longest = max(longest, wait)
    return Waits(tuple(counts), longest)


def stretches(entries: Iterable[Entry]) -> list[tuple[datetime, datetime]]:
    """Return when bidding ran, from each opening or resumption to the stay or end that followed."""
    found: list[tuple[datetime, datetime]] = []
    since: datetime | None = None
    for entry in entries:
        if entry.kind == "lot.opened":
            since = datetime.fromisoformat(entry.public["opens_at"])
        elif entry.kind == "lot.resumed" and entry.public.get("status", "open") == "open":
            since = entry.at
        elif entry.kind in COURSE and since is not None:
            # A lot that was deferred after its end had no more time than until then; one is taken back before its end.
            told = entry.public.get("ends_at")
            until = entry.at if told is None else min(entry.at, datetime.fromisoformat(told))
            found.append((since, max(since, until)))
            since = None
    return found


@carries_out("auction.outage_window", seen_in=(KIND,))
def certificate(
    course: Sequence[Entry], *, told: Waits, spans: Sequence[Span], measured_from: datetime
) -> Mapping[str, object]:
    """Return what is certified of a lot that is over: when bidding ran, for how long it was served, how soon decided.

    :param course: the lot's entries, of the kinds between which bidding runs at the least
    :param measured_from: since when service was measured; nothing is said of the time before
    """
    ran = stretches(course)
    measured = _measured(ran, since=measured_from)
    missing = [gap for begin, end in measured for gap in gaps(spans, begin=begin, end=end) if gap.length >= FLOOR]
    return _document(ran, told=told, missing=missing, measured_from=measured_from)


def fault(before: Sequence[Entry], public: Mapping[str, object]) -> str | None:
    """Say what in a certificate does not follow from the entries before it, or None.

    :raises KeyError: TypeError, ValueError: when it cannot be read
    """
    measured_from = datetime.fromisoformat(str(public["measured_from"]))
    missing = [
        Gap(datetime.fromisoformat(one["from"]), datetime.fromisoformat(one["to"])) for one in _list(public["gaps"])
    ]
    ran = stretches(before)
    if not ran:
        return "certifies bidding that never ran"
    if not _fit(missing, _measured(ran, since=measured_from)):
        return "certifies gaps outside the time of bidding, out of order, or too short to be seen"
    expected = _document(ran, told=waits(before), missing=missing, measured_from=measured_from)
    wrong = sorted(name for name in {*expected, *public} if expected.get(name) != public.get(name))
    return f"certifies what the entries before do not give: {', '.join(wrong)}" if wrong else None


def _document(
    ran: Sequence[tuple[datetime, datetime]], *, told: Waits, missing: Sequence[Gap], measured_from: datetime
) -> Mapping[str, object]:
    measured = _total(_measured(ran, since=measured_from))
    return {
        "from": instant_text(ran[0][0]),
        "to": instant_text(ran[-1][1]),
        "bidding_ms": _total(ran) // _MILLISECOND,
        "measured_from": instant_text(measured_from),
        "measured_ms": measured // _MILLISECOND,
        "served_ms": (measured - sum((gap.length for gap in missing), _NOTHING)) // _MILLISECOND,
        "floor_ms": FLOOR // _MILLISECOND,
        "gaps": [gap.as_json() for gap in missing],
        **told.as_json(),
    }


def _measured(ran: Iterable[tuple[datetime, datetime]], *, since: datetime) -> list[tuple[datetime, datetime]]:
    return [(max(begin, since), end) for begin, end in ran if end > since]


def _total(ran: Iterable[tuple[datetime, datetime]]) -> timedelta:
    return sum((end - begin for begin, end in ran), _NOTHING)


def _fit(missing: Sequence[Gap], measured: Sequence[tuple[datetime, datetime]]) -> bool:
    inside = all(
        gap.length >= FLOOR and any(begin <= gap.began_at and gap.ended_at <= end for begin, end in measured)
        for gap in missing
    )
    return inside and all(one.ended_at <= other.began_at for one, other in pairwise(missing))


def _list(value: object) -> Sequence[Mapping[str, str]]:
    if not isinstance(value, list):
        raise TypeError("gaps are a list")
    return value
