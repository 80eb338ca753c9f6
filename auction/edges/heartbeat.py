"""The heartbeat of a process: each second it proves in the database that it can do what it is there for.

A beat runs in the process's own loop and is written through its own connections, so it stops when either does. It
carries the process's span on; after a lapse, or when the clock has leapt, it begins a new one, and what lies between
is a gap for everybody to see. A clock moved by its file, for a demonstration, has not leapt: nobody was kept waiting.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from auction.edges.platform import Platform
from auction.foundation.kernel.ids import new_id
from auction.gateways.clock import Clock, SystemClock
from auction.procedure.bidding import beats
from auction.procedure.bidding.service import LIVING, SKEW_MS_MAX

_LOG = logging.getLogger(__name__)

#: How often a beat is written.
BEAT_SECONDS = 1.0
#: Wall clock and monotonic clock may drift apart by this much between two beats; more is a leap.
JUMP = timedelta(seconds=1)
#: A reading of the database's clock that took longer says nothing of a difference that small.
_READING_MAX = timedelta(milliseconds=SKEW_MS_MAX)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Written:
    """The last beat that reached the database, by both clocks of the machine."""

    span: int
    ticks: float
    wall: datetime


def jump_ms(last: Written | None, *, ticks: float, wall: datetime) -> int:
    """Return by how many milliseconds the wall clock has leapt since the last beat; 0 when it went evenly."""
    if last is None:
        return 0
    leap = (wall - last.wall) - timedelta(seconds=ticks - last.ticks)
    return leap // _MILLISECOND if abs(leap) > JUMP else 0


def carried_on(last: Written | None, *, ticks: float, jumped_ms: int) -> int | None:
    """Return the span that a beat carries on, or None when it begins a new one."""
    if last is None or jumped_ms or ticks - last.ticks > LIVING.total_seconds():
        return None
    return last.span


def _nothing_waits() -> None:
    """Say that no bid waits in this process."""


class Heartbeat:
    """Beats from its start to its stop, whatever the database does meanwhile."""

    def __init__(
        self,
        platform: Platform,
        *,
        role: beats.Role,
        oldest_waiting: Callable[[], datetime | None] = _nothing_waits,
        machine: Clock | None = None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """Beat for a platform.

        :param oldest_waiting: says when the oldest bid arrived that still waits in this process
        :param machine: the machine's own clock, without what a demonstration adds to it
        :param ticks: seconds that pass evenly, whatever happens to the clock
        """
        self.process = new_id("process")
        self._platform = platform
        self._role = role
        self._oldest_waiting = oldest_waiting
        self._machine = machine or SystemClock()
        self._ticks = ticks
        self._last: Written | None = None
        self._skew_ms = 0
        self._skewed = False
        self._away = False
        self._stop = threading.Event()
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to beat, once."""
        with self._guard:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Beat for the last time, and say that it is the last."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=LIVING.total_seconds())
            self.beat(last=True)

    def beat(self, *, last: bool = False) -> bool:
        """Write one beat, and say whether the database took it."""
        ticks, wall = self._ticks(), self._machine.now()
        jumped_ms = jump_ms(self._last, ticks=ticks, wall=wall)
        span = carried_on(self._last, ticks=ticks, jumped_ms=jumped_ms)
        try:
            written = self._write(span=span, jumped_ms=jumped_ms, last=last)
        except SQLAlchemyError as fault:
            if not self._away:
                _LOG.warning("beats are not written: %s", fault.__class__.__name__)
            self._away = True
            return False
        self._tell(span=span, written=written, ticks=ticks, jumped_ms=jumped_ms)
        self._last = Written(span=written, ticks=ticks, wall=wall)
        self._away = False
        return True

    def _run(self) -> None:
        while not self._stop.is_set():
            self.beat()
            self._stop.wait(BEAT_SECONDS)

    def _write(self, *, span: int | None, jumped_ms: int, last: bool) -> int:
        with self._platform.act() as act:
            asked, asked_at = self._ticks(), self._machine.now()
            found = beats.beat(
                act,
                process=self.process,
                role=self._role,
                span=span,
                oldest_waiting_at=self._oldest_waiting(),
                skew_ms=self._skew_ms,
                jumped_ms=jumped_ms,
                stopped=last,
            )
            took = timedelta(seconds=self._ticks() - asked)
        if took <= _READING_MAX:
            # The database read its clock somewhere on the way; the middle is wrong by half the way at the most.
            self._skew_ms = (asked_at + took / 2 - found.database_at) // _MILLISECOND
        return found.span

    def _tell(self, *, span: int | None, written: int, ticks: float, jumped_ms: int) -> None:
        """Tell operators what they should look at: lapses, leaps, clocks that differ."""
        if jumped_ms:
            _LOG.warning("%s: the clock leapt by %d ms", self.process, jumped_ms)
        elif self._last is not None and span != written:
            _LOG.warning("%s: no beat for %.1f s", self.process, ticks - self._last.ticks)
        elif self._last is None:
            _LOG.info("%s: beating as %s", self.process, self._role)
        skewed = abs(self._skew_ms) > SKEW_MS_MAX
        if skewed and not self._skewed:
            _LOG.warning("%s: the clock is %d ms off the database's", self.process, self._skew_ms)
        self._skewed = skewed
