"""Comparing books with the outside: whatever is changed on one side is found, and nothing is found where all agrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.foundation.ledger.rules import WithOutside
from auction.gateways.port import Movement
from auction.procedure.treasury.reconciliation_rules import (
    Booked,
    Difference,
    DifferenceKind,
    compare,
    compare_ledger,
    in_both,
)

AT = datetime(2026, 3, 1, tzinfo=UTC)
LATER = AT + timedelta(hours=1)


def booked(order: str, minor: int, *, payment: str = "P1", currency: str = "CNY", at: datetime = AT) -> Booked:
    return Booked(order=order, payment=payment, case="C1", signed_minor=minor, currency=currency, at=at)


def moved(order: str | None, minor: int, *, payment: str = "P1", currency: str = "CNY", at: datetime = AT) -> Movement:
    return Movement(payment=payment, order=order, signed_minor=minor, currency=currency, at=at)


def differences(
    ours: Sequence[Booked], theirs: Sequence[Movement], *, waiting: frozenset[str] = frozenset()
) -> list[Difference]:
    return compare("service", booked=ours, movements=theirs, waiting=waiting, settled_by=LATER)


@dataclass(frozen=True)
class Story:
    """Payments with what went back of them, as both sides tell them."""

    ours: tuple[Booked, ...]
    theirs: tuple[Movement, ...]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Draw payments, each partly given back by orders, or by the outside's own act that names no order of ours."""
    ours: list[Booked] = []
    theirs: list[Movement] = []
    for number in range(draw(st.integers(1, 5))):
        payment = f"P{number}"
        paid = draw(st.integers(1, 10**12))
        parts = draw(st.lists(st.integers(1, 10**6), max_size=3))
        for place, minor in enumerate([paid, *(-part for part in parts)]):
            order = f"G{number}-{place}"
            ours.append(booked(order, minor, payment=payment))
            named = order if place == 0 or draw(st.booleans()) else None
            theirs.append(moved(named, minor, payment=payment))
    return Story(tuple(ours), tuple(draw(st.permutations(theirs))))


@pytest.mark.property
@given(stories())
def test_two_sides_that_agree_have_no_difference(story: Story) -> None:
    assert differences(story.ours, story.theirs) == []


@pytest.mark.property
@given(stories(), st.data())
def test_whatever_one_thing_changes_outside_is_found(story: Story, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(story.theirs) - 1))
    one = story.theirs[place]
    changed: list[Movement] = list(story.theirs)
    match data.draw(st.sampled_from(["gone", "twice", "amount", "currency", "payment", "new"])):
        case "gone":
            del changed[place]
        case "twice":
            changed.append(one)
        case "amount":
            other = data.draw(st.integers(-(10**12), 10**12).filter(lambda minor: minor != one.signed_minor))
            changed[place] = replace(one, signed_minor=other)
        case "currency":
            changed[place] = replace(one, currency="USD")
        case "payment":
            changed[place] = replace(one, payment="somebody else's")
        case _:
            changed.append(moved(None, data.draw(st.integers(1, 10**9)), payment="unheard of"))
    assert differences(story.ours, changed)


@pytest.mark.property
@given(stories(), st.data())
def test_whatever_one_thing_changes_inside_is_found(story: Story, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(story.ours) - 1))
    changed = list(story.ours)
    if data.draw(st.booleans()):
        del changed[place]
    else:
        changed[place] = replace(changed[place], signed_minor=changed[place].signed_minor + data.draw(st.integers(1)))
    found = differences(changed, story.theirs)
    assert found
    assert all(one.inside_minor != one.outside_minor for one in found)


