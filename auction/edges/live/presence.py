"""How many watch a lot in the other processes, as far as they have said so lately."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

#: How often a process says how many watch its lots; a number not said again for three times as long counts no more.
TOLD_SECONDS = 5.0
HEARD_SECONDS = 15.0
_LOTS_MAX = 20_000
_PROCESSES_MAX = 256


class Presence:
    """Numbers heard from other processes; a display, never a ground for a decision."""

    def __init__(self, *, ticks: Callable[[], float] = time.monotonic) -> None:
        self._ticks = ticks
        self._heard: dict[str, dict[str, tuple[int, float]]] = {}
        self._told: frozenset[str] = frozenset()
        self._guard = threading.Lock()

    def hear(self, process: str, watchers: Mapping[str, int]) -> None:
        """Take note of a process's numbers; beyond what a platform can have, nothing is remembered."""
        at = self._ticks()
        with self._guard:
            for lot, count in watchers.items():
                if lot not in self._heard and len(self._heard) >= _LOTS_MAX:
                    continue
                lots = self._heard.setdefault(lot, {})
                if process in lots or len(lots) < _PROCESSES_MAX:
                    lots[process] = (count, at)

    def elsewhere(self, lot: str) -> int:
        """Return how many watch a lot in the other processes."""
        heard = self._heard.get(lot)
        if not heard:
            return 0
        since = self._ticks() - HEARD_SECONDS
        return sum(count for count, at in list(heard.values()) if at >= since)

    def to_tell(self, watchers: Mapping[str, int]) -> dict[str, int]:
        """Return the numbers to be told now: this process's, and naught for lots that nobody watches here any more."""
        self._forget()
        gone = self._told - watchers.keys()
        self._told = frozenset(watchers)
        return {**dict.fromkeys(gone, 0), **watchers}

    def _forget(self) -> None:
        since = self._ticks() - HEARD_SECONDS
        with self._guard:
            for lot, heard in list(self._heard.items()):
                for process in [process for process, (_, at) in heard.items() if at < since]:
                    del heard[process]
                if not heard:
                    del self._heard[lot]
