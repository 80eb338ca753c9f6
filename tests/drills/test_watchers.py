"""Three hundred bidders and a thousand watchers on one lot of a real ``auction web`` process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.program.running import free_port

BIDDERS, WATCHERS, SECONDS = 300, 1000, 20
LOAD = Path(__file__).with_name("load.py")
AUCTION = Path(sys.executable).with_name("auction")


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=2) as reply:  # noqa: S310 - loopback
            return bool(reply.status == 200)
    except OSError:
        return False


def read(url: str) -> Any:  # noqa: ANN401 - JSON
    with urllib.request.urlopen(url, timeout=10) as reply:  # noqa: S310 - loopback
        return json.load(reply)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drill")


@pytest.fixture(scope="module")
def made(data: Path) -> Path:
    """Seed one lot that is open now, with its bidders admitted."""
    out = data / "made.json"
    command: list[str | Path] = [AUCTION, "seed-bench", "--lots", "1", "--bidders", str(BIDDERS), "--minutes", "60"]
    subprocess.run([*command, "--out", out, "--data", data / "var"], check=True, timeout=300)
    return out


@pytest.fixture(scope="module")
def web(data: Path, made: Path) -> Iterator[str]:
    port = free_port()
    with (data / "web.log").open("w") as log:
        process = subprocess.Popen(
            [AUCTION, "web", "--port", str(port), "--data", data / "var", "--demo"], stdout=log, stderr=log
        )
        url = f"http://127.0.0.1:{port}"
        until = time.monotonic() + 60
        while not answers(url) and time.monotonic() < until:
            assert process.poll() is None, (data / "web.log").read_text()
            time.sleep(0.2)
        yield url
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def load(what: str, web: str, made: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(LOAD), what, "--url", web.replace("http", "ws"), "--made", str(made), *more]
    environment = {**os.environ, "PYTHONPATH": ""}
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)


def last_line(process: subprocess.Popen[str], *, say: str = "") -> dict[str, Any]:
    out, _ = process.communicate(say, timeout=240)
    assert process.returncode == 0, out
    found = json.loads(out.splitlines()[-1])
    assert isinstance(found, dict)
    return found


def docket(web: str, lot: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        page = read(f"{web}/api/v1/lots/{lot}/docket?after={after}&limit=500")
        entries += page["items"]
        after = page["next"]
    return entries


@pytest.mark.slow
def test_300_bidders_and_1000_watchers_on_one_lot(web: str, made: Path, data: Path) -> None:
    lot = json.loads(made.read_text())["lots"][0]["id"]
    watching = load("watch", web, made, "--count", str(WATCHERS), "--seconds", "4")
    assert watching.stdout is not None
    assert watching.stdout.readline() == "watching\n"
    bidding = load("bid", web, made, "--count", str(BIDDERS), "--seconds", str(SECONDS), "--pause", "1")
    bids = last_line(bidding)
    watched = last_line(watching, say="over\n")
    receipts: dict[str, str] = bids.pop("receipts")
    own = bids.pop("states")
    told = watched.pop("states")
    figures = {
        "bids": bids | {"a_second": round(sum(bids["outcomes"].values()) / bids["seconds"], 1)},
        "watchers": watched | {"states_each": [min(told), max(told)], "delivered": sum(told) + sum(own)},
    }
    sys.stdout.write(f"{json.dumps(figures, indent=1)}\n")

    entries = docket(web, lot)
    kept = [entry for entry in entries if entry["kind"] in {"bid.accepted", "bid.refused"}]
    found = {entry["public"]["bid_id"]: entry["hash"] for entry in kept}
    assert len(found) == len(kept)
    assert receipts.items() <= found.items()
    assert set(bids["outcomes"]) <= {"accepted", "bidding.too_low", "bidding.own_lead"}
    assert bids["clients"] == BIDDERS
    assert watched["told"] == WATCHERS
    assert watched["in_order"]
    assert watched["last"] == [entries[-1]["seq"]]
    # Ten a second are sent; in one second's window of a receiver an eleventh may arrive that the network held back.
    assert max(told) <= 10 * (bids["seconds"] + 1)
    assert watched["most_in_a_second"] <= 12
    assert "Traceback" not in (data / "web.log").read_text()
