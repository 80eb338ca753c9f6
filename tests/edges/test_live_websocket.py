from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable

import pytest
from engineio.packet import MESSAGE, Packet
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, Request, TextMessage
from wsproto.extensions import PerMessageDeflate

from auction.edges.live.frames import Frames, frame
from auction.edges.live.outbox import Outbox
from auction.edges.live.whole import WholeSocket


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


class Slow:
    """A line that takes messages only as far as it is told to."""

    def __init__(self, *, fails: bool = False) -> None:
        self.taken: list[str] = []
        self.over = self.closed = False
        self.may = threading.Semaphore(0)
        self._fails = fails

    def send(self, message: str | bytes) -> None:
        assert self.may.acquire(timeout=10)
        if self._fails:
            raise OSError
        self.taken.append(str(message))

    def close(self) -> None:
        self.closed = self.over = True


def begun(target: Callable[[], None]) -> None:
    threading.Thread(target=target, daemon=True).start()


def message(number: int) -> Packet:
    return Packet(MESSAGE, str(number))


def test_what_waits_is_written_in_its_order_and_nothing_counts_as_gone_before_it_is() -> None:
    line = Slow()
    outbox = Outbox(line, begin=begun, sleep=time.sleep)
    assert outbox.empty()
    for number in range(5):
        outbox.put(message(number))
    assert not outbox.empty()
    line.may.release(5)
    outbox.join()
    assert (outbox.empty(), outbox.qsize()) == (True, 0)
    assert line.taken == [f"4{number}" for number in range(5)]
    outbox.put(message(5))
    while outbox.qsize():
        time.sleep(0.001)
    assert not outbox.empty()  # it is being written, and what came now would overtake it
    line.may.release()
    outbox.join()
    assert line.taken[5:] == ["45"]


def test_of_many_who_put_something_in_each_keeps_his_order() -> None:
    line = Slow()
    line.may.release(1_000)
    outbox = Outbox(line, begin=begun, sleep=time.sleep)

    def put_from(first: int) -> None:
        for number in range(first, first + 100):
            outbox.put(message(number))

    putters = [threading.Thread(target=put_from, args=(first,)) for first in range(1_000, 9_000, 1_000)]
    for putter in putters:
        putter.start()
    for putter in putters:
        putter.join()
    outbox.join()
    assert len(line.taken) == len(set(line.taken)) == 800
    for own in range(1_000, 9_000, 1_000):
        of_one = [text for text in line.taken if text.startswith(f"4{own // 1_000}")]
        assert of_one == sorted(of_one)


def test_the_end_comes_after_what_was_put_before_it_and_nothing_after_the_end() -> None:
    line = Slow()
    line.may.release(3)
    outbox = Outbox(line, begin=begun, sleep=time.sleep)
    for packet in (message(0), message(1), None):
        outbox.put(packet)
    outbox.join()
    assert (line.taken, line.closed) == (["40", "41"], True)
    outbox.put(message(2))
    assert outbox.empty()
    assert outbox.qsize() == 0
    assert line.taken == ["40", "41"]


def test_a_line_that_fails_lets_its_writer_go() -> None:
    line = Slow(fails=True)
    line.may.release(2)
    outbox = Outbox(line, begin=begun, sleep=time.sleep)
    for packet in (message(0), message(1), None):
        outbox.put(packet)
    outbox.join()
    assert (outbox.empty(), line.taken, line.closed) == (True, [], True)


def test_a_frame_cut_in_the_middle_ends_the_socket() -> None:
    ours, theirs = socket.socketpair()
    ours.settimeout(0.2)
    whole = WholeSocket(ours)
    with pytest.raises(TimeoutError):
        whole.send(bytes(10_000_000))
    assert whole.over
    assert not whole.send_now(b"x")
    assert whole.recv(1) == b""
    ours.close()
    theirs.close()
