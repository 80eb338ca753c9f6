"""A partner's own program: a real server on loopback that checks every delivery with the Standard Webhooks library."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError
from typing_extensions import override

Behaviour = Callable[["Visit"], None]


@dataclass(frozen=True)
class Taken:
    """One delivery that was verified and answered with 200."""

    id: str
    type: str
    lot: str
    seq: int
    payload: dict[str, Any]
    signatures: int


@dataclass
class Receiver:
    """What a partner sees; ``behave`` may answer something else than 200."""

    secret: str = ""
    path: str = "/hooks"
    port: int = 0
    behave: Behaviour | None = None
    taken: list[Taken] = field(default_factory=list)
    visits: list[str] = field(default_factory=list)
    forged: list[str] = field(default_factory=list)
    most_at_once: int = 0
    connections: int = 0
    _inside: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.path}"

    @contextmanager
    def up(self) -> Iterator[Receiver]:
        """Listen while the block runs; the port stays the same from the first time on."""
        receiver = self

        class Server(ThreadingHTTPServer):
            request_queue_size = 64

        class Handler(Visit):
            told = receiver

        server = Server(("127.0.0.1", self.port), Handler)
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def seqs(self, lot: str) -> list[int]:
        """Return the numbers received of a lot, in the order they came."""
        return [one.seq for one in self.taken if one.lot == lot]

    def enter(self) -> None:
        with self._lock:
            self._inside += 1
            self.most_at_once = max(self.most_at_once, self._inside)

    def leave(self) -> None:
        with self._lock:
            self._inside -= 1


class Visit(BaseHTTPRequestHandler):
    """One request to the receiver."""

    protocol_version = "HTTP/1.1"
    told: Receiver
    payload: dict[str, Any]

    @override
    def setup(self) -> None:
        self.told.connections += 1
        super().setup()

    def do_POST(self) -> None:
        self.told.enter()
        try:
            self._receive()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            self.told.leave()

    def _receive(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.told.visits.append(self.path)
        try:
            self.payload = Webhook(self.told.secret).verify(body, dict(self.headers))
        except WebhookVerificationError as fault:
            self.told.forged.append(str(fault))
            self.answer(401)
            return
        if self.told.behave is not None:
            self.told.behave(self)
            return
        self.take()

    def take(self) -> None:
        payload, data = self.payload, self.payload["data"]
        signatures = len(self.headers["webhook-signature"].split())
        self.told.taken.append(
            Taken(self.headers["webhook-id"], payload["type"], data["subject"], data["seq"], payload, signatures)
        )
        self.answer(200)

    def answer(self, status: int, *, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-length", "0")
        self.end_headers()

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def with_status(status: int, **headers: str) -> Behaviour:
    """Answer everything with one status."""
    return lambda visit: visit.answer(status, headers=headers)


def hang(until: threading.Event) -> Behaviour:
    """Say nothing until told otherwise."""

    def behave(visit: Visit) -> None:
        until.wait(60)
        visit.close_connection = True

    return behave
