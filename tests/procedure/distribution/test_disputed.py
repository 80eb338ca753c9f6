"""Objections to a plan: how they stand with time, and that a correction gives out exactly the whole."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from auction.procedure.distribution import disputed
from auction.procedure.distribution.disputed import Objection, Stand
from auction.procedure.distribution.pools import Pool
from auction.procedure.distribution.rules import Claim, ClaimKind, File, waterfall

NOW = datetime(2025, 4, 1, 10, tzinfo=timezone(timedelta(hours=8)))
TICK = timedelta(microseconds=1)


def test_an_objection_stands_until_the_last_instant_of_its_period() -> None:
    raised = Objection(claim="K1", amount_minor=1, opposition_until=NOW)
    assert raised.stand(NOW) is Stand.RAISED
    assert raised.stand(NOW + TICK) is Stand.ACCEPTED
    opposed = Objection(claim="K1", amount_minor=1, opposition_until=NOW - TICK, suit_until=NOW)
    assert opposed.stand(NOW) is Stand.OPPOSED
    assert opposed.stand(NOW + TICK) is Stand.DROPPED
    sued = Objection(claim="K1", amount_minor=1, opposition_until=NOW, suit_until=NOW, sued=True)
    assert sued.stand(NOW + timedelta(days=1000)) is Stand.SUED


def test_the_widest_of_two_objections_against_a_share_counts_once() -> None:
    found = [Objection(claim="K1", amount_minor=minor, opposition_until=NOW) for minor in (5, 9, 3)]
    assert disputed.parts(found, now=NOW, stands={Stand.RAISED}) == {"K1": 9}


@st.composite
def files(draw: st.DrawFn) -> File:
    kinds = st.sampled_from([ClaimKind.ORDINARY, ClaimKind.SECURED, ClaimKind.TAX, ClaimKind.FINE])
    amounts = st.integers(min_value=1, max_value=10**9)
    claims = [
        Claim(id=f"K{n}", kind=draw(kinds), minor=draw(amounts), rank=n, interest_minor=draw(st.integers(0, 1000)))
        for n in range(draw(st.integers(min_value=1, max_value=5)))
    ]
    pools = [
        Pool(lot=f"L{n}", properties=frozenset({f"P{n}"}), minor=draw(amounts))
        for n in range(draw(st.integers(min_value=1, max_value=3)))
    ]
    return File(pools=pools, claims=claims, enterprise=draw(st.booleans()))


@settings(deadline=None)
@given(file=files(), pick=st.integers(min_value=0, max_value=4), minor=st.integers(min_value=1, max_value=10**9))
def test_a_corrected_plan_gives_out_the_same_whole_from_the_same_money(file: File, pick: int, minor: int) -> None:
    plan = waterfall(file)
    claim = file.claims[pick % len(file.claims)].id
    part = min(minor, disputed.share_of(plan.lines, claim=claim))
    if part == 0:
        return
    found = disputed.corrected(
        plan,
        accepted={claim: part},
        claims=file.claims,
        properties={pool.lot: pool.properties for pool in file.pools if pool.lot},
        enterprise=file.enterprise,
    )
    assert disputed.share_of(found.lines, claim=claim) == disputed.share_of(plan.lines, claim=claim) - part
    assert all(line.amount_minor == sum(draw.minor for draw in line.draws) for line in found.lines)
    drawn: dict[str | None, int] = {}
    for draw in [*(draw for line in found.lines for draw in line.draws), *found.surplus]:
        drawn[draw.lot] = drawn.get(draw.lot, 0) + draw.minor
    assert drawn == {pool.lot: pool.minor for pool in file.pools}
    for one in file.claims:
        assert disputed.share_of(found.lines, claim=one.id) <= one.minor + one.interest_minor


@settings(deadline=None)
@given(file=files(), minor=st.integers(min_value=1, max_value=10**9))
def test_cutting_a_share_loses_nothing(file: File, minor: int) -> None:
    lines = waterfall(file).lines
    for claim in file.claims:
        kept, taken = disputed.cut(lines, claim=claim.id, minor=minor)
        whole = disputed.share_of(lines, claim=claim.id)
        assert disputed.share_of(taken, claim=claim.id) == min(minor, whole)
        assert disputed.share_of(kept, claim=claim.id) == whole - min(minor, whole)
        assert sum(line.amount_minor for line in [*kept, *taken]) == sum(line.amount_minor for line in lines)
