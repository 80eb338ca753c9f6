"""A load generator in a process of its own: bidders or watchers over WebSocket, told what to do by arguments.

It speaks Socket.IO as the bench's players do, in as little work as it takes, so that one core can
play a thousand clients. The last line it prints is one JSON object of what it measured.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import argparse  # noqa: E402 - the standard library is made cooperative first
import json  # noqa: E402
import re  # noqa: E402
import secrets  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections import Counter  # noqa: E402
from datetime import UTC, datetime  # noqa: E402
from itertools import pairwise  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent.event  # noqa: E402
import gevent.pool  # noqa: E402
from gevent.os import tp_read  # noqa: E402

from auction.edges.bench.wire import joined  # noqa: E402

NAMESPACE = "/live"
ACK_SECONDS = 30
_EVENT, _ACK = f"42{NAMESPACE},".encode(), f"43{NAMESPACE},".encode()
_FIGURES = re.compile(rb'"seq":(\d+).*?"least_acceptable_minor":(\d+).*?"server_time":"([^"]+)"')


def address_of(url: str) -> tuple[str, int]:
    """Return host and port of ``ws://host:port``."""
    host, _, port = url.removeprefix("ws://").partition(":")
    return host, int(port)


class Client:
    """One connection on ``/live``."""

    def __init__(self, url: str, *, token: str | None = None) -> None:
        self.states: list[tuple[float, dict[str, Any]]] = []
        self.least = 0
        self._acks: dict[int, gevent.event.AsyncResult] = {}
        self._number = 0
        self._line = joined(address_of(url), namespace=NAMESPACE, token=token)
        self._line.socket.settimeout(None)
        self._reader = gevent.spawn(self._read)

    def ask(self, event: str, data: dict[str, Any]) -> dict[str, Any]:
        """Send an event and return its acknowledgement."""
        self._number += 1
        number = self._number
        waiting = self._acks[number] = gevent.event.AsyncResult()
        self._line.send(f"42{NAMESPACE},{number}{json.dumps([event, data])}".encode())
        answer = waiting.get(timeout=ACK_SECONDS)
        assert isinstance(answer, dict)
        return answer

    def close(self) -> None:
        """Leave."""
        self._reader.kill()
        self._line.close()

    def _note(self, message: bytes) -> None:
        """Note a state without reading its entries: a thousand watchers share one core here."""
        at, now = time.monotonic(), datetime.now(UTC)  # noqa: TID251 - the generator is outside the platform
        seq, least, sent = _FIGURES.search(message).groups()  # type: ignore[union-attr]
        self.least = int(least)
        late = (now - datetime.fromisoformat(sent.decode())).total_seconds()
        self.states.append((at, {"seq": int(seq), "late": late}))

    def _read(self) -> None:
        while True:
            try:
                found = self._line.messages()
            except OSError:
                return
            for message in found:
                self._take(message)

    def _take(self, message: bytes) -> None:
        if message == b"2":
            self._line.send(b"3")
        elif message.startswith(_EVENT):
            self._note(message)
        elif message.startswith(_ACK):
            number, bracket, rest = message[len(_ACK) :].partition(b"[")
            self._acks.pop(int(number)).set(json.loads(bracket + rest)[0])


def _spread(count: int, make: Any) -> list[Any]:  # noqa: ANN401 - whatever it makes
    """Run ``make(n)`` for each n, fifty at a time."""
    pool = gevent.pool.Pool(50)
    return list(pool.map(make, range(count)))


