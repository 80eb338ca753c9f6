"""Valkey is stopped, killed and started again under load: bids go on, and every watcher catches up."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.drills.drilling import Bidders, Kills, bidding, judge, table
from tests.program.several import Several

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("program")]
TIMES, BIDDERS, WATCHERS = 5, 12, 50
LOAD = Path(__file__).with_name("load.py")
#: How long watchers wait for a last state once the bidding is over.
_LAST_STATE_SECONDS = 4


class Watchers:
    """Fifty people who watch one lot over one web process, in a process of their own."""

    def __init__(self, url: str, plan: Path) -> None:
        told = ["--url", url, "--made", str(plan), "--count", str(WATCHERS), "--seconds", str(_LAST_STATE_SECONDS)]
        self._process = subprocess.Popen(
            [sys.executable, str(LOAD), "watch", *told],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": ""},
        )  # fmt: skip
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "watching\n"

    def figures(self) -> dict[str, Any]:
        """Let them wait for the last state and return what they saw."""
        out, _ = self._process.communicate("over\n", timeout=60)
        assert self._process.returncode == 0, out
        found = json.loads(out.splitlines()[-1])
        assert isinstance(found, dict)
        return found

    def end(self) -> None:
        """Take them from the table where a drill has failed."""
        self._process.kill()
        self._process.wait()


@contextlib.contextmanager
def watching(several: Several, plan: Path) -> Iterator[list[Watchers]]:
    with contextlib.ExitStack() as stack:
        made = []
        for url in several.urls:
            made.append(Watchers(url.replace("http", "ws"), plan))
            stack.callback(made[-1].end)
        yield made


def _away_and_back(several: Several, bidders: Bidders, kills: Kills, *, kill: bool) -> None:
    kills.note("kills of Valkey" if kill else "stops of Valkey")
    if kill:
        several.bus.kill()
    else:
        several.bus.stop()
    bidders.await_accepted(60, what="bids to go on without the bus")
    time.sleep(2)
    several.bus.start()
    bidders.await_accepted(60, what="bids to go on with the bus")


def test_bids_go_on_without_the_bus_and_watchers_catch_up() -> None:
    with Several(webs=2, jobs=1, bus=True) as several:
        kills = Kills()
        with contextlib.ExitStack() as watched:
            with bidding(several, lots=[3600.0], bidders=BIDDERS, minutes=60, pause=0.1) as bidders:
                watchers = watched.enter_context(watching(several, several.data / "plan.json"))
                bidders.await_accepted(30, what="the bidding to begin")
                for number in range(TIMES):
                    _away_and_back(several, bidders, kills, kill=number % 2 == 1)
                several.bus.kill()  # the last bids are told without it
                kills.note("kills of Valkey")
                bidders.await_accepted(60, what="bids to go on without the bus")
            seen = [one.figures() for one in watchers]
        operations = bidders.operations()
        verdict = judge(several, bidders.lots[0]["id"], operations)
        head = verdict.entries[-1].seq
        late = ", ".join(f"{one['late_ms_p50']:.0f} / {one['late_ms_max']:.0f}" for one in seen)
        caught_up = sum(one["told"] for one in seen if one["last"] == [head])
        told = f"{caught_up} of {2 * WATCHERS}"
        rows = {"watchers_who_know_the_last_entry": told, "a_state_was_under_way_for_ms,_p50_/_max_per_process": late}
        table("Valkey away six times, 2 web processes", operations, [verdict], kills, **rows)
        assert verdict.faults == []
        assert [one["last"] for one in seen] == [[head], [head]]
        assert all(one["in_order"] for one in seen)
