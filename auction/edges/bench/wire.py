"""Socket.IO clients in as little work as it takes: one thread waits for a thousand sockets at once.

The generator shares two cores with what it measures, so every instruction it
spends is missing there; that is why this is no client library.
"""

from __future__ import annotations

import base64
import json
import secrets
import selectors
import socket
import struct
import time
from collections.abc import Callable, Iterable
from typing import Any

_SHORT, _MEDIUM = 125, 126
_HEAD = 2
_CONNECT_SECONDS = 60.0
_READ = 262_144
_LATE_SECONDS = 0.25


class Line:
    """One WebSocket to a server on loopback, after the handshake: whole text frames out, messages in."""

    __slots__ = ("_held", "name", "on_message", "socket")

    def __init__(self, address: tuple[str, int], *, name: int = 0) -> None:
        self.name = name
        self.socket = socket.create_connection(address, timeout=_CONNECT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.on_message: Callable[[Line, bytes], None] | None = None
        host, port = address
        self.socket.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {base64.b64encode(secrets.token_bytes(16)).decode()}\r\n\r\n".encode()
        )
        held = b""
        while b"\r\n\r\n" not in held:
            more = self.socket.recv(_READ)
            if not more:
                raise ConnectionError(held.decode("latin-1"))
            held += more
        head, _, self._held = held.partition(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise ConnectionError(head.decode("latin-1"))

    def send(self, text: bytes) -> None:
        """Send one text, masked with zeros."""
        size = len(text)
        head = bytes((0x81, 0x80 | size)) if size <= _SHORT else struct.pack("!BBH", 0x81, 0x80 | _MEDIUM, size)
        self.socket.sendall(head + b"\0\0\0\0" + text)

    def wait_for(self, start: bytes) -> bytes:
        """Return the next message that begins so, and forget what came with it but pings, which are answered."""
        found = self._whole()
        while True:
            awaited: bytes | None = None
            for message in found:
                if message == b"2":
                    self.send(b"3")
                elif awaited is None and message.startswith(start):
                    awaited = message
                elif message.startswith(b"44"):
                    raise ConnectionError(message.decode())
            if awaited is not None:
                return awaited
            found = self.messages()

    def messages(self) -> list[bytes]:
        """Read what has come and return each whole message.

        :raises ConnectionError: when the server has closed the line
        """
        more = self.socket.recv(_READ)
        if not more:
            raise ConnectionError("closed by the server")
        self._held += more
        return self._whole()

    def _whole(self) -> list[bytes]:
        """Return the whole messages among what is held."""
        found: list[bytes] = []
        held, at, end = self._held, 0, len(self._held)
        while end - at >= _HEAD:
            size, start = held[at + 1], at + 2
            if size == _MEDIUM:
                size, start = int.from_bytes(held[at + 2 : at + 4], "big"), at + 4
            elif size > _MEDIUM:
                size, start = int.from_bytes(held[at + 2 : at + 10], "big"), at + 10
            if end < start or end < start + size:
                break
            at = start + size
            found.append(held[start:at])
        self._held = held[at:]
        return found

    def close(self) -> None:
        """Drop the line."""
        self.socket.close()


def joined(address: tuple[str, int], *, namespace: str, token: str | None = None, name: int = 0) -> Line:
    """Return a line that has entered a namespace.

    :raises ConnectionError: when the server refuses
    """
    line = Line(address, name=name)
    line.wait_for(b"0{")
    prefix = b"" if namespace == "/" else namespace.encode() + b","
    line.send(b"40" + prefix + (json.dumps({"token": token}).encode() if token else b""))
    line.wait_for(b"40")
    return line


def asked(line: Line, *, namespace: str, event: str, data: dict[str, Any]) -> dict[str, Any]:
    """Send an event, wait for its acknowledgement and return it; before the race only."""
    prefix = b"" if namespace == "/" else namespace.encode() + b","
    line.send(b"42" + prefix + b"0" + json.dumps([event, data]).encode())
    answer = line.wait_for(b"43" + prefix + b"0[")
    found: dict[str, Any] = json.loads(answer[len(prefix) + 3 :])[0]
    return found


def serve(lines: Iterable[Line], *, until: float, heard: Callable[[Line, bytes], None]) -> None:
    """Hand every message of all lines to ``heard`` until an instant of the monotonic clock; pings are answered.

    What has come by then is read, even where making ready for so many lines took longer than was left.
    """
    with selectors.DefaultSelector() as ready:
        for line in lines:
            ready.register(line.socket, selectors.EVENT_READ, line)
        while True:
            left = until - time.monotonic()
            found = ready.select(max(0.0, min(left, 0.5)))
            if not found and left <= 0:
                return
            for key, _ in found:
                line = key.data
                for message in line.messages():
                    if message == b"2":
                        line.send(b"3")
                    else:
                        heard(line, message)
            if left <= -_LATE_SECONDS:
                return  # where messages never stop
