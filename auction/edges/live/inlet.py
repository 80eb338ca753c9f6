"""The receiving half of a WebSocket, read by whoever waits for the next message.

The library gives every connection a thread of its own that reads, parses, and wakes
the one that waits. Here the one who waits reads himself, and the plain frames a
program sends (whole, masked, short, not compressed) are taken apart on the spot; every
other frame goes through the library, which knows the protocol's every corner.
"""

from __future__ import annotations

from typing import Any

from simple_websocket import ConnectionClosed, Server
from typing_extensions import override
from wsproto.utilities import LocalProtocolError

_PLAIN_TEXT, _MASKED = 0x81, 0x80
_CONTROLS = frozenset({0x88, 0x89, 0x8A})
_KEY, _HEAD, _SHORT_MAX = 4, 2, 125
_MEDIUM, _MEDIUM_HEAD = 126, 4


class _NoThread:
    """What the library starts to read in the background: nothing."""

    name = ""

    def __init__(self, **_: object) -> None:
        """Take whatever a thread takes."""

    def start(self) -> None:
        """Start nothing."""


class Inlet(Server):  # type: ignore[misc]  # simple-websocket has no types
    """A WebSocket whose ``receive`` reads from the socket itself."""

    connected: bool
    sock: Any
    ws: Any

    def __init__(self, environ: dict[str, Any], **options: Any) -> None:  # noqa: ANN401
        self._held = b""
        self._plain: bool = True
        super().__init__(environ, **{**options, "thread_class": _NoThread})
        # What shook hands has done so, and would keep the request's headers twice over.
        self.ws = self.ws.connection
        served = _served_socket(environ) if self.mode == "gevent" else None
        if served is not None:
            # The library talks over a second descriptor of the same socket; ten thousand watchers would take twenty.
            self.sock.close()
            self.sock = served

    @override
    def receive(self, timeout: float | None = None) -> str | bytes:
        """Return the next message; waits as long as the socket does.

        :raises ConnectionClosed: when the line has ended, or was ended for what came over it
        """
        while self.connected and not self.input_buffer:
            try:
                data = self.sock.recv(self.receive_bytes)
                if not data:
                    self.connected = False
                else:
                    self._take(data)
            except (OSError, LocalProtocolError):
                self.connected = False
        if self.input_buffer:
            message: str | bytes = self.input_buffer.pop(0)
            return message
        self.sock.close()
        raise ConnectionClosed(self.close_reason, self.close_message)

    def _take(self, data: bytes) -> None:
        """Take what has come: whole frames as long as they are plain, anything from the first other one on as it is."""
        if not self._plain:
            self._through_library(data)
            return
        held = self._held + data
        at = 0
        while end := _end_of_frame(held, at):
            if end > len(held):
                # Beyond what a message may have: the library says so before the whole of it has come.
                self._plain = end - at <= (self.max_message_size or end)
                break
            at, frame = end, held[at:end]
            if not self._frame(frame):
                break
        self._held = held[at:]
        if self._held and not self._plain:
            rest, self._held = self._held, b""
            self._through_library(rest)

    def _frame(self, frame: bytes) -> bool:
        """Take one whole frame; say whether the next may be taken so as well."""
        text = _plain_text(frame)
        if text is not None:
            self.input_buffer.append(text)
            return True
        self._plain = frame[0] in _CONTROLS
        self._through_library(frame)
        return self._plain

    def _through_library(self, data: bytes) -> None:
        self.ws.receive_data(data)
        self.connected = self._handle_events()


def _served_socket(environ: dict[str, Any]) -> Any:  # noqa: ANN401 - gevent has no types
    """Return the socket the request came by, which gevent's server closes when the request is over."""
    stream = environ["wsgi.input"]
    stream = getattr(stream, "rfile", stream)
    return getattr(getattr(stream, "raw", None), "_sock", None)


def _end_of_frame(held: bytes, at: int) -> int:
    """Return where the frame at ``at`` ends, 0 when not even its head is here; a long one ends beyond what is held."""
    have = len(held) - at
    if have < _HEAD:
        return 0
    size = held[at + 1] & 0x7F
    masked = _KEY if held[at + 1] & _MASKED else 0
    if size <= _SHORT_MAX:
        return at + _HEAD + masked + size
    if size == _MEDIUM:
        if have < _MEDIUM_HEAD:
            return 0
        return at + _MEDIUM_HEAD + masked + int.from_bytes(held[at + 2 : at + _MEDIUM_HEAD], "big")
    return at + 2**32  # of a length that no message of ours has: the library's


def _plain_text(frame: bytes) -> str | None:
    """Return the text of a whole, masked, uncompressed text frame; None for any other, and for what is no UTF-8."""
    if frame[0] != _PLAIN_TEXT or not frame[1] & _MASKED:
        return None
    size = frame[1] & 0x7F
    head = _HEAD if size <= _SHORT_MAX else _MEDIUM_HEAD
    key, masked = frame[head : head + _KEY], frame[head + _KEY :]
    if head == _MEDIUM_HEAD and len(masked) <= _SHORT_MAX:
        return None  # a length written longer than it need be, which is an error
    size = len(masked)
    pad = (key * (size // _KEY + 1))[:size]
    payload = (int.from_bytes(masked, "little") ^ int.from_bytes(pad, "little")).to_bytes(size, "little")
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError:
        return None
