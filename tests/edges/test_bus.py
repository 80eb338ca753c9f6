"""The bus between processes: what it carries, what it must not be believed, and life without it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.edges.platform import Platform, create_platform
from auction.foundation.docket import commands as docket
from auction.foundation.docket import queries
from auction.foundation.docket.writing import WAKE_CHANNEL
from auction.gateways.bus import Bus, BusAwayError
from auction.gateways.bus_messages import (
    MESSAGE_MAX_BYTES,
    Moved,
    Watching,
    read,
    written_moved,
    written_watching,
)
from auction.settings import Settings
from tests.program.programs import Valkey
from tests.program.running import wait_until

PROCESS = "0123456789abcdef"
SECONDS = 10.0


@dataclass
class Hearing:
    """A process that hears the bus, as long as the block runs."""

    bus: Bus
    heard: list[Moved | Watching] = field(default_factory=list)
    stood: threading.Event = field(default_factory=threading.Event)
    fault: BusAwayError | None = None
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(SECONDS)
        self.bus.close()

    def moved(self) -> list[str]:
        return [lot for message in self.heard if isinstance(message, Moved) for lot in message.lots]

    def waits_for(self, holds: Callable[[], bool], what: str) -> None:
        wait_until(holds, what=f"{what}; heard {self.heard}", seconds=SECONDS, pause=0.01)

    def _run(self) -> None:
        try:
            self.bus.hear(self.heard.append, heard=self.stood.set, stop=self._stop)
        except BusAwayError as away:
            self.fault = away


def hearing(bus: Bus) -> Hearing:
    return Hearing(bus)


def test_a_process_hears_what_another_tells_and_itself_at_once_and_once(valkey: Valkey) -> None:
    with hearing(Bus(valkey.url, secret="s")) as here, hearing(Bus(valkey.url, secret="s")) as there:
        assert here.stood.wait(SECONDS)
        assert there.stood.wait(SECONDS)
        here.bus.moved(["L1", "L2"])
        assert here.moved() == ["L1", "L2"]
        there.waits_for(lambda: there.moved() == ["L1", "L2"], "the other process")
        there.bus.watching({"L1": 3})
        here.waits_for(lambda: Watching(there.bus.process, {"L1": 3}) in here.heard, "the watchers")
        assert here.moved() == ["L1", "L2"]


def test_a_platform_with_another_secret_hears_nothing_of_it(valkey: Valkey) -> None:
    stranger = Bus(valkey.url, secret="t")
    assert stranger.name != Bus(valkey.url, secret="s").name
    assert "secret" not in stranger.name
    with hearing(stranger) as apart, hearing(Bus(valkey.url, secret="s")) as there:
        assert apart.stood.wait(SECONDS)
        assert there.stood.wait(SECONDS)
        told = Bus(valkey.url, secret="s")
        told.moved(["L1"])
        there.waits_for(lambda: there.moved() == ["L1"], "its own platform")
        told.close()
        assert apart.heard == []


HOSTILE = {
    "nothing": b"",
    "no text": b"\xff\xfe\x00",
    "null": b"null",
    "a list": b"[]",
    "a number": b"17",
    "no number": b"NaN",
    "a text": b'"lot:L1"',
    "half an object": b"{",
    "too deep": b"[" * 20_000,
    "no process": b'{"moved":["L1"]}',
    "nothing but a process": b'{"process":"%s"}' % PROCESS.encode(),
    "a process that is a number": b'{"process":7,"moved":["L1"]}',
    "a process that is a path": b'{"process":"../../etc","moved":["L1"]}',
    "lots that are a text": json.dumps({"process": PROCESS, "moved": "L1"}).encode(),
    "lots that are an object": json.dumps({"process": PROCESS, "moved": {"L1": 1}}).encode(),
    "a lot that is a number": json.dumps({"process": PROCESS, "moved": ["L1", 7]}).encode(),
    "a lot too long": json.dumps({"process": PROCESS, "moved": ["x" * 81]}).encode(),
    "a lot that is a statement": json.dumps({"process": PROCESS, "moved": ["'; DROP TABLE lots; --"]}).encode(),
    "a lot with a null": json.dumps({"process": PROCESS, "moved": ["L1\u0000"]}).encode(),
    "too many lots": json.dumps({"process": PROCESS, "moved": ["L"] * 401}).encode(),
    "two things at once": json.dumps({"process": PROCESS, "moved": ["L1"], "watching": {"L1": 1}}).encode(),
    "watchers in a list": json.dumps({"process": PROCESS, "watching": ["L1"]}).encode(),
    "fewer than nobody": json.dumps({"process": PROCESS, "watching": {"L1": -1}}).encode(),
    "watchers that are true": json.dumps({"process": PROCESS, "watching": {"L1": True}}).encode(),
    "half a watcher": json.dumps({"process": PROCESS, "watching": {"L1": 1.5}}).encode(),
    "watchers in words": json.dumps({"process": PROCESS, "watching": {"L1": "9"}}).encode(),
    "more watchers than people": json.dumps({"process": PROCESS, "watching": {"L1": 10**30}}).encode(),
    "a lot without a name": json.dumps({"process": PROCESS, "watching": {"": 1}}).encode(),
    "beyond the size": json.dumps({"process": PROCESS, "moved": ["L1"], "more": "x" * MESSAGE_MAX_BYTES}).encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_message_that_is_none_of_ours_is_left_aside(name: str) -> None:
    assert read(HOSTILE[name]) is None


@given(st.one_of(st.binary(), st.text(), st.integers(), st.none(), st.recursive(st.none() | st.text(), st.lists)))
def test_whatever_comes_is_read_or_left_aside(message: object) -> None:
    assert read(message) is None


@given(st.lists(st.from_regex(r"\A[A-Z0-9:]{1,80}\Z"), max_size=900, unique=True))
def test_what_is_written_is_read_again_whole_and_in_messages_of_a_size_that_is_read(lots: list[str]) -> None:
    moved = list(written_moved(PROCESS, lots))
    assert [lot for message in map(read, moved) if isinstance(message, Moved) for lot in message.lots] == lots
    watching = list(written_watching(PROCESS, dict.fromkeys(lots, 2)))
    heard = [message for message in map(read, watching) if isinstance(message, Watching)]
    assert {lot for message in heard for lot in message.watchers} == set(lots)
    assert all(len(message) <= MESSAGE_MAX_BYTES for message in [*moved, *watching])


def test_garbage_and_a_huge_message_leave_the_line_standing(valkey: Valkey) -> None:
    with hearing(Bus(valkey.url, secret="s")) as here, valkey.client() as stranger:
        assert here.stood.wait(SECONDS)
        for message in [*HOSTILE.values(), b"x" * 5_000_000]:
            stranger.publish(here.bus.name, message)
        told = Bus(valkey.url, secret="s")
        told.moved(["L1"])
        here.waits_for(lambda: here.moved() == ["L1"], "the message after the garbage")
        told.close()
        assert len(here.heard) == 1
        assert here.fault is None


def test_a_wrong_password_is_an_absent_bus_and_is_told_without_it(valkey: Valkey) -> None:
    url = valkey.url.replace(valkey.password, "wrong-and-secret")
    with hearing(Bus(url, secret="s")) as here:
        here.waits_for(lambda: here.fault is not None, "the refusal")
        here.bus.moved(["L1"])  # waits for nobody
        assert here.moved() == ["L1"]
    assert "wrong-and-secret" not in f"{here.fault!r} {here.fault}"


def test_what_was_told_while_the_bus_was_away_is_told_once_it_is_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = Valkey(tmp_path)
    server.start()
    told = Bus(server.url, secret="s")
    try:
        with hearing(Bus(server.url, secret="s")) as here:
            assert here.stood.wait(SECONDS)
            server.pause()
            told.moved(["L1", "L2"])  # waits for nobody
            wait_until(lambda: "the bus is away" in caplog.text, what="the sender to notice", seconds=SECONDS)
            told.moved(["L2", "L3"])
            server.go_on()
            here.waits_for(lambda: {"L1", "L2", "L3"} <= set(here.moved()), "all that was told")
            wait_until(lambda: "the bus is back" in caplog.text, what="the sender to notice", seconds=SECONDS)
        assert server.password not in caplog.text
    finally:
        told.close()
        server.kill()


@pytest.mark.slow
def test_a_bus_that_hangs_is_given_up(tmp_path: Path) -> None:
    server = Valkey(tmp_path)
    server.start()
    assert server.process is not None
    try:
        with hearing(Bus(server.url, secret="s")) as here:
            assert here.stood.wait(SECONDS)
            server.pause()
            here.bus.moved(["L1"])  # waits for nobody
            here.waits_for(lambda: here.fault is not None, "the silence to be noticed")
    finally:
        server.kill()


@pytest.fixture
def joined(settings: Settings, database_url: str, valkey: Valkey) -> Iterator[Platform]:
    platform = create_platform(replace(settings, bus_url=valkey.url), database_url)
    yield platform
    platform.close()


def test_a_commit_is_told_on_the_bus_and_a_roll_back_is_not(joined: Platform) -> None:
    assert joined.bus is not None
    with hearing(joined.bus) as here:
        assert here.stood.wait(SECONDS)
        with joined.act() as act:
            docket.append(act, "lot:L1", "bid.accepted", {})
            docket.append(act, "lot:L1", "bid.accepted", {})
            docket.append(act, "case:C1", "case.opened", {})
            assert here.heard == [], "told before the commit"
        assert here.moved() == ["L1"]
        with suppress(ZeroDivisionError), joined.act() as act:
            docket.append(act, "lot:L2", "bid.accepted", {})
            raise ZeroDivisionError
        with joined.act():
            pass
        assert here.moved() == ["L1"]


def test_with_a_bus_the_database_need_not_tell_and_without_it_does(joined: Platform, platform: Platform) -> None:
    url = platform.database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as listening:
        listening.execute(f"LISTEN {WAKE_CHANNEL}")
        with joined.act() as act:
            docket.append(act, "lot:L1", "bid.accepted", {})
        with platform.act() as act:
            docket.append(act, "lot:L2", "bid.accepted", {})
        told = [notice.payload for notice in listening.notifies(timeout=SECONDS, stop_after=1)]
    assert told == ["lot:L2"]
    with platform.read() as session:
        assert queries.heads(session, ["lot:L1", "lot:L2", "lot:L3"]) == {"lot:L1": 1, "lot:L2": 1}


def test_nothing_that_opens_sockets_is_loaded_before_gevent_has_patched_them() -> None:
    look = (
        "import sys; import auction.edges.cli.main; import auction.edges.cli.web; "
        "print(sorted({'redis', 'psycopg', 'sqlalchemy', 'httpx', 'urllib3', 'limits', 'flask', 'engineio', 'stripe'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
