from __future__ import annotations

import json
import socket
import threading

import pytest
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, Request, TextMessage
from wsproto.extensions import PerMessageDeflate

from auction.edges.live.websocket import Frames, WholeSocket, frame


def reader(*, compressed: bool) -> WSConnection:
    """Return an independent client that has agreed with a server on compression, or not."""
    client, server = WSConnection(ConnectionType.CLIENT), WSConnection(ConnectionType.SERVER)
    offer = [PerMessageDeflate()] if compressed else []
    server.receive_data(client.send(Request(host="court", target="/", extensions=list(offer))))
    assert [type(event) for event in server.events()] == [Request]
    client.receive_data(server.send(AcceptConnection(extensions=[PerMessageDeflate()])))
    assert [type(event) for event in client.events()] == [AcceptConnection]
    return client


def read(client: WSConnection, data: bytes) -> list[str]:
    client.receive_data(data)
    texts, part = [], ""
    for event in client.events():
        assert isinstance(event, TextMessage)
        part += event.data
        if event.message_finished:
            texts.append(part)
            part = ""
    return texts


LARGE = json.dumps({"entries": [{"seq": n, "kind": "bid.accepted", "地": "北京"} for n in range(2_000)]})


@pytest.mark.parametrize("compressed", [False, True])
def test_frames_of_every_size_are_read_by_an_independent_client(compressed: bool) -> None:  # noqa: FBT001
    client = reader(compressed=compressed)
    for message in ("", "x", "x" * 125, "x" * 126, "号" * 1_000, "x" * 65_535, "x" * 65_536, LARGE):
        assert read(client, frame(message, compressed=compressed)) == [message]


def test_compressed_frames_stand_alone_so_that_late_comers_read_them_too() -> None:
    frames = Frames()
    early, late = reader(compressed=True), reader(compressed=True)
    first = frames.of(LARGE, compressed=True)
    assert read(early, first) == [LARGE]
    second = frames.of(LARGE + " ", compressed=True)
    assert read(early, second + frames.of("42", compressed=True)) == [LARGE + " ", "42"]
    assert read(late, second) == [LARGE + " "]


def test_one_message_is_framed_once_for_a_room() -> None:
    frames = Frames()
    assert frames.of(LARGE, compressed=True) is frames.of(LARGE, compressed=True)
    assert frames.of(LARGE, compressed=False) != frames.of(LARGE, compressed=True)


def test_a_message_is_sent_whole_to_a_slow_reader() -> None:
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
    data = bytes(range(256)) * 4_000
    sender = threading.Thread(target=WholeSocket(ours).send, args=(data,))
    sender.start()
    got = b""
    while len(got) < len(data):
        got += theirs.recv(1_000)
    sender.join()
    assert got == data
    ours.close()
    theirs.close()
