"""The pings of all lines from one thread: the library lets one sleep for each line, which ten thousand would keep."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from engineio import packet

_TASK = "_send_ping"


class Pings:
    """Stands before an Engine.IO server's background tasks and takes those that would only sleep until a ping."""

    def __init__(self, engine: Any) -> None:  # noqa: ANN401 - python-engineio has no types
        self._engine = engine
        self._others: Callable[..., Any] = engine.start_background_task
        self._waiting: deque[tuple[float, Any]] = deque()
        self._guard = threading.Lock()
        self._running = False

    def stand(self) -> None:
        """Take the place."""
        self._engine.start_background_task = self.start

    def start(self, target: Callable[..., Any], *arguments: object, **named: object) -> Any:  # noqa: ANN401
        """Start a task as the library does, or note when a line is to be pinged next."""
        if getattr(target, "__name__", "") != _TASK:
            return self._others(target, *arguments, **named)
        with self._guard:
            # All wait equally long, so that they fall due in the order they came.
            self._waiting.append((time.monotonic() + self._engine.ping_interval, getattr(target, "__self__", None)))
            begins, self._running = not self._running, True
        if begins:
            self._others(self._run)
        return None

    def _run(self) -> None:
        while True:
            with self._guard:
                if not self._waiting:
                    self._running = False
                    return
                due, line = self._waiting.popleft()
            self._engine.sleep(max(0.0, due - time.monotonic()))
            if not line.closing and not line.closed:
                line.last_ping = time.time()  # noqa: TID251 - the library holds the answer against this clock
                self._engine.send_packet(line.sid, packet.Packet(packet.PING))