@pytest.mark.property
@given(stories())
def test_what_is_found_adds_up_to_what_the_sides_are_apart(story: Story) -> None:
    half = story.theirs[: len(story.theirs) // 2]
    apart = sum(one.signed_minor for one in story.ours) - sum(one.signed_minor for one in half)
    assert sum(one.inside_minor - one.outside_minor for one in differences(story.ours, half)) == apart


def test_the_order_that_is_the_cause_is_named() -> None:
    ours = [booked("G1", 500), booked("G2", -500), booked("G3", 70, payment="P2")]
    (found,) = differences(ours, [moved("G1", 500), moved("G3", 70, payment="P2")])
    assert (found.kind, found.order, found.payment, found.case) == (DifferenceKind.MISSING_OUTSIDE, "G2", "P1", "C1")
    (found,) = differences(ours[:1], [moved("G1", 500), moved("G9", 7, payment="P9")])
    assert (found.kind, found.order, found.case) == (DifferenceKind.MISSING_INSIDE, "G9", None)
    (found,) = differences(ours[:1], [moved("G1", 499)])
    assert (found.kind, found.inside_minor, found.outside_minor) == (DifferenceKind.AMOUNT_DIFFERS, 500, 499)


def test_a_refund_made_outside_without_us_is_named_by_its_payment() -> None:
    (found,) = differences([booked("G1", 500)], [moved("G1", 500), moved(None, -30)])
    assert (found.kind, found.order, found.payment) == (DifferenceKind.MISSING_INSIDE, None, "P1")
    assert (found.inside_minor, found.outside_minor, found.case) == (0, -30, "C1")


def test_a_hold_that_lapsed_outside_agrees_with_our_release() -> None:
    ours = [booked("G1", 500), booked("G2", -500)]
    assert differences(ours, [moved("G1", 500), moved(None, -500)]) == []


def test_a_hold_taken_back_leaves_no_trace_at_services_that_tell_only_what_is_there() -> None:
    assert differences([booked("G1", 500), booked("G2", -500)], []) == []
    assert differences([booked("G1", 500), booked("G2", -100)], [moved("G1", 400)]) == []


def test_what_is_under_way_or_only_just_done_is_no_difference_yet() -> None:
    just_now = LATER + timedelta(seconds=1)
    assert differences([], [moved("G1", 500)], waiting=frozenset({"G1"})) == []
    assert differences([booked("G1", 500, at=just_now)], []) == []
    assert differences([], [moved("G1", 500, at=just_now)]) == []


def test_a_fresh_order_hides_no_old_difference() -> None:
    just_now = LATER + timedelta(seconds=1)
    ours = [booked("G1", 500), booked("G2", -200, at=just_now)]
    assert [one.order for one in differences(ours, [])] == ["G1"]


def entered(reference: str, minor: int, *, case: str = "C1") -> WithOutside:
    return WithOutside(reference=reference, case=case, minor=minor, currency="CNY", at=AT)


def test_the_ledger_is_compared_by_reference_and_what_follows_it() -> None:
    orders = [booked("G1", 500), booked("G2", -200)]
    entries = [entered("G1", 700), entered("G1:lapsed", -200), entered("G2", -200)]
    assert compare_ledger(entered=entries, booked=orders) == []
    (found,) = compare_ledger(entered=entries[:1] + entries[2:], booked=orders)
    assert (found.kind, found.gateway, found.order) == (DifferenceKind.LEDGER_DIFFERS, None, "G1")
    assert (found.inside_minor, found.outside_minor) == (700, 500)


def test_a_payment_keeps_the_reference_it_was_recorded_under() -> None:
    orders = [booked("case-payment:H1", 500)]
    assert compare_ledger(entered=[entered("case-payment:H1", 500)], booked=orders) == []
    assert compare_ledger(entered=[entered("case-payment:H2", 500)], booked=orders)


def test_an_entry_nobody_ordered_and_one_in_another_case_are_found() -> None:
    assert compare_ledger(entered=[entered("by hand", 5)], booked=[])
    assert len(compare_ledger(entered=[entered("G1", 500, case="C2")], booked=[booked("G1", 500)])) == 2


def test_only_what_two_looks_find_alike_is_believed() -> None:
    first = differences([booked("G1", 500), booked("G2", 5, payment="P2")], [])
    second = differences([booked("G1", 500), booked("G2", 6, payment="P2")], [])
    assert [one.order for one in in_both(first, second)] == ["G1"]
