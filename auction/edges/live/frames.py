"""WebSocket frames as a server sends them (RFC 6455), each compressed on its own (RFC 7692), made once for a room."""

from __future__ import annotations

import struct
import zlib
from typing import Any

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


def may_compress(environ: dict[str, Any]) -> bool:
    """Say whether the client takes compressed messages with the full window."""
    offered = str(environ.get("HTTP_SEC_WEBSOCKET_EXTENSIONS", ""))
    return _DEFLATE in offered and "server_max_window_bits" not in offered
