"""Thousands of lots end in one second while people bid elsewhere: two ``auction jobs`` and one ``auction web``.

``AUCTION_DRILL_LOTS`` says how many, 5,000 without it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from auction.edges.cli.opening import open_database
from auction.edges.inbox.many_lots import seed_closings
from auction.edges.platform import Platform, create_platform
from auction.foundation.docket import queries as docket
from auction.foundation.docket.rules import first_fault
from auction.foundation.kernel.canonical import instant_text
from auction.settings import read_settings
from tests.drills.test_watchers import AUCTION, answers, last_line, load
from tests.program.running import free_port, tell

LOTS = int(os.environ.get("AUCTION_DRILL_LOTS", "5000"))
BIDDERS, PAUSE_SECONDS = 16, 0.1
CALM_SECONDS, STORM_SECONDS, BEFORE_SECONDS = 10, 30, 5
#: What the seeding of so many lots takes at the most, and the start of three programs.
SEEDING = timedelta(seconds=60 + LOTS * 0.02)
#: On a machine like ours; the drill says how long it took, and fails only far beyond it.
DECIDED_SECONDS, FOLLOWED_SECONDS, STOPPED_SECONDS = 60, 60 + LOTS * 0.2, 60


@dataclass
class Storm:
    """A platform with many lots that end at one instant, and the programs that serve it."""

    data: Path
    platform: Platform
    made: Path
    ends_at: datetime
    lots: list[str] = field(default_factory=list)
    web: str = ""

    def count(self, query: str) -> int:
        """Count something about the lots of the storm."""
        with self.platform.read() as session:
            found = session.execute(text(query), {"lots": self.lots, "chains": [f"lot:{lot}" for lot in self.lots]})
            return int(found.scalar_one())

    def wait_for_none(self, query: str, *, seconds: float) -> float:
        """Wait until nothing is counted any more, and return how long after the end that was."""
        while (left := self.count(query)) and self.seconds_after() < seconds:
            time.sleep(0.1)
        assert not left, f"{left} left after {seconds} s: {query}; {self.said()}"
        return self.seconds_after()

    def seconds_after(self) -> float:
        """Return how many seconds have passed since the lots' end."""
        return (self.platform.clock.now() - self.ends_at).total_seconds()

    def said(self) -> str:
        """Return what the programs wrote."""
        return "\n".join(path.read_text(errors="replace")[-2000:] for path in sorted(self.data.glob("*.log")))


def _environment() -> dict[str, str]:
    """Return what the programs are told: a setting of the drill is none of theirs."""
    return {key: value for key, value in os.environ.items() if not key.startswith("AUCTION_DRILL_")}


@contextmanager
def program(storm: Storm, name: str, *arguments: str) -> Iterator[None]:
    """Run a program of the platform on the storm's data."""
    command: list[str | Path] = [AUCTION, *arguments, "--data", storm.data / "var", "--demo"]
    with (storm.data / f"{name}.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=_environment())
        try:
            yield
            assert process.poll() is None, storm.said()
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=STOPPED_SECONDS)
            finally:
                process.kill()
                process.wait()


@pytest.fixture
def storm() -> Iterator[Storm]:
    """Make the lots and start the programs."""
    # A folder that the database's account can enter.
    data = Path(tempfile.mkdtemp(prefix="ja-storm-", dir="/tmp"))
    data.chmod(0o711)
    try:
        yield from _storm(data, made=data / "made.json")
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _storm(data: Path, *, made: Path) -> Iterator[Storm]:
    settings = read_settings({}, data=data / "var", demo=True)
    with open_database(settings) as url:
        platform = create_platform(settings, url)
        bench: list[str | Path] = [AUCTION, "seed-bench", "--lots", "1", "--bidders", str(BIDDERS), "--minutes", "60"]
        subprocess.run([*bench, "--out", made, "--data", data / "var"], check=True, timeout=300, env=_environment())
        found = Storm(data=data, platform=platform, made=made, ends_at=platform.clock.now() + SEEDING)
        began = time.monotonic()
        found.lots = seed_closings(platform, lots=LOTS, ends_at=found.ends_at)
        tell(f"{LOTS} lots made in {time.monotonic() - began:.1f} s")
        port = free_port()
        found.web = f"http://127.0.0.1:{port}"
        with (
            program(found, "web", "web", "--port", str(port)),
            program(found, "jobs-1", "jobs"),
            program(found, "jobs-2", "jobs"),
        ):
            while not answers(found.web):
                assert found.seconds_after() < -BEFORE_SECONDS, found.said()
                time.sleep(0.2)
            yield found
        platform.database.dispose()


