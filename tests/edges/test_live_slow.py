"""Slow, silent and numerous clients: who does not read or answer for long is dropped, and comes again where he was."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from socket import SO_SNDBUF, SOL_SOCKET
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from auction.app import create_app
from auction.edges.limits import Limits
from auction.edges.live import Live, live_of
from auction.edges.live.pace import Pace
from auction.edges.platform import Platform
from auction.procedure.identity import commands as identity
from tests.edges.opened import START, STEP, key_of, open_lot
from tests.edges.raw import PING, Raw, frame
from tests.road import Road

PING_SECONDS = 0.5


@pytest.fixture
def road(platform: Platform) -> Road:
    return open_lot(platform)


@pytest.fixture
def app(platform: Platform, road: Road) -> Iterator[Flask]:
    made = create_app(platform)
    yield made
    live_of(made).stop()


@dataclass
class Served:
    """The application on a port, with little room on the wire and short patience."""

    app: Flask
    url: str

    @property
    def live(self) -> Live:
        return live_of(self.app)

    @property
    def server(self) -> Any:  # noqa: ANN401 - python-socketio has no types
        line: Any = self.live.socketio
        return line.server

    @property
    def engine(self) -> Any:  # noqa: ANN401 - python-engineio has none either
        return self.server.eio


@pytest.fixture
def served(app: Flask) -> Iterator[Served]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.socket.setsockopt(SOL_SOCKET, SO_SNDBUF, 8_192)
    found = Served(app, f"http://127.0.0.1:{server.server_port}")
    found.engine.ping_interval = found.engine.ping_timeout = PING_SECONDS
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    serving.start()
    yield found
    for line in list(found.engine.sockets.values()):
        line.close(wait=False)
    server.shutdown()
    serving.join()
    server.server_close()
    found.server.shutdown()


def soon(holds: Callable[[], bool], *, seconds: float = 15) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        threading.Event().wait(0.05)
    return True


def threads() -> list[str]:
    """The threads that serve lines: each has one that reads, and one that writes as long as something waits."""
    ours = ("process_request_thread", "_write", "simple_websocket")
    return [one.name for one in threading.enumerate() if any(name in one.name for name in ours)]


def test_who_never_answers_a_ping_is_dropped_and_leaves_nothing_behind(served: Served) -> None:
    """A half-open connection looks like this: it takes what is sent and never says anything."""
    with Raw(served.url) as silent:
        silent.join().ask("watch", {"lot": "L1"})
        assert served.live.pusher.watchers("L1") == 1
        assert silent.ended()
        assert soon(lambda: served.live.pusher.watchers("L1") == 0)
        assert soon(lambda: threads() == []), threads()  # while the client still holds its end
        assert soon(lambda: not served.engine.sockets)


def test_pings_of_the_wire_do_not_stand_for_an_answer(served: Served) -> None:
    with Raw(served.url) as silent:
        silent.join().ask("watch", {"lot": "L1"})
        for _ in range(20):
            try:
                silent.sock.sendall(frame(b"", opcode=PING))
            except ConnectionError:
                break
            threading.Event().wait(0.2)
        assert soon(lambda: served.live.pusher.watchers("L1") == 0)


def test_who_never_reads_is_dropped_with_little_waiting_for_him_and_resumes(served: Served, road: Road) -> None:
    """He answers every ping, as a machine would, and takes nothing off the wire."""
    token = key_of(road, "B")
    with Raw(served.url, unread_bytes=4_096) as deaf, Raw(served.url) as bidder:
        seq = deaf.join().ask("watch", {"lot": "L1"})["state"]["seq"]
        bidder.join(token)
        (line,) = [one for one in served.engine.sockets.values() if one.sid != _newest(served)]
        for _ in range(100):
            deaf.say('42/live,9["watch",{"lot":"L1"}]')
        waiting, until = 0, time.monotonic() + 15
        while served.live.pusher.watchers("L1") and time.monotonic() < until:
            waiting = max(waiting, line.queue.qsize())
            bidder.say("3")
            _answer_ping(deaf)
            threading.Event().wait(0.1)
        assert served.live.pusher.watchers("L1") == 0, "he is still served"
        assert 0 < waiting <= Limits().answers_unread
        answer = bidder.ask("bid", {"lot": "L1", "amount_minor": START, "bid_id": "b1"})
        assert answer["ok"], answer
    with Raw(served.url) as again:
        answer = again.join().ask("watch", {"lot": "L1", "after": seq})
    seqs = [entry["seq"] for entry in answer["entries"]]
    assert seqs == list(range(seq + 1, answer["state"]["seq"] + 1))
    assert answer["state"]["price_minor"] == START


def _newest(served: Served) -> str:
    return str(list(served.engine.sockets)[-1])


def _answer_ping(line: Raw) -> None:
    try:
        line.say("3")
    except ConnectionError:
        return


def test_states_do_not_pile_up_for_who_does_not_read(served: Served, road: Road) -> None:
    with Raw(served.url, unread_bytes=4_096) as deaf, Raw(served.url) as reader:
        deaf.join().ask("watch", {"lot": "L1"})
        reader.join().ask("watch", {"lot": "L1"})
        (line, _) = served.engine.sockets.values()
        for _ in range(40):
            deaf.say('42/live,9["watch",{"lot":"L1"}]')
        for number in range(10):
            road.bid("AB"[number % 2], START + number * STEP)
            served.live.pusher.dirty("L1")
            threading.Event().wait(0.11)
            for one in (deaf, reader):
                _answer_ping(one)
        last = START + 9 * STEP
        while f'"price_minor":{last}' not in (told := reader.read() or ""):
            assert told
        assert line.queue.qsize() <= 40 + 2


def test_one_address_holds_so_many_lines_and_no_more(served: Served) -> None:
    limit = Limits().lines_per_address
    connect, disconnect = served.engine.handlers["connect"], served.engine.handlers["disconnect"]
    hall = {"REMOTE_ADDR": "203.0.113.7", "HTTP_ACCEPT_LANGUAGE": "en"}
    for number in range(limit):
        assert connect(f"line-{number}", hall) is None
    refused = connect("one-more", hall)
    assert (refused["code"], refused["status"]) == ("rate.limited", 429)
    assert connect("of-another", {"REMOTE_ADDR": "203.0.113.8"}) is None
    assert connect("of-ours", {"REMOTE_ADDR": "127.0.0.1"}) is None
    disconnect("line-0", "client disconnect")
    assert connect("one-more", hall) is None
    for line in [f"line-{number}" for number in range(1, limit)]:
        disconnect(line, "client disconnect")


def test_a_closed_account_goes_on_watching_as_anybody_may(served: Served, road: Road) -> None:
    with Raw(served.url) as bidder:
        bidder.join(key_of(road, "A"))
        with road.platform.act() as act:
            identity.close_account(act, account=road.person("A").id)
        assert bidder.ask("watch", {"lot": "L1"})["ok"]
        road.bid("B", START)
        served.live.pusher.dirty("L1")
        while f'"price_minor":{START}' not in (told := bidder.read() or ""):
            assert told


def test_the_pace_lets_a_burst_through_and_then_the_rate() -> None:
    pace = Pace(per_second=10, burst=3)
    assert [pace.allows() for _ in range(4)] == [True, True, True, False]
    slow = Pace(per_second=10, burst=1)
    assert slow.delay() == 0
    assert 0 < slow.delay() <= 0.1
    assert 0.1 < slow.delay() <= 0.2
