"""Spans of service as a test tells them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, insert

from auction.edges.platform import Platform
from auction.procedure.bidding.models import ServiceSpan


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
