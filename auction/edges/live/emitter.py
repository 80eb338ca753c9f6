"""Handing one state to a room: encoded once, in portions, and not to whom has not read the ones before."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import socketio
from engineio import packet as transport
from socketio import packet as protocol

from auction.edges.live.websocket import Lines

#: States that may wait for one slow connection; the next ones skip it until it has read.
_UNREAD_MAX = 1
#: After so many watchers the loop looks at its sockets again, so that a bid never waits for a whole round.
_PORTION = 64


class RoomEmitter:
    """Emits states of a lot to its room."""

    def __init__(self, server: socketio.Server, *, lines: Lines, namespace: str) -> None:
        self._server = server
        self._lines = lines
        self._namespace = namespace

    def __call__(self, lot: str, body: dict[str, Any], /, *, to: Collection[str] | None) -> set[str]:
        """Send a state to the room, or to some of it; return those left out because they are slow to read."""
        room = list(self._server.manager.get_participants(self._namespace, lot))
        state = self._encoded(body)
        behind: set[str] = set()
        sent = 0
        for sid, connection in room:
            if to is not None and sid not in to:
                continue
            if self._lines.unread(connection) > _UNREAD_MAX:
                behind.add(sid)
                continue
            self._server._send_eio_packet(connection, state)  # noqa: SLF001 - as its own manager does for a room
            sent += 1
            if sent % _PORTION == 0:
                self._server.sleep(0)
        self._server.sleep(0)  # the writers of all watchers run before the round is called done
        return behind

    def _encoded(self, body: dict[str, Any]) -> transport.Packet:
        """Return the state as the one packet that every connection of the room is given."""
        event = self._server.packet_class(protocol.EVENT, namespace=self._namespace, data=["state", body])
        return transport.Packet(transport.MESSAGE, event.encode())
