"""Players who watch: in rooms on which bids never stop, or in one large room that is told of a bid now and then."""

from __future__ import annotations

import argparse
import json
import re
import secrets
import time
from collections import Counter
from pathlib import Path
from typing import Any

from auction.edges.bench.figures import percentiles
from auction.edges.bench.wire import Line, asked, joined, serve

_LIVE = "/live"
_STATE = b'42/live,["state"'
_SEQ = re.compile(rb'"seq":(\d+)')
#: A bare message of the yardstick without its filling.
_BARE_LENGTH = 30
#: A little more often than a lot's states may go out.
_BID_EVERY_SECONDS = 0.09
_ROUND_SECONDS = 30.0
_AT_ONCE, _LOOK_SECONDS = 500, 0.05


class _Ladder:
    """The bids of one lot, each a step above the one before."""

    def __init__(self, lot: dict[str, Any]) -> None:
        self.lot = str(lot["id"])
        self._step = int(lot["increment_minor"])
        self._amount = self._number = 0
        self._run = secrets.token_hex(4)

    def begin(self, line: Line) -> None:
        """Ask where the bidding stands."""
        state = asked(line, namespace=_LIVE, event="watch", data={"lot": self.lot})["state"]
        asked(line, namespace=_LIVE, event="unwatch", data={"lot": self.lot})
        self._amount = state["least_acceptable_minor"]

    def next(self) -> bytes:
        """Return the next bid as it is sent."""
        self._number += 1
        data = f'{{"lot":"{self.lot}","amount_minor":{self._amount},"bid_id":"{self._run}-{self._number}"}}'
        self._amount += self._step
        return b'42/live,1["bid",%s]' % data.encode()


def emit(arguments: argparse.Namespace) -> dict[str, Any]:
    """Let a bare room be sent messages of a length as fast as it goes, and count what arrives."""
    lines = _many(arguments, namespace="/", event="join", data={})
    body = {"filling": "x" * max(0, arguments.length - _BARE_LENGTH)}
    times = 10
    ask = b'421["emit",%s]' % json.dumps({"times": times, "body": body}).encode()
    count, began, last = 0, 0.0, 0.0

    def heard(line: Line, message: bytes) -> None:
        nonlocal count, began, last
        if message.startswith(b"43"):
            line.send(ask)
            return
        last = time.monotonic()
        if not began:
            began = last
        count += 1

    lines[0].send(ask)
    serve(lines, until=time.monotonic() + arguments.seconds, heard=heard)
    return {"messages": count, "a_second": round(count / (last - began), 1)}


def rooms(arguments: argparse.Namespace) -> dict[str, Any]:
    """Let rooms watch lots on which bids never stop, and count the states that arrive."""
    ladders = [_Ladder(lot) for lot in _made(arguments)["lots"][: arguments.rooms]]
    lines = [joined(arguments.address, namespace=_LIVE, name=n) for n in range(arguments.count)]
    for ladder in ladders:
        for line in lines:
            asked(line, namespace=_LIVE, event="watch", data={"lot": ladder.lot})
    bidders = _bidders(arguments)
    for ladder in ladders:
        ladder.begin(bidders[0])
    began = time.monotonic() + arguments.warm_up
    until = began + arguments.seconds
    told, length, turn = Counter[int](), 0, 0

    def heard(line: Line, message: bytes) -> None:
        nonlocal length
        if line.name >= 0 and message.startswith(_STATE) and time.monotonic() >= began:
            told[line.name] += 1
            length += len(message)

    while time.monotonic() < until:
        for ladder in ladders:
            bidders[turn % 2].send(ladder.next())
        turn += 1
        serve([*lines, *bidders], until=min(until, time.monotonic() + _BID_EVERY_SECONDS), heard=heard)
    count = told.total()
    return {
        "messages": count,
        "a_second": round(count / arguments.seconds, 1),
        "length": length / max(1, count),
        "states_a_second": round(told[0] / arguments.seconds / len(ladders), 2),
    }


def watch(arguments: argparse.Namespace) -> dict[str, Any]:
    """Bid now and then, and measure how long until the last of the watchers has the state with that bid."""
    ladder = _Ladder(_made(arguments)["lots"][0])
    before = _memory(arguments.memory_of)
    lines = _many(arguments, namespace=_LIVE, event="watch", data={"lot": ladder.lot})
    kib = _kib_each(before, _memory(arguments.memory_of), count=len(lines))
    bidders = _bidders(arguments)  # last: nobody answers their pings while the others join
    ladder.begin(bidders[0])
    waits: list[float] = []
    for turn in range(arguments.rounds):
        waits.append(_told(lines, bidders[turn % 2], ladder.next()))
        serve([*lines, *bidders], until=time.monotonic() + arguments.pause, heard=lambda *_: None)
    return {"rounds": len(waits), "kib_each": kib, **percentiles(waits)}


def _told(lines: list[Line], bidder: Line, bid: bytes) -> float:
    """Send a bid and return how many seconds later the last line had the state with it."""
    seq, reached = 0, {line.name: 0 for line in lines}
    missing = len(lines)

    def heard(line: Line, message: bytes) -> None:
        nonlocal seq, missing
        if line.name < 0:
            found = _SEQ.search(message) if message.startswith(b"43") else None
            if found is not None:
                seq = int(found[1])
                missing = sum(known < seq for known in reached.values())
        elif message.startswith(_STATE):
            found = _SEQ.search(message)
            now = int(found[1]) if found else 0
            if reached[line.name] < seq <= now:
                missing -= 1
            reached[line.name] = now
        if seq and not missing:
            raise StopIteration

    sent = time.monotonic()
    bidder.send(bid)
    try:
        serve([*lines, bidder], until=sent + _ROUND_SECONDS, heard=heard)
    except StopIteration:
        return time.monotonic() - sent
    raise TimeoutError(f"{missing} watchers were never told of number {seq}")


def join(arguments: argparse.Namespace) -> dict[str, Any]:
    """Let clients join a bare room, and measure the memory of each."""
    before = _memory(arguments.memory_of)
    lines = _many(arguments, namespace="/", event="join", data={})
    return {"kib_each": _kib_each(before, _memory(arguments.memory_of), count=len(lines))}


def _made(arguments: argparse.Namespace) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(Path(arguments.made).read_text(encoding="utf-8"))
    return made


def _bidders(arguments: argparse.Namespace) -> list[Line]:
    """Return two who bid in turns, named by numbers below zero."""
    tokens = [one["token"] for one in _made(arguments)["bidders"][:2]]
    return [joined(arguments.address, namespace=_LIVE, token=token, name=-n) for n, token in enumerate(tokens, 1)]


def _many(arguments: argparse.Namespace, *, namespace: str, event: str, data: dict[str, Any]) -> list[Line]:
    """Return as many lines as asked for, each with an event said; those that came first answer pings meanwhile."""
    lines: list[Line] = []
    for number in range(arguments.count):
        line = joined(arguments.address, namespace=namespace, name=number)
        asked(line, namespace=namespace, event=event, data=data)
        lines.append(line)
        if number % _AT_ONCE == 0:
            serve(lines, until=time.monotonic() + _LOOK_SECONDS, heard=lambda *_: None)
    return lines


def _memory(process: int | None) -> int:
    """Return a process's own share of memory in bytes (Linux: PSS); 0 where none is asked for."""
    if process is None:
        return 0
    text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    return next(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:"))


def _kib_each(before: int, after: int, *, count: int) -> float:
    return round((after - before) / 1024 / count, 1)
