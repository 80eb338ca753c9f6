"""The one place that reads the clock: the real one, one moved by a file, one moved by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Protocol

#: Beyond a century either way a moved clock leaves the years a database and a calendar can hold.
_OFFSET_MAX = timedelta(days=36_525)


class Clock(Protocol):
    """Says what time it is, with an offset."""

    def now(self) -> datetime:
        """Return the present instant."""


class ClockBackwardsError(ValueError):
    """A clock moved by hand only goes forward."""


class ClockFileMalformedError(ValueError):
    """The file beside a moved clock does not hold a number of seconds."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the machine's time in UTC."""
        return datetime.now(UTC)


class FileClock:
    """Real time plus a number of seconds kept in a small file; for demonstrations and tests only.

    The file is looked at on each call and read when it changed, so that a clerk's
    next fortnight can be shown in a minute. A missing or empty file means no offset.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._offset = timedelta(0)
        self._lock = Lock()

    def now(self) -> datetime:
        """Return the machine's time moved by the file's seconds.

        :raises ClockFileMalformedError: when the file holds something else
        """
        with self._lock:
            self._look()
            return datetime.now(UTC) + self._offset

    def move(self, *, by: timedelta) -> datetime:
        """Move the clock forward for every process that shares the file; return the new time.

        :raises ClockBackwardsError: when it would go back
        """
        if by < timedelta(0):
            raise ClockBackwardsError(str(by))
        with self._lock:
            self._look()
            offset = self._offset + by
            fresh = self._path.with_suffix(f"{self._path.suffix}.new")
            fresh.write_text(f"{offset.total_seconds()}\n", encoding="ascii")
            fresh.replace(self._path)
            self._look()
            return datetime.now(UTC) + self._offset

    def _look(self) -> None:
        try:
            state = self._path.stat()
        except FileNotFoundError:
            self._seen, self._offset = None, timedelta(0)
            return
        # A replaced file may carry the same coarse time, never the same inode as well.
        seen = (state.st_mtime_ns, state.st_ino)
        if seen != self._seen:
            self._offset = _read_offset(self._path)
            self._seen = seen


def _read_offset(path: Path) -> timedelta:
    text = path.read_text(encoding="utf-8", errors="replace").strip()
    try:
        offset = timedelta(seconds=float(text or "0"))
    except (ValueError, OverflowError) as fault:
        msg = f"{path.name}: expected a number of seconds, found {text[:40]!r}"
        raise ClockFileMalformedError(msg) from fault
    if abs(offset) > _OFFSET_MAX:
        msg = f"{path.name}: more than a century away"
        raise ClockFileMalformedError(msg)
    return offset


class ManualClock:
    """A clock that only its owner moves, and only forward: the clock of a scenario."""

    def __init__(self, instant: datetime) -> None:
        self._now = _aware(instant)

    def now(self) -> datetime:
        """Return the instant it was last set to."""
        return self._now

    def set(self, instant: datetime) -> None:
        """Move the clock to an instant.

        :raises ClockBackwardsError: when it lies before the present one
        """
        if _aware(instant) < self._now:
            raise ClockBackwardsError(instant.isoformat())
        self._now = instant


def _aware(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        msg = "a clock shows instants with an offset"
        raise ValueError(msg)
    return instant
