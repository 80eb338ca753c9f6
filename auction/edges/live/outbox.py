"""What waits to be written to one WebSocket, and its writer, who is there only as long as something waits.

The library keeps a writer asleep for every line. Nearly everything is sent at once and never waits, so that of ten
thousand watchers ten thousand writers would sleep for nothing.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any, Protocol

from engineio import packet as transport

_LOOK_SECONDS = 0.01


class Written(Protocol):
    """The line that is written to."""

    @property
    def over(self) -> bool:
        """Whether nothing leaves any more."""

    def send(self, message: str | bytes) -> None:
        """Send a message, however long that takes.

        :raises OSError: when the line has ended
        """

    def close(self) -> None:
        """End the line in peace."""


class Outbox:
    """Packets in the order they are written; it stands in the place of an Engine.IO session's queue.

    None among them ends the line, once all before it is written. What comes after the end of the line is let go.
    """

    __slots__ = ("_begin", "_line", "_sleep", "_waiting", "_writing")

    #: Of all lines: it is held for a step, never while anything is written.
    _guard = threading.Lock()

    def __init__(self, line: Written, *, begin: Callable[..., Any], sleep: Callable[[float], Any]) -> None:
        """Wait for packets; ``begin`` starts a thread, ``sleep`` lets the others have their turn."""
        self._line = line
        self._begin = begin
        self._sleep = sleep
        self._waiting: list[transport.Packet | None] = []
        self._writing = False

    def put(self, packet: transport.Packet | None) -> None:
        """Take a packet to be written after all that were put before."""
        if self._line.over:
            return
        with self._guard:
            self._waiting.append(packet)
            begins, self._writing = not self._writing, True
        if begins:
            self._begin(self._write)

    def qsize(self) -> int:
        """Return how many packets nobody has begun to write."""
        return len(self._waiting)

    def empty(self) -> bool:
        """Say whether nothing waits and nothing is being written: what is sent now overtakes nothing."""
        return not self._writing

    def join(self) -> None:
        """Wait until everything is written, or the line has ended."""
        while self._writing:
            self._sleep(_LOOK_SECONDS)

    def _write(self) -> None:
        while True:
            with self._guard:
                if not self._waiting:
                    self._writing = False
                    return
                packet = self._waiting.pop(0)
            if packet is None:
                self._line.close()
            else:
                with contextlib.suppress(OSError):  # a line that has ended ends whoever listens to it as well
                    self._line.send(packet.encode())
