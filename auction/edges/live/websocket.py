"""WebSocket frames of our own under Flask-SocketIO: whole on the wire, and made once for a room.

Why not the library's: it compresses every message for every connection anew, which
costs more than all else of a push; it hands a frame to a socket that may take only a
part of it, which ends a slow reader's stream in the middle of a frame; and it inflates
what a client sends without a limit.

A compressed frame made here refers to nothing sent before it, so the same bytes may go
to every connection that negotiated compression. The library's own compressor is never
used on these connections; the control frames it still sends are not compressed.
"""

from __future__ import annotations

import struct
import threading
import zlib
from typing import Any

import socketio

_TEXT, _BINARY, _FIN, _COMPRESSED = 0x1, 0x2, 0x80, 0x40
_SHORT, _MEDIUM = 125, 0xFFFF
#: Below this, compressing costs more than it saves.
_COMPRESS_FROM = 1_000
_LEVEL = 3
_TAIL = b"\x00\x00\xff\xff"
_DEFLATE = "permessage-deflate"


def frame(message: str | bytes, *, compressed: bool) -> bytes:
    """Return the one frame of a message as a server sends it (RFC 6455), compressed by RFC 7692 on its own."""
    kind = _TEXT if isinstance(message, str) else _BINARY
    payload = message.encode("utf-8") if isinstance(message, str) else message
    first = _FIN | kind
    if compressed:
        deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        payload = (deflate.compress(payload) + deflate.flush(zlib.Z_SYNC_FLUSH)).removesuffix(_TAIL)
        first |= _COMPRESSED
    size = len(payload)
    if size <= _SHORT:
        return bytes((first, size)) + payload
    if size <= _MEDIUM:
        return struct.pack("!BBH", first, _SHORT + 1, size) + payload
    return struct.pack("!BBQ", first, _SHORT + 2, size) + payload


class Frames:
    """Keeps the last large frame of each form, since a room's connections are written one after another."""

    def __init__(self) -> None:
        self._last: dict[bool, tuple[str | bytes, bytes]] = {}

    def of(self, message: str | bytes, *, compressed: bool) -> bytes:
        """Return the frame of a message, the kept one when it is the very same message."""
        if len(message) < _COMPRESS_FROM:
            return frame(message, compressed=False)
        kept = self._last.get(compressed)
        if kept is not None and kept[0] is message:
            return kept[1]
        made = frame(message, compressed=compressed)
        self._last[compressed] = (message, made)
        return made


class WholeSocket:
    """A socket whose ``send`` sends everything, one sender at a time."""

    def __init__(self, sock: Any) -> None:  # noqa: ANN401 - a socket of the standard library or of gevent
        self._sock = sock
        self._turn = threading.Lock()

    def send(self, data: bytes) -> int:
        """Send all of it."""
        with self._turn:
            self._sock.sendall(data)
        return len(data)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the socket has
        return getattr(self._sock, name)


def install(server: socketio.Server) -> None:
    """Let a Socket.IO server frame its WebSocket messages here."""
    frames = Frames()
    theirs: Any = server.eio._async["websocket"]  # noqa: SLF001 - engineio's table of drivers; there is no other door

    class LiveWebSocket(theirs):  # type: ignore[misc]  # the base is chosen by the asynchronous mode
        """The driver's WebSocket with our frames, and a limit on what comes in once it is inflated."""

        def __init__(self, handler: Any, engine: Any) -> None:  # noqa: ANN401
            super().__init__(handler, engine)
            self.server_args["max_message_size"] = engine.max_http_buffer_size
            self._whole: WholeSocket | None = None
            self._compressed = False

        def send(self, message: str | bytes) -> None:
            if not self.ws.connected:
                raise OSError
            if self._whole is None:
                self._whole = self.ws.sock = WholeSocket(self.ws.sock)
                self._compressed = _may_compress(self.ws.environ)
            self._whole.send(frames.of(message, compressed=self._compressed))

    server.eio._async = {**server.eio._async, "websocket": LiveWebSocket}  # noqa: SLF001


def _may_compress(environ: dict[str, Any]) -> bool:
    """Say whether the client takes compressed messages with the full window."""
    offered = str(environ.get("HTTP_SEC_WEBSOCKET_EXTENSIONS", ""))
    return _DEFLATE in offered and "server_max_window_bits" not in offered
