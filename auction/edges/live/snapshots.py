"""The newest known state of each lot, read once for everybody who asks within a second."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from auction.edges.platform import Platform
from auction.procedure.bidding import queries as bidding
from auction.procedure.bidding.queries import State

#: The spectator's snapshot may be this old (contract 4: cacheable for one second).
FRESH_SECONDS = 1.0
_KEPT_MAX = 20_000


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state with the moment it was read and how often the lot had moved by then."""

    state: State
    read_at: float
    moves: int


class Snapshots:
    """Reads states, each once; a lot's number never goes back."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._kept: dict[str, Snapshot] = {}
        self._moves: dict[str, int] = {}
        self._reading: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def moved(self, lot: str) -> None:
        """Note that the lot's docket has grown: what is kept is old."""
        with self._guard:
            self._moves[lot] = self._moves.get(lot, 0) + 1

    def known(self, lot: str) -> State | None:
        """Return the newest state read so far, however old, without reading."""
        kept = self._kept.get(lot)
        return kept.state if kept else None

    def current(self, lot: str) -> State:
        """Return the lot's state as of now, or of a second ago when nothing was said to have moved.

        :raises NotFound: when the lot does not exist or is not announced
        """
        kept = self._fresh(lot)
        if kept is not None:
            return kept.state
        with self._guard:
            one_reader = self._reading.setdefault(lot, threading.Lock())
        with one_reader:  # a crowd that asks at once is served by one reading
            kept = self._fresh(lot)
            return kept.state if kept is not None else self._read(lot)

    def _fresh(self, lot: str) -> Snapshot | None:
        kept = self._kept.get(lot)
        if kept is None or kept.moves != self._moves.get(lot, 0):
            return None
        return kept if time.monotonic() - kept.read_at < FRESH_SECONDS else None

    def _read(self, lot: str) -> State:
        self._forget_when_full()
        moves = self._moves.get(lot, 0)
        try:
            with self._platform.read() as session:
                state = bidding.state(session, lot)
        finally:
            self._reading.pop(lot, None)
        before = self._kept.get(lot)
        if before is not None and before.state.seq > state.seq:
            state = before.state
        self._kept[lot] = Snapshot(state=state, read_at=time.monotonic(), moves=moves)
        return state

    def _forget_when_full(self) -> None:
        with self._guard:
            if len(self._kept) > _KEPT_MAX or len(self._moves) > _KEPT_MAX:
                self._kept.clear()
                self._moves.clear()
