"""The live channel of a real ``auction web`` process, spoken to by python-socketio's own client."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import socketio

from tests.program.running import free_port

pytestmark = pytest.mark.xdist_group("live_process")  # one server for all of them
AUCTION = Path(sys.executable).with_name("auction")
SEED = ["seed-bench", "--lots", "1", "--bidders", "2", "--minutes", "30"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, Any]]]:
    """Start a process on a database of its own; return its address and what was seeded."""
    folder = tmp_path_factory.mktemp("served")
    out, data = folder / "made.json", folder / "var"
    subprocess.run([AUCTION, *SEED, "--out", out, "--data", data], check=True, timeout=240)
    port = free_port()
    with (folder / "web.log").open("w") as log:
        command: list[str | Path] = [AUCTION, "web", "--port", str(port), "--data", data, "--demo"]
        process = subprocess.Popen(command, stdout=log, stderr=log)
        url = f"http://127.0.0.1:{port}"
        _wait_for(url, process, folder / "web.log")
        yield url, json.loads(out.read_text())
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
    assert "Traceback" not in (folder / "web.log").read_text()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2):  # noqa: S310 - loopback
                return
        except OSError:
            threading.Event().wait(0.2)
    pytest.fail(log.read_text())


@pytest.fixture(autouse=True)
def _no_line_outlives_its_test() -> Iterator[None]:
    """A client that goes on reconnecting draws random numbers under the properties that run after it."""
    yield
    assert [thread.name for thread in threading.enumerate() if "reconnect" in thread.name] == []


@pytest.mark.parametrize("transport", ["websocket", "polling", "polling websocket"])
def test_a_bid_over_a_real_line_is_acknowledged_pushed_and_kept(
    served: tuple[str, dict[str, Any]], transport: str
) -> None:
    url, made = served
    lot = made["lots"][0]
    with socketio.SimpleClient(reconnection=False) as watcher, socketio.SimpleClient(reconnection=False) as bidder:
        watcher.connect(url, namespace="/live", transports=transport.split())
        token = made["bidders"][1 if transport == "polling" else 0]["token"]
        bidder.connect(url, namespace="/live", auth={"token": token}, transports=transport.split())
        assert bidder.client.eio.current_transport in transport.split()[-1:]
        before = watcher.call("watch", {"lot": lot["id"]})["state"]
        bid_id = transport.replace(" ", "-")
        offer = {"lot": lot["id"], "amount_minor": before["least_acceptable_minor"], "bid_id": bid_id}
        answer = bidder.call("bid", offer)
        assert answer["ok"], answer
        assert bidder.call("bid", offer)["receipt"]["entry_hash"] == answer["receipt"]["entry_hash"]
        price = 0
        while price != offer["amount_minor"]:
            event, state = watcher.receive(timeout=10)
            assert event == "state"
            price = state["price_minor"]
        assert bidder.call("watch")["problem"]["code"] == "input.malformed"
        assert watcher.call("bid", offer)["problem"]["code"] == "auth.required"
    with urllib.request.urlopen(f"{url}/api/v1/lots/{lot['id']}/docket?after={before['seq']}") as reply:  # noqa: S310
        entries = json.load(reply)["items"]
    kept = [entry["hash"] for entry in entries if entry["public"].get("bid_id") == bid_id]
    assert kept == [answer["receipt"]["entry_hash"]]


def _ended(line: socketio.SimpleClient) -> bool:
    """Wait until the server has hung up, and give back the socket, which python-engineio then leaves open."""
    for _ in range(100):
        if not line.client.connected:
            line.client.eio.ws.shutdown()
            return True
        threading.Event().wait(0.1)
    return False


def test_a_message_beyond_the_limit_ends_only_its_own_line(served: tuple[str, dict[str, Any]]) -> None:
    url, made = served
    lot = made["lots"][0]["id"]
    with socketio.SimpleClient(reconnection=False) as steady, socketio.SimpleClient(reconnection=False) as flood:
        steady.connect(url, namespace="/live", transports=["websocket"])
        flood.connect(url, namespace="/live", transports=["websocket"])
        flood.emit("watch", {"lot": "x" * 50_000})
        assert steady.call("watch", {"lot": lot})["ok"]
        assert steady.call("clock", {})["server_time"]
        assert _ended(flood), "the server kept the line of a client beyond the limit"
