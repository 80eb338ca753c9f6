"""Counting what one source asks: in the store all web processes share, where there is one, else in this process.

A store that is away never refuses anybody: for some seconds each process counts for itself, then asks it again.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from typing import TypeVar

from limits import RateLimitItem, WindowStats
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import RateLimiter

from auction.gateways.bus import Bus

_LOG = logging.getLogger(__name__)

_WAIT_SECONDS = 1.0
_AGAIN_SECONDS = 5.0
_CONNECTIONS = 16

T = TypeVar("T")


class Counting:
    """Counts hits by name with one strategy."""

    def __init__(self, strategy: type[RateLimiter], *, bus: Bus | None) -> None:
        self._own = strategy(MemoryStorage())
        self._shared = None if bus is None else strategy(_shared(bus))
        self._again_at = 0.0

    def hit(self, item: RateLimitItem, *names: str) -> bool:
        """Count one hit of the named source; say whether it was within its limit."""
        source = _source(names)
        return self._asked(lambda limiter: limiter.hit(item, source))

    def window(self, item: RateLimitItem, *names: str) -> WindowStats:
        """Return how much the named source has left, and until when."""
        source = _source(names)
        return self._asked(lambda limiter: limiter.get_window_stats(item, source))

    def _asked(self, ask: Callable[[RateLimiter], T]) -> T:
        if self._shared is not None and time.monotonic() >= self._again_at:
            try:
                return ask(self._shared)
            except StorageError as away:
                _LOG.warning("the shared counts are away (%s): counting alone", away.storage_error.__class__.__name__)
                self._again_at = time.monotonic() + _AGAIN_SECONDS
        return ask(self._own)


def _shared(bus: Bus) -> RedisStorage:
    pool = bus.pool(size=_CONNECTIONS, wait=_WAIT_SECONDS)
    return RedisStorage("redis://", connection_pool=pool, key_prefix=f"{bus.name}:counts", wrap_exceptions=True)


def _source(names: tuple[str, ...]) -> str:
    """Return a short name for a source: logins and addresses of people do not lie about in a store of their own."""
    return hashlib.sha256("\0".join(names).encode("utf-8", "surrogatepass")).hexdigest()[:32]
