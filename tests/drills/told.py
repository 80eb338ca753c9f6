"""Histories told by the platform's own rules, for the tests of the checker: a docket, and what each client saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from auction.foundation.docket.rules import GENESIS, Entry, next_entry
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.refusal import Refusal
from auction.procedure.bidding import rules
from auction.rulebook import rulebook
from tests.drills.history import Answer, Operation, check
from tests.drills.replay import Terms

CHAIN = "lot:L1"
START, STEP = 1_000, 100
OPENS = datetime(2026, 11, 23, 10, tzinfo=UTC)
ENDS = OPENS + timedelta(days=1)
NUMBERS = rulebook().on(OPENS.date())
TERMS = Terms(START, STEP, timedelta(minutes=5), timedelta(minutes=5))
PERSONS = {"a": rules.Bidder("R1", "CODEA"), "b": rules.Bidder("R2", "CODEB"), "p": rules.Bidder("R3", "CODEP", rank=1)}


@dataclass
class Told:
    """A lot told by the platform's own rules: its docket, and what each client saw of it."""

    entries: list[Entry] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)
    standing: rules.Standing = field(
        default_factory=lambda: rules.Standing("open", "first", START, STEP, opens_at=OPENS, ends_at=ENDS)
    )

    def __post_init__(self) -> None:
        for one in PERSONS.values():
            self.enter("registration.admitted", OPENS, {"code": one.code, "priority_rank": one.rank})
        self.enter("lot.opened", OPENS, {"opens_at": instant_text(OPENS), "ends_at": instant_text(ENDS)})

    def enter(self, kind: str, at: datetime, public: dict[str, Any]) -> Entry:
        prev = self.entries[-1].hash if self.entries else GENESIS
        seq = len(self.entries) + 1
        entry = next_entry(chain=CHAIN, seq=seq, prev=prev, at=at, kind=kind, public=public)
        self.entries.append(entry)
        return entry

    def bid(self, who: str, amount: int, *, at: float, sent: float | None = None, told: float | None = None) -> None:
        """Decide a bid ``at`` seconds after the opening; ``told`` 0 leaves its client without an answer."""
        bidder, before = PERSONS[who], self.standing
        arrived = OPENS + timedelta(seconds=at)
        bid_id = f"bid-{len(self.operations)}"
        refusal: Refusal | None = None
        try:
            self.standing = rules.decide(
                before, bidder=bidder, amount_minor=amount, received_at=arrived, numbers=NUMBERS
            )
        except Refusal as named:
            refusal = named
        public = {
            "bid_id": bid_id,
            "code": bidder.code,
            "rank": bidder.rank,
            "amount_minor": amount,
            "received_at": instant_text(arrived),
            "ends_at": instant_text(self.standing.ends_at),
        }
        extended = self.standing.extensions > before.extensions
        more = {"extended": extended} if refusal is None else {"refusal": refusal.code, "facts": refusal.plain_facts()}
        entry = self.enter("bid.accepted" if refusal is None else "bid.refused", arrived, public | more)
        if extended:
            self.enter("lot.extended", arrived, {"ends_at": instant_text(self.standing.ends_at)})
        answer = Answer(told or at + 0.01, refusal.code if refusal else "accepted", entry.seq, entry.hash)
        self.operations.append(
            Operation(
                client=who,
                lot="L1",
                bid_id=bid_id,
                amount_minor=amount,
                invoked_at=at - 0.01 if sent is None else sent,
                answers=() if told == 0 else (answer,),
            )
        )

    def close(self) -> None:
        standing = self.standing
        code = next((one.code for one in PERSONS.values() if one.registration == standing.leader), None)
        public = {
            "outcome": rules.outcome(standing),
            "price_minor": standing.price_minor,
            "code": code,
            "bids": standing.bids,
            "ends_at": instant_text(standing.ends_at),
        }
        self.enter("lot.closed", standing.ends_at, public)
        self.standing = replace(standing, status="closed")

    def broken(self) -> set[str]:
        return {fault.rule for fault in check(self.entries, self.operations, TERMS)}


def story() -> Told:
    """Tell three clients' bids: six accepted, among them an equal one of a better rank, and each kind of refusal."""
    told = Told()
    told.bid("a", START, at=1)
    told.bid("b", START, at=2)
    told.bid("p", START, at=3)
    told.bid("a", START + 3 * STEP, at=4)
    told.bid("a", START + 4 * STEP, at=5)
    told.bid("b", START + 4 * STEP + 1, at=6)
    told.bid("b", START - STEP, at=7)
    told.bid("b", START + 9 * STEP, at=8, told=0)
    told.bid("a", START + 10 * STEP, at=86_400 - 60)
    told.bid("b", START + 11 * STEP, at=86_400 + 60)
    told.close()
    told.bid("a", START + 12 * STEP, at=86_400 + 900)
    return told


def rechained(entries: Sequence[Entry], operations: Sequence[Operation]) -> Told:
    """Chain entries anew, and give every receipt its entry's new number and hash, so that only the sense is wrong."""
    made = Told()
    made.entries.clear()
    for one in entries:
        made.enter(one.kind, one.at, dict(one.public))
    found = {entry.public["bid_id"]: entry for entry in reversed(made.entries) if "bid_id" in entry.public}
    made.operations = [
        replace(one, answers=tuple(replace(answer, seq=at.seq, hash=at.hash) for answer in one.answers))
        if (at := found.get(one.bid_id))
        else one
        for one in operations
    ]
    return made


def at_bid(told: Told, bid_id: str) -> int:
    return next(index for index, entry in enumerate(told.entries) if entry.public.get("bid_id") == bid_id)


def changed(told: Told, bid_id: str, **public: object) -> Told:
    entries = list(told.entries)
    index = at_bid(told, bid_id)
    entries[index] = replace(entries[index], public={**entries[index].public, **public})
    return rechained(entries, told.operations)


def seen(told: Told, bid_id: str, **parts: Any) -> Told:  # noqa: ANN401 - whatever an operation holds
    told.operations = [replace(one, **parts) if one.bid_id == bid_id else one for one in told.operations]
    return told


def refuse(told: Told, bid_id: str, code: str) -> Told:
    index = at_bid(told, bid_id)
    entries = list(told.entries)
    public = {**entries[index].public, "refusal": code, "facts": {}}
    entries[index] = replace(entries[index], kind="bid.refused", public=public)
    made = rechained(entries, told.operations)
    one = next(one for one in made.operations if one.bid_id == bid_id)
    return seen(made, bid_id, answers=(replace(one.answers[0], code=code),))


def accept(told: Told, bid_id: str) -> Told:
    index = at_bid(told, bid_id)
    entries = list(told.entries)
    entries[index] = replace(entries[index], kind="bid.accepted", public={**entries[index].public, "extended": False})
    made = rechained(entries, told.operations)
    one = next(one for one in made.operations if one.bid_id == bid_id)
    return seen(made, bid_id, answers=tuple(replace(answer, code="accepted") for answer in one.answers))