class Table:
    """What the bidders of one process share: the least amount that may do, and what came of their bids."""

    def __init__(self, lot: dict[str, Any], *, least: int) -> None:
        self.lot = lot
        self.least = least
        self.receipts: dict[str, str] = {}
        self.outcomes: Counter[str] = Counter()
        self.waits: list[float] = []

    def play(self, client: Client, *, seconds: float, pause: float) -> None:
        """Bid the least acceptable amount again and again."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            amount = max(self.least, client.least)
            bid_id = secrets.token_hex(8)
            began = time.monotonic()
            answer = client.ask("bid", {"lot": self.lot["id"], "amount_minor": amount, "bid_id": bid_id})
            self.waits.append(time.monotonic() - began)
            self._note(answer, bid_id=bid_id, amount=amount)
            gevent.sleep(pause * (0.5 + secrets.randbelow(1000) / 1000))

    def _note(self, answer: dict[str, Any], *, bid_id: str, amount: int) -> None:
        self.outcomes["accepted" if answer["ok"] else answer["problem"]["code"]] += 1
        if "receipt" in answer:
            self.receipts[bid_id] = answer["receipt"]["entry_hash"]
        facts = {} if answer["ok"] else answer["problem"]["facts"]
        least = amount + self.lot["increment_minor"] if answer["ok"] else facts.get("least_acceptable_minor", 0)
        self.least = max(self.least, least)


def bid(arguments: argparse.Namespace, made: dict[str, Any]) -> dict[str, Any]:
    """Let bidders bid the least acceptable amount, each again after its answer and a pause."""
    lot = made["lots"][0]
    tokens = [one["token"] for one in made["bidders"][arguments.first : arguments.first + arguments.count]]
    clients = _spread(len(tokens), lambda n: Client(arguments.url, token=tokens[n]))
    heads = [client.ask("watch", {"lot": lot["id"]}) for client in clients]
    table = Table(lot, least=max(head["state"]["least_acceptable_minor"] for head in heads))
    began = time.monotonic()
    playing = [gevent.spawn(table.play, client, seconds=arguments.seconds, pause=arguments.pause) for client in clients]
    gevent.joinall(playing, raise_error=True)
    lasted = time.monotonic() - began
    for client in clients:
        client.close()
    return {
        "clients": len(clients),
        "seconds": lasted,
        "outcomes": dict(table.outcomes),
        "receipts": table.receipts,
        "states": [len(client.states) for client in clients],
        **_percentiles("wait_ms", table.waits),
    }


def watch(arguments: argparse.Namespace, made: dict[str, Any]) -> dict[str, Any]:
    """Let watchers watch one lot, and measure when the states reach them."""
    lot = made["lots"][0]["id"]
    clients = _spread(arguments.count, lambda _: Client(arguments.url))
    for client in clients:
        assert client.ask("watch", {"lot": lot})["ok"]
    sys.stdout.write("watching\n")
    sys.stdout.flush()
    # Until the drill says that the bidding is over, and then as long as a late state may take.
    tp_read(sys.stdin.fileno(), 1)
    gevent.sleep(arguments.seconds)
    told = [client.states for client in clients]
    for client in clients:
        client.close()
    in_order = all(a[1]["seq"] <= b[1]["seq"] for states in told for a, b in pairwise(states))
    last = [states[-1][1]["seq"] for states in told if states]
    return {
        "clients": len(clients),
        "states": [len(states) for states in told],
        "most_in_a_second": max((_densest([at for at, _ in states]) for states in told), default=0),
        "in_order": in_order,
        "last": sorted(set(last)),
        "told": len(last),
        **_percentiles("late_ms", [state["late"] for states in told for _, state in states]),
    }


def _densest(moments: list[float]) -> int:
    """Return the most moments within any one second."""
    most, first = 0, 0
    for last, moment in enumerate(moments):
        while moment - moments[first] >= 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most


def _percentiles(name: str, seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds) or [0.0]
    return {
        f"{name}_p{part}": round(ordered[min(len(ordered) - 1, len(ordered) * part // 100)] * 1000, 2)
        for part in (50, 95, 99)
    } | {f"{name}_max": round(ordered[-1] * 1000, 2)}


def main() -> None:
    """Do what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["bid", "watch"])
    parser.add_argument("--url", required=True, help="ws://host:port")
    parser.add_argument("--made", required=True, type=Path, help="what seed-bench wrote")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--pause", type=float, default=0.0, help="seconds between a bidder's answer and his next bid")
    arguments = parser.parse_args()
    made = json.loads(arguments.made.read_text(encoding="utf-8"))
    result = bid(arguments, made) if arguments.what == "bid" else watch(arguments, made)
    sys.stdout.write(f"{json.dumps(result)}\n")


if __name__ == "__main__":
    main()
