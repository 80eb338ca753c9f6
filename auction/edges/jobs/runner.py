"""The jobs process: APScheduler wakes the sweeps, the database says what is due."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import OperationalError

from auction.edges.inbox import payment_events
from auction.edges.inbox.reconciling import run_due
from auction.edges.jobs.deliveries import deliver_due
from auction.edges.jobs.housekeeping import tidy
from auction.edges.jobs.papers import set_waiting
from auction.edges.jobs.proving import introduce, sign_due
from auction.edges.jobs.sweep import give_back, sweep
from auction.edges.platform import Platform

_LOG = logging.getLogger(__name__)

#: A close waits this long, so that a bid which arrived before the end and stood in a queue still counts.
CLOSE_GRACE = timedelta(milliseconds=1500)


def run(platform: Platform, *, stop: threading.Event) -> None:
    """Wake the sweeps until ``stop`` is set, then let the ones under way finish."""
    introduce(platform)
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(8)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone="UTC",
    )
    faulty: set[str] = set()
    scheduler.add_job(_guarded, "interval", seconds=0.5, args=["sweep", lambda: _sweep(platform)], id="sweep")
    scheduler.add_job(_guarded, "interval", seconds=0.5, args=["returns", lambda: give_back(platform)], id="returns")
    scheduler.add_job(
        _guarded, "interval", seconds=1, args=["deliveries", lambda: deliver_due(platform)], id="deliveries"
    )
    scheduler.add_job(_guarded, "interval", hours=1, args=["housekeeping", lambda: tidy(platform)], id="housekeeping")
    scheduler.add_job(
        _guarded, "interval", seconds=1, args=["events", lambda: payment_events.work(platform)], id="events"
    )
    # Whether the day's comparison is due, or one was asked for, the database says.
    scheduler.add_job(_guarded, "interval", seconds=15, args=["reconcile", lambda: run_due(platform)], id="reconcile")
    scheduler.add_job(
        _guarded, "interval", seconds=1, args=["papers", lambda: set_waiting(platform, faulty=faulty)], id="papers"
    )
    scheduler.add_job(_guarded, "interval", seconds=1, args=["proofs", lambda: sign_due(platform)], id="proofs")
    scheduler.start()
    stop.wait()
    scheduler.shutdown(wait=True)


def _sweep(platform: Platform) -> None:
    sweep(platform, grace=CLOSE_GRACE)


def _guarded(name: str, work: object) -> None:
    """Run one sweep; a database that is away for a moment costs this tick only, anything else is a fault and shown."""
    if not callable(work):
        raise TypeError(name)
    try:
        work()
    except OperationalError as away:
        _LOG.warning("%s: the database is away: %s", name, away.orig)
