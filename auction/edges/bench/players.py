"""The players of a measure, in a process of their own: what they did is one JSON object on their last line."""

from __future__ import annotations

import argparse
import json
import re
import secrets
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from auction.edges.bench import crowd
from auction.edges.bench.figures import percentiles
from auction.edges.bench.wire import Line, asked, joined, serve
from auction.edges.open_files import allow_open_files

_LIVE = "/live"
_FILES_BESIDE = 100
_ACK = re.compile(rb"43(?:/live,)?(\d+)\[(.{12})")


class Closed:
    """Closed loops: each player sends again as soon as he is answered; waits are measured after a warm-up."""

    def __init__(self, *, warm_up: float, seconds: float) -> None:
        begin = time.monotonic()
        self.from_, self.until = begin + warm_up, begin + warm_up + seconds
        self.seconds = seconds
        self.waits: list[float] = []
        self.outcomes: Counter[str] = Counter()
        self.sent_at: dict[int, float] = {}

    def sent(self, line: Line) -> None:
        """Note that a player has sent."""
        self.sent_at[line.name] = time.monotonic()

    def answered(self, line: Line, *, outcome: str) -> None:
        """Note an answer."""
        now = time.monotonic()
        if now >= self.from_:
            self.waits.append(now - self.sent_at[line.name])
            self.outcomes[outcome] += 1

    def result(self) -> dict[str, Any]:
        """Return what was measured."""
        return {
            "answers": len(self.waits),
            "a_second": round(len(self.waits) / self.seconds, 1),
            "outcomes": dict(self.outcomes),
            **percentiles(self.waits),
        }


def echo(arguments: argparse.Namespace) -> dict[str, Any]:
    """Let players have an event echoed."""
    lines = [joined(arguments.address, namespace="/", name=n) for n in range(arguments.count)]
    race = Closed(warm_up=arguments.warm_up, seconds=arguments.seconds)

    def send(line: Line) -> None:
        race.sent(line)
        data = {"lot": "LOT-000000000000", "amount_minor": 10_000_000, "bid_id": secrets.token_hex(8)}
        line.send(b'421["echo",%s]' % json.dumps(data).encode())

    def heard(line: Line, _: bytes) -> None:
        race.answered(line, outcome="echoed")
        send(line)

    for line in lines:
        send(line)
    serve(lines, until=race.until, heard=heard)
    return race.result()


def bid(arguments: argparse.Namespace) -> dict[str, Any]:
    """Let bidders bid on one lot, each a step above whatever anybody sent before."""
    made = json.loads(Path(arguments.made).read_text(encoding="utf-8"))
    lot = made["lots"][arguments.lot]
    tokens = [one["token"] for one in made["bidders"][: arguments.count]]
    lines = [joined(arguments.address, namespace=_LIVE, token=token, name=n) for n, token in enumerate(tokens)]
    state = asked(lines[0], namespace=_LIVE, event="watch", data={"lot": lot["id"]})["state"]
    asked(lines[0], namespace=_LIVE, event="unwatch", data={"lot": lot["id"]})
    step, amount = lot["increment_minor"], state["least_acceptable_minor"]
    race = Closed(warm_up=arguments.warm_up, seconds=arguments.seconds)
    run, number = secrets.token_hex(4), 0

    def send(line: Line) -> None:
        nonlocal amount, number
        number += 1
        data = f'{{"lot":"{lot["id"]}","amount_minor":{amount},"bid_id":"{run}-{number}"}}'
        amount += step
        race.sent(line)
        line.send(b'42/live,1["bid",%s]' % data.encode())

    def heard(line: Line, message: bytes) -> None:
        found = _ACK.match(message)
        if found is None:
            return
        race.answered(line, outcome="accepted" if found[2].startswith(b'{"ok":true') else "refused")
        send(line)

    for line in lines:
        send(line)
    serve(lines, until=race.until, heard=heard)
    return race.result()


def main() -> None:
    """Do what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    plays = {
        "bid": bid, "echo": echo, "emit": crowd.emit, "rooms": crowd.rooms, "watch": crowd.watch, "joined": crowd.join,
    }  # fmt: skip
    parser.add_argument("what", choices=sorted(plays))
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--made", help="what seed-bench wrote")
    parser.add_argument("--lot", type=int, default=0, help="which of its lots")
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--warm-up", type=float, default=1.0)
    parser.add_argument("--length", type=int, default=500, help="bytes of a message")
    parser.add_argument("--rooms", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--pause", type=float, default=0.3)
    parser.add_argument("--memory-of", type=int, help="the process that serves")
    arguments = parser.parse_args()
    allow_open_files(arguments.count + _FILES_BESIDE)
    arguments.address = ("127.0.0.1", arguments.port)
    result = plays[arguments.what](arguments)
    sys.stdout.write(f"{json.dumps(result)}\n")


if __name__ == "__main__":
    main()
