"""How fast one client may go: a steady rate with room for a burst."""

from __future__ import annotations

import time


class Pace:
    """Counts what comes; the rate fills the room again."""

    __slots__ = ("_at", "_burst", "_left", "_rate")

    def __init__(self, *, per_second: int, burst: int) -> None:
        self._rate = float(per_second)
        self._burst = self._left = float(burst)
        self._at = time.monotonic()

    def allows(self) -> bool:
        """Count one and say whether it is within the pace; what is not does not count."""
        self._fill()
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def delay(self) -> float:
        """Count one and return how many seconds it must wait to be within the pace."""
        self._fill()
        self._left -= 1
        return max(0.0, -self._left / self._rate)

    def _fill(self) -> None:
        at = time.monotonic()
        self._left = min(self._left + (at - self._at) * self._rate, self._burst)
        self._at = at
