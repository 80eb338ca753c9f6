"""The jobs process: APScheduler wakes the sweeps, the database says what is due."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import OperationalError

from auction.edges.heartbeat import Heartbeat
from auction.edges.inbox import payment_events
from auction.edges.inbox.bank_import import match_new
from auction.edges.inbox.reconciling import run_due
from auction.edges.jobs.certifying import certify
from auction.edges.jobs.closing import strike
from auction.edges.jobs.deliveries import deliver_due
from auction.edges.jobs.housekeeping import tidy
from auction.edges.jobs.papers import set_while_quiet
from auction.edges.jobs.proving import introduce, sign_due
from auction.edges.jobs.stamping import stamp_due
from auction.edges.jobs.sweep import give_back, sweep
from auction.edges.platform import Platform
from auction.foundation.docket.setbacks import Setbacks

_LOG = logging.getLogger(__name__)
#: By so much the works but the hours of lots yield (on Linux a thread's own; elsewhere the whole process's).
_NICENESS = 2

#: A database that is away when the process starts is asked again after so long.
_AGAIN_SECONDS = 1.0


def run(platform: Platform, *, stop: threading.Event) -> None:
    """Wake the sweeps until ``stop`` is set, then let the ones under way finish."""
    while not _introduced(platform):
        if stop.wait(_AGAIN_SECONDS):
            return
    scheduler = BackgroundScheduler(
        # The hours of lots wait for nothing else that is done here.
        executors={
            "default": ThreadPoolExecutor(8, pool_kwargs={"initializer": _step_back}),
            "hours": ThreadPoolExecutor(1),
        },
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone="UTC",
    )
    for name, seconds, work in _works(platform):
        executor = "hours" if name == "hours" else "default"
        scheduler.add_job(_guarded, "interval", seconds=seconds, args=[name, work], id=name, executor=executor)
    heartbeat = Heartbeat(platform, role="jobs")
    heartbeat.start()
    scheduler.start()
    stop.wait()
    scheduler.shutdown(wait=True)
    heartbeat.stop()


def _introduced(platform: Platform) -> bool:
    """Take the signing key into the public list; say whether the database was there to do so."""
    try:
        introduce(platform)
    except OperationalError as away:
        _LOG.warning("start: the database is away: %s", away.orig)
        return False
    return True


def _works(platform: Platform) -> list[tuple[str, float, Callable[[], object]]]:
    """Return what is looked after: its name, how often in seconds, and the work; what is due the database says."""
    faulty, setbacks = set[str](), Setbacks()
    return [
        ("hours", 0.2, lambda: strike(platform)),
        ("sweep", 0.5, lambda: sweep(platform, setbacks=setbacks)),
        ("returns", 0.5, lambda: give_back(platform)),
        ("deliveries", 1, lambda: deliver_due(platform)),
        ("events", 1, lambda: payment_events.work(platform)),
        ("papers", 1, lambda: set_while_quiet(platform, faulty=faulty)),
        ("proofs", 1, lambda: sign_due(platform)),
        ("availability", 1, lambda: certify(platform)),
        ("stamps", 60, lambda: stamp_due(platform)),
        ("reconcile", 15, lambda: run_due(platform)),
        # Of an import that died; a living one matches its own lines.
        ("bank", 60, lambda: match_new(platform)),
        ("housekeeping", 3600, lambda: tidy(platform)),
    ]


def _step_back() -> None:
    """Let this thread's work wait for the processes that take bids, where both want the machine."""
    os.setpriority(os.PRIO_PROCESS, 0, _NICENESS)


def _guarded(name: str, work: Callable[[], object]) -> None:
    """Run one sweep; a database that is away for a moment costs this tick only, anything else is a fault and shown."""
    try:
        work()
    except OperationalError as away:
        _LOG.warning("%s: the database is away: %s", name, away.orig)
