"""A load generator in a process of its own: bidders or watchers over WebSocket, told what to do by arguments.

It speaks Socket.IO itself, in as few lines as it takes, so that one core can play a
thousand clients. The last line it prints is one JSON object of what it measured.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import argparse  # noqa: E402 - the standard library is made cooperative first
import json  # noqa: E402
import secrets  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections import Counter  # noqa: E402
from datetime import UTC, datetime  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent.event  # noqa: E402
import gevent.pool  # noqa: E402
import simple_websocket  # noqa: E402

NAMESPACE = "/live"
ACK_SECONDS = 30


class Client:
    """One connection on ``/live``."""

    def __init__(self, url: str, *, token: str | None = None) -> None:
        self.states: list[tuple[float, dict[str, Any]]] = []
        self.newest: dict[str, Any] = {}
        self.refused_at_door = ""
        self._acks: dict[int, gevent.event.AsyncResult] = {}
        self._number = 0
        self._ready = gevent.event.Event()
        self._line = simple_websocket.Client.connect(f"{url}/socket.io/?EIO=4&transport=websocket")
        self._reader = gevent.spawn(self._read)
        auth = json.dumps({"token": token}) if token else ""
        self._line.send(f"40{NAMESPACE},{auth}")
        if not self._ready.wait(ACK_SECONDS) or self.refused_at_door:
            raise ConnectionError(self.refused_at_door or "no answer to the connection")

    def ask(self, event: str, data: dict[str, Any]) -> dict[str, Any]:
        """Send an event and return its acknowledgement."""
        self._number += 1
        number = self._number
        waiting = self._acks[number] = gevent.event.AsyncResult()
        self._line.send(f"42{NAMESPACE},{number}{json.dumps([event, data])}")
        answer = waiting.get(timeout=ACK_SECONDS)
        assert isinstance(answer, dict)
        return answer

    def close(self) -> None:
        """Leave."""
        self._reader.kill()
        self._line.close()

    def _read(self) -> None:
        while True:
            try:
                message = self._line.receive()
            except simple_websocket.ConnectionClosed:
                return
            if message == "2":
                self._line.send("3")
            elif message.startswith(f"42{NAMESPACE},"):
                at = time.monotonic()
                state = json.loads(message[len(NAMESPACE) + 3 :])[1]
                self.newest = state
                self.states.append((at, _brief(state)))
            elif message.startswith(f"43{NAMESPACE},"):
                number, bracket, rest = message[len(NAMESPACE) + 3 :].partition("[")
                self._acks.pop(int(number)).set(json.loads(bracket + rest)[0])
            elif message.startswith(f"40{NAMESPACE}"):
                self._ready.set()
            elif message.startswith(f"44{NAMESPACE}"):
                self.refused_at_door = message
                self._ready.set()


def _brief(state: dict[str, Any]) -> dict[str, Any]:
    sent = datetime.fromisoformat(state["server_time"])
    late = (datetime.now(UTC) - sent).total_seconds()  # noqa: TID251 - the generator is outside the platform
    return {"seq": state["seq"], "late": late, "watchers": state["watchers"]}


def _spread(count: int, make: Any) -> list[Any]:  # noqa: ANN401 - whatever it makes
    """Run ``make(n)`` for each n, fifty at a time."""
    pool = gevent.pool.Pool(50)
    return list(pool.map(make, range(count)))


def bid(arguments: argparse.Namespace, made: dict[str, Any]) -> dict[str, Any]:
    """Let bidders bid the least acceptable amount, each again as soon as it has its answer."""
    lot = made["lots"][0]
    tokens = [one["token"] for one in made["bidders"][arguments.first : arguments.first + arguments.count]]
    clients = _spread(len(tokens), lambda n: Client(arguments.url, token=tokens[n]))
    heads = [client.ask("watch", {"lot": lot["id"]}) for client in clients]
    least = max(head["state"]["least_acceptable_minor"] for head in heads)
    shared = {"least": least}
    receipts: dict[str, str] = {}
    outcomes: Counter[str] = Counter()
    waits: list[float] = []

    def play(client: Client) -> None:
        until = time.monotonic() + arguments.seconds
        while time.monotonic() < until:
            bid_id = secrets.token_hex(8)
            seen = client.newest.get("least_acceptable_minor", 0)
            amount = max(shared["least"], seen)
            began = time.monotonic()
            answer = client.ask("bid", {"lot": lot["id"], "amount_minor": amount, "bid_id": bid_id})
            waits.append(time.monotonic() - began)
            outcomes["accepted" if answer["ok"] else answer["problem"]["code"]] += 1
            if "receipt" in answer:
                receipts[bid_id] = answer["receipt"]["entry_hash"]
            if answer["ok"]:
                shared["least"] = max(shared["least"], amount + lot["increment_minor"])
            else:
                shared["least"] = max(shared["least"], answer["problem"]["facts"].get("least_acceptable_minor", 0))
            gevent.sleep(arguments.pause)

    began = time.monotonic()
    gevent.joinall([gevent.spawn(play, client) for client in clients], raise_error=True)
    lasted = time.monotonic() - began
    for client in clients:
        client.close()
    return {
        "clients": len(clients), "seconds": lasted, "outcomes": dict(outcomes), "receipts": receipts,
        "states": [len(client.states) for client in clients], **_percentiles("wait_ms", waits),
    }  # fmt: skip


def watch(arguments: argparse.Namespace, made: dict[str, Any]) -> dict[str, Any]:
    """Let watchers watch one lot, and measure when the states reach them."""
    lot = made["lots"][0]["id"]
    clients = _spread(arguments.count, lambda _: Client(arguments.url))
    for client in clients:
        assert client.ask("watch", {"lot": lot})["ok"]
    print("watching", flush=True)
    gevent.sleep(arguments.seconds)
    told = [client.states for client in clients]
    for client in clients:
        client.close()
    in_order = all(a[1]["seq"] <= b[1]["seq"] for states in told for a, b in zip(states, states[1:], strict=False))
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
    json.dump(result, sys.stdout)
    print()


if __name__ == "__main__":
    main()
