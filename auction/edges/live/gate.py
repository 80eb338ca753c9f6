"""The door of the live channel: how many lines one address may hold, and whose line is ended for what it sends.

A line is ended, and its client may come again and resume from its last number: when it sends what is no packet, when
it speaks before it has joined or joins again and again, and when it asks on and on without reading the answers.
"""

from __future__ import annotations

import ipaddress
import logging
from collections import Counter
from collections.abc import Callable
from typing import Any

import socketio

from auction.edges.limits import Limits
from auction.edges.live.packets import MalformedPacketError
from auction.edges.live.websocket import Lines
from auction.edges.problems import language_of, problem
from auction.foundation.kernel.refusal import RateLimited

_LOG = logging.getLogger(__name__)
_CONNECT, _EVENT = "0", "2"
#: A page joins once; who tries again and again costs a look into the database each time.
_JOINS_MAX = 5

Json = dict[str, Any]


class Gate:
    """Stands before a Socket.IO server's own handlers of connections and messages."""

    def __init__(self, server: socketio.Server, *, namespace: str, lines: Lines, limits: Limits) -> None:
        self._server = server
        self._namespace = namespace
        self._lines = lines
        self._limits = limits
        self._address: dict[str, str] = {}
        self._held: Counter[str] = Counter()
        self._joins: Counter[str] = Counter()
        handlers = server.eio.handlers
        self._let_in: Callable[[str, Json], object] = handlers["connect"]
        self._take: Callable[[str, str], object] = handlers["message"]
        self._let_out: Callable[..., object] = handlers["disconnect"]

    def stand(self) -> None:
        """Take the handlers' places; nobody joins another namespace than ours."""
        self._server.namespaces = [self._namespace]
        eio = self._server.eio
        eio.on("connect", self.connect)
        eio.on("message", self.message)
        eio.on("disconnect", self.disconnect)

    def connect(self, line: str, environ: Json) -> object:
        """Let a line in, unless its address holds as many as a court hall full of people would."""
        address = str(environ.get("REMOTE_ADDR", ""))
        if not _is_own(address):
            if self._held[address] >= self._limits.lines_per_address:
                return problem(RateLimited(), language=language_of(environ))
            self._held[address] += 1
            self._address[line] = address
        return self._let_in(line, environ)

    def disconnect(self, line: str, *reason: object) -> object:
        """Count a line no longer."""
        del self._joins[line]
        address = self._address.pop(line, None)
        if address is not None:
            self._held[address] -= 1
            if not self._held[address]:
                del self._held[address]
        return self._let_out(line, *reason)

    def message(self, line: str, data: str) -> None:
        """Pass on a packet, or end the line."""
        held = self._server.eio.sockets.get(line)
        if held is None or held.closed:
            return  # what was on its way when the line ended
        fault = self._fault(line, data, unread=held.queue.qsize())
        if fault is None:
            try:
                self._take(line, data)
            except MalformedPacketError:
                fault = "malformed packet"
        if fault is not None:
            _LOG.info("a line is ended: %s", fault)
            self._lines.end(line, why=fault)

    def _fault(self, line: str, data: object, *, unread: int) -> str | None:
        """Return why a line must end before its packet is even read."""
        if unread > self._limits.answers_unread:
            return "answers are not read"
        kind = data[:1] if isinstance(data, str) else None
        if kind == _EVENT and self._server.manager.sid_from_eio_sid(line, self._namespace) is None:
            return "nothing is said before joining"
        if kind == _CONNECT:
            self._joins[line] += 1
            if self._joins[line] > _JOINS_MAX:
                return "joined again and again"
        return None


def _is_own(address: str) -> bool:
    """Say whether an address is the machine's own: a proxy before us, or a program beside us, stands for many."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return True  # a socket of this machine has no address
