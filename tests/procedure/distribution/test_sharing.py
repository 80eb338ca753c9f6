"""What is left over for the queue, what a judgment makes of a reserved share, and first seizures after a transfer."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from auction.procedure.distribution import sharing
from auction.procedure.distribution.disputed import share_of
from auction.procedure.distribution.pools import Draw, Pool
from auction.procedure.distribution.rules import Claim, ClaimKind, File, Line, Part, Waterfall, waterfall

amounts = st.integers(1, 10**10)
CASES = ["C2", "C3", "C4"]


@st.composite
def leftovers(draw: st.DrawFn) -> tuple[Waterfall, dict[str, list[str]], dict[str, int]]:
    pools = [Pool(lot=f"L{n}", properties=frozenset({f"P{n}"}), minor=draw(amounts)) for n in range(1, 4)]
    claims = [Claim("K1", ClaimKind.ORDINARY, draw(amounts))]
    queues = {f"L{n}": draw(st.permutations(CASES))[: draw(st.integers(0, 3))] for n in range(1, 4)}
    needs = {case: draw(st.integers(0, 10**10)) for case in CASES}
    return waterfall(File(pools=pools, claims=claims, enterprise=False)), queues, needs


@given(leftovers())
def test_the_queue_and_the_debtor_get_exactly_what_is_left(
    given_: tuple[Waterfall, dict[str, list[str]], dict[str, int]],
) -> None:
    plan, queues, needs = given_
    found = sharing.to_the_queue(plan, queues=queues, needs=needs)
    assert found.lines[: len(plan.lines)] == plan.lines
    added = found.lines[len(plan.lines) :]
    assert sum(line.amount_minor for line in added) + found.surplus_minor == plan.surplus_minor
    for line in added:
        assert line.part is Part.QUEUE
        assert 0 < line.amount_minor <= needs[line.to]
        assert line.amount_minor == sum(draw.minor for draw in line.draws)
    for lot, line_up in queues.items():
        before = sum(draw.minor for draw in plan.surplus if draw.lot == lot)
        drawn = sum(draw.minor for line in added for draw in line.draws if draw.lot == lot)
        left = sum(draw.minor for draw in found.surplus if draw.lot == lot)
        assert drawn + left == before
        if left:
            # The debtor gets something of a lot only when everybody who waited for it is satisfied.
            assert all(share_of(added, claim=case) == needs[case] for case in line_up)


@given(st.lists(amounts, min_size=1, max_size=4), st.integers(1, 10**10), st.data())
def test_a_confirmed_claim_never_gets_more_than_was_confirmed_or_kept(
    claimed: list[int], money: int, data: st.DataObject
) -> None:
    claims = [Claim(f"K{n}", ClaimKind.ORDINARY, minor) for n, minor in enumerate(claimed)]
    plan = waterfall(File(pools=[Pool("L1", frozenset(), money)], claims=claims, enterprise=data.draw(st.booleans())))
    reserved = share_of(plan.lines, claim="K0")
    confirmed = data.draw(st.integers(0, claimed[0]))
    gets = sharing.confirmed_share(plan.lines, claim="K0", claimed_minor=claimed[0], confirmed_minor=confirmed)
    assert 0 <= gets <= min(confirmed, reserved)
    if confirmed == claimed[0] and reserved == claimed[0]:
        assert gets == reserved


def test_whoever_is_confirmed_for_half_of_it_shares_as_if_he_had_claimed_half() -> None:
    claims = [Claim("K0", ClaimKind.ORDINARY, 200), Claim("K1", ClaimKind.ORDINARY, 100)]
    plan = waterfall(File(pools=[Pool("L1", frozenset(), 150)], claims=claims, enterprise=False))
    assert share_of(plan.lines, claim="K0") == 100
    # 100 confirmed against 100 of the other: half of the 150, and the other half goes to K1.
    assert sharing.confirmed_share(plan.lines, claim="K0", claimed_minor=200, confirmed_minor=100) == 75
    assert sharing.confirmed_share(plan.lines, claim="K0", claimed_minor=200, confirmed_minor=0) == 0
    assert sharing.confirmed_share(plan.lines, claim="K0", claimed_minor=200, confirmed_minor=200) == 100


def test_a_first_seizure_comes_before_the_others_but_only_in_the_money_of_its_thing() -> None:
    pools = [Pool("L1", frozenset({"P1"}), 50), Pool("L2", frozenset({"P2"}), 100)]
    claims = [
        Claim("K1", ClaimKind.ORDINARY, 120, seizure_order=1),
        Claim("K0", ClaimKind.ORDINARY, 80, seizure_order=0, only="P1"),
    ]
    plan = waterfall(File(pools=pools, claims=claims, enterprise=True))
    assert [(line.to, line.amount_minor) for line in plan.lines] == [("K0", 50), ("K1", 100)]


def test_what_was_decided_is_taken_off_the_lines() -> None:
    line = Line(to="K1", part=Part.ORDINARY, amount_minor=9, rank=1, article="—", draws=(Draw("L1", 9),))
    kept = Line(to="K1", part=Part.ORDINARY, amount_minor=4, rank=1, article="—", draws=(Draw("L1", 4),))
    assert [one.amount_minor for one in sharing.without([line], settled=[kept])] == [5]
    assert sharing.without([line], settled=[line]) == []
