"""Long polling, where a single process offers it: hostile posts, and moving over to a WebSocket."""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from flask import Flask
from werkzeug.serving import make_server

from auction.app import create_app
from auction.edges.live import live_of
from auction.edges.platform import Platform
from tests.edges.opened import open_lot
from tests.edges.raw import Raw

DEEP = "[" * 9_000
PING_SECONDS = 10.0


@dataclass
class Poller:
    """A client of long polling that posts whatever it likes."""

    url: str

    def __post_init__(self) -> None:
        self.client = httpx.Client(base_url=self.url, timeout=10)
        opened = self.client.get("/socket.io/", params={"EIO": "4", "transport": "polling"})
        self.session = str(json.loads(opened.text[1:])["sid"])
        assert self.post(b"40/live,").status_code == 200
        assert self.poll().startswith("40/live")

    @property
    def _where(self) -> dict[str, str]:
        return {"EIO": "4", "transport": "polling", "sid": self.session}

    def post(self, body: bytes, **more: str) -> httpx.Response:
        return self.client.post("/socket.io/", params={**self._where, **more}, content=body)

    def poll(self) -> str:
        return self.client.get("/socket.io/", params=self._where).text

    def ask(self, event: str) -> str:
        """Ask, and return the answer; a transport that has just failed is let go first."""
        assert self.post(f'42/live,1["{event}"]'.encode()).status_code == 200
        while (told := self.poll()) == "6":
            threading.Event().wait(0.02)
        return told


@pytest.fixture
def app(platform: Platform) -> Iterator[Flask]:
    open_lot(platform)
    made = create_app(platform)
    yield made
    live_of(made).stop()


@pytest.fixture
def url(app: Flask, caplog: pytest.LogCaptureFixture) -> Iterator[str]:
    """Serve on a port, and see that nothing was taken for a fault of the program."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    line: Any = live_of(app).socketio
    line.server.eio.ping_interval = line.server.eio.ping_timeout = PING_SECONDS
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    serving.start()
    with caplog.at_level(logging.INFO):
        yield f"http://127.0.0.1:{server.server_port}"
        for one in list(line.server.eio.sockets.values()):
            one.close(wait=False)
        server.shutdown()
        serving.join()
        server.server_close()
        line.server.shutdown()
    assert [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR] == []


_BODIES: dict[str, bytes] = {
    "nothing": b"",
    "a word": b"hello",
    "no UTF-8": b"42/live,\xff\xfe",
    "half a character": '42/live,["号'.encode()[:-1],
    "an empty packet between others": b"3\x1e\x1e3",
    "more packets than a request may hold": b"\x1e".join([b"3"] * 17),
    "a number that is a digit and is none": "²".encode(),
    "binary as text": b"bAAAA",
    "binary as text, broken": b"b!",
    "for a script of another page": b"d=42",
    "for a script of another page, of nothing": b"d=",
    "a packet that only the server sends": b'0{"sid":"x"}',
    "a ping": b"2",
    "a move to another transport": b"5",
    "a message of no kind": b"4",
    "a kind nobody knows": b"49",
    "attachments announced": b'451-/live,["watch",{"_placeholder":true,"num":0}]',
    "a good packet and a bad one": b'42/live,1["clock"]\x1e\x00',
    "beyond the limit": b"4" + b"2" * 50_000,
    "a ping with depths": b"3" + DEEP.encode(),
}


def test_a_post_that_is_no_packets_is_refused_once_and_ends_its_session(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    steady = Poller(url)
    for what, body in _BODIES.items():
        caplog.clear()
        hostile = Poller(url)
        refused = hostile.post(body)
        assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json"), what
        assert refused.json()["code"] == "input.malformed", what
        assert len([record for record in caplog.records if "is refused" in record.message]) == 1, what
        assert [record for record in caplog.records if record.exc_info] == [], what
        assert hostile.post(b"3").status_code == 400, what
    assert "server_time" in steady.ask("clock")


def test_a_packet_that_says_nothing_ends_its_session_too(url: str) -> None:
    steady = Poller(url)
    for what in (f"42/live,{DEEP}", '42/live,["watch",{"lot":', "42/live,[]", "42/other,1[1]"):
        hostile = Poller(url)
        assert hostile.post(what.encode()).status_code == 400, what
        assert hostile.post(b"3").status_code == 400, what
    assert "server_time" in steady.ask("clock")


def test_a_client_says_goodbye_and_nothing_after_it(url: str) -> None:
    poller = Poller(url)
    assert poller.post(b"1").status_code == 200
    assert poller.post(b"3").status_code == 400


def _status(poller: Poller, *, length: str) -> bytes:
    """Post one byte under a length, say no more, and return the status."""
    address = urlsplit(poller.url)
    head = f"POST /socket.io/?EIO=4&transport=polling&sid={poller.session} HTTP/1.1\r\nHost: x\r\n"
    with socket.create_connection((address.hostname, address.port), timeout=10) as sock:
        sock.sendall(f"{head}Content-Length: {length}\r\n\r\n3".encode("latin-1"))
        sock.shutdown(socket.SHUT_WR)
        return sock.recv(4096).split(b" ", 2)[1]


def test_a_length_that_is_none_and_a_post_cut_off_are_refused(url: str) -> None:
    for length in ("-1", "x", "²", "1" * 30, "9" * 6_000, "99999999", "1e3", "100"):
        assert _status(Poller(url), length=length) == b"400", length


def test_nobodys_session_is_refused(url: str) -> None:
    for session in ("", "none", "\x00", "号", "x" * 2_000):
        params = {"EIO": "4", "transport": "polling", "sid": session}
        assert httpx.post(f"{url}/socket.io/", params=params, content=b"3").status_code == 400, session


def _over(poller: Poller) -> Raw:
    return Raw(poller.url, session=poller.session)


def test_a_session_moves_over_to_a_websocket_and_what_waited_comes_first(url: str) -> None:
    poller = Poller(url)
    with _over(poller) as line:
        line.say("2probe")
        assert line.read() == "3probe"
        assert poller.poll() == "6"
        for number in range(5):
            assert poller.post(f'42/live,{number}["clock"]'.encode()).status_code == 200
        line.say("5")
        answered = [text for text in (line.read() or "" for _ in range(6)) if text != "6"]
        assert sorted(text.partition("[")[0] for text in answered) == [f"43/live,{number}" for number in range(5)]
        assert line.ask("watch", {"lot": "L1"}, number=7)["ok"]
        assert poller.post(b"3").status_code == 400  # it has moved
        assert line.ask("clock", number=8)["server_time"]


def test_who_does_not_try_the_websocket_as_agreed_goes_on_polling(url: str) -> None:
    poller = Poller(url)
    for said in ("3", "5", "hello", "2", '42/live,1["clock"]'):
        with _over(poller) as line:
            line.say(said)
            assert line.ended(), said
        assert "server_time" in poller.ask("clock"), said


def test_who_tries_two_websockets_at_once_gets_the_first(url: str) -> None:
    poller = Poller(url)
    with _over(poller) as first:
        first.say("2probe")
        assert first.read() == "3probe"
        with _over(poller) as second:
            second.say("2probe")
            assert second.ended()
        first.say("5")
        assert first.read() == "6"
        assert first.ask("clock")["server_time"]


def test_who_tries_a_websocket_and_says_no_more_goes_on_polling(url: str) -> None:
    poller = Poller(url)
    with _over(poller) as line:
        line.say("2probe")
        assert line.read() == "3probe"
        assert poller.poll() == "6"
    assert "server_time" in poller.ask("clock")
