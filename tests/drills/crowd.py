"""Bidders on several lots in a process of their own, who outlive the platform's processes and write a history down.

Each line is on its way to the disk before the bid it tells of is sent, and after its answer came, with an instant of
the machine's monotonic clock. Whoever loses his line goes to the next address and sends what was not answered again,
under its own id. The plan says how long a lot is raised; afterwards it only gets bids that must be refused, so that
nothing moves its end.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import argparse  # noqa: E402 - the standard library is made cooperative first
import contextlib  # noqa: E402
import json  # noqa: E402
import secrets  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any, TextIO  # noqa: E402

import gevent  # noqa: E402
import gevent.event  # noqa: E402
from gevent.os import tp_read  # noqa: E402

from auction.edges.bench.wire import Line, asked, joined  # noqa: E402
from tests.drills.history import UNANSWERED  # noqa: E402
from tests.drills.load import NAMESPACE, address_of  # noqa: E402

ANSWER_SECONDS = 5.0
#: How long the bidders try to learn what became of their last bids.
FAREWELL_SECONDS = 30.0
_CHANCE = secrets.SystemRandom()


def entered(url: str, *, token: str) -> Line:
    """Return a line on ``/live`` that asks one thing at a time.

    :raises ConnectionError: when the server refuses
    """
    return joined(address_of(url), namespace=NAMESPACE, token=token)


def answer_to(line: Line, bid: dict[str, Any]) -> dict[str, Any]:
    """Send a bid and return its acknowledgement."""
    return asked(line, namespace=NAMESPACE, event="bid", data=bid)


class Room:
    """What the bidders of one process share: the lots, what each may bid there, and the file they write to."""

    def __init__(self, plan: dict[str, Any], out: TextIO) -> None:
        self.lots: list[dict[str, Any]] = plan["lots"]
        self.urls: list[str] = plan["urls"]
        self.over = gevent.event.Event()
        self._out = out
        self._began = time.monotonic()
        self._least = {lot["id"]: lot["start_price_minor"] for lot in self.lots}
        self._closed: set[str] = set()

    def write(self, what: str, bid_id: str, **more: object) -> None:
        """Write down what happens now."""
        self._out.write(json.dumps({"what": what, "bid_id": bid_id, "at": time.monotonic(), **more}) + "\n")
        self._out.flush()

    def hear(self, bid_id: str, answer: dict[str, Any]) -> str:
        """Write down an answer, and return its code."""
        code = "accepted" if answer["ok"] else str(answer["problem"]["code"])
        receipt = answer.get("receipt") or {}
        self.write("answered", bid_id, code=code, seq=receipt.get("seq"), hash=receipt.get("entry_hash"))
        return code

    def choose(self) -> dict[str, Any]:
        """Return the next bid to send: mostly the least that will do, now and then one that must be refused."""
        open_lots = [lot for lot in self.lots if lot["id"] not in self._closed]
        # Of a closed lot a few latecomers still want something.
        lot = _CHANCE.choice(open_lots if open_lots and _CHANCE.random() < 0.98 else self.lots)
        start, step, least = lot["start_price_minor"], lot["increment_minor"], self._least[lot["id"]]
        raised = time.monotonic() - self._began < lot["raise_seconds"]
        if not raised:
            amount = start if _CHANCE.random() < 0.8 and lot["raise_seconds"] > 0 else start - step
        else:
            amount = least + _CHANCE.choice((0,) * 12 + (step, 3 * step, -step, 1, start - step - least))
        return {"lot": lot["id"], "amount_minor": max(1, amount), "bid_id": secrets.token_hex(8)}

    def learn(self, bid: dict[str, Any], answer: dict[str, Any]) -> None:
        """Take from an answer what the next bid must be."""
        lot = next(one for one in self.lots if one["id"] == bid["lot"])
        problem = {} if answer["ok"] else answer["problem"]
        told = bid["amount_minor"] + lot["increment_minor"] if answer["ok"] else 0
        told = problem.get("facts", {}).get("least_acceptable_minor", told)
        self._least[lot["id"]] = max(self._least[lot["id"]], told)
        if problem.get("code") == "bidding.closed":
            self._closed.add(lot["id"])


class Bidder:
    """One person with a token."""

    def __init__(self, room: Room, *, name: str, token: str, at: int, pause: float) -> None:
        self._room = room
        self._name = name
        self._token = token
        self._at = at
        self._pause = pause
        self._owed: dict[str, Any] | None = None

    def run(self) -> None:
        """Bid until it is over and nothing is owed, over one line after the other."""
        while not self._room.over.is_set() or self._owed is not None:
            line: Line | None = None
            with contextlib.suppress(OSError, gevent.Timeout):
                with gevent.Timeout(ANSWER_SECONDS):
                    line = entered(self._room.urls[self._at % len(self._room.urls)], token=self._token)
                self._bid_over(line)
            if line is not None:
                line.close()
            self._at += 1
            gevent.sleep(0.05)

    def _bid_over(self, line: Line) -> None:
        while not self._room.over.is_set() or self._owed is not None:
            bid = self._owed
            if bid is None:
                bid = self._owed = self._room.choose()
                rest = {key: bid[key] for key in ("lot", "amount_minor")}
                self._room.write("sent", bid["bid_id"], client=self._name, **rest)
            else:
                self._room.write("again", bid["bid_id"])
            with gevent.Timeout(ANSWER_SECONDS):
                answer = answer_to(line, bid)
            if self._room.hear(bid["bid_id"], answer) != UNANSWERED:
                self._owed = None
            self._room.learn(bid, answer)
            gevent.sleep(self._pause * (0.5 + _CHANCE.random()))


def main() -> None:
    """Bid until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plan", required=True, type=Path, help="the addresses, lots and bidders, as JSON")
    parser.add_argument("--out", required=True, type=Path, help="where the history is written")
    parser.add_argument("--first", type=int, required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--pause", type=float, required=True, help="seconds between an answer and the next bid")
    told = parser.parse_args()
    plan = json.loads(told.plan.read_text(encoding="utf-8"))
    with told.out.open("w", encoding="utf-8") as out:
        room = Room(plan, out)
        bidders = [
            Bidder(room, name=f"client-{number}", token=plan["tokens"][number], at=number, pause=told.pause)
            for number in range(told.first, told.first + told.count)
        ]
        bidding = [gevent.spawn(bidder.run) for bidder in bidders]
        tp_read(sys.stdin.fileno(), 1)
        room.over.set()
        gevent.joinall(bidding, timeout=FAREWELL_SECONDS)
        for one in bidding:
            if one.dead:
                one.get()


if __name__ == "__main__":
    main()
