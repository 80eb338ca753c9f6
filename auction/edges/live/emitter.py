"""Handing one state to a room: encoded once, and not to whom has not read the ones before."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import socketio
from typing_extensions import override

#: States that may wait for one slow connection; the next ones skip it until it has read.
_UNREAD_MAX = 1


class _Left(list[str]):
    """A list for python-socketio's ``skip_sid`` whose members are found at once, however many."""

    def __init__(self, sids: Iterable[str]) -> None:
        super().__init__(sids)
        self._members = frozenset(self)

    @override
    def __contains__(self, sid: object) -> bool:
        return sid in self._members


class RoomEmitter:
    """Emits states of a lot to its room."""

    def __init__(self, server: socketio.Server, *, namespace: str) -> None:
        self._server = server
        self._namespace = namespace

    def __call__(self, lot: str, body: dict[str, Any], /, *, to: Collection[str] | None) -> set[str]:
        """Send a state to the room, or to some of it; return those left out because they are slow to read."""
        room = dict(self._server.manager.get_participants(self._namespace, lot))
        behind = {sid for sid, connection in room.items() if self._unread(connection) > _UNREAD_MAX}
        left = behind if to is None else behind | (room.keys() - set(to))
        self._server.emit("state", body, room=lot, skip_sid=_Left(left), namespace=self._namespace)
        self._server.sleep(0)  # the writers of all watchers run before the round is called done
        return behind if to is None else behind & set(to)

    def _unread(self, connection: str) -> int:
        """Return how many packets wait for a connection's writer."""
        line = self._server.eio.sockets.get(connection)
        return 0 if line is None else int(line.queue.qsize())
