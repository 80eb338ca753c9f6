"""The order of the law: hand-checked stories and properties that hold for every file."""

from datetime import date
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.procedure.distribution.fees import doubled_interest, enforcement_fee
from auction.procedure.distribution.pools import Pool
from auction.procedure.distribution.rules import (
    Claim,
    ClaimKind,
    Cost,
    File,
    Line,
    Part,
    Setaside,
    Waterfall,
    waterfall,
)
from auction.rulebook.model import FeeBracket
from auction.rulebook.numbers import DistributionNumbers

ORDER = [part.value for part in Part]
NUMBERS = cast(
    "DistributionNumbers",
    SimpleNamespace(
        double_interest_per_million_a_day=175,
        enforcement_fee_flat_up_to_minor=1_000_000,
        enforcement_fee_flat_minor=5_000,
        enforcement_fee_brackets=(
            FeeBracket(50_000_000, 15),
            FeeBracket(500_000_000, 10),
            FeeBracket(1_000_000_000, 5),
            FeeBracket(None, 1),
        ),
    ),
)


def one_pool(minor: int, *things: str) -> tuple[Pool, ...]:
    return (Pool(lot="L1", properties=frozenset(things), minor=minor),)


def told(result: Waterfall) -> list[tuple[str, int]]:
    return [(line.to, line.amount_minor) for line in result.lines]


@pytest.mark.statute
def test_ordinary_claims_against_a_person_share_in_proportion() -> None:
    claims = [
        Claim("K1", ClaimKind.ORDINARY, 100),
        Claim("K2", ClaimKind.ORDINARY, 100),
        Claim("K3", ClaimKind.ORDINARY, 100),
    ]
    result = waterfall(File(pools=one_pool(100), claims=claims, enterprise=False))
    assert told(result) == [("K1", 34), ("K2", 33), ("K3", 33)]
    assert {line.rank for line in result.lines} == {result.lines[0].rank}
    assert result.lines[0].article == "法释〔2015〕5号 第508条"


@pytest.mark.statute
def test_ordinary_claims_against_an_enterprise_go_by_the_order_of_seizure() -> None:
    claims = [
        Claim("K1", ClaimKind.ORDINARY, 60),
        Claim("K2", ClaimKind.ORDINARY, 60, seizure_order=2),
        Claim("K3", ClaimKind.ORDINARY, 60, seizure_order=1),
    ]
    result = waterfall(File(pools=one_pool(100), claims=claims, enterprise=True))
    assert told(result) == [("K3", 60), ("K2", 40)]
    assert result.lines[0].article == "法释〔2015〕5号 第514条"


@pytest.mark.statute
def test_the_whole_order_with_a_surplus_for_the_debtor() -> None:
    claims = [
        Claim("K1", ClaimKind.ORDINARY, 100, interest_minor=7),
        Claim("K2", ClaimKind.SECURED, 300, rank=2, property="P1"),
        Claim("K3", ClaimKind.TAX, 50, rank=1),
        Claim("K4", ClaimKind.CONSTRUCTION, 40, property="P1"),
        Claim("K5", ClaimKind.FINE, 9),
        Claim("K6", ClaimKind.CONFISCATION, 8),
        Claim("K7", ClaimKind.MEDICAL, 11),
        Claim("K8", ClaimKind.RESTITUTION, 12),
    ]
    file = File(
        pools=one_pool(1000, "P1"),
        claims=claims,
        enterprise=False,
        costs=[Cost(20), Cost(5, lot="L1")],
        enforcement_fee_minor=3,
        setasides=[Setaside("P1", 30)],
    )
    result = waterfall(file)
    assert told(result) == [
        ("costs", 25),
        ("enforcement_fee", 3),
        ("living_setaside", 30),
        ("K7", 11),
        ("K4", 40),
        ("K3", 50),
        ("K2", 300),
        ("K8", 12),
        ("K1", 100),
        ("K1", 7),
        ("K5", 9),
        ("K6", 8),
    ]
    assert result.surplus_minor == 1000 - 595


@pytest.mark.statute
def test_a_mortgage_ranks_only_in_the_money_of_its_own_thing_and_its_rest_is_ordinary() -> None:
    pools = [Pool("L1", frozenset({"P1"}), 100), Pool("L2", frozenset({"P2"}), 90)]
    claims = [Claim("K1", ClaimKind.SECURED, 160, rank=1, property="P1"), Claim("K2", ClaimKind.ORDINARY, 30)]
    result = waterfall(File(pools=pools, claims=claims, enterprise=False))
    assert told(result) == [("K1", 100), ("K1", 60), ("K2", 30)]
    claims = [Claim("K1", ClaimKind.SECURED, 190, rank=1, property="P1"), Claim("K2", ClaimKind.ORDINARY, 90)]
    result = waterfall(File(pools=pools, claims=claims, enterprise=False))
    assert told(result) == [("K1", 100), ("K1", 45), ("K2", 45)]


