"""What a client may send over the channel: Socket.IO packets of four kinds, and nothing that makes the server wait.

The library takes more than we ever answer: attachments announced by the thousand million and kept until the last has
come, events named like its own ``connect`` and ``disconnect``, JSON nested deeper than Python reads. Here a packet is
either one we know, or malformed as a whole.
"""

from __future__ import annotations

from typing import Any

from socketio import packet
from typing_extensions import override

_NAME_MAX = 40
_KINDS = frozenset({packet.CONNECT, packet.DISCONNECT, packet.EVENT, packet.ACK})
_OWN = frozenset({"connect", "disconnect", "connect_error", "*", "__disconnect_final"})
#: The whole of what an Engine.IO client says besides messages: close, upgrade, and the two halves of a ping.
_TRANSPORT = frozenset({"1", "2", "2probe", "3", "3probe", "5"})
#: The end of a session by its client, and the answer to a ping: besides messages all that a request may post.
GOODBYE, _PONG = "1", "3"
_MESSAGES = ("40", "41", "42", "43")


class MalformedPacketError(ValueError):
    """A client sent what is no packet of ours."""


def is_transport_packet(data: str | bytes | None) -> bool:
    """Say whether a WebSocket message is one an Engine.IO client may send; binary ones never are."""
    return isinstance(data, str) and (data in _TRANSPORT or data.startswith(_MESSAGES))


def is_posted_packet(data: str) -> bool:
    """Say whether an Engine.IO client that polls may post this."""
    return data in {GOODBYE, _PONG} or data.startswith(_MESSAGES)


class LivePacket(packet.Packet):  # type: ignore[misc]  # python-socketio has no types
    """A packet of the channel."""

    data: Any

    @override
    def decode(self, encoded_packet: str) -> int:
        """Read a packet; attachments are never taken.

        :raises MalformedPacketError: when it is none of ours
        """
        try:
            attachments = super().decode(encoded_packet)
        except (ValueError, TypeError, LookupError, RecursionError) as fault:
            raise MalformedPacketError from fault
        if attachments or self.packet_type not in _KINDS:
            raise MalformedPacketError
        if self.packet_type == packet.EVENT:
            self.data = _event(self.data)
        return 0


def _event(data: Any) -> list[Any]:  # noqa: ANN401 - anything may come
    """Return an event by its name; one of the library's own names is nobody's to send, and is told as unknown."""
    if not isinstance(data, list) or not data or not isinstance(data[0], str) or len(data[0]) > _NAME_MAX:
        raise MalformedPacketError
    return [f"client's {data[0]}", *data[1:]] if data[0] in _OWN else data
