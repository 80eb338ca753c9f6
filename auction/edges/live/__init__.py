"""The live channel: bids in, states out, over Socket.IO namespace ``/live``.

Words: a *line* is the bids of one lot that wait; a *batch* is what one transaction
decides; a *state* is the spectator's snapshot; a *room* is who watches a lot.

Articles: 法释〔2016〕18号 第20条 (the instant a bid reaches the platform counts), 第24条 (public).

Invariants: nothing is sent before its commit; one order per lot; at most ten states
a second per lot; a state's number never goes back on a connection; whatever a
client sends is answered, by name when it is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, current_app
from flask_socketio import SocketIO
from gevent import monkey

from auction.edges.figures import Figures
from auction.edges.heartbeat import Heartbeat
from auction.edges.limits import Limits
from auction.edges.live.channel import NAMESPACE, Channel
from auction.edges.live.emitter import RoomEmitter
from auction.edges.live.gate import Gate
from auction.edges.live.listener import Listener
from auction.edges.live.packets import LivePacket
from auction.edges.live.polling import Polling
from auction.edges.live.presence import Presence
from auction.edges.live.pusher import Pusher
from auction.edges.live.sequencer import Sequencer
from auction.edges.live.snapshots import Snapshots
from auction.edges.live.websocket import install
from auction.edges.platform import Platform
from auction.foundation.docket.desk import SigningDesk

_EXTENSION = "auction.live"
_MESSAGE_MAX_BYTES = 10_000
_PING_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Live:
    """The live parts of one application."""

    socketio: SocketIO
    sequencer: Sequencer
    snapshots: Snapshots
    pusher: Pusher
    listener: Listener
    figures: Figures
    heartbeat: Heartbeat
    desk: SigningDesk | None

    def start(self) -> None:
        """Begin to listen and to push; the first watcher does so."""
        self.pusher.start()
        self.listener.start()

    def stop(self) -> None:
        """End what ``start`` began."""
        self.listener.stop()
        self.pusher.stop()
        if self.desk is not None:
            self.desk.close()


def attach(app: Flask, platform: Platform) -> SocketIO:
    """Give the application its live channel and sequencer; limits may lie in ``app.config["LIMITS"]``."""
    limits = cast("Limits", app.config.setdefault("LIMITS", Limits()))
    figures = Figures()
    line = SocketIO(
        app,
        async_mode="gevent" if _under_gevent() else "threading",
        async_handlers=True,
        manage_session=False,
        max_http_buffer_size=_MESSAGE_MAX_BYTES,
        ping_interval=_PING_SECONDS,
        ping_timeout=_PING_SECONDS,
        **_transports(platform),
    )
    server = cast("Any", line).server
    server.packet_class = LivePacket
    lines = install(server)
    Gate(server, namespace=NAMESPACE, lines=lines, limits=limits).stand()
    Polling(server.eio, lines=lines).stand()
    snapshots = Snapshots(platform)

    presence = Presence()
    pusher = Pusher(
        platform,
        snapshots=snapshots,
        figures=figures,
        emit=RoomEmitter(server, lines=lines, namespace=NAMESPACE),
        elsewhere=presence.elsewhere,
    )

    def told(lot: str) -> None:
        snapshots.moved(lot)
        pusher.dirty(lot)

    desk = SigningDesk(platform.settings.signer) if platform.settings.signer is not None else None
    sequencer = Sequencer(platform, figures=figures, limits=limits, told=told, signer=desk)
    listener = Listener(platform, told=told, watched=pusher.watched, watchers=pusher.counts, presence=presence)
    heartbeat = Heartbeat(platform, role="web", oldest_waiting=sequencer.oldest_arrival)
    parts = Live(line, sequencer, snapshots, pusher, listener, figures, heartbeat, desk)
    app.extensions[_EXTENSION] = parts
    Channel(
        app,
        platform,
        server=server,
        sequencer=sequencer,
        snapshots=snapshots,
        pusher=pusher,
        figures=figures,
        limits=limits,
        begin=parts.start,
    ).register()
    if platform.bus is not None:
        figures.show_bus(lambda: listener.hears)
        listener.start()
    return line


def live_of(app: Flask) -> Live:
    """Return the live parts of an application."""
    return cast("Live", app.extensions[_EXTENSION])


def live() -> Live:
    """Return the live parts of the running application: ``live().sequencer.submit(…)`` takes a form's bid."""
    return live_of(cast("Any", current_app)._get_current_object())  # noqa: SLF001 - Flask's own way to the app


def _transports(platform: Platform) -> dict[str, Any]:
    """Take WebSockets alone before several processes: long polling would have to reach the same one each time."""
    return {} if platform.bus is None else {"transports": ["websocket"]}


def _under_gevent() -> bool:
    """Say whether the standard library was made cooperative, as ``auction web`` does first of all."""
    return bool(monkey.is_module_patched("threading"))
