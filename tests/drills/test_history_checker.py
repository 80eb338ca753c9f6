"""The checker of histories must be able to fail: each rule is broken by hand once, and at random by Hypothesis."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.foundation.docket.rules import GENESIS, Entry, next_entry
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.refusal import Refusal
from auction.procedure.bidding import rules
from auction.rulebook import rulebook
from tests.drills.history import Answer, Operation, Terms, check, read

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


def test_a_legal_history_has_no_fault() -> None:
    told = story()
    assert check(told.entries, told.operations, TERMS) == []
    outcomes = [one.answers[0].code if one.answers else "unknown" for one in told.operations]
    assert outcomes == [
        "accepted", "bidding.too_low", "accepted", "accepted", "bidding.own_lead", "bidding.off_step",
        "bidding.below_start", "unknown", "accepted", "accepted", "bidding.closed",
    ]  # fmt: skip


def test_an_unanswered_bid_may_stand_or_not() -> None:
    told = story()
    never = replace(told.operations[0], client="c", bid_id="never", answers=())
    assert check(told.entries, [*told.operations, never], TERMS) == []


def _lose(told: Told) -> Told:
    entries = [entry for entry in told.entries if entry.public.get("bid_id") != "bid-1"]
    return rechained(entries, told.operations)


def _double(told: Told) -> Told:
    index = at_bid(told, "bid-1")
    return rechained([*told.entries[: index + 1], *told.entries[index:]], told.operations)


def _invent(told: Told) -> Told:
    told.operations = [one for one in told.operations if one.bid_id != "bid-7"]
    return told


def _reverse(told: Told) -> Told:
    """Let two refusals, each true at either place, stand in the wrong order of time."""
    first, second = at_bid(told, "bid-5"), at_bid(told, "bid-6")
    entries = list(told.entries)
    entries[first], entries[second] = entries[second], entries[first]
    return rechained(entries, told.operations)


def _unchain(told: Told) -> Told:
    told.entries[5] = replace(told.entries[5], at=told.entries[5].at + timedelta(seconds=1))
    return told


def _forge_receipt(told: Told) -> Told:
    one = told.operations[0]
    return seen(told, one.bid_id, answers=(replace(one.answers[0], hash="0" * 64),))


def _contradict(told: Told) -> Told:
    """Give one bid two receipts that differ: the second is checked as the first is."""
    one = told.operations[0]
    return seen(told, one.bid_id, sent=2, answers=(*one.answers, replace(one.answers[0], code="bidding.too_low")))


def _turn_away(told: Told) -> Told:
    return seen(told, "bid-7", answers=(Answer(9.0, "bidding.too_fast"),))


def _swap_codes(told: Told) -> Told:
    return seen(told, "bid-1", client="a")


def _close_too_high(told: Told) -> Told:
    entries = [
        replace(entry, public={**entry.public, "price_minor": START}) if entry.kind == "lot.closed" else entry
        for entry in told.entries
    ]
    return rechained(entries, told.operations)


def _close_early(told: Told) -> Told:
    entries = [
        replace(entry, at=entry.at - timedelta(microseconds=1)) if entry.kind == "lot.closed" else entry
        for entry in told.entries
    ]
    return rechained(entries, told.operations)


def _refuse(told: Told, bid_id: str, code: str) -> Told:
    index = at_bid(told, bid_id)
    entries = list(told.entries)
    public = {**entries[index].public, "refusal": code, "facts": {}}
    entries[index] = replace(entries[index], kind="bid.refused", public=public)
    made = rechained(entries, told.operations)
    one = next(one for one in made.operations if one.bid_id == bid_id)
    return seen(made, bid_id, answers=(replace(one.answers[0], code=code),))


def _accept(told: Told, bid_id: str) -> Told:
    index = at_bid(told, bid_id)
    entries = list(told.entries)
    entries[index] = replace(entries[index], kind="bid.accepted", public={**entries[index].public, "extended": False})
    made = rechained(entries, told.operations)
    one = next(one for one in made.operations if one.bid_id == bid_id)
    return seen(made, bid_id, answers=tuple(replace(answer, code="accepted") for answer in one.answers))


BREAKS: dict[str, tuple[str, Callable[[Told], Told]]] = {
    "an acknowledged bid is lost": ("lost", _lose),
    "a bid stands twice": ("once", _double),
    "nobody sent a bid": ("sent", _invent),
    "a bid stands at another amount": ("sent", lambda told: changed(told, "bid-8", amount_minor=START + 13 * STEP)),
    "a bid that was turned away stands": ("turned away", _turn_away),
    "the chain is broken": ("chain", _unchain),
    "a receipt has another hash": ("hash", _forge_receipt),
    "a bid got two answers": ("outcome", _contradict),
    "two clients have one code": ("code", _swap_codes),
    "an answered bid stands behind one sent later": ("real time", _reverse),
    "a good bid was refused as too low": ("legal", lambda told: _refuse(told, "bid-3", "bidding.too_low")),
    "a bid too low was accepted": ("legal", lambda told: _accept(told, "bid-1")),
    "a leader outbid himself": ("legal", lambda told: _accept(told, "bid-4")),
    "a bid off step was accepted": ("legal", lambda told: _accept(told, "bid-5")),
    "a bid below the start was accepted": ("legal", lambda told: _accept(told, "bid-6")),
    "a bid after the end was accepted": ("legal", lambda told: _accept(told, "bid-10")),
    "a bid in time was refused as late": ("legal", lambda told: _refuse(told, "bid-9", "bidding.closed")),
    "a better rank was refused": ("legal", lambda told: _refuse(told, "bid-2", "bidding.too_low")),
    "a rank nobody was admitted with": ("legal", lambda told: changed(told, "bid-0", rank=1)),
    "a refusal tells another least": (
        "legal",
        lambda told: changed(told, "bid-1", facts={"least_acceptable_minor": START}),
    ),
    "an end that was not moved": ("legal", lambda told: changed(told, "bid-8", ends_at=instant_text(ENDS))),
    "a bid decided before it arrived": (
        "legal",
        lambda told: changed(told, "bid-3", received_at=instant_text(OPENS + timedelta(seconds=4.1))),
    ),
    "the lot closed at another price": ("legal", _close_too_high),
    "the lot closed before its end": ("legal", _close_early),
}


@pytest.mark.parametrize(("rule", "break_it"), BREAKS.values(), ids=BREAKS.keys())
def test_each_broken_rule_is_found(rule: str, break_it: Callable[[Told], Told]) -> None:
    assert rule in break_it(story()).broken()


def test_what_stands_still_refuses_and_goes_on() -> None:
    told = Told()
    told.bid("a", START, at=10)
    told.enter("lot.deferred", OPENS + timedelta(seconds=20), {"ground": "platform_fault"})
    told.standing = replace(told.standing, status="deferred")
    told.bid("b", START + STEP, at=30)
    ends = ENDS + timedelta(hours=1)
    told.enter("lot.resumed", OPENS + timedelta(hours=1), {"status": "open", "ends_at": instant_text(ends)})
    told.standing = replace(told.standing, status="open", ends_at=ends)
    told.bid("b", START + STEP, at=4_000)
    assert [one.answers[0].code for one in told.operations] == ["accepted", "bidding.not_open", "accepted"]
    assert check(told.entries, told.operations, TERMS) == []
    assert _accept(told, "bid-1").broken() == {"legal"}


def test_a_file_is_read_up_to_its_last_whole_line() -> None:
    lines = [
        {"what": "sent", "client": "a", "lot": "L1", "bid_id": "one", "amount_minor": 5, "at": 1.0},
        {"what": "answered", "bid_id": "one", "at": 2.0, "code": "platform.unavailable", "seq": None, "hash": None},
        {"what": "again", "bid_id": "one", "at": 3.0},
        {"what": "answered", "bid_id": "one", "at": 4.0, "code": "accepted", "seq": 7, "hash": "ab"},
    ]
    whole = [json.dumps(line) + "\n" for line in lines]
    (one,) = read([*whole, '{"what": "sent", "bid'])
    assert (one.sent, one.invoked_at, one.answered_at, one.turned_away) == (2, 1.0, 4.0, False)
    (early,) = read(whole[:2])
    assert early.receipts == []
    assert not early.turned_away


STEPS = st.lists(
    st.tuples(
        st.sampled_from(sorted(PERSONS)),
        st.integers(-2, 4),  # steps above the least
        st.sampled_from((0, 0, 0, 1)),  # off the step
        st.integers(1, 90),  # milliseconds since the bid before was decided
        st.integers(0, 400),  # milliseconds under way to the platform
        st.integers(0, 400),  # and back
        st.booleans(),  # whether the answer arrived
    ),
    min_size=4,
    max_size=30,
)


def simulated(steps: Sequence[tuple[str, int, int, int, int, int, bool]]) -> Told:
    """Let a platform with one order take bids that overlap in time; each client has one under way at a time."""
    told, at = Told(), 100.0
    free = dict.fromkeys(PERSONS, 0.0)
    for who, above, off, gap, there, back, arrived in steps:
        at = max(at + gap / 1000, free[who] + 0.001)
        least = told.standing.least_acceptable_minor
        sent = max(at - there / 1000, free[who])
        told.bid(
            who, max(1, least + above * STEP + off), at=at, sent=sent, told=at + (back + 1) / 1000 if arrived else 0
        )
        free[who] = at + (back + 1) / 1000
    return told


@pytest.mark.property
@given(STEPS)
def test_every_simulated_history_passes(steps: list[tuple[str, int, int, int, int, int, bool]]) -> None:
    told = simulated(steps)
    assert check(told.entries, told.operations, TERMS) == []


@pytest.mark.property
@given(STEPS, st.data())
def test_every_mutated_history_is_caught(
    steps: list[tuple[str, int, int, int, int, int, bool]], data: st.DataObject
) -> None:
    told = simulated(steps)
    bids = [entry.public["bid_id"] for entry in told.entries if "bid_id" in entry.public]
    answered = [one.bid_id for one in told.operations if one.receipts]
    mutations: dict[str, Callable[[], Told]] = {
        "double": lambda: _doubled(told, data.draw(st.sampled_from(bids))),
        "unsent": lambda: _unsent(told, data.draw(st.sampled_from(bids))),
        "decided otherwise": lambda: _otherwise(told, data.draw(st.sampled_from(bids))),
        "raised by one": lambda: _raised(told, data.draw(st.sampled_from(bids))),
    }
    if answered:
        mutations["lost"] = lambda: _lost(told, data.draw(st.sampled_from(answered)))
        mutations["out of time"] = lambda: _out_of_time(told, data.draw(st.sampled_from(answered)))
    name = data.draw(st.sampled_from(sorted(mutations)))
    assert mutations[name]().broken(), name


def _doubled(told: Told, bid_id: str) -> Told:
    return rechained([*told.entries, told.entries[at_bid(told, bid_id)]], told.operations)


def _unsent(told: Told, bid_id: str) -> Told:
    told.operations = [one for one in told.operations if one.bid_id != bid_id]
    return told


def _lost(told: Told, bid_id: str) -> Told:
    return rechained([entry for entry in told.entries if entry.public.get("bid_id") != bid_id], told.operations)


def _otherwise(told: Told, bid_id: str) -> Told:
    if told.entries[at_bid(told, bid_id)].kind == "bid.refused":
        return _accept(told, bid_id)
    return _refuse(told, bid_id, "bidding.too_low") if _answered(told, bid_id) else _silently_refused(told, bid_id)


def _answered(told: Told, bid_id: str) -> bool:
    return any(one.bid_id == bid_id and one.receipts for one in told.operations)


def _silently_refused(told: Told, bid_id: str) -> Told:
    entries = list(told.entries)
    index = at_bid(told, bid_id)
    public = {**entries[index].public, "refusal": "bidding.too_low", "facts": {}}
    entries[index] = replace(entries[index], kind="bid.refused", public=public)
    return rechained(entries, told.operations)


def _raised(told: Told, bid_id: str) -> Told:
    amount = told.entries[at_bid(told, bid_id)].public["amount_minor"]
    return changed(told, bid_id, amount_minor=amount + 1)


def _out_of_time(told: Told, bid_id: str) -> Told:
    """Let a bid be answered before the one that stands before it was sent."""
    others = [entry.public["bid_id"] for entry in told.entries if "bid_id" in entry.public]
    place = others.index(bid_id)
    if place == 0:
        return _doubled(told, bid_id)
    before = next(one for one in told.operations if one.bid_id == others[place - 1])
    answers = next(one.answers for one in told.operations if one.bid_id == bid_id)
    early = tuple(replace(answer, at=before.invoked_at - 0.001) for answer in answers)
    return seen(told, bid_id, invoked_at=before.invoked_at - 0.002, answers=early)