def bids_for(storm: Storm, seconds: float) -> subprocess.Popen[str]:
    more = ("--count", str(BIDDERS), "--seconds", str(seconds), "--pause", str(PAUSE_SECONDS))
    return load("bid", storm.web, storm.made, *more)


def waits(bids: dict[str, Any]) -> dict[str, float]:
    return {name: value for name, value in bids.items() if name.startswith("wait_ms")}


@pytest.mark.slow
def test_thousands_of_lots_that_end_in_one_second_are_closed_rightly(storm: Storm) -> None:
    calm = last_line(bids_for(storm, CALM_SECONDS))
    time.sleep(max(0.0, -storm.seconds_after() - BEFORE_SECONDS))
    assert storm.count("SELECT count(*) FROM lots WHERE id = ANY(:lots) AND status = 'open'") == LOTS
    bidding = bids_for(storm, STORM_SECONDS)
    time.sleep(max(0.0, -storm.seconds_after()))
    decided = storm.wait_for_none(
        "SELECT count(*) FROM lots WHERE id = ANY(:lots) AND status = 'open'", seconds=DECIDED_SECONDS
    )
    stormy = last_line(bidding)
    followed = storm.wait_for_none(
        "SELECT count(*) FROM docket_reactions WHERE chain = ANY(:chains)", seconds=FOLLOWED_SECONDS
    )
    returned = storm.wait_for_none(
        "SELECT count(*) FROM deposits WHERE lot_id = ANY(:lots) AND status NOT IN ('released', 'applied')",
        seconds=FOLLOWED_SECONDS,
    )
    figures = {
        "lots": LOTS,
        "last_decision_after_s": round(last_decision(storm), 2),
        "seen_decided_after_s": round(decided, 2),
        "reactions_done_after_s": round(followed, 1),
        "deposits_back_after_s": round(returned, 1),
        "bids_in_calm": waits(calm) | {"a_second": round(sum(calm["outcomes"].values()) / calm["seconds"], 1)},
        "bids_in_storm": waits(stormy) | {"a_second": round(sum(stormy["outcomes"].values()) / stormy["seconds"], 1)},
    }
    sys.stdout.write(f"{json.dumps(figures, indent=1)}\n")
    check(storm)
    assert "Traceback" not in storm.said()


def last_decision(storm: Storm) -> float:
    with storm.platform.read() as session:
        query = text("SELECT max(at) FROM docket_entries WHERE chain = ANY(:chains) AND kind = 'lot.closed'")
        last = session.execute(query, {"chains": [f"lot:{lot}" for lot in storm.lots]}).scalar_one()
    return float((last - storm.ends_at).total_seconds())


def check(storm: Storm) -> None:
    """Each lot is closed once, after its end, with its exact end; chains are whole; deposits went where they belong."""
    with storm.platform.read() as session:
        for lot in storm.lots:
            found = docket.entries(session, f"lot:{lot}")
            assert first_fault(found) is None
            (closed,) = [entry for entry in found if entry.kind == "lot.closed"]
            bids = [entry for entry in found if entry.kind == "bid.accepted"]
            assert closed.at >= storm.ends_at
            assert closed.public["ends_at"] == instant_text(storm.ends_at)
            assert closed.public["outcome"] == ("sold" if bids else "unsold")
            assert closed.public["price_minor"] == (bids[-1].public["amount_minor"] if bids else None)
            assert closed.public["code"] == (bids[-1].public["code"] if bids else None)
    sold = (LOTS + 1) // 2
    assert storm.count("SELECT count(*) FROM lots WHERE id = ANY(:lots) AND closed_at = ends_at") == LOTS
    assert storm.count("SELECT count(*) FROM lots WHERE id = ANY(:lots) AND outcome = 'sold'") == sold
    assert storm.count("SELECT count(*) FROM deposits WHERE lot_id = ANY(:lots) AND status = 'applied'") == sold
    held = "SELECT coalesce(sum(amount_minor), 0) FROM ledger_postings WHERE lot_id = ANY(:lots) AND account = '{}'"
    assert storm.count(held.format("held")) == storm.count(held.format("refundable")) == 0
