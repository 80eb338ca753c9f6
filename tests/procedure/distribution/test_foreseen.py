"""Who would get what at any price: the plan itself asked price by price, break points exact to the fen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auction.edges.jobs.sweep import settle
from auction.edges.platform import Platform
from auction.foundation.kernel.roles import PLATFORM
from auction.procedure.cases.commands import record_cost
from auction.procedure.distribution import commands
from auction.procedure.distribution.foreseeing import foresee, least_minor
from auction.procedure.distribution.foreseen import Outlook, Setting, outlook
from auction.procedure.distribution.pools import Pool
from auction.procedure.distribution.rules import Claim, ClaimKind, Cost, File, Setaside
from auction.procedure.lots import queries as lots
from auction.procedure.settlement.commands import pay_balance
from tests.procedure.distribution.test_waterfall import NUMBERS, files
from tests.procedure.selling import DEPOSIT_MINOR, START_MINOR, Sale, person_actor


def seen(
    *claims: Claim,
    others: Sequence[Pool] = (),
    enterprise: bool = False,
    costs: Sequence[Cost] = (),
    setasides: Sequence[Setaside] = (),
    waiting: Mapping[str, int] | None = None,
    fee: bool = False,
) -> Outlook:
    needs = dict(waiting or {})
    file = File(
        pools=[*others, Pool(lot="L1", properties=frozenset({"P1"}), minor=0)],
        claims=claims,
        enterprise=enterprise,
        costs=costs,
        setasides=setasides,
    )
    setting = Setting(
        file=file,
        lot="L1",
        queues={"L1": list(needs)},
        needs=needs,
        numbers=NUMBERS,
        fee_on=claims if fee else None,
    )
    return outlook(setting)


def told(found: Outlook) -> list[tuple[str, int | None, int | None]]:
    return [(taker.payees[0], taker.begins_minor, taker.full_minor) for taker in found.takers]


@pytest.mark.statute
def test_each_step_begins_where_the_one_before_is_full() -> None:
    found = seen(
        Claim("K1", ClaimKind.ORDINARY, 100, interest_minor=7),
        Claim("K2", ClaimKind.SECURED, 300, rank=1, property="P1"),
        costs=[Cost(20)],
        setasides=[Setaside("P1", 30)],
        waiting={"C2": 40},
    )

    assert told(found) == [
        ("costs", 1, 20),
        ("living_setaside", 21, 50),
        ("K2", 51, 350),
        ("K1", 351, 450),
        ("K1", 451, 457),
        ("C2", 458, 497),
    ]
    assert found.surplus_from_minor == 498
    assert found.breaks == sorted({1, 20, 21, 50, 51, 350, 351, 450, 451, 457, 458, 497, 498})


@pytest.mark.statute
def test_equals_are_full_together_and_a_part_is_paid_in_proportion() -> None:
    found = seen(Claim("K1", ClaimKind.ORDINARY, 100), Claim("K2", ClaimKind.ORDINARY, 300))

    assert told(found) == [("K1", 1, 400), ("K2", 1, 400)]
    assert found.split(200).amounts == (50, 150)


@pytest.mark.statute
def test_against_an_enterprise_who_seized_first_is_full_first() -> None:
    found = seen(
        Claim("K1", ClaimKind.ORDINARY, 100, seizure_order=2),
        Claim("K2", ClaimKind.ORDINARY, 300, seizure_order=1),
        enterprise=True,
    )

    assert told(found) == [("K2", 1, 300), ("K1", 301, 400)]


def test_money_of_other_lots_is_there_before_the_first_fen_of_the_price() -> None:
    found = seen(
        Claim("K1", ClaimKind.SECURED, 100, property="P1"),
        Claim("K2", ClaimKind.ORDINARY, 100),
        others=[Pool(lot="L2", properties=frozenset({"P2"}), minor=50)],
    )

    # What a prior right does not get from its own thing takes part among the ordinary claims, and is still its own.
    assert found.split(0).amounts == (25, 25)
    assert found.split(100).amounts == (100, 50)
    assert told(found) == [("K1", 0, 100), ("K2", 0, 150)]


def test_the_enforcement_fee_grows_with_what_is_enforced_up_to_the_claims() -> None:
    found = seen(Claim("K1", ClaimKind.ORDINARY, 60_000_000), fee=True)
    fee = found.takers[0]

    assert fee.part == "enforcement_fee"
    assert fee.full_minor == 59_999_950  # one per cent there, and half a fen is rounded up
    assert fee.most_minor == 5_000 + 49_000_000 * 15 // 1000 + 10_000_000 * 10 // 1000
    assert found.takers[1].full_minor == 60_000_000 + fee.most_minor


def test_without_claims_everything_is_the_debtors() -> None:
    found = seen()

    assert found.takers == ()
    assert found.surplus_from_minor == 1
    assert found.split(5).surplus_minor == 5


def test_many_of_one_part_stand_together() -> None:
    many = [Claim(f"K{n}", ClaimKind.ORDINARY, 100 + n) for n in range(200)]
    found = seen(*many, Claim("S", ClaimKind.SECURED, 50, property="P1"))

    assert [(taker.part, len(taker.payees)) for taker in found.takers] == [("priority", 1), ("ordinary", 200)]
    assert found.takers[1].full_minor == 50 + sum(claim.minor for claim in many)


def _of_lot(file: File) -> Setting:
    """Take the first pool of any file as the lot that is looked at."""
    pools = file.pools or (Pool(lot="L1", properties=frozenset({"P1"}), minor=0),)
    whole = replace(file, pools=pools, enforcement_fee_minor=0)
    lot = pools[0].lot or "L1"
    pools = [replace(pools[0], lot=lot), *(pool for pool in pools[1:] if pool.lot != lot)]
    return Setting(file=replace(whole, pools=pools), lot=lot, queues={}, needs={}, numbers=NUMBERS)


def _wandering(file: File) -> int:
    """Return how many fen may wander a price later: among equals who share, and among the lots that bear the costs."""
    return len(file.claims) + len(file.pools)


@pytest.mark.property
@settings(deadline=None, max_examples=60)
@given(file=files(), prices=st.lists(st.integers(0, 10**13), min_size=1, max_size=8))
def test_at_every_price_the_lines_add_up_and_no_part_shrinks(file: File, prices: list[int]) -> None:
    found = outlook(_of_lot(file))
    before = [0] * len(found.takers)
    slack = _wandering(file)
    for price in sorted(prices):
        split = found.split(price)
        assert sum(split.amounts) + split.surplus_minor == price + found.setting.others_minor
        for taker, got, earlier in zip(found.takers, split.amounts, before, strict=True):
            assert 0 <= got <= taker.most_minor
            assert got >= earlier - slack
        before = list(split.amounts)


@pytest.mark.property
@settings(deadline=None, max_examples=60)
@given(file=files())
def test_a_taker_is_full_from_its_break_point_on_and_not_a_fen_before(file: File) -> None:
    found = outlook(_of_lot(file))
    slack = _wandering(file)
    for number, taker in enumerate(found.takers):
        assert taker.full_minor is not None
        assert sum(found.split(taker.full_minor).amounts) <= taker.full_minor + found.setting.others_minor
        for price in (taker.full_minor, taker.full_minor + 1, taker.full_minor + 100):
            assert taker.most_minor - slack <= found.split(price).amounts[number] <= taker.most_minor
        if not found.setting.others_minor:
            assert found.split(taker.full_minor).amounts[number] == taker.most_minor
        if taker.full_minor:
            short = found.split(taker.full_minor - 1).amounts
            equals = [place for place, other in enumerate(found.takers) if other.full_minor == taker.full_minor]
            assert any(short[place] < found.takers[place].most_minor for place in equals)
        if taker.begins_minor:
            assert found.split(taker.begins_minor - 1).amounts[number] == 0
    if found.surplus_from_minor:
        assert found.split(found.surplus_from_minor - 1).surplus_minor == 0


def test_several_together_begin_with_whoever_of_them_is_paid_first() -> None:
    """K1 comes first in the order, yet is paid from P1 alone; K4 is paid already from what lies there of other lots."""
    kinds = {"K1": ClaimKind.FINE, "K4": ClaimKind.FINE, "K5": ClaimKind.FINE}
    claims = [
        Claim(id=name, kind=kinds.get(name, ClaimKind.ORDINARY), minor=int(name != "K0"), rank=None,
              property="P1" if name == "K1" else None, seizure_order=None, interest_minor=1, only=None)
        for name in ("K0", "K1", "K2", "K3", "K4", "K5")
    ]  # fmt: skip
    pools = [Pool(lot="L1", properties=frozenset({"P1"}), minor=0), Pool(lot=None, properties=frozenset(), minor=9)]
    file = File(pools=pools, claims=claims, enterprise=False, costs=[], enforcement_fee_minor=0, setasides=[])
    fines = next(taker for taker in outlook(_of_lot(file)).takers if taker.part == "fine")
    assert set(fines.payees) == {"K1", "K4", "K5"}
    assert (fines.begins_minor, fines.full_minor) == (0, 2)


@pytest.mark.property
@settings(deadline=None, max_examples=60)
@given(file=files())
def test_of_one_lot_alone_everything_is_a_straight_line_between_two_break_points(file: File) -> None:
    whole = _of_lot(file)
    found = outlook(replace(whole, file=replace(whole.file, pools=whole.file.pools[:1])))
    for low, high in pairwise([0, *found.breaks]):
        if high - low < 4:
            continue
        start, middle, end = low + 1, (low + high) // 2, high - 1
        one, half, other = (found.split(price).amounts for price in (start, middle, end))
        for begun, there, ended in zip(one, half, other, strict=True):
            assert abs(there - (begun + (ended - begun) * (middle - start) // (end - start))) <= 1


def test_what_is_foreseen_at_the_hammer_price_is_the_plan_that_follows(platform: Platform) -> None:
    sale = Sale(platform)
    sale.open(
        claims=(
            {"id": "K1", "creditor": "甲银行", "amount_minor": 60_000_000, "kind": "ordinary", "applicant": True},
            {"id": "K2", "creditor": "乙公司", "amount_minor": 30_000_000, "kind": "ordinary"},
        )
    )
    sale.announce()
    with platform.act(PLATFORM) as act:
        record_cost(act, case="C1", what="评估费", amount_minor=1_000_000)
    with platform.read() as session:
        lot = lots.lot(session, "L1")
        before = foresee(session, lot=lot, now=platform.clock.now(), enforcement_fee=True)
        assert least_minor(session, lot=lot) == 1_000_001
    sale.sold()
    with platform.act(person_actor("A")) as act:
        pay_balance(act, lot="L1", amount_minor=START_MINOR - DEPOSIT_MINOR)
    settle(platform)
    with platform.act(PLATFORM) as act:
        drawn = commands.plan_distribution(act, case="C1", enforcement_fee=True)

    assert before.plan(drawn.total_minor).lines == drawn.lines
    with platform.read() as session:
        after = foresee(session, lot=lots.lot(session, "L1"), now=platform.clock.now(), enforcement_fee=True)
    assert after.plan(drawn.total_minor).lines == drawn.lines
