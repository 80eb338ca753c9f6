"""Thousands of lots that end in the same second: how long until the last is decided, and none before its end.

On a database of their own: between the other parts nothing serves bidding for minutes, and lots that ended soon after
would rightly be deferred instead of closed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import text

from auction.edges.bench.measures import Measure
from auction.edges.bench.place import BenchFailedError, Place, a_place
from auction.edges.bench.size import Size
from auction.edges.inbox.many_lots import seed_closings

#: As long as it takes to make the lots and to start the processes, a lot.
_LEAD_SECONDS, _LEAD_SECONDS_A_LOT = 8.0, 0.03
_TARGET_SECONDS = 10.0
_PATIENCE_SECONDS = 120.0
_LOOK_SECONDS = 0.1
_LEFT = text("SELECT count(*) FROM lots WHERE status = 'open' AND ends_at <= :end")
_DECIDED = text(
    "SELECT count(*), count(DISTINCT chain), min(at), max(at) FROM docket_entries"
    " WHERE kind = 'lot.closed' AND chain = ANY(:chains)"
)


def measure(_: Place, size: Size) -> Iterator[Measure]:
    """Measure the storm with one ``auction web`` and one ``auction jobs`` at work."""
    with a_place() as place:
        yield _storm(place, size)


def _storm(place: Place, size: Size) -> Measure:
    lead = timedelta(seconds=_LEAD_SECONDS + _LEAD_SECONDS_A_LOT * size.closings)
    end = (place.platform.clock.now() + lead).replace(microsecond=0)
    lots = seed_closings(place.platform, lots=size.closings, ends_at=end)
    with place.web(), place.jobs():
        took = _until_none_is_open(place, end=end)
    with place.platform.read() as session:
        row = session.execute(_DECIDED, {"chains": [f"lot:{lot}" for lot in lots]}).one()
    count, once, first, last = row
    if not count == once == len(lots):
        raise BenchFailedError(f"{count} closings of {once} lots, of {len(lots)} that ended")
    return Measure(
        name=f"{len(lots)} lots that end in one second, all decided", value=round(took, 2), unit="s", kind="at most",
        target=_TARGET_SECONDS,
        detail={
            "early": int(first < end),
            "first_decided_s": _after(first, end),
            "last_decided_s": _after(last, end),
        },
    )  # fmt: skip


def _until_none_is_open(place: Place, *, end: datetime) -> float:
    """Wait for the end and until no lot is open behind it; return how many seconds after the end that was."""
    now = place.platform.clock.now
    time.sleep(max(0.0, (end - now()).total_seconds()))
    while _after(now(), end) < _PATIENCE_SECONDS:
        with place.platform.read() as session:
            if not session.execute(_LEFT, {"end": end}).scalar_one():
                return (now() - end).total_seconds()
        time.sleep(_LOOK_SECONDS)
    raise BenchFailedError(f"lots are still open {_PATIENCE_SECONDS:.0f} s after their end")


def _after(moment: datetime, end: datetime) -> float:
    return round((moment - end).total_seconds(), 3)
