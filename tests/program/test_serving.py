"""`auction serve`: one command brings everything up, and its end leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import time
from datetime import datetime, timedelta

import httpx
import pytest

from tests.program.running import Place, processes_of, tell, wait_until

pytestmark = pytest.mark.xdist_group("program")


def test_it_prints_where_it_serves_and_the_demo_accounts(serving: Place) -> None:
    assert f"Serving on {serving.url}" in serving.said
    assert "Demo accounts (password " in serving.said
    for login in ("officer", "panel", "finance", "head", "supervisor", "admin", "bidder1", "bidder2"):
        assert login in serving.said


def test_it_is_alive_ready_and_shows_its_pages(serving: Place) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/", "/lots", "/rules", "/api/v1/lots", "/api/v1/openapi.json"):
        status, body = serving.get(path)
        assert status == 200, (path, body[:200])
    assert json.loads(serving.get("/readyz")[1])["dependencies"] == {"database": "ok", "clock": "ok"}


def test_bids_are_taken_in_a_process_apart_from_the_jobs(serving: Place) -> None:
    lines = processes_of(serving.data).values()
    assert sum(" web " in line for line in lines) == 1
    assert sum(" jobs " in line for line in lines) == 1


def test_a_taken_port_is_refused_before_anything_is_started(serving: Place, place: Place) -> None:
    place.port = serving.port
    process = place.launch()
    assert process.wait(60) == 2
    assert f"Cannot listen on 127.0.0.1:{serving.port}" in place.said
    assert not (place.data / "postgres").exists()


def test_it_ends_with_sigterm_and_starts_again_within_ten_seconds(serving: Place) -> None:
    began = time.monotonic()
    assert serving.stop() == 0
    ended = time.monotonic() - began
    again = serving.start()
    tell(f"ended in {ended:.1f} s, started again in {again:.1f} s")
    assert again < 10 * _slowness()
    lot = serving.said.split("/lots/")[1].split()[0]
    state = serving.state(lot)
    assert state["status"] == "open"
    left = datetime.fromisoformat(state["ends_at"]) - datetime.fromisoformat(state["server_time"])
    assert left <= timedelta(minutes=10), "something closes soon after each start"


def test_a_killed_child_and_a_killed_database_come_back(serving: Place) -> None:
    web = next(number for number, line in processes_of(serving.data).items() if " web " in line)
    database = serving.postmaster()
    os.kill(database, signal.SIGKILL)
    os.kill(web, signal.SIGKILL)
    took = wait_until(lambda: _ready(serving), what=f"ready again; it said: {serving.said}", pause=0.2)
    tell(f"ready again {took:.1f} s after web and database were killed")
    assert serving.postmaster() != database


def test_a_killed_supervisor_takes_its_children_along_and_the_next_start_finds_the_port_free(serving: Place) -> None:
    children = [number for number, line in processes_of(serving.data).items() if " web " in line or " jobs " in line]
    serving.kill(children=False)
    serving.start()
    wait_until(lambda: not set(children) & set(processes_of(serving.data)), what="the end of the orphans", seconds=20)
    assert _ready(serving)


def _ready(place: Place) -> bool:
    try:
        return place.get("/readyz")[0] == 200
    except httpx.TransportError:
        return False


def _slowness() -> float:
    """How much longer than alone a process must be expected to take on a machine with other work."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
