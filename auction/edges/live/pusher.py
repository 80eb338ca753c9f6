"""Pushing states to watchers: the newest, at most ten a second per lot, encoded once for the room.

A push is best effort. What was skipped lies in the docket, and ``entries_from``
tells a client that it skipped something.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from sqlalchemy.exc import SQLAlchemyError

from auction.edges.figures import Figures
from auction.edges.live.snapshots import Snapshots
from auction.edges.platform import Platform
from auction.foundation.kernel.refusal import NotFound
from auction.procedure.bidding.queries import State

_LOG = logging.getLogger(__name__)

#: The least time between two states of one lot; a little over a tenth, so that no second sees eleven.
INTERVAL_SECONDS = 0.105
#: How often a mere change in the number of watchers is told.
WATCHERS_SECONDS = 5.0
_IDLE_SECONDS = 1.0


def nobody_elsewhere(_lot: str, /) -> int:
    """Say that no other process has watchers."""
    return 0


class Emit(Protocol):
    """Sends one state to watchers of a lot, and returns when it was handed to their connections."""

    def __call__(self, lot: str, body: dict[str, Any], /, *, to: Collection[str] | None) -> set[str]:
        """Send to some of the room, or to all of it; return those left out for not having read what they were sent."""


@dataclass(slots=True)
class _Room:
    """A watched lot: who watches, who is slow to read, the last number sent, and when the next state may go."""

    watchers: set[str] = field(default_factory=set)
    behind: set[str] = field(default_factory=set)
    pushed: int = 0
    told: int = 0
    dirty: bool = False
    next_at: float = 0.0
    told_at: float = 0.0


class Pusher:
    """One loop a process, which reads each dirty lot once and sends it to its room."""

    def __init__(
        self,
        platform: Platform,
        *,
        snapshots: Snapshots,
        figures: Figures,
        emit: Emit,
        elsewhere: Callable[[str], int] = nobody_elsewhere,
    ) -> None:
        """Push to the rooms of this process; ``elsewhere`` says how many watch a lot in the others."""
        self._platform = platform
        self._snapshots = snapshots
        self._figures = figures
        self._emit = emit
        self._elsewhere = elsewhere
        self._rooms: dict[str, _Room] = {}
        self._guard = threading.Lock()
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the loop, once."""
        with self._guard:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="pusher", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End the loop after the round under way."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def enter(self, lot: str, sid: str, *, seq: int) -> None:
        """Let a connection watch a lot whose state it is about to be answered with."""
        with self._guard:
            room = self._rooms.get(lot)
            if room is None:
                room = self._rooms[lot] = _Room(pushed=seq, told_at=time.monotonic())
            if sid not in room.watchers:
                room.watchers.add(sid)
                self._figures.watchers.inc()

    def leave(self, lot: str, sid: str) -> None:
        """Let a connection watch a lot no longer."""
        with self._guard:
            room = self._rooms.get(lot)
            if room is not None and sid in room.watchers:
                room.watchers.discard(sid)
                room.behind.discard(sid)
                self._figures.watchers.dec()
                if not room.watchers:
                    del self._rooms[lot]

    def watchers(self, lot: str) -> int:
        """Return how many connections watch a lot, in this process and as far as known in the others."""
        room = self._rooms.get(lot)
        return (len(room.watchers) if room else 0) + self._elsewhere(lot)

    def counts(self) -> dict[str, int]:
        """Return how many connections of this process watch each of its lots."""
        with self._guard:
            return {lot: len(room.watchers) for lot, room in self._rooms.items()}

    def watched(self) -> list[tuple[str, int]]:
        """Return the watched lots with the last number sent to each room."""
        with self._guard:
            return [(lot, room.pushed) for lot, room in self._rooms.items()]

    def dirty(self, lot: str) -> None:
        """Note that a lot has moved; its room hears of it soon."""
        room = self._rooms.get(lot)
        if room is not None and not room.dirty:
            room.dirty = True
            self._wake.set()

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(self._until_next())
            self._wake.clear()
            for lot, room in self._due(time.monotonic()):
                self._guarded(lambda lot=lot, room=room: self._push(lot, room))  # type: ignore[misc]

    def _until_next(self) -> float:
        with self._guard:
            nexts = [room.next_at for room in self._rooms.values() if room.dirty]
        if not nexts:
            return _IDLE_SECONDS
        return max(0.0, min(nexts) - time.monotonic())

    def _due(self, at: float) -> list[tuple[str, _Room]]:
        with self._guard:
            for lot, room in self._rooms.items():
                if at - room.told_at >= WATCHERS_SECONDS and room.told != len(room.watchers) + self._elsewhere(lot):
                    room.dirty = True
            return [(lot, room) for lot, room in self._rooms.items() if room.dirty and room.next_at <= at]

    def _guarded(self, push: Callable[[], None]) -> None:
        try:
            push()
        except SQLAlchemyError as away:
            _LOG.warning("no state could be read to push: %s", away.__class__.__name__)
        except NotFound:
            _LOG.warning("a watched lot is no longer to be found")

    def _push(self, lot: str, room: _Room) -> None:
        began = time.monotonic()
        room.next_at = began + INTERVAL_SECONDS
        room.dirty = False
        state = self._snapshots.current(lot)
        watchers = self.watchers(lot)
        news = state.seq > room.pushed or (state.seq == room.pushed and room.told != watchers)
        if not news and not room.behind:
            return
        reached = set(room.watchers) if news else room.watchers & room.behind
        behind = self._emit(lot, self._body(state, room, watchers=watchers), to=None if news else reached)
        if news:
            room.pushed, room.told, room.told_at = state.seq, watchers, began
        # Who has not read the last states yet gets the newest one once he has; nothing piles up for him here.
        room.behind, room.dirty = behind & room.watchers, room.dirty or bool(behind)
        self._figures.states.inc()
        self._figures.deliveries.inc(len(reached - behind))
        # Rounds never overlap: a round that took long is followed by as long a pause.
        took = time.monotonic() - began
        room.next_at = began + max(INTERVAL_SECONDS, 2 * took)

    def _body(self, state: State, room: _Room, *, watchers: int) -> dict[str, Any]:
        fresh = tuple(entry for entry in state.entries if entry.seq > room.pushed)
        return replace(state, entries=fresh).as_json(server_time=self._platform.clock.now(), watchers=watchers)
