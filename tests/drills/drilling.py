"""What the drills of several processes share: bidders who write their history, its check, and the table of figures."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from auction.foundation.docket.rules import Entry
from auction.procedure.publicity import queries as publicity
from tests.drills.history import Operation, check, of_export, read
from tests.drills.replay import ACCEPTED, Fault, Replay
from tests.program.running import tell, wait_until
from tests.program.several import Several

#: Client processes; the clock they write by is the machine's, so their histories are one.
CROWDS = 2
_REPOSITORY = Path(__file__).parents[2]
_CLOSE_SECONDS = 60.0


@dataclass(slots=True)
class Recorded:
    """A file that a client process appends to, read as far as it is whole."""

    path: Path
    accepted: int = 0
    sent: int = 0
    _read: int = 0

    def count(self) -> None:
        """Count what has come since the last look."""
        with self.path.open("rb") as file:
            file.seek(self._read)
            whole = file.read().rpartition(b"\n")[0]
        self._read += len(whole) + 1 if whole else 0
        self.accepted += whole.count(b'"code": "accepted"')
        self.sent += whole.count(b'"what": "sent"')

    def operations(self) -> list[Operation]:
        with self.path.open(encoding="utf-8") as file:
            return read(file)


@dataclass
class Bidders:
    """The client processes of a drill and what they have written."""

    lots: list[dict[str, Any]]
    recorded: list[Recorded]
    bidders: int

    def accepted(self) -> int:
        """Return how many bids were acknowledged as accepted so far."""
        for one in self.recorded:
            one.count()
        return sum(one.accepted for one in self.recorded)

    def await_accepted(self, more: int, *, what: str, seconds: float = 60.0) -> float:
        """Wait until so many more bids were accepted, and return how long it took."""
        goal = self.accepted() + more
        return wait_until(lambda: self.accepted() >= goal, what=what, seconds=seconds, pause=0.05)

    def operations(self) -> list[Operation]:
        return [operation for one in self.recorded for operation in one.operations()]


@contextlib.contextmanager
def bidding(several: Several, *, lots: Sequence[float], bidders: int, minutes: int, pause: float) -> Iterator[Bidders]:
    """Seed lots and let everybody bid on them while the block runs; ``lots`` says how many seconds each is raised."""
    _, made = several.seed(lots=len(lots), bidders=bidders, minutes=minutes)
    planned = [{**lot, "raise_seconds": seconds} for lot, seconds in zip(made["lots"], lots, strict=True)]
    plan = several.data / "plan.json"
    urls = [url.replace("http", "ws") for url in several.urls]
    tokens = [one["token"] for one in made["bidders"]]
    plan.write_text(json.dumps({"urls": urls, "lots": planned, "tokens": tokens}))
    share = bidders // CROWDS
    recorded = [Recorded(several.data / f"history-{number}") for number in range(CROWDS)]
    with contextlib.ExitStack() as stack:
        for number, one in enumerate(recorded):
            one.path.touch()
            stack.enter_context(_crowd(plan, one.path, first=number * share, count=share, pause=pause))
        yield Bidders(planned, recorded, share * CROWDS)


@contextlib.contextmanager
def _crowd(plan: Path, out: Path, *, first: int, count: int, pause: float) -> Iterator[None]:
    where = ["--plan", str(plan), "--out", str(out)]
    how = ["--first", str(first), "--count", str(count), "--pause", str(pause)]
    command = [sys.executable, "-m", "tests.drills.crowd", *where, *how]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, cwd=_REPOSITORY)
    assert process.stdin is not None
    try:
        yield
        assert process.poll() is None, "a client process ended by itself"
    finally:
        process.stdin.close()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    assert process.returncode == 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a lot."""

    lot: str
    entries: list[Entry]
    ends_at: datetime
    state: str
    faults: list[Fault]


