"""What a creditor's claim counts for, and what a forfeited deposit is used for: properties of the pure rules."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from auction.procedure.settlement import credit, forfeits
from auction.procedure.settlement.credit import Creditor

ORDINARY = credit.place(kind="ordinary", rank=None, on_the_thing=False, seizure_order=None, enterprise=False)
AMOUNTS = st.integers(min_value=0, max_value=10**12)


@st.composite
def creditors(draw: st.DrawFn) -> list[Creditor]:
    places = st.one_of(st.integers(min_value=0, max_value=5), st.just(ORDINARY))
    found = draw(st.lists(st.tuples(AMOUNTS, places), min_size=1, max_size=8))
    return [Creditor(claim=f"K{n}", left_minor=left, place=place) for n, (left, place) in enumerate(found)]


def test_places_are_in_the_order_of_the_law() -> None:
    def place(kind: str, *, rank: int | None = None, thing: bool = True, seized: int | None = None) -> int:
        return credit.place(kind=kind, rank=rank, on_the_thing=thing, seizure_order=seized, enterprise=True)

    order = [
        place("construction"),
        place("secured", rank=1),
        place("tax", rank=2),
        place("secured"),
        place("ordinary", seized=1),
        place("ordinary", seized=2),
        place("ordinary"),
        place("fine"),
    ]
    assert order == sorted(set(order))
    assert place("secured", rank=1, thing=False) == place("ordinary"), "a mortgage counts on its own thing only"


@settings(deadline=None)
@given(found=creditors(), price=AMOUNTS)
def test_a_taker_never_counts_more_than_his_claim_or_what_is_left_of_the_price(
    found: list[Creditor], price: int
) -> None:
    for taker in found:
        counted = credit.taker_credit(found, taker=taker, price_minor=price)
        before = sum(one.left_minor for one in found if one.prior and one.place < taker.place)
        assert counted == max(0, min(taker.left_minor, price - before))


@settings(deadline=None)
@given(found=creditors(), price=AMOUNTS, costs=AMOUNTS, balance=AMOUNTS)
def test_set_off_claims_of_all_creditors_never_exceed_the_price(
    found: list[Creditor], price: int, costs: int, balance: int
) -> None:
    counted = [
        credit.buyer_credit(found, buyer=one, price_minor=price, costs_minor=costs, balance_minor=balance)
        for one in found
    ]
    for one, minor in zip(found, counted, strict=True):
        assert 0 <= minor <= min(one.left_minor, balance, price)
    ordinary = [minor for one, minor in zip(found, counted, strict=True) if not one.prior]
    assert sum(ordinary) <= max(0, price - costs)


@settings(deadline=None)
@given(forfeited=AMOUNTS, costs=AMOUNTS, short=AMOUNTS, debt=AMOUNTS, linked=AMOUNTS)
def test_a_later_use_gets_nothing_before_an_earlier_one_is_full(
    forfeited: int, costs: int, short: int, debt: int, linked: int
) -> None:
    use = forfeits.Use(costs_minor=costs, shortfall_minor=short, case_debt_minor=debt, linked_debt_minor=linked)
    lines, uncovered = forfeits.lines(forfeited_minor=forfeited, use=use)
    given_out = {line.to: line.amount_minor for line in lines}
    assert all(line.amount_minor > 0 for line in lines)
    assert sum(given_out.values()) == min(forfeited, costs + short + debt + linked)
    assert uncovered == max(0, costs + short - forfeited)
    wanted = {"costs": costs, "shortfall": short, "case_debt": debt, "linked_debt": linked}
    order = list(wanted)
    for n, to in enumerate(order):
        if given_out.get(to, 0):
            assert all(given_out.get(before, 0) == wanted[before] for before in order[:n])
