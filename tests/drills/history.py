"""A checker of recorded bidding histories, in the manner of Jepsen: what the clients saw against what the docket says.

The clients write down each bid before they send it and each answer when they have it, by the machine's one monotonic
clock. From the docket alone the checker replays every decision by rules of its own, written from the law and not taken
from the platform, and then asks whether what each client saw can be so: one order, legal at every step, in which a bid
answered before another was sent stands before it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
from typing import Any

from auction.foundation.docket.rules import Entry, first_fault

ACCEPTED = "accepted"
#: The platform says that it does not know what became of the bid, so nobody does.
UNANSWERED = "platform.unavailable"
BIDS = ("bid.accepted", "bid.refused")
_STOPS = ("lot.deferred", "lot.suspended", "lot.withdrawn", "lot.revoked")


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


@dataclass(frozen=True, slots=True)
class Terms:
    """The numbers a lot was announced with."""

    start_price_minor: int
    increment_minor: int
    extension_window: timedelta
    extension_length: timedelta


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that does not hold, and where."""

    rule: str
    where: str
    what: str


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
            elif _outcome(entry) != receipt.code:
                faults.append(Fault("outcome", one.bid_id, f"told {receipt.code}, entered as {_outcome(entry)}"))
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


def _outcome(entry: Entry) -> str:
    return ACCEPTED if entry.kind == "bid.accepted" else str(entry.public["refusal"])


@dataclass(slots=True)
class Replay:
    """A lot's bidding told again from its docket, each decision made anew."""

    terms: Terms
    price_minor: int | None = None
    leader: str | None = None
    rank: int | None = None
    bids: int = 0
    opens_at: datetime | None = None
    ends_at: datetime | None = None
    stands_still: bool = False
    stills: list[tuple[datetime, datetime]] = field(default_factory=list)
    stopped_at: datetime | None = None
    closed: bool = False
    ranks: dict[str, int | None] = field(default_factory=dict)

    def faults_of(self, entries: Sequence[Entry]) -> list[Fault]:
        """Return every entry that the rules do not allow at its place."""
        return [Fault("legal", f"#{entry.seq}", wrong) for entry in entries if (wrong := self._next(entry))]

    @property
    def least_minor(self) -> int:
        """The least an ordinary bidder may bid next."""
        return (
            self.terms.start_price_minor if self.price_minor is None else self.price_minor + self.terms.increment_minor
        )

    def _next(self, entry: Entry) -> str | None:
        public = entry.public
        match entry.kind:
            case "registration.admitted":
                self.ranks[public["code"]] = public["priority_rank"]
            case "lot.opened":
                self.opens_at, self.ends_at = _instant(public["opens_at"]), _instant(public["ends_at"])
            case "bid.accepted" | "bid.refused":
                return self._bid(entry)
            case "lot.extended":
                return None if _instant(public["ends_at"]) == self.ends_at else f"extended to {public['ends_at']}"
            case "lot.resumed":
                self._resume(entry)
            case "lot.closed":
                return self._close(entry)
            case kind if kind in _STOPS:
                self.stands_still, self.stopped_at = True, entry.at
            case _:
                pass  # nothing that bidding depends on
        return None

    def _resume(self, entry: Entry) -> None:
        self.ends_at, self.stands_still = _instant(entry.public["ends_at"]), entry.public["status"] != "open"
        self.opens_at = self.opens_at or entry.at
        if self.stopped_at is not None:
            self.stills.append((self.stopped_at, entry.at))

    def _bid(self, entry: Entry) -> str | None:
        public, arrived = entry.public, _instant(entry.public["received_at"])
        if self.ranks.get(public["code"], "nobody") != public["rank"]:
            return f"{public['code']} was not admitted with rank {public['rank']}"
        if arrived > entry.at:
            return "decided before it arrived"
        least = self.least_minor
        rightly = self._decide(public, arrived)
        if rightly != _outcome(entry):
            return f"entered as {_outcome(entry)}, rightly {rightly} (least {least}, leader {self.leader})"
        if entry.kind == "bid.accepted":
            return self._lead(public, arrived)
        told = public["facts"].get("least_acceptable_minor", least)
        return None if told == least else f"refused with {told} as the least, rightly {least}"

    def _decide(self, public: Mapping[str, Any], arrived: datetime) -> str:
        amount = public["amount_minor"]
        if (refusal := self._by_the_clock(arrived)) is not None:
            return refusal
        if amount < self.terms.start_price_minor:
            return "bidding.below_start"
        if self.leader == public["code"]:
            return "bidding.own_lead"
        if self.price_minor is not None and amount <= self.price_minor + self.terms.increment_minor - 1:
            better = public["rank"] is not None and (self.rank is None or public["rank"] < self.rank)
            return ACCEPTED if better and amount == self.price_minor else "bidding.too_low"
        whole = (amount - self.terms.start_price_minor) % self.terms.increment_minor == 0
        return ACCEPTED if whole else "bidding.off_step"

    def _by_the_clock(self, arrived: datetime) -> str | None:
        if self.stands_still or any(begun <= arrived < over for begun, over in self.stills):
            return "bidding.not_open"
        if not self.closed and (self.opens_at is None or arrived < self.opens_at):
            return "bidding.not_open"
        return "bidding.closed" if self.closed or self.ends_at is None or arrived >= self.ends_at else None

    def _lead(self, public: Mapping[str, Any], arrived: datetime) -> str | None:
        assert self.ends_at is not None
        before, end = self.ends_at, self.ends_at
        if end - arrived <= self.terms.extension_window:
            end = max(end, arrived + self.terms.extension_length)
        self.price_minor, self.leader, self.rank = public["amount_minor"], public["code"], public["rank"]
        self.bids, self.ends_at = self.bids + 1, end
        if _instant(public["ends_at"]) != end or public["extended"] != (end > before):
            return f"the end told as {public['ends_at']}, rightly {end.isoformat()}"
        return None

    def _close(self, entry: Entry) -> str | None:
        public, self.closed = entry.public, True
        if self.stands_still or self.ends_at is None or entry.at < self.ends_at:
            return "closed before its end, or while it stood still"
        told = (public["outcome"], public["price_minor"], public["code"], public["bids"], _instant(public["ends_at"]))
        outcome = "unsold" if self.price_minor is None else "sold"
        rightly = (outcome, self.price_minor, self.leader, self.bids, self.ends_at)
        return None if told == rightly else f"closed with {told}, rightly {rightly}"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
