"""Bidders in a process of their own, with the official Socket.IO client: they outlive the platform and come back.

Each bids the least acceptable amount again and again. What it sent and what it was answered is written line by line,
so that whoever kills the platform can compare afterwards. A bid without an answer is sent again under its own id.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import secrets
import sys
import threading
import time
from pathlib import Path
from typing import Any, TextIO

import socketio
from socketio.exceptions import SocketIOError
from typing_extensions import override

NAMESPACE = "/live"
ANSWER_SECONDS = 5


class Crowd:
    """What the bidders of one lot share: the file they write to and the amount that will do."""

    def __init__(self, out: TextIO, *, step_minor: int, least_minor: int) -> None:
        self._out = out
        self._step = step_minor
        self._guard = threading.Lock()
        self.least = least_minor
        self.over = threading.Event()

    def write(self, **line: object) -> None:
        with self._guard:
            self._out.write(json.dumps(line) + "\n")
            self._out.flush()

    def learn(self, answer: dict[str, Any], *, amount_minor: int) -> None:
        with self._guard:
            if answer["ok"]:
                self.least = max(self.least, amount_minor + self._step)
            else:
                self.least = max(self.least, answer["problem"].get("facts", {}).get("least_acceptable_minor", 0))


class Bidder(threading.Thread):
    """One person with a token; connects for as long as it takes, however often the line is cut."""

    def __init__(self, crowd: Crowd, *, url: str, lot: str, token: str, pause: float) -> None:
        super().__init__(daemon=True)
        self._crowd = crowd
        self._url = url
        self._lot = lot
        self._token = token
        self._pause = pause
        self._owed: dict[str, Any] | None = None

    @override
    def run(self) -> None:
        while not self._crowd.over.is_set():
            client = socketio.Client(reconnection=False)
            with contextlib.suppress(SocketIOError, OSError):
                client.connect(
                    self._url,
                    namespaces=[NAMESPACE],
                    auth={"token": self._token},
                    transports=["websocket"],
                    wait_timeout=5,
                )
                self._bid_on(client)
            with contextlib.suppress(SocketIOError, OSError):
                client.disconnect()
            self._crowd.over.wait(0.2)

    def _bid_on(self, client: socketio.Client) -> None:
        while not self._crowd.over.is_set() or self._owed is not None:
            again = self._owed is not None
            bid = self._owed or {"lot": self._lot, "amount_minor": self._crowd.least, "bid_id": secrets.token_hex(8)}
            self._owed = bid
            if not again:
                self._crowd.write(sent=bid["bid_id"], amount_minor=bid["amount_minor"])
            answer = client.call("bid", bid, namespace=NAMESPACE, timeout=ANSWER_SECONDS)
            self._crowd.learn(answer, amount_minor=bid["amount_minor"])
            code = "accepted" if answer["ok"] else answer["problem"]["code"]
            if code != "platform.unavailable":
                self._owed = None
            receipt = answer.get("receipt") or {}
            self._crowd.write(
                answered=bid["bid_id"], code=code, again=again, seq=receipt.get("seq"), hash=receipt.get("entry_hash")
            )
            time.sleep(self._pause)


def main() -> None:
    """Bid until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--made", required=True, type=Path, help="what seed-bench wrote")
    parser.add_argument("--out", required=True, type=Path, help="where every bid and answer is written")
    parser.add_argument("--pause", type=float, default=0.02, help="seconds between an answer and the next bid")
    told = parser.parse_args()
    made = json.loads(told.made.read_text(encoding="utf-8"))
    lot = made["lots"][0]
    with told.out.open("w", encoding="utf-8") as out:
        crowd = Crowd(out, step_minor=lot["increment_minor"], least_minor=lot["start_price_minor"])
        tokens = [one["token"] for one in made["bidders"]]
        bidders = [Bidder(crowd, url=told.url, lot=lot["id"], token=token, pause=told.pause) for token in tokens]
        for bidder in bidders:
            bidder.start()
        sys.stdin.read()
        crowd.over.set()
        for bidder in bidders:
            bidder.join(timeout=3 * ANSWER_SECONDS)


if __name__ == "__main__":
    main()
