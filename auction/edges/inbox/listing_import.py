"""The import of listings: rows read and mended, each given a life, all of it reported."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from auction.edges.inbox.history import History, Plan, Wanted
from auction.edges.inbox.listings import Listing, ListingUnreadableError, read_listing
from auction.edges.inbox.past import hurried
from auction.edges.inbox.sample_people import Bench
from auction.edges.jobs.sweep import sweeping
from auction.edges.platform import Platform
from auction.foundation.kernel.calendar import SHANGHAI, day_of
from auction.foundation.kernel.refusal import Refusal
from auction.rulebook import rulebook

#: Listings of other files are numbered from here, so that none is taken for one of the demo's own.
FOREIGN = 10_000


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one row: a lot, or the reason why not; and what was changed to make it lawful."""

    row: int
    lot: str | None
    notes: tuple[str, ...]
    error: str | None = None


def import_rows(
    platform: Platform,
    rows: Sequence[Mapping[str, Any]],
    *,
    numbers: Sequence[int] | None = None,
    wanted: Wanted | None = None,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> list[Imported]:
    """Give each row a case, a property and a lot with a history; bad rows are reported, good ones kept.

    ``numbers`` are given by the demo, which finds its own listings again by them.

    Without ``wanted`` the rows become announced, open and closed lots in turn; the
    five real judicial ones are told as closed, as they were.
    """
    done: list[Imported] = []
    with hurried(platform) as quick:
        bench = Bench(quick)
        for index, row in enumerate(rows):
            number = numbers[index] if numbers else FOREIGN + index + 1
            one = _imported(quick, bench, row, number=number, wanted=wanted)
            done.append(one if numbers else replace(one, row=index + 1))
            progress(index + 1, len(rows))
    return done


def _imported(
    platform: Platform, bench: Bench, row: Mapping[str, Any], *, number: int, wanted: Wanted | None
) -> Imported:
    now = platform.clock.now()
    try:
        listing = read_listing(row, number=number, numbers=rulebook().on(day_of(now)))
        plan = plan_for(listing, now=now, wanted=wanted)
        with sweeping(platform):
            history = History(platform, people=bench.staff(listing), bench=bench, listing=listing, now=now)
            lot = history.make(plan)
    except ListingUnreadableError as fault:
        return Imported(row=number, lot=None, notes=(), error=str(fault))
    except Refusal as refusal:
        return Imported(row=number, lot=None, notes=(), error=str(refusal))
    return Imported(row=number, lot=lot, notes=listing.notes)


def plan_for(listing: Listing, *, now: datetime, wanted: Wanted | None = None) -> Plan:
    """Return what the listing is to be today: spread over announced, open and closed."""
    chosen = wanted or _turn(listing)
    ten = now.astimezone(SHANGHAI).replace(hour=10, minute=0, second=0, microsecond=0)
    spread = listing.row
    match chosen:
        case "announced":
            opens = ten + timedelta(days=1 + spread % 9, hours=spread % 5)
        case "open" if listing.round == "sale":
            opens = ten - timedelta(days=1 + spread % 20)
        case "open":
            opens = _ten_minutes(now) - timedelta(minutes=30 + spread * 47 % 1320)
        case _:
            length = 60 if listing.round == "sale" else 1
            opens = ten - timedelta(days=length + 2 + spread % 45)
    bids = listing.bids or (spread % 4 if chosen == "open" else 0)
    return Plan(wanted=chosen, opens_at=opens, bids=bids)


def _turn(listing: Listing) -> Wanted:
    if not listing.sample:
        return "closed"
    turns: tuple[Wanted, ...] = ("open", "announced", "closed", "open", "announced")
    return "closed" if listing.bids and listing.row % 2 else turns[listing.row % len(turns)]


def _ten_minutes(now: datetime) -> datetime:
    moment = now.astimezone(SHANGHAI)
    return moment.replace(minute=moment.minute // 10 * 10, second=0, microsecond=0)
