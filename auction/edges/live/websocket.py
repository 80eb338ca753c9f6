"""WebSockets of our own under Flask-SocketIO: whole on the wire, made once for a room, and no thread more than one.

Why not the library's: it compresses every message for every connection anew, which
costs more than all else of a push; it hands a frame to a socket that may take only a
part of it, which ends a slow reader's stream in the middle of a frame; it inflates
what a client sends without a limit; and it keeps a thread asleep for each line that
writes what comes. It would also wait for ever for a client that keeps its connection
open and neither reads nor answers, and read without a pause from one that never stops
sending.

A compressed frame made here refers to nothing sent before it, so the same bytes may go
to every connection that negotiated compression. The library's own compressor is never
used on these connections; the control frames it still sends are not compressed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import socketio
from engineio import packet as transport
from engineio.exceptions import EngineIOError
from simple_websocket import ConnectionClosed
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from auction.edges.live.frames import Frames, may_compress
from auction.edges.live.inlet import Inlet
from auction.edges.live.outbox import Outbox
from auction.edges.live.pace import Pace
from auction.edges.live.packets import is_transport_packet
from auction.edges.live.pings import Pings
from auction.edges.live.whole import WholeSocket

#: Beyond any person and any program that waits for its answers; who sends more is served at this rate.
_MESSAGES_PER_SECOND = 1_000
_MESSAGES_BURST = 2_000
#: How a client of long polling tries a WebSocket and moves over to it.
_PROBE, _PROBED, _MOVES = "2probe", "3probe", "5"


class Lines:
    """The WebSockets of one server by their Engine.IO session: the way out over them, and their end from outside."""

    def __init__(self, engine: Any) -> None:  # noqa: ANN401 - python-engineio has no types
        self._engine = engine
        self._gives_way = engine.async_mode == "gevent"
        self._queued: Callable[[str, transport.Packet], None] = engine.send_packet
        self._open: dict[str, Tended] = {}

    def begin(self, session: str, line: Tended) -> None:
        """Know a line."""
        self._open[session] = line

    def forget(self, session: str) -> None:
        """Know a line no longer."""
        self._open.pop(session, None)

    def send(self, session: str, packet: transport.Packet) -> None:
        """Send a packet at once where it need not wait, or put it behind those that wait.

        At once only where threads give way of their own accord: elsewhere one could overtake what another is about to
        send.
        """
        line = self._open.get(session) if self._gives_way else None
        if line is None or not line.send_now(packet.encode()):
            self._queued(session, packet)

    def unread(self, session: str) -> int:
        """Return how many packets wait for a client to read those before them."""
        held = self._engine.sockets.get(session)
        return 0 if held is None else int(held.queue.qsize())

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
    whole: WholeSocket
    #: Of the driver below.
    ws: Any
    server_args: dict[str, Any]

    def __init__(self, handler: Any, engine: Any) -> None:  # noqa: ANN401
        super().__init__(handler, engine)  # type: ignore[call-arg]  # the driver comes after us
        self._session = handler.__self__
        self.server_args["max_message_size"] = engine.max_http_buffer_size
        self._engine = engine
        self._outbox = Outbox(self, begin=engine.start_background_task, sleep=engine.sleep)
        self._compressed = False
        self._ended = False
        self._pace = Pace(per_second=_MESSAGES_PER_SECOND, burst=_MESSAGES_BURST)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        """Shake hands and serve; a handshake that is none is refused."""
        try:
            self.ws = Inlet(environ, **self.server_args)
        except RemoteProtocolError as fault:
            self._session.close(wait=False, abort=True)
            start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
            return [str(fault).encode()]
        # Who neither reads nor answers a ping for so long is gone.
        self.whole = self.ws.sock = WholeSocket(self.ws.sock, sleep=self._engine.sleep)
        self.whole.settimeout(self._engine.ping_interval + self._engine.ping_timeout)
        self._compressed = may_compress(environ)
        self._serve()
        if self.ws.mode == "werkzeug":
            raise ConnectionError  # so that its server writes no answer behind the last frame
        return []

    @property
    def over(self) -> bool:
        """Whether nothing leaves any more."""
        return self.whole.over

    def send(self, message: str | bytes) -> None:
        """Send a message in one frame."""
        if not self.ws.connected:
            raise OSError
        self.whole.send(self.frames.of(message, compressed=self._compressed))

    def send_now(self, message: str) -> bool:
        """Send a message in one frame if it goes at once and overtakes nothing; say whether it is on its way."""
        if self._session.closed or not self.ws.connected or not self._outbox.empty():
            return False
        return self.whole.send_now(self.frames.of(message, compressed=self._compressed))

    def wait(self) -> str | None:
        """Return the next message, or None when the line has ended, as it does with one that is none."""
        try:
            message: str | bytes = self.ws.receive()
        except ConnectionClosed:
            return None
        if self._ended:
            return None
        if not isinstance(message, str) or not is_transport_packet(message):
            self.hang_up("malformed message")
            return None
        delay = self._pace.delay()
        if delay > 0:
            self._engine.sleep(delay)
        return message

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
            self.ws.close()
        self.whole.end()

    def _serve(self) -> None:
        """Carry the session until the line ends; one that was polling goes on polling unless it has moved over."""
        session = self._session
        moved = False
        try:
            with contextlib.suppress(OSError):
                moved = not session.connected or self._moved_over()
                if moved:
                    session.connected = session.upgraded = True
                    self._write_waiting()
                    session.queue = self._outbox
                    self.lines.begin(session.sid, self)
                    self._listen()
        finally:
            self.whole.end()
            if moved:
                self.lines.forget(session.sid)
                self._outbox.join()
                session.close(wait=False, abort=True, reason=self._engine.reason.TRANSPORT_CLOSE)
            self.whole.close()

    def _moved_over(self) -> bool:
        """Let a client of long polling try this line; say whether it has moved over to it."""
        session = self._session
        if session.upgrading:
            return False  # it tries another one already
        session.upgrading = True
        try:
            if self.wait() != _PROBE:
                return False
            self.send(_PROBED)
            session.queue.put(transport.Packet(transport.NOOP))  # lets the request go that waits for packets
            return self.wait() == _MOVES and not session.closed
        finally:
            session.upgrading = False

    def _write_waiting(self) -> None:
        """Write what waits for the session so far."""
        queue = self._session.queue
        while not queue.empty():
            packet = queue.get(block=False)
            queue.task_done()
            if packet is None:
                raise ConnectionAbortedError  # the session has ended meanwhile
            self.send(packet.encode())

    def _listen(self) -> None:
        """Hand over what the client sends."""
        while (message := self.wait()) is not None:
            with contextlib.suppress(EngineIOError):  # a kind of packet that only a server sends, or after the end
                self._session.receive(transport.Packet(encoded_packet=message))


def install(server: socketio.Server) -> Lines:
    """Let a Socket.IO server's WebSockets be served here; return them."""
    lines = Lines(server.eio)
    driver = server.eio._async["websocket"]  # noqa: SLF001 - engineio's table of drivers; there is no other door
    tended = type("LiveWebSocket", (Tended, driver), {"frames": Frames(), "lines": lines})
    server.eio._async = {**server.eio._async, "websocket": tended}  # noqa: SLF001
    server.eio.send_packet = lines.send
    Pings(server.eio).stand()
    return lines
