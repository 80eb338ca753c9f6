"""`auction serve`: one command brings everything up, and its end leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import time

import httpx
import pytest

from tests.program.running import Place, processes_of, tell, wait_until

pytestmark = pytest.mark.xdist_group("program")


def test_it_prints_where_it_serves_and_the_demo_accounts(serving: Place) -> None:
    assert f"Serving on {serving.url}" in serving.said
    assert "Demo accounts (password " in serving.said
    for login in ("officer", "panel", "finance", "head", "supervisor", "admin", "bidder1", "bidder2"):
        assert login in serving.said


def test_a_lot_closes_within_ten_minutes(serving: Place) -> None:
    lot = serving.said.split("/lots/")[1].split()[0]
    state = serving.state(lot)
    assert state["status"] == "open"
    assert state["ends_at"] > state["server_time"]


def test_it_is_alive_ready_and_shows_its_pages(serving: Place) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/", "/lots", "/rules", "/api/v1/lots", "/api/v1/openapi.json"):
        status, body = serving.get(path)
        assert status == 200, (path, body[:200])
    assert json.loads(serving.get("/readyz")[1])["dependencies"] == {"database": "ok"}


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


def test_it_ends_with_sigterm_and_starts_again_within_ten_seconds(place: Place) -> None:
    place.start()
    began = time.monotonic()
    assert place.stop() == 0
    ended = time.monotonic() - began
    again = place.start()
    assert "Serving on" in place.said
    assert place.stop() == 0
    tell(f"ended in {ended:.1f} s, second start in {again:.1f} s")
    assert again < 10 * _slowness()


def test_a_killed_child_and_a_killed_database_come_back(serving: Place) -> None:
    web = next(number for number, line in processes_of(serving.data).items() if " web " in line)
    database = serving.postmaster()
    os.kill(database, signal.SIGKILL)
    os.kill(web, signal.SIGKILL)
    took = wait_until(lambda: _ready(serving), what=f"ready again; it said: {serving.said}", pause=0.2)
    tell(f"ready again {took:.1f} s after web and database were killed")
    assert serving.postmaster() != database


def _ready(place: Place) -> bool:
    try:
        return place.get("/readyz")[0] == 200
    except httpx.TransportError:
        return False


def _slowness() -> float:
    """How much longer than alone a process must be expected to take on a machine with other work."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