@pytest.mark.statute
def test_a_tax_takes_unencumbered_money_first() -> None:
    pools = [Pool("L1", frozenset({"P1"}), 100), Pool("L2", frozenset({"P2"}), 90)]
    claims = [Claim("K1", ClaimKind.TAX, 80, rank=1), Claim("K2", ClaimKind.SECURED, 100, rank=2, property="P1")]
    assert told(waterfall(File(pools=pools, claims=claims, enterprise=True))) == [("K1", 80), ("K2", 100)]


@pytest.mark.parametrize(
    ("amount", "fee"),
    [(0, 0), (1, 5_000), (1_000_000, 5_000), (50_000_000, 740_000), (70_000_000, 940_000), (500_000_000, 5_240_000)],
)
def test_the_enforcement_fee_by_its_brackets(amount: int, fee: int) -> None:
    assert enforcement_fee(amount, numbers=NUMBERS) == fee


def test_the_enforcement_fee_above_ten_million_yuan() -> None:
    assert enforcement_fee(1_100_000_000, numbers=NUMBERS) == 5_240_000 + 2_500_000 + 100_000


def test_the_doubled_interest_counts_days_and_rounds_half_a_fen_up() -> None:
    due = date(2025, 1, 1)
    assert doubled_interest(unpaid_minor=60_000_000, due=due, until=date(2025, 1, 11), numbers=NUMBERS) == 105_000
    assert doubled_interest(unpaid_minor=60_000_000, due=due, until=date(2024, 1, 1), numbers=NUMBERS) == 0
    assert doubled_interest(unpaid_minor=20_000, due=due, until=date(2025, 1, 2), numbers=NUMBERS) == 4


amounts = st.integers(0, 10**12)
things = st.sampled_from(["P1", "P2", "P3"])


@st.composite
def files(draw: st.DrawFn) -> File:
    pools = [
        Pool("L1", frozenset({"P1"}), draw(amounts)),
        Pool("L2", frozenset({"P2", "P3"}), draw(amounts)),
        Pool(None, frozenset(), draw(amounts)),
    ]
    claims = [
        Claim(
            id=f"K{number}",
            kind=draw(st.sampled_from(ClaimKind)),
            minor=draw(amounts),
            rank=draw(st.none() | st.integers(1, 3)),
            property=draw(st.none() | things),
            seizure_order=draw(st.none() | st.integers(1, 3)),
            interest_minor=draw(st.sampled_from([0, 1, 999])),
        )
        for number in range(draw(st.integers(0, 7)))
    ]
    costs = [Cost(draw(amounts), draw(st.sampled_from([None, "L1", "L2"]))) for _ in range(draw(st.integers(0, 3)))]
    setasides = [Setaside(draw(things), draw(amounts)) for _ in range(draw(st.integers(0, 1)))]
    return File(pools, claims, draw(st.booleans()), costs, draw(amounts), setasides)


@pytest.mark.property
@given(files())
def test_lines_and_surplus_are_exactly_the_money_of_each_lot(file: File) -> None:
    result = waterfall(file)
    for pool in file.pools:
        drawn = sum(d.minor for line in result.lines for d in line.draws if d.lot == pool.lot)
        assert drawn + sum(d.minor for d in result.surplus if d.lot == pool.lot) == pool.minor
    assert all(line.amount_minor == sum(d.minor for d in line.draws) > 0 for line in result.lines)


@pytest.mark.property
@given(files())
def test_nobody_gets_more_than_his_claim(file: File) -> None:
    result = waterfall(file)
    for claim in file.claims:
        lines = [line for line in result.lines if line.to == claim.id]
        principal = sum(line.amount_minor for line in lines if line.part is not Part.DOUBLED_INTEREST)
        assert principal <= claim.minor
        assert sum(line.amount_minor for line in lines) - principal <= claim.interest_minor


@pytest.mark.property
@given(files())
def test_no_later_claim_is_paid_before_an_earlier_one_is_full(file: File) -> None:
    """Whoever may draw on a pool and is not full leaves nothing in it for a later part of the order."""
    result = waterfall(file)
    for claim in file.claims:
        part = _part(claim)
        got = sum(line.amount_minor for line in result.lines if line.to == claim.id and line.part is part)
        if got == claim.minor:
            continue
        own = {p.lot for p in file.pools if claim.property is None or claim.property in p.properties}
        reach = own if part in {Part.CONSTRUCTION, Part.PRIORITY, Part.MEDICAL} else {p.lot for p in file.pools}
        if part in {Part.RESTITUTION, Part.FINE, Part.CONFISCATION} and claim.property is not None:
            reach = own
        if part is Part.ORDINARY:
            reach = {p.lot for p in file.pools}
        assert not any(_later(line, part, reach) for line in result.lines)
        assert not any(d.lot in reach for d in result.surplus)


def _later(line: Line, part: Part, reach: set[str | None]) -> bool:
    return ORDER.index(line.part) > ORDER.index(part) and any(d.lot in reach for d in line.draws)


def _part(claim: Claim) -> Part:
    if claim.kind in {ClaimKind.SECURED, ClaimKind.TAX}:
        return Part.PRIORITY
    return Part(claim.kind.value)
