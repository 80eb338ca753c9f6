"""The bus between the processes of one platform: Redis or Valkey carry which lots moved and how many watch them.

It only wakes: what is lost, doubled or forged on it changes nothing that stands in PostgreSQL. Telling never waits for
it: what is to be told lies in a short list that a thread of its own sends, and while the bus is away the list is held,
each lot once, until it is full and dropped.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from auction.gateways.bus_messages import Moved, Watching, read, written_moved, written_watching

_LOG = logging.getLogger(__name__)

_ANSWER_SECONDS = 1.0
#: A line that is silent for so long is asked; one that does not answer for as long again is given up.
_SILENCE_SECONDS = 1.0
_UNANSWERED_MAX = 3
_DELAY_FIRST_SECONDS = 0.25
_DELAY_MAX_SECONDS = 5.0
_PAUSE_SECONDS = 0.02
_HELD_MAX = 20_000


class BusAwayError(Exception):
    """The bus does not answer; it may at any time."""


class Ear(Protocol):
    """Hears what processes tell; it must return at once."""

    def __call__(self, message: Moved | Watching, /) -> None:
        """Take note."""


class Bus:
    """One process's end of the bus."""

    def __init__(self, url: str, *, secret: str) -> None:
        """Reach the bus of the platform that keeps ``secret``, once something is to be told or heard."""
        self.process = secrets.token_hex(8)
        # Of the platform's own secret: platforms that share a server do not hear each other, and nobody guesses it.
        self.name = f"auction:{hashlib.sha256(f'bus {secret}'.encode()).hexdigest()[:24]}"
        self._url = url
        self._ear: Ear | None = None
        self._guard = threading.Lock()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._sender: threading.Thread | None = None
        self._moved: dict[str, None] = {}
        self._watching: dict[str, int] = {}
        self._failures = 0

    def moved(self, lots: Collection[str]) -> None:
        """Tell that lots have moved: this process's own ear now, the others soon."""
        if self._ear is not None:
            self._ear(Moved(self.process, tuple(lots)))
        self._tell(lambda: self._moved.update(dict.fromkeys(lots)))

    def watching(self, watchers: Mapping[str, int]) -> None:
        """Tell the other processes how many watch lots in this one."""
        self._tell(lambda: self._watching.update(watchers))

    def hear(self, ear: Ear, *, heard: Callable[[], None], stop: threading.Event) -> None:
        """Hear the other processes until ``stop`` is set; ``heard`` is called once the line stands.

        :raises BusAwayError: when the bus cannot be reached, or no longer
        """
        self._ear = ear
        with _away(), self._client(wait=None) as client, client.pubsub() as line:
            line.subscribe(self.name)
            silent = 0
            while not stop.is_set():
                message = line.get_message(timeout=_SILENCE_SECONDS)
                if message is None:
                    silent += 1
                    if silent > _UNANSWERED_MAX:
                        raise BusAwayError("silent")
                    line.ping()
                    continue
                silent = 0
                if message["type"] == "subscribe":
                    heard()
                elif message["type"] == "message":
                    self._hand(message["data"], ear)

    def pool(self, *, size: int, wait: float) -> Any:  # noqa: ANN401 - redis-py's pool is generic over its connection
        """Return connections for what else lives in the same store; a command takes at most ``wait`` seconds."""
        import redis  # noqa: PLC0415 - after gevent has made sockets cooperative

        return redis.BlockingConnectionPool.from_url(
            self._url,
            max_connections=size,
            timeout=wait,
            socket_timeout=wait,
            socket_connect_timeout=wait,
            retry=_once(),
        )

    def close(self) -> None:
        """Tell what is still to be told, if that takes no time, and tell no more."""
        self._stop.set()
        self._wake.set()
        if self._sender is not None:
            self._sender.join(timeout=2 * _ANSWER_SECONDS)

    def _hand(self, data: object, ear: Ear) -> None:
        message = read(data)
        if message is None:
            _LOG.debug("a message on the bus was none of ours")
        elif message.process != self.process:  # our own we heard when we told it
            ear(message)

    def _tell(self, note: Callable[[], None]) -> None:
        with self._guard:
            note()
            if len(self._moved) > _HELD_MAX or len(self._watching) > _HELD_MAX:
                self._moved.clear()
                self._watching.clear()
            if self._sender is None and not self._stop.is_set():
                self._sender = threading.Thread(target=self._send, name="bus", daemon=True)
                self._sender.start()
        self._wake.set()

    def _send(self) -> None:
        while not self._stop.is_set():
            try:
                self._send_on()
            except BusAwayError as away:
                if not self._failures:
                    _LOG.warning("the bus is away (%s); other processes look for themselves meanwhile", away)
                self._failures += 1
                self._stop.wait(min(_DELAY_FIRST_SECONDS * 2 ** min(self._failures, 10), _DELAY_MAX_SECONDS))

    def _send_on(self) -> None:
        """Send what is to be told, until the end or a fault; what a fault cuts off is told again afterwards."""
        with _away(), self._client(wait=_ANSWER_SECONDS) as client:
            while True:
                ending = self._stop.is_set()
                self._wake.clear()
                self._send_held(client)
                if ending:
                    return
                # The first is told at once; what moves many times a second is told a few dozen times.
                self._stop.wait(_PAUSE_SECONDS)
                self._wake.wait()

    def _send_held(self, client: Any) -> None:  # noqa: ANN401 - redis-py's client
        with self._guard:
            moved, self._moved = self._moved, {}
            watching, self._watching = self._watching, {}
        sent = False
        try:
            for message in written_moved(self.process, list(moved)):
                client.publish(self.name, message)
            for message in written_watching(self.process, watching):
                client.publish(self.name, message)
            sent = True
        finally:
            if not sent:  # numbers of watchers are told anew in seconds; that a lot moved is told by nobody else
                with self._guard:
                    self._moved = {**moved, **self._moved}
        if self._failures and (moved or watching):
            _LOG.warning("the bus is back")
            self._failures = 0

    def _client(self, *, wait: float | None) -> Any:  # noqa: ANN401 - redis-py's client is generic over what it decodes
        import redis  # noqa: PLC0415 - after gevent has made sockets cooperative

        return redis.Redis.from_url(
            self._url, socket_timeout=wait, socket_connect_timeout=_ANSWER_SECONDS, retry=_once()
        )


def _once() -> Any:  # noqa: ANN401 - redis-py's
    """Return the library's way of not trying again: who asks decides that here."""
    from redis.backoff import NoBackoff  # noqa: PLC0415
    from redis.retry import Retry  # noqa: PLC0415

    return Retry(NoBackoff(), 0)


@contextmanager
def _away() -> Iterator[None]:
    """Name every fault of the line, never with its address: it holds a password."""
    import redis  # noqa: PLC0415

    try:
        yield
    except (redis.RedisError, OSError) as fault:
        raise BusAwayError(fault.__class__.__name__) from fault
