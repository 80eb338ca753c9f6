"""Answering a bid over the line it came by, after its commit."""

from __future__ import annotations

import socketio
from engineio import packet as transport
from socketio import packet as protocol

from auction.edges.live.connections import Connection
from auction.edges.problems import dumped, problem
from auction.edges.receipts import Signed, answer_text
from auction.foundation.kernel.refusal import Refusal


class Door:
    """Where acknowledgements of one namespace leave a process."""

    def __init__(self, server: socketio.Server, *, namespace: str) -> None:
        self._server = server
        self._begin = f"{protocol.ACK}{namespace},"

    def send(self, line: str, number: int, text: str) -> None:
        """Send the answer to an event, its JSON written already."""
        packet = transport.Packet(transport.MESSAGE, f"{self._begin}{number}[{text}]")
        self._server._send_eio_packet(line, packet)  # noqa: SLF001 - where its own acknowledgements go


class Acknowledgement:
    """What answers one bid of one connection."""

    __slots__ = ("_connection", "_door", "_line", "_number")

    def __init__(self, door: Door, connection: Connection, *, line: str, number: int) -> None:
        self._door = door
        self._connection = connection
        self._line = line
        self._number = number

    def __call__(self, answer: Signed | Refusal, /) -> None:
        """Take the sequencer's answer."""
        self._connection.waiting -= 1
        language = self._connection.language
        if isinstance(answer, Refusal):
            self.say(dumped({"ok": False, "problem": problem(answer, language=language)}))
        else:
            self.say(answer_text(answer, language=language))

    def say(self, text: str) -> None:
        """Send the answer."""
        self._door.send(self._line, self._number, text)
