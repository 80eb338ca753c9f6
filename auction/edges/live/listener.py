"""Hearing of commits: PostgreSQL tells which docket has grown; when it cannot, the heads are looked at."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from auction.edges.live.telling import Told
from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.docket.commands import WAKE_CHANNEL

_LOG = logging.getLogger(__name__)

#: A connection that says nothing for this long is asked whether it is still there.
_SILENCE_SECONDS = 1.0
_POLL_SECONDS = 1.0
_SUBJECT = "lot:"


class Listener:
    """Listens on a connection of its own; reconnects for ever, and looks at the heads of watched lots meanwhile."""

    def __init__(self, platform: Platform, *, told: Told, watched: Callable[[], list[tuple[str, int]]]) -> None:
        self._platform = platform
        self._told = told
        self._watched = watched
        self._stop = threading.Event()
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start listening, once."""
        with self._guard:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End listening."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=_SILENCE_SECONDS + 1)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except psycopg.Error as fault:
                _LOG.warning("not listening for commits: %s", fault.__class__.__name__)
                self._look()
                self._stop.wait(_POLL_SECONDS)

    def _listen(self) -> None:
        url = self._platform.database.engine.url.set(drivername="postgresql")
        plain = url.render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True, connect_timeout=5) as connection:
            connection.execute(f"LISTEN {WAKE_CHANNEL}")
            self._look()  # whatever was committed before we listened
            while not self._stop.is_set():
                for notice in connection.notifies(timeout=_SILENCE_SECONDS):
                    if notice.payload.startswith(_SUBJECT):
                        self._told(notice.payload.removeprefix(_SUBJECT))
                    if self._stop.is_set():
                        return
                connection.execute("SELECT 1")  # a connection that died silently fails here

    def _look(self) -> None:
        """Compare the heads of watched lots with what was sent."""
        try:
            with self._platform.read() as session:
                moved = [lot for lot, seq in self._watched() if docket.head(session, f"{_SUBJECT}{lot}")[0] > seq]
        except SQLAlchemyError as away:
            _LOG.warning("the heads could not be read either: %s", away.__class__.__name__)
            return
        for lot in moved:
            self._told(lot)
