"""Killing the program while people bid, and what must hold afterwards (design: no acknowledged bid is ever lost)."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from auction.foundation.docket import queries as docket
from auction.foundation.docket.rules import Entry, first_fault
from tests.program.running import Place, wait_until

#: What is killed: the supervisor (its children end with it), all of the program, the database under it, or both.
Killed = Literal["the supervisor", "the program", "the database", "everything"]
BIDS = ("bid.accepted", "bid.refused")


@dataclass
class Bidding:
    """What the bidders' process has written so far."""

    out: Path

    def lines(self, name: str) -> list[dict[str, Any]]:
        whole = self.out.read_text(encoding="utf-8").rpartition("\n")[0]
        return [line for line in map(json.loads, whole.splitlines()) if name in line]

    def receipted(self) -> list[dict[str, Any]]:
        """Return the answers that carry a receipt: what the platform has promised."""
        return [line for line in self.lines("answered") if line["seq"] is not None]

    def accepted(self) -> int:
        return sum(line["code"] == "accepted" for line in self.receipted())


@dataclass
class Drill:
    """A lot with bidders on a running program that will be killed."""

    place: Place
    bidders: int
    minutes: int = 60
    lot: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)

    @contextlib.contextmanager
    def bidding(self) -> Iterator[Bidding]:
        """Seed the lot and let everybody bid while the block runs; the bidders end with their last answer."""
        made_at, made = self.place.seed(bidders=self.bidders, minutes=self.minutes)
        self.lot = made["lots"][0]
        out = self.place.data / "bids"
        out.touch()
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.program.bidders", "--url", self.place.url, "--made", made_at, "--out", out],
            stdin=subprocess.PIPE,
        )
        assert process.stdin is not None
        try:
            yield Bidding(out)
        finally:
            process.stdin.close()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def let_bid(self, bidding: Bidding, *, accepted: int) -> None:
        """Wait until so many more bids were acknowledged as accepted."""
        goal = bidding.accepted() + accepted
        wait_until(lambda: bidding.accepted() >= goal, what=f"{accepted} accepted bids; {self.place.said}")

    def kill_and_start(self, what: Killed) -> float:
        """Kill what is named, start again where that is ours to do, and return how long nobody was served."""
        began = time.monotonic()
        if what == "the database":
            os.kill(self.place.postmaster(), signal.SIGKILL)
            wait_until(lambda: self.place.get("/readyz")[0] == 503, what="the database to be missed", pause=0.01)
            wait_until(lambda: self.place.get("/readyz")[0] == 200, what="the database to be back")
        else:
            self.place.kill(children=what != "the supervisor", database=what == "everything")
            self.place.start()
        return time.monotonic() - began

    def docket(self) -> list[Entry]:
        with self.place.platform() as platform, platform.read() as session:
            return docket.entries(session, f"lot:{self.lot['id']}")

    def check(self, bidding: Bidding) -> None:
        """Every acknowledged bid stands in the docket once, where its receipt says; the chain is whole; prices rise."""
        receipted = bidding.receipted()  # read before the docket, as people may still be bidding
        entries = self.docket()
        assert first_fault(entries) is None
        counted = Counter(str(entry.public["bid_id"]) for entry in entries if entry.kind in BIDS)
        assert max(counted.values()) == 1
        for line in receipted:
            entry = entries[line["seq"] - 1]
            assert entry.kind in BIDS
            assert (entry.public["bid_id"], entry.hash) == (line["answered"], line["hash"])
        sent = {line["sent"] for line in bidding.lines("sent")}
        assert set(counted) <= sent, "a bid nobody sent"
        prices = [entry.public["amount_minor"] for entry in entries if entry.kind == "bid.accepted"]
        assert prices == sorted(set(prices)), "prices only rise"
        again = [line for line in receipted if line["again"]]
        self.figures |= {
            "sent": len(sent),
            "acknowledged": len(receipted),
            "accepted": len(prices),
            "sent again under their own id": len(again),
            "entries": len(entries),
        }

    def close(self) -> None:
        """Bring the clock just before the lot's end, let it pass, and look at how the lot was closed."""
        ends_at = datetime.fromisoformat(self.place.state(self.lot["id"])["ends_at"])
        self.place.move_to(ends_at - timedelta(seconds=3))
        wait_until(lambda: self.place.state(self.lot["id"])["status"] != "open", what="the close", seconds=30)
        entries = self.docket()
        closed = next(entry for entry in entries if entry.kind == "lot.closed")
        highest = [entry for entry in entries if entry.kind == "bid.accepted"][-1]
        assert first_fault(entries) is None
        assert closed.public["outcome"] == "sold"
        assert closed.public["price_minor"] == highest.public["amount_minor"]
        assert closed.public["code"] == highest.public["code"]
        assert datetime.fromisoformat(str(closed.public["ends_at"])) == ends_at
        late = (closed.at - ends_at).total_seconds()
        assert late >= 0
        self.figures["closed after its end by s"] = round(late, 3)
