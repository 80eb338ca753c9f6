"""Buying together: shares that make one, confirmed before bidding begins; and what a bidder declares of himself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, Refusal
from auction.foundation.kernel.roles import Actor, Role
from auction.procedure.bidding import eligibility, joint, queries, registering, undertakings
from auction.procedure.bidding.shares import JointMember, JointNotConfirmed, SharesNotWhole, read_shares
from tests.road import Road

OFFICER = Actor(id="O", name="执行员", roles=frozenset({Role.OFFICER}))
HALVES = [{"person": "A", "share": "1/2"}, {"person": "B", "share": "1/2"}]


@pytest.fixture
def road(platform: Platform) -> Road:
    made = Road(platform)
    made.begin()
    made.announce()
    for name in "ABC":
        made.person(name)
    return made


def confirm(road: Road, jointly: Sequence[Mapping[str, object]], *, bidder: str = "A", actor: Actor = OFFICER) -> None:
    with road.platform.act(actor) as act:
        joint.confirm_joint(act, lot="L1", bidder=bidder, jointly=jointly)


def head(road: Road) -> tuple[int, str]:
    with road.platform.read() as session:
        return docket.head(session, "lot:L1")


@given(parts=st.lists(st.integers(1, 1_000), min_size=2, max_size=20))
def test_any_parts_of_a_whole_are_shares(parts: list[int]) -> None:
    whole = sum(parts)
    shares = [Fraction(part, whole) for part in parts]
    given_ = [{"person": f"P{n}", "share": f"{one.numerator}/{one.denominator}"} for n, one in enumerate(shares)]
    assert sum((share for _, share in read_shares(given_, bidder="P0")), Fraction(0)) == 1


@given(parts=st.lists(st.tuples(st.integers(1, 99), st.integers(1, 99)), min_size=2, max_size=20))
def test_shares_that_are_not_the_whole_are_refused(parts: list[tuple[int, int]]) -> None:
    assume(sum((Fraction(*one) for one in parts), Fraction(0)) != 1)
    with pytest.raises(SharesNotWhole):
        read_shares([{"person": f"P{n}", "share": f"{a}/{b}"} for n, (a, b) in enumerate(parts)], bidder="P0")


@pytest.mark.parametrize(
    "jointly",
    [
        [],
        [{"person": "A", "share": "1/1"}],
        [{"person": "A", "share": "1/2"}, {"person": "A", "share": "1/2"}],
        [{"person": "B", "share": "1/2"}, {"person": "C", "share": "1/2"}],
        [{"person": "A", "share": "0/1"}, {"person": "B", "share": "1/1"}],
        [{"person": "A", "share": "-1/2"}, {"person": "B", "share": "3/2"}],
        [{"person": "A", "share": "1/0"}, {"person": "B", "share": "1/2"}],
        [{"person": "A", "share": 0.5}, {"person": "B", "share": "1/2"}],
        [{"person": "A", "share": None}, {"person": "B", "share": "1/2"}],
        [{"person": "A", "share": "½"}, {"person": "B", "share": "1/2"}],
        [{"person": "A", "share": "1/1000000000"}, {"person": "B", "share": "1/2"}],
        [{"person": "A", "share": "1/2", "rank": 1}, {"person": "B", "share": "1/2"}],
        [{"share": "1/2"}, {"person": "B", "share": "1/2"}],
        [{"person": "A", "share": "1/21"}] + [{"person": f"P{n}", "share": "1/21"} for n in range(20)],
    ],
)
def test_a_group_that_cannot_be_read_is_refused_and_nothing_changes(
    road: Road, jointly: list[dict[str, object]]
) -> None:
    before = head(road)
    with pytest.raises(InputMalformed):
        confirm(road, jointly)
    assert head(road) == before


def test_confirming_twice_is_once_and_another_group_takes_its_place(road: Road) -> None:
    confirm(road, HALVES)
    before = head(road)
    confirm(road, list(reversed(HALVES)))
    assert head(road) == before
    confirm(road, [{"person": "A", "share": "2/4"}, {"person": "C", "share": "1/2"}])
    with road.platform.read() as session:
        group = joint.group(session, lot="L1", bidder="A")
    assert [(one.person, one.share) for one in group] == [("A", "1/2"), ("C", "1/2")]


def test_only_the_officer_confirms_and_only_before_bidding(road: Road) -> None:
    with pytest.raises(AuthForbidden):
        confirm(road, HALVES, actor=road.people["A"])
    road.wait_until(road.now + timedelta(days=20))
    with pytest.raises(JointNotConfirmed):
        confirm(road, HALVES)


def test_one_person_stands_under_one_code(road: Road) -> None:
    road.register("B")
    with pytest.raises(JointMember):
        confirm(road, HALVES)
    confirm(road, [{"person": "A", "share": "1/2"}, {"person": "C", "share": "1/2"}])
    together = [{"person": "A", "share": "1/2"}, {"person": "C", "share": "1/2"}]
    made = road.register("A", jointly=together)
    assert made.joint
    with pytest.raises(JointMember):
        road.register("C")
    with pytest.raises(registering.RegisteredAlready):
        road.register("A", jointly=together)
    with pytest.raises(JointMember):
        confirm(road, together)
    with road.platform.read() as session:
        assert joint.names(session, lot="L1", person="A") == "竞买人A 1/2、竞买人C 1/2"
        assert joint.names(session, lot="L1", person="B") == "竞买人B"


def test_one_who_may_not_bid_takes_the_whole_group_out(road: Road) -> None:
    confirm(road, HALVES)
    made = road.register("A", jointly=HALVES)
    with road.platform.act(OFFICER) as act:
        eligibility.declare_ineligible(act, person="B", lot="L1", why="执行人员的近亲属")
    with road.platform.read() as session:
        assert queries.registration(session, made.id).status == eligibility.EXCLUDED
        assert eligibility.ineligible_because(session, lot="L1", person="A") == "执行人员的近亲属"


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"unconnected": False}, registering.Ineligible),
        ({"unconnected": "yes"}, InputMalformed),
        ({"unconnected": None}, InputMalformed),
        ({"qualified": True}, InputMalformed),
        ({"": True}, InputMalformed),
    ],
)
def test_a_declaration_against_oneself_or_unreadable_registers_nobody(
    road: Road, said: dict[str, object], refusal: type[Refusal]
) -> None:
    before = head(road)
    with pytest.raises(refusal):
        road.register("A", declares=said)
    assert head(road) == before


def test_no_purchase_limit_no_undertaking(road: Road) -> None:
    assert road.register("A", declares={undertakings.QUALIFIED: True}).status == "registered"
    with road.platform.read() as session:
        assert not eligibility.undertook(session, lot="L1", person="A")
    with pytest.raises(InputMalformed), road.platform.act(road.people["B"]) as act:
        undertakings.undertake(act, lot="L1", person="B")
