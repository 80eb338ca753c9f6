"""Hearing of commits: PostgreSQL or the bus tells which docket has grown; when neither does, the heads are looked at.

What is told is only a reason to look. With a bus, the heads of watched lots are compared now and then in any case,
as a bus may lose a message and nobody would know.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from auction.edges.live.presence import TOLD_SECONDS, Presence
from auction.edges.live.telling import Told
from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.docket.writing import WAKE_CHANNEL
from auction.gateways.bus import Bus, BusAwayError
from auction.gateways.bus_messages import Moved, Watching

_LOG = logging.getLogger(__name__)

#: A connection that says nothing for this long is asked whether it is still there.
_SILENCE_SECONDS = 1.0
_POLL_SECONDS = 1.0
#: With the bus there: a message that got lost is made up for within this time.
_LOST_SECONDS = 5.0
_DELAY_MAX_SECONDS = 5.0
_SUBJECT = "lot:"


class Listener:
    """Listens on a connection of its own; reconnects for ever, and looks at the heads of watched lots meanwhile."""

    def __init__(
        self,
        platform: Platform,
        *,
        told: Told,
        watched: Callable[[], list[tuple[str, int]]],
        watchers: Callable[[], dict[str, int]] = dict,
        presence: Presence | None = None,
    ) -> None:
        self._platform = platform
        self._told = told
        self._watched = watched
        self._watchers = watchers
        self._presence = presence or Presence()
        self._stop = threading.Event()
        self._guard = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._hears = False
        self._missed = False

    @property
    def hears(self) -> bool:
        """Whether commits are told at this moment; otherwise the heads are looked at every second."""
        return self._hears

    def start(self) -> None:
        """Start listening, once."""
        bus = self._platform.bus
        with self._guard:
            if self._threads:
                return
            works = [self._run] if bus is None else [lambda: self._hear(bus), lambda: self._look_after(bus)]
            for work in works:
                self._threads.append(threading.Thread(target=work, name="listener", daemon=True))
            for thread in self._threads:
                thread.start()

    def stop(self) -> None:
        """End listening."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=_SILENCE_SECONDS + 1)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except psycopg.Error as fault:
                self._hears = False
                _LOG.warning("not listening for commits: %s", fault.__class__.__name__)
                self._look()
                self._stop.wait(_POLL_SECONDS)

    def _listen(self) -> None:
        url = self._platform.database.engine.url.set(drivername="postgresql")
        plain = url.render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True, connect_timeout=5) as connection:
            connection.execute(f"LISTEN {WAKE_CHANNEL}")
            self._hears = True
            self._look()  # whatever was committed before we listened
            while not self._stop.is_set():
                for notice in connection.notifies(timeout=_SILENCE_SECONDS):
                    if notice.payload.startswith(_SUBJECT):
                        self._told(notice.payload.removeprefix(_SUBJECT))
                    if self._stop.is_set():
                        return
                connection.execute("SELECT 1")  # a connection that died silently fails here

    def _hear(self, bus: Bus) -> None:
        """Hear the bus, for ever; it is away with a growing pause between two tries."""
        delay = _POLL_SECONDS / 4
        while not self._stop.is_set():
            try:
                bus.hear(self._take, heard=self._heard, stop=self._stop)
            except BusAwayError as away:
                delay = _POLL_SECONDS / 4 if self._hears else min(2 * delay, _DELAY_MAX_SECONDS)
                if self._hears or not self._missed:
                    _LOG.warning("not hearing the bus (%s): looking at the heads every second", away)
                self._hears, self._missed = False, True
                self._stop.wait(delay)

    def _heard(self) -> None:
        if self._missed:
            _LOG.warning("hearing the bus again")
        self._hears, self._missed = True, False
        self._look()  # whatever was told before we heard

    def _take(self, message: Moved | Watching) -> None:
        if isinstance(message, Watching):
            self._presence.hear(message.process, message.watchers)
            return
        for lot in message.lots:
            self._told(lot)

    def _look_after(self, bus: Bus) -> None:
        """Look at the heads, often while the bus is away; tell the others how many watch here."""
        looked_at = told_at = time.monotonic()
        while not self._stop.wait(_POLL_SECONDS):
            now = time.monotonic()
            if not self._hears or now - looked_at >= _LOST_SECONDS:
                looked_at = now
                self._look()
            if now - told_at >= TOLD_SECONDS:
                told_at = now
                bus.watching(self._presence.to_tell(self._watchers()))

    def _look(self) -> None:
        """Compare the heads of watched lots with what was sent."""
        watched = dict(self._watched())
        if not watched:
            return
        try:
            with self._platform.read() as session:
                heads = docket.heads(session, [f"{_SUBJECT}{lot}" for lot in watched])
        except SQLAlchemyError as away:
            _LOG.warning("the heads could not be read either: %s", away.__class__.__name__)
            return
        for lot, seq in watched.items():
            if heads.get(f"{_SUBJECT}{lot}", 0) > seq:
                self._told(lot)
