"""A socket on which a frame is sent whole or not at all, without waiting where nobody needs to."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

#: Receipts without a pause, after which the others have their turn.
_IN_A_ROW_MAX = 16


class WholeSocket:
    """A socket whose ``send`` sends everything, one sender at a time, and whose ``recv`` leaves the others theirs."""

    def __init__(
        self,
        sock: Any,  # noqa: ANN401 - a socket of the standard library or of gevent
        *,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._sock = sock
        self._sleep = sleep
        # Of a cooperative socket the system's own, whose ``send`` never gives the turn to anybody else.
        self._plain_send: Callable[[bytes, int], int] = getattr(sock, "_sock", sock).send
        self._turn = threading.Lock()
        self._in_a_row = 0
        self._over = False

    @property
    def over(self) -> bool:
        """Whether nothing comes and nothing leaves any more."""
        return self._over

    @property
    def sending(self) -> bool:
        """Whether somebody is in the middle of sending."""
        return self._turn.locked()

    def send(self, data: bytes) -> int:
        """Send all of it; where that fails, the socket has ended."""
        with self._turn:
            self._send_all(data)
        return len(data)

    def send_now(self, data: bytes) -> bool:
        """Send without waiting, if nobody is sending and the network takes it; say whether it is on its way.

        What the network does not take at once is sent by somebody else, before anything that comes after it.
        """
        if self._over or not self._turn.acquire(blocking=False):
            return False
        rest: bytes | None = None
        try:
            sent = self._plain_send(data, socket.MSG_DONTWAIT)
            rest = data[sent:]
        except OSError:
            return False
        finally:
            if not rest:
                self._turn.release()
        if rest:
            threading.Thread(target=self._send_rest, args=(rest,), daemon=True).start()
        return True

    def _send_rest(self, rest: bytes) -> None:
        try:
            with contextlib.suppress(OSError):
                self._send_all(rest)
        finally:
            self._turn.release()

    def _send_all(self, data: bytes) -> None:
        try:
            self._sock.sendall(data)
        except OSError:
            self.end()  # a frame cut in the middle: nothing after it could be read
            raise

    def recv(self, size: int) -> bytes:
        """Receive, and let the others have their turn."""
        if self._over:
            return b""  # the system would go on handing out what still arrives
        data: bytes = self._sock.recv(size)
        self._in_a_row += 1
        if len(data) == size or self._in_a_row >= _IN_A_ROW_MAX:
            self._in_a_row = 0
            self._sleep(0)
        return data

    def end(self) -> None:
        """Let whoever waits in ``send`` or ``recv`` go: nothing comes and nothing leaves any more."""
        self._over = True
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the socket has
        return getattr(self._sock, name)
