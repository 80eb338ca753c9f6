"""A hundred random SIGKILLs of web, jobs and database processes while people bid on several lots."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import time

import pytest

from tests.drills.drilling import Bidders, Kills, bidding, judge, table
from tests.program.programs import healthy
from tests.program.running import children_of, wait_until
from tests.program.several import Kind, Several

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("program")]
KILLS = int(os.environ.get("AUCTION_DRILL_KILLS", "100"))
BIDDERS = 16
WEBS, JOBS = 2, 2
PROGRAMS: tuple[tuple[Kind, int], ...] = (("web", 0), ("web", 1), ("jobs", 0), ("jobs", 1))
DATABASE, BACKEND = "the database", "one process of the database"
Victim = str | tuple[Kind, int]
VICTIMS: tuple[Victim, ...] = (*PROGRAMS, DATABASE, BACKEND)
#: Lots that are raised to the end of the drill, and for how many seconds others are, so that they end under it; one
#: gets no good bid at all.
OPEN_LOTS = 4
ENDING_LOTS = (-1.0, 20.0, 45.0, 75.0, 110.0, 150.0, 195.0, 245.0)
_LAST_END_SECONDS = 480
_CHANCE = secrets.SystemRandom()


class Chaos:
    """Kills at random, and starts again what has nobody else to start it."""

    def __init__(self, several: Several, bidders: Bidders) -> None:
        self.several = several
        self.bidders = bidders
        self.kills = Kills()

    def once(self) -> None:
        """Kill one or two, start them again a moment later, and see bids accepted before going on."""
        victims = _CHANCE.sample(VICTIMS, 2 if _CHANCE.random() < 0.2 else 1)[: KILLS - len(self.kills.at)]
        for victim in sorted(victims, key=lambda one: one == DATABASE):  # last, as its children go with it
            self._kill(victim)
        time.sleep(_CHANCE.random() * 0.5)
        if DATABASE in victims:
            self.several.database.start()
        wait_until(self.all_serve, what=f"everything to serve after the end of {victims}", pause=0.1)
        self.bidders.await_accepted(1 + _CHANCE.randrange(10), what=f"bids to go on after the end of {victims}")

    def all_serve(self) -> bool:
        """Start what has ended, as a supervisor does, and say whether every web process answers."""
        for kind, number in PROGRAMS:
            if not self.several.lives(kind, number):
                self.several.launch(kind, number)
        return all(healthy(url) for url in self.several.urls)

    def _kill(self, victim: Victim) -> None:
        match victim:
            case (("web" | "jobs") as kind, int(number)):
                self.kills.note(f"kills of a {kind} process")
                self.several.kill(kind, number)
            case "the database":
                self.kills.note(f"kills of {victim}")
                self.several.database.kill()
            case _:
                self.kills.note(f"kills of {victim}")
                children = children_of(self.several.database.postmaster)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(_CHANCE.choice(children), signal.SIGKILL)


def tracebacks(several: Several) -> list[str]:
    """Return the last lines of each fault that a process did not expect."""
    found = []
    for name in (f"{kind}-{number}" for kind, number in PROGRAMS):
        found += [f"{name}: {part[-600:]}" for part in several.log(name).split("Traceback (most recent call last)")[1:]]
    return found


def test_no_acknowledged_bid_is_lost_whatever_is_killed() -> None:
    with Several(webs=WEBS, jobs=JOBS, bus=True) as several:
        lots = [*ENDING_LOTS[: max(2, len(ENDING_LOTS) * KILLS // 100)], *[3600.0] * OPEN_LOTS]
        with bidding(several, lots=lots, bidders=BIDDERS, minutes=3, pause=0.25) as bidders:
            chaos = Chaos(several, bidders)
            bidders.await_accepted(50, what="the bidding to begin")
            began = time.monotonic()
            while len(chaos.kills.at) < KILLS:
                chaos.once()
            lasted = time.monotonic() - began
            ending = [lot["id"] for lot in bidders.lots if lot["raise_seconds"] < 3600]
            wait_until(
                lambda: chaos.all_serve() and all(several.state(lot)["status"] != "open" for lot in ending),
                what="the lots that were left alone to end",
                seconds=_LAST_END_SECONDS,
                pause=1,
            )
        operations = bidders.operations()
        verdicts = [judge(several, lot["id"], operations) for lot in bidders.lots]
        unexpected = tracebacks(several)
        rows = {"minutes of kills": round(lasted / 60, 1), "tracebacks in the logs": len(unexpected)}
        table(f"{KILLS} SIGKILLs, {WEBS} web and {JOBS} jobs processes", operations, verdicts, chaos.kills, **rows)
        assert [fault for one in verdicts for fault in one.faults] == []
        assert {one.state for one in verdicts if one.lot in ending} <= {"closed", "deferred"}
        assert unexpected == []