def judge(several: Several, lot: str, operations: Sequence[Operation]) -> Verdict:
    """Export a lot, let `auction verify` look at it, and hold the clients' histories against it."""
    out = several.data / f"{lot}.json"
    done = several.run("export", lot, "--out", str(out), "--data", str(several.data), "--demo")
    assert done.returncode == 0, done.stderr
    signer = several.settings.signer
    assert signer is not None
    verified = several.run("verify", str(out), "--key", signer.public.text)
    faults = [] if verified.returncode == 0 else [Fault("verify", lot, verified.stdout + verified.stderr)]
    document = json.loads(out.read_text(encoding="utf-8"))
    return _verdict(document, operations, now=several.clock.now(), faults=faults)


def look(several: Several, lots: Sequence[str], operations: Sequence[Operation]) -> list[Verdict]:
    """Hold the clients' histories against the exports of many lots, without a process for each."""
    now = several.clock.now()
    with several.platform() as platform, platform.read() as session:
        return [_verdict(publicity.export(session, lot), operations, now=now, faults=[]) for lot in lots]


def _verdict(
    document: dict[str, Any], operations: Sequence[Operation], *, now: datetime, faults: list[Fault]
) -> Verdict:
    lot = document["lot"]
    entries, terms = of_export(document)
    faults += check(entries, [one for one in operations if one.lot == lot], terms)
    replay = Replay(terms)
    replay.faults_of(entries)
    assert replay.ends_at is not None
    state = "closed" if replay.closed else "deferred" if replay.stands_still else "open"
    if state == "open" and now > replay.ends_at + timedelta(seconds=_CLOSE_SECONDS):
        faults.append(Fault("end", lot, f"still open, though its end was {replay.ends_at.isoformat()}"))
    unsaid = [one.seq for one in entries if one.kind == "lot.deferred" and not one.public.get("ground")]
    faults += [Fault("end", lot, f"deferred without a ground: #{seq}") for seq in unsaid]
    return Verdict(lot, entries, replay.ends_at, state, faults)


@dataclass
class Kills:
    """What was done to the platform, and when, by the clock of the histories."""

    at: list[float] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def note(self, kind: str) -> None:
        self.at.append(time.monotonic())
        self.kinds[kind] += 1


def silences(operations: Sequence[Operation], kills: Sequence[float]) -> list[float]:
    """Return for each kill the longest time between two receipts, for anybody, until the next kill."""
    told = sorted(receipt.at for one in operations for receipt in one.receipts)
    found = []
    for kill, following in pairwise([*kills, told[-1] if told else 0.0]):
        inside = [at for at in told if kill <= at < following]
        found.append(max((after - before for before, after in pairwise([kill, *inside])), default=0.0))
    return found


def table(
    title: str, operations: Sequence[Operation], verdicts: Sequence[Verdict], kills: Kills, **more: object
) -> str:
    """Return the figures of a drill as a table, and write it where pytest shows it."""
    receipts = [one for one in operations if one.receipts]
    waits = [one.answered_at - one.invoked_at for one in receipts]
    quiet = silences(operations, kills.at) or [0.0]
    states = Counter(one.state for one in verdicts)
    rows: list[tuple[str, object]] = [
        *((f"{kind}", count) for kind, count in sorted(kills.kinds.items())),
        ("bids sent", len(operations)),
        ("of these sent more than once", sum(one.sent > 1 for one in operations)),
        ("acknowledged by a receipt", len(receipts)),
        ("accepted", sum(one.receipts[0].code == ACCEPTED for one in receipts)),
        ("outcome never learned", sum(not one.receipts and not one.turned_away for one in operations)),
        ("longest time nobody was answered, s, p50 / max", f"{median(quiet):.2f} / {max(quiet):.2f}"),
        ("one bid until its receipt, s, p50 / max", f"{median(waits):.3f} / {max(waits):.2f}"),
        ("docket entries", sum(len(one.entries) for one in verdicts)),
        ("lots closed / deferred / open", f"{states['closed']} / {states['deferred']} / {states['open']}"),
        *((name.replace("_", " "), value) for name, value in more.items()),
        ("faults", sum(len(one.faults) for one in verdicts)),
    ]
    width = max(len(name) for name, _ in rows)
    said = "\n".join([title, *(f"  {name:<{width}}  {value}" for name, value in rows)])
    tell(said)
    return said
