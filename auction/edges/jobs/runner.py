"""The jobs process: APScheduler wakes the sweeps, the database says what is due."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import OperationalError

from auction.edges.jobs.deliveries import deliver_due
from auction.edges.jobs.housekeeping import tidy
from auction.edges.jobs.sweep import fall_due, sweeping
from auction.edges.platform import Platform

_LOG = logging.getLogger(__name__)

#: A close waits this long, so that a bid which arrived before the end and stood in a queue still counts.
CLOSE_GRACE = timedelta(milliseconds=1500)


def run(platform: Platform, *, stop: threading.Event) -> None:
    """Wake the sweeps until ``stop`` is set, then let the ones under way finish."""
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(4)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone="UTC",
    )
    scheduler.add_job(_guarded, "interval", seconds=0.5, args=["sweep", lambda: _sweep(platform)], id="sweep")
    scheduler.add_job(
        _guarded, "interval", seconds=1, args=["deliveries", lambda: deliver_due(platform)], id="deliveries"
    )
    scheduler.add_job(_guarded, "interval", hours=1, args=["housekeeping", lambda: tidy(platform)], id="housekeeping")
    scheduler.start()
    stop.wait()
    scheduler.shutdown(wait=True)


def _sweep(platform: Platform) -> None:
    with sweeping(platform):
        fall_due(platform, until=platform.clock.now(), grace=CLOSE_GRACE)


def _guarded(name: str, work: object) -> None:
    """Run one sweep; a database that is away for a moment costs this tick only, anything else is a fault and shown."""
    if not callable(work):
        raise TypeError(name)
    try:
        work()
    except OperationalError as away:
        _LOG.warning("%s: the database is away: %s", name, away.orig)
