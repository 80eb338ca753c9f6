"""A client of the live channel that sends what no library would: frames and packets byte by byte."""

from __future__ import annotations

import json
import os
import socket
import struct
import time
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA


def frame(
    payload: bytes,
    *,
    opcode: int = TEXT,
    fin: bool = True,
    reserved: int = 0,
    masked: bool = True,
    size: int | None = None,
) -> bytes:
    """Return one frame as asked, lawful or not; ``size`` is what its header says."""
    length = len(payload) if size is None else size
    first = (0x80 if fin else 0) | reserved << 4 | opcode
    mask = 0x80 if masked else 0
    if length <= 125:
        head = struct.pack("!BB", first, mask | length)
    elif length <= 0xFFFF:
        head = struct.pack("!BBH", first, mask | 126, length)
    else:
        head = struct.pack("!BBQ", first, mask | 127, length)
    if not masked:
        return head + payload
    key = os.urandom(4)
    return head + key + bytes(byte ^ key[place % 4] for place, byte in enumerate(payload))


@dataclass
class Raw:
    """One WebSocket; what comes is kept until it is read."""

    url: str
    headers: tuple[str, ...] = ()
    session: str | None = None
    unread_bytes: int | None = None
    sock: socket.socket = field(init=False)
    _left: bytes = b""

    def __post_init__(self) -> None:
        address = urlsplit(self.url)
        self.sock = socket.socket()
        if self.unread_bytes is not None:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.unread_bytes)
        self.sock.settimeout(10)
        self.sock.connect((address.hostname, address.port))
        lines = (
            f"GET /socket.io/?EIO=4&transport=websocket{f'&sid={self.session}' if self.session else ''} HTTP/1.1",
            f"Host: {address.netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
            *self.headers,
        )
        self.sock.sendall("\r\n".join((*lines, "", "")).encode())
        while b"\r\n\r\n" not in self._left:
            self._more()
        self.answer, _, self._left = self._left.partition(b"\r\n\r\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()

    def say(self, text: str) -> None:
        """Send a message as it should be sent."""
        self.sock.sendall(frame(text.encode()))

    def join(self, token: str | None = None) -> Self:
        """Join the live namespace as a client does."""
        auth = json.dumps({"token": token}) if token else ""
        self.say(f"40/live,{auth}")
        while not (told := self.read() or "").startswith("40/live"):
            assert told.startswith("0"), told
        return self

    def ask(self, event: str, data: object = None, *, number: int = 1) -> dict[str, Any]:
        """Send an event and return its answer; states that come meanwhile are passed over."""
        self.say(f"42/live,{number}{json.dumps([event, data if data is not None else {}])}")
        return self.answered(number)

    def answered(self, number: int) -> dict[str, Any]:
        """Read on to an answer."""
        head = f"43/live,{number}["
        while (told := self.read()) is not None:
            if told.startswith(head):
                found: dict[str, Any] = json.loads(told.removeprefix(f"43/live,{number}"))[0]
                return found
        raise AssertionError("the line ended without an answer")

    def read(self) -> str | None:
        """Return the next message, answering no ping; None when the server has ended the line."""
        try:
            opcode, payload = self._frame()
        except (EOFError, ConnectionError):
            return None
        if opcode == CLOSE:
            self.code, self.why = struct.unpack("!H", payload[:2])[0], payload[2:].decode()
            return None
        return payload.decode() if opcode == TEXT else self.read()

    def ended(self, *, seconds: float = 10) -> bool:
        """Read until the server has ended the line; False when it does not within a time."""
        until = time.monotonic() + seconds
        self.sock.settimeout(0.2)
        while time.monotonic() < until:
            try:
                if self.read() is None:
                    return True
            except TimeoutError:
                continue
        return False

    def _frame(self) -> tuple[int, bytes]:
        while len(self._left) < 2:
            self._more()
        opcode, length = self._left[0] & 0x0F, self._left[1] & 0x7F
        head = {126: 4, 127: 10}.get(length, 2)
        while len(self._left) < head:
            self._more()
        if head > 2:
            length = int.from_bytes(self._left[2:head], "big")
        while len(self._left) < head + length:
            self._more()
        payload, self._left = self._left[head : head + length], self._left[head + length :]
        return opcode, payload

    def _more(self) -> None:
        data = self.sock.recv(65536)
        if not data:
            raise EOFError
        self._left += data
