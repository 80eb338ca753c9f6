"""The checker of histories must be able to fail: each rule is broken by hand once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from auction.foundation.kernel.canonical import instant_text
from tests.drills.history import Answer, check, read
from tests.drills.told import (
    ENDS,
    OPENS,
    START,
    STEP,
    TERMS,
    Told,
    accept,
    at_bid,
    changed,
    rechained,
    refuse,
    seen,
    story,
)


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
    "a good bid was refused as too low": ("legal", lambda told: refuse(told, "bid-3", "bidding.too_low")),
    "a bid too low was accepted": ("legal", lambda told: accept(told, "bid-1")),
    "a leader outbid himself": ("legal", lambda told: accept(told, "bid-4")),
    "a bid off step was accepted": ("legal", lambda told: accept(told, "bid-5")),
    "a bid below the start was accepted": ("legal", lambda told: accept(told, "bid-6")),
    "a bid after the end was accepted": ("legal", lambda told: accept(told, "bid-10")),
    "a bid in time was refused as late": ("legal", lambda told: refuse(told, "bid-9", "bidding.closed")),
    "a better rank was refused": ("legal", lambda told: refuse(told, "bid-2", "bidding.too_low")),
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
    assert accept(told, "bid-1").broken() == {"legal"}


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


def test_a_close_that_did_not_wait_for_a_bid_in_time_is_found() -> None:
    told = story()
    told.bid("a", START + 12 * STEP, at=86_400 + 100, sent=87_400, told=87_401)
    assert told.operations[-1].answers[0].code == "bidding.closed"
    assert told.broken() == {"legal"}
