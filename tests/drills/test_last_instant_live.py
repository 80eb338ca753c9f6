"""The same over the wire and by the real clock: bids sent around the end of a lot, and bids that queue across it."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from auction.edges.platform import Platform
from tests.drills.drilling import Verdict, look
from tests.drills.history import Operation, read
from tests.drills.replay import BIDS
from tests.program.running import tell, wait_until
from tests.program.several import Several

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("program")]
LOTS, QUEUED = 80, 4
#: When the bids are sent, in milliseconds after the end: the way to the platform takes its part.
FIRST_MS, LAST_MS = -110.0, 50.0
NEAR = timedelta(milliseconds=50)
#: How long after the end the decision of the queued bids is held up: shorter and longer than any fixed grace.
HELD_SECONDS = (0.3, 1.0, 2.5, 6.0)
_REPOSITORY = Path(__file__).parents[2]
_CHANCE = secrets.SystemRandom()


def _plan(several: Several) -> list[dict[str, Any]]:
    """Plan one bid for each lot: around the end, but for the last lots a moment before it."""
    _, made = several.seed(lots=LOTS + QUEUED, bidders=2, minutes=3)
    bids = []
    for number, lot in enumerate(made["lots"]):
        after = FIRST_MS + (LAST_MS - FIRST_MS) * (number + _CHANCE.random()) / LOTS if number < LOTS else -300.0
        who = number % 2
        token = made["bidders"][who]["token"]
        bid = {
            "client": f"client-{who}",
            "token": token,
            "lot": lot["id"],
            "ends_at": lot["ends_at"],
            "after_ms": after,
        }
        bids.append({**bid, "amount_minor": lot["start_price_minor"]})
    urls = [url.replace("http", "ws") for url in several.urls]
    (several.data / "plan.json").write_text(json.dumps({"urls": urls, "bids": bids}))
    return bids


def _hold(platform: Platform, lot: str, *, ends_at: datetime, seconds: float) -> None:
    """Keep everybody from deciding on a lot from a second before its end on: its head is locked by somebody else."""
    clock = platform.clock
    time.sleep(max(0.0, (ends_at - timedelta(seconds=1) - clock.now()).total_seconds()))
    with platform.database.engine.begin() as connection:
        connection.execute(text("SELECT 1 FROM docket_heads WHERE chain = :chain FOR UPDATE"), {"chain": f"lot:{lot}"})
        time.sleep(max(0.0, (ends_at - clock.now()).total_seconds()) + seconds)


def _shoot(several: Several, held: list[dict[str, Any]]) -> list[Operation]:
    out = several.data / "history"
    command = [
        sys.executable,
        "-m",
        "tests.drills.snipers",
        "--plan",
        str(several.data / "plan.json"),
        "--out",
        str(out),
    ]
    with several.platform() as platform:
        holding = [
            threading.Thread(
                target=_hold,
                kwargs={
                    "platform": platform,
                    "lot": one["lot"],
                    "ends_at": datetime.fromisoformat(one["ends_at"]),
                    "seconds": seconds,
                },
            )
            for one, seconds in zip(held, HELD_SECONDS, strict=True)
        ]
        for thread in holding:
            thread.start()
        subprocess.run(command, check=True, cwd=_REPOSITORY, timeout=240)
        for thread in holding:
            thread.join()
    with out.open(encoding="utf-8") as file:
        return read(file)


def _arrived(verdict: Verdict) -> datetime:
    """Return when the lot's one bid arrived, by its stamp."""
    (arrived,) = (one.public["received_at"] for one in verdict.entries if one.kind in BIDS)
    return datetime.fromisoformat(arrived)


def test_the_instant_of_arrival_decides_over_the_wire_and_the_close_waits_for_the_queue() -> None:
    with Several(webs=1, jobs=1, bus=False) as several:
        bids = _plan(several)
        operations = _shoot(several, bids[LOTS:])
        receipts = {one.lot: one.receipts for one in operations}
        in_time = [one.lot for one in operations if one.receipts and one.receipts[0].code == "accepted"]
        late = [bid["lot"] for bid in bids if bid["lot"] not in in_time]
        wait_until(
            lambda: all(several.state(lot)["status"] == "closed" for lot in late), what="the others to close", pause=1
        )
        verdicts = {one.lot: one for one in look(several, [bid["lot"] for bid in bids], operations)}
    answers: Counter[tuple[str, str]] = Counter()
    near = 0
    for bid in bids[:LOTS]:
        past = _arrived(verdicts[bid["lot"]]) - datetime.fromisoformat(bid["ends_at"])
        near += abs(past) <= NEAR
        answers["before the end" if past < timedelta(0) else "at the end or after", receipts[bid["lot"]][0].code] += 1
    told = ", ".join(f"{count} {when}: {code}" for (when, code), count in sorted(answers.items()))
    tell(f"{LOTS} bids over the wire around the end, {near} of them arrived within 50 ms of it; {told}")
    tell(f"bids that arrived 0.3 s before the end and were held up {HELD_SECONDS} s past it: {QUEUED} accepted")
    assert [fault for one in verdicts.values() for fault in one.faults] == []
    assert set(answers) == {("before the end", "accepted"), ("at the end or after", "bidding.closed")}
    assert [receipts[bid["lot"]][0].code for bid in bids[LOTS:]] == ["accepted"] * QUEUED
    assert {verdicts[lot].state for lot in in_time} == {"open"}
