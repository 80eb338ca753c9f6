"""Spans of service as a test tells them, and the lot whose bidding they served."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, insert

from auction.edges.platform import Platform
from auction.procedure.bidding.models import ServiceSpan
from auction.procedure.lots import queries as lots
from auction.procedure.lots.queries import LotRecord
from tests.road import YUAN, Road

START = 700_000 * YUAN


def lot_of(road: Road) -> LotRecord:
    """Return the lot of a road as it stands now."""
    with road.platform.read() as session:
        return lots.lot(session, "L1")


def led_by_a(platform: Platform) -> Road:
    """Walk until the lot is open and A leads."""
    road = Road(platform)
    road.begin()
    road.announce()
    road.admit("A")
    road.wait_until(lot_of(road).opens_at)
    road.bid("A", START)
    return road


def serve(
    platform: Platform,
    begin: datetime,
    until: datetime,
    *,
    process: str = "W1",
    role: str = "web",
    lives: bool = False,
    waiting: datetime | None = None,
    skew_ms: int = 0,
    jumped_ms: int = 0,
) -> None:
    """Let a process have served from one instant until another; one that ``lives`` has beaten just now."""
    with platform.act() as act:
        act.session.execute(
            insert(ServiceSpan).values(
                process=process,
                role=role,
                began_at=begin,
                until_at=until,
                seen_at=func.clock_timestamp() - (timedelta(0) if lives else timedelta(seconds=6)),
                oldest_waiting_at=waiting,
                skew_ms=skew_ms,
                jumped_ms=jumped_ms,
            )
        )
