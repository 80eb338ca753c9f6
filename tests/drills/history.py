"""A checker of recorded bidding histories, in the manner of Jepsen: what the clients saw against what the docket says.

The clients write down each bid before they send it and each answer when they have it, by the machine's one monotonic
clock. From the docket alone the checker replays every decision by rules of its own, written from the law and not taken
from the platform, and then asks whether what each client saw can be so: one order, legal at every step, in which a bid
answered before another was sent stands before it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from typing import Any

from auction.foundation.docket.rules import Entry, first_fault
from tests.drills.replay import BIDS, Fault, Replay, Terms, outcome

#: The platform says that it does not know what became of the bid, so nobody does.
UNANSWERED = "platform.unavailable"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client was told of a bid, and when; ``seq`` and ``hash`` are the receipt's, if it was given one."""

    at: float
    code: str
    seq: int | None = None
    hash: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One bid of a client from its first sending on, however often it was sent again under its own id."""

    client: str
    lot: str
    bid_id: str
    amount_minor: int
    invoked_at: float
    sent: int = 1
    answers: tuple[Answer, ...] = ()

    @property
    def receipts(self) -> list[Answer]:
        """The answers the platform stands by."""
        return [answer for answer in self.answers if answer.seq is not None]

    @property
    def answered_at(self) -> float:
        """When the client first knew the outcome; never, while it does not."""
        return min((answer.at for answer in self.receipts), default=inf)

    @property
    def turned_away(self) -> bool:
        """Say whether each sending was refused at the door, so that nothing may stand of it."""
        told = [answer for answer in self.answers if answer.seq is None and answer.code != UNANSWERED]
        return self.sent == len(told) > 0


def read(lines: Iterable[str]) -> list[Operation]:
    """Return the operations of a client's file; of a half-written last line nothing is known."""
    sent: dict[str, dict[str, Any]] = {}
    for line in lines:
        if not line.endswith("\n"):
            break
        said = json.loads(line)
        match said["what"]:
            case "sent":
                sent[said["bid_id"]] = {**said, "sent": 1, "answers": []}
            case "again":
                sent[said["bid_id"]]["sent"] += 1
            case _:
                sent[said["bid_id"]]["answers"].append(Answer(said["at"], said["code"], said["seq"], said["hash"]))
    return [
        Operation(
            client=one["client"],
            lot=one["lot"],
            bid_id=bid_id,
            amount_minor=one["amount_minor"],
            invoked_at=one["at"],
            sent=one["sent"],
            answers=tuple(one["answers"]),
        )
        for bid_id, one in sent.items()
    ]


def of_export(document: Mapping[str, Any]) -> tuple[list[Entry], Terms]:
    """Return the entries and terms of an export."""
    entries = [
        Entry(
            chain=f"lot:{one['lot']}",
            seq=one["seq"],
            at=datetime.fromisoformat(one["at"]),
            kind=one["kind"],
            public=one["public"],
            sealed=one["sealed"],
            prev=one["prev"],
            hash=one["hash"],
        )
        for one in document["entries"]
    ]
    numbers, terms = document["rulebook"]["numbers"], document["terms"]
    window, length = (
        timedelta(**{number["unit"]: number["value"]})
        for number in (numbers["auction.extension_window"], numbers["auction.extension_length"])
    )
    return entries, Terms(terms["start_price_minor"], terms["increment_minor"], window, length)


def check(entries: Sequence[Entry], operations: Sequence[Operation], terms: Terms) -> list[Fault]:
    """Return every fault of one lot's history; none means that what the clients saw is one legal order."""
    broken = first_fault(entries)
    if broken is not None:
        return [Fault("chain", str(broken[0]), broken[1])]
    return [
        *_each_stands_once(entries, operations),
        *_receipts_hold(entries, operations),
        *_codes_are_single(entries, operations),
        *_in_real_time(entries, operations),
        *Replay(terms).faults_of(entries),
    ]


def _each_stands_once(entries: Sequence[Entry], operations: Sequence[Operation]) -> list[Fault]:
    """Return bids that stand twice, that nobody sent so, or that were turned away."""
    sent = {one.bid_id: one for one in operations}
    seen: set[str] = set()
    faults = []
    for entry in _bids(entries):
        bid_id, amount = entry.public["bid_id"], entry.public["amount_minor"]
        if bid_id in seen:
            faults.append(Fault("once", f"#{entry.seq}", f"{bid_id} stands a second time"))
        seen.add(bid_id)
        if bid_id not in sent:
            faults.append(Fault("sent", f"#{entry.seq}", f"nobody sent {bid_id}"))
        elif sent[bid_id].amount_minor != amount:
            faults.append(Fault("sent", f"#{entry.seq}", f"{bid_id} was sent at {sent[bid_id].amount_minor}"))
        elif sent[bid_id].turned_away:
            faults.append(Fault("turned away", f"#{entry.seq}", f"{bid_id} was told that nothing stands"))
    return faults


def _receipts_hold(entries: Sequence[Entry], operations: Sequence[Operation]) -> list[Fault]:
    """Return what was acknowledged and does not stand where its receipt says; each receipt of a bid is checked."""
    faults = []
    for one in operations:
        for receipt in one.receipts:
            seq = receipt.seq or 0
            entry = entries[seq - 1] if 0 < seq <= len(entries) else None
            if entry is None or entry.public.get("bid_id") != one.bid_id or entry.kind not in BIDS:
                faults.append(Fault("lost", one.bid_id, f"acknowledged as #{seq}, where it does not stand"))
            elif entry.hash != receipt.hash:
                faults.append(Fault("hash", one.bid_id, f"#{seq} is not the entry that was acknowledged"))
            elif outcome(entry) != receipt.code:
                faults.append(Fault("outcome", one.bid_id, f"told {receipt.code}, entered as {outcome(entry)}"))
    return faults


def _codes_are_single(entries: Sequence[Entry], operations: Sequence[Operation]) -> list[Fault]:
    """Return bids entered under a code that is another client's."""
    client = {one.bid_id: one.client for one in operations}
    bidder: dict[str, str] = {}
    code: dict[str, str] = {}
    faults = []
    for entry in _bids(entries):
        who, his = client.get(entry.public["bid_id"]), entry.public["code"]
        if who is not None and (bidder.setdefault(his, who) != who or code.setdefault(who, his) != his):
            faults.append(Fault("code", f"#{entry.seq}", f"{his} is not the code of {who}"))
    return faults


def _in_real_time(entries: Sequence[Entry], operations: Sequence[Operation]) -> list[Fault]:
    """Return bids that were answered before another was sent and yet stand behind it."""
    sent = {one.bid_id: one for one in operations}
    faults = []
    latest: Operation | None = None
    for entry in _bids(entries):
        one = sent.get(entry.public["bid_id"])
        if one is None:
            continue
        if latest is not None and one.answered_at < latest.invoked_at:
            ahead = latest.invoked_at - one.answered_at
            what = f"answered {ahead:.6f} s before {latest.bid_id} was sent, stands behind it"
            faults.append(Fault("real time", one.bid_id, what))
        if latest is None or one.invoked_at > latest.invoked_at:
            latest = one
    return faults


def _bids(entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.kind in BIDS]
