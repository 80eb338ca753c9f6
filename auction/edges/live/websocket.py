"""WebSocket frames of our own under Flask-SocketIO: whole on the wire, and made once for a room.

Why not the library's: it compresses every message for every connection anew, which
costs more than all else of a push; it hands a frame to a socket that may take only a
part of it, which ends a slow reader's stream in the middle of a frame; and it inflates
what a client sends without a limit. It would also wait for ever for a client that keeps
its connection open and neither reads nor answers, and read without a pause from one that
never stops sending.

A compressed frame made here refers to nothing sent before it, so the same bytes may go
to every connection that negotiated compression. The library's own compressor is never
used on these connections; the control frames it still sends are not compressed.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable
from typing import Any, cast

import socketio
from simple_websocket import ConnectionClosed
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from auction.edges.live.inlet import Inlet
from auction.edges.live.pace import Pace
from auction.edges.live.packets import is_transport_packet
from auction.edges.live.pings import Pings

_TEXT, _BINARY, _FIN, _COMPRESSED = 0x1, 0x2, 0x80, 0x40
_SHORT, _MEDIUM = 125, 0xFFFF
#: Below this, compressing costs more than it saves.
_COMPRESS_FROM = 1_000
_LEVEL = 3
_TAIL = b"\x00\x00\xff\xff"
_DEFLATE = "permessage-deflate"
#: Receipts without a pause, after which the others have their turn.
_IN_A_ROW_MAX = 16
#: Beyond any person and any program that waits for its answers; who sends more is served at this rate.
_MESSAGES_PER_SECOND = 1_000
_MESSAGES_BURST = 2_000


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
    def sending(self) -> bool:
        """Whether somebody is in the middle of sending."""
        return self._turn.locked()

    def send(self, data: bytes) -> int:
        """Send all of it."""
        with self._turn:
            self._sock.sendall(data)
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
            self._sock.sendall(rest)
        except OSError:
            self.end()  # a frame cut in the middle: nothing after it could be read
        finally:
            self._turn.release()

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


class Lines:
    """The WebSockets of one server by their Engine.IO session, to end one from outside."""

    def __init__(self, engine: Any) -> None:  # noqa: ANN401 - python-engineio has no types
        self._engine = engine
        self._gives_way = engine.async_mode == "gevent"
        self._open: dict[str, Tended] = {}

    def begin(self, session: str, line: Tended) -> None:
        """Know a line."""
        self._open[session] = line

    def forget(self, session: str) -> None:
        """Know a line no longer."""
        self._open.pop(session, None)

    def send_now(self, session: str, message: str) -> bool:
        """Send a message at once, unless others wait before it; say whether it is on its way.

        Only where threads give way of their own accord: elsewhere one could overtake what another is about to send.
        """
        line = self._open.get(session) if self._gives_way else None
        held = self._engine.sockets.get(session)
        if line is None or held is None or held.closed or not held.queue.empty() or held.upgrading:
            return False
        return line.send_now(message)

    def end(self, session: str, *, why: str) -> None:
        """End a line at once; its client is free to come again."""
        line = self._open.get(session)
        if line is not None:
            line.hang_up(why)
        held = self._engine.sockets.get(session)
        if held is not None and not held.closed:
            held.close(wait=False, abort=True, reason=self._engine.reason.SERVER_DISCONNECT)


class Tended:
    """What a driver's WebSocket gets here: our frames, limits on what comes in, and on how long anything may take."""

    frames: Frames
    lines: Lines
    #: Of the driver below.
    app: Callable[[Any], Any]
    ws: Any
    server_args: dict[str, Any]

    def __init__(self, handler: Any, engine: Any) -> None:  # noqa: ANN401
        super().__init__(self._tended(handler), engine)  # type: ignore[call-arg]  # the driver comes after us
        self._session = handler.__self__
        self.server_args["max_message_size"] = engine.max_http_buffer_size
        self._engine = engine
        self._compressed = False
        self._ended = False
        self._pace = Pace(per_second=_MESSAGES_PER_SECOND, burst=_MESSAGES_BURST)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., object]) -> Any:  # noqa: ANN401
        """Shake hands and serve; a handshake that is none is refused."""
        try:
            self.ws = Inlet(environ, **self.server_args)
        except RemoteProtocolError as fault:
            self._session.close(wait=False, abort=True)
            start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
            return [str(fault).encode()]
        served = self.app(self)
        if self.ws.mode == "werkzeug":
            raise ConnectionError  # so that its server writes no answer behind the last frame
        return served

    def _tended(self, handler: Any) -> Callable[[Any], Any]:  # noqa: ANN401
        session = handler.__self__.sid

        def tend(_: object) -> Any:  # noqa: ANN401
            self._begin()
            self.lines.begin(session, self)
            try:
                return handler(self)
            finally:
                self.lines.forget(session)
                self.whole.end()
                self.whole.close()

        return tend

    def _begin(self) -> None:
        """Take over the socket: who neither reads nor answers a ping for so long is gone."""
        self.whole = WholeSocket(self.ws.sock, sleep=self._engine.sleep)
        self.whole.settimeout(self._engine.ping_interval + self._engine.ping_timeout)
        self.ws.sock = self.whole
        self._compressed = _may_compress(self.ws.environ)

    def send(self, message: str | bytes) -> None:
        """Send a message in one frame."""
        if not self.ws.connected:
            raise OSError
        self.whole.send(self.frames.of(message, compressed=self._compressed))

    def send_now(self, message: str) -> bool:
        """Send a message in one frame if it goes at once."""
        return bool(self.ws.connected) and self.whole.send_now(self.frames.of(message, compressed=self._compressed))

    def wait(self) -> str | None:
        """Return the next message, or None when the line has ended, as it does with one that is none."""
        message = super().wait()  # type: ignore[misc]  # of the driver
        if message is None or self._ended:
            return None
        if not is_transport_packet(message):
            self.hang_up("malformed message")
            return None
        delay = self._pace.delay()
        if delay > 0:
            self._engine.sleep(delay)
        return cast("str", message)

    def hang_up(self, why: str) -> None:
        """End the line and say why, unless the client has long stopped reading; what it sent is looked at no more."""
        self._ended = True
        if self.ws.connected and not self.whole.sending:
            with contextlib.suppress(OSError, LocalProtocolError, ConnectionClosed):
                self.ws.close(CloseReason.POLICY_VIOLATION, why)
        self.whole.end()

    def close(self) -> None:
        """End the line in peace."""
        with contextlib.suppress(OSError, LocalProtocolError, ConnectionClosed):
            super().close()  # type: ignore[misc]  # of the driver
        self.whole.end()


def install(server: socketio.Server) -> Lines:
    """Let a Socket.IO server frame its WebSocket messages here; return its lines."""
    lines = Lines(server.eio)
    driver = server.eio._async["websocket"]  # noqa: SLF001 - engineio's table of drivers; there is no other door
    tended = type("LiveWebSocket", (Tended, driver), {"frames": Frames(), "lines": lines})
    server.eio._async = {**server.eio._async, "websocket": tended}  # noqa: SLF001
    queued = server.eio.send_packet

    def send(session: str, packet: Any) -> None:  # noqa: ANN401
        # What goes at once need not lie with the line's writer, which would keep it until the next one comes.
        if not lines.send_now(session, packet.encode()):
            queued(session, packet)

    server.eio.send_packet = send
    Pings(server.eio).stand()
    return lines


def _may_compress(environ: dict[str, Any]) -> bool:
    """Say whether the client takes compressed messages with the full window."""
    offered = str(environ.get("HTTP_SEC_WEBSOCKET_EXTENSIONS", ""))
    return _DEFLATE in offered and "server_max_window_bits" not in offered
