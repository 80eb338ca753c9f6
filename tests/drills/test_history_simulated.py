"""Histories simulated at random: every one that is legal passes, and every one that was tampered with is caught."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.drills.history import check
from tests.drills.told import PERSONS, STEP, TERMS, Told, accept, at_bid, changed, rechained, refuse, seen

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
        return accept(told, bid_id)
    return refuse(told, bid_id, "bidding.too_low") if _answered(told, bid_id) else _silently(told, bid_id)


def _answered(told: Told, bid_id: str) -> bool:
    return any(one.bid_id == bid_id and one.receipts for one in told.operations)


def _silently(told: Told, bid_id: str) -> Told:
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
