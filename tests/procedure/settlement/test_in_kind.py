"""Taking in kind: the draw among equals depends on no order, nothing is said twice, the debtor's living is kept."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.due import DueAct
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, NotFound, Refusal
from auction.foundation.kernel.roles import Actor, Role
from auction.procedure.lots import queries as lots
from auction.procedure.settlement import asking, credit, in_kind, queries, taking
from auction.procedure.settlement.rules import NotThisCourt, SettlementNotDue, bar_stands
from auction.procedure.settlement.taking import Taking
from tests.procedure.selling import Sale

CLAIMS = [
    {"id": f"K{n}", "creditor": f"债权人{n}", "amount_minor": 50_000_000, "kind": "ordinary", "applicant": n == 1}
    for n in (1, 2, 3)
]
HOSTILE = ["", "\x00", "K9", "К1", "K" * 5000, "K1 OR 1=1"]


@pytest.fixture
def failed(platform: Platform) -> Sale:
    """A case with three equal claims whose lot L1 found no bidder."""
    sale = Sale(platform)
    sale.open(claims=CLAIMS)
    sale.announce()
    sale.until_open()
    sale.until_closed()
    return sale


def officer() -> Actor:
    return Actor(id="U-officer", name="officer", roles=frozenset({Role.OFFICER}), court="T1")


def stands(sale: Sale) -> Taking:
    with sale.platform.read() as session:
        found = taking.taking(session, lots.lot(session, "L1"))
    assert found is not None
    return found


def take(sale: Sale, claim: str) -> None:
    with sale.platform.act(officer()) as act:
        in_kind.take_in_kind(act, lot="L1", claim=claim)


def head(sale: Sale) -> int:
    with sale.platform.read() as session:
        return len(docket.entries(session, "lot:L1"))


def due(sale: Sale) -> list[DueAct]:
    with sale.platform.read() as session:
        return queries.due(session, sale.platform.clock.now())


@given(closed=st.text(alphabet="0123456789abcdef", min_size=64, max_size=64), number=st.integers(2, 5))
def test_the_draw_is_the_same_whoever_comes_first(closed: str, number: int) -> None:
    claims = [f"K{n}" for n in range(number)]
    best = min(claims, key=lambda claim: credit.ticket(closed=closed, claim=claim))
    for order in permutations(claims):
        assert min(order, key=lambda claim: credit.ticket(closed=closed, claim=claim)) == best


@pytest.mark.statute
@pytest.mark.parametrize("order", [("K1", "K2", "K3"), ("K3", "K2", "K1"), ("K2", "K3", "K1")])
def test_among_equals_the_smallest_ticket_takes_in_whatever_order_they_ask(
    failed: Sale, order: tuple[str, ...]
) -> None:
    for claim in order:
        take(failed, claim)
    found = stands(failed)
    tickets = {one.claim: str(one.ticket) for one in found.answers}
    assert tickets == {claim: credit.ticket(closed=found.closed_hash, claim=claim) for claim in tickets}
    assert [one.claim for one in found.answers if one.takes] == [min(tickets, key=lambda claim: tickets[claim])]
    assert [one.ticket for one in found.answers] == sorted(tickets.values()), "who stands before stands first"


def test_nothing_is_said_twice(failed: Sale) -> None:
    take(failed, "K1")
    before = head(failed)
    for said in (in_kind.take_in_kind, asking.decline_in_kind):
        with failed.platform.act(officer()) as act, pytest.raises(SettlementNotDue):
            said(act, lot="L1", claim="K1")
    with failed.platform.act(officer()) as act, pytest.raises(SettlementNotDue):
        asking.ask_in_kind(act, lot="L1")
    assert head(failed) == before


@pytest.mark.parametrize("claim", HOSTILE)
def test_a_claim_that_is_none_of_the_case_changes_nothing(failed: Sale, claim: str) -> None:
    before = head(failed)
    acts: list[Callable[[], object]] = [
        lambda: take(failed, claim),
        lambda: _decline(failed, claim),
        lambda: _ask(failed, [claim]),
    ]
    for act in acts:
        with pytest.raises(InputMalformed):
            act()
    assert head(failed) == before


@pytest.mark.parametrize("claims", [7, "K1", [], [None], [["K1"]], {"K1": 1, "K9": 2}])
def test_who_was_asked_is_a_list_of_claims(failed: Sale, claims: object) -> None:
    with pytest.raises(InputMalformed):
        _ask(failed, claims)
    assert stands(failed).asked_at is None


def test_who_may_not_say_it(failed: Sale) -> None:
    bidder = Actor(id="U-B", name="B", roles=frozenset({Role.BIDDER}), person="B")
    elsewhere = Actor(id="U-x", name="x", roles=frozenset({Role.OFFICER}), court="T9")
    with failed.platform.act(bidder) as act, pytest.raises(Refusal) as refused:
        asking.decline_in_kind(act, lot="L1", claim="K1")
    assert refused.value.code == "auth.forbidden"
    with failed.platform.act(bidder) as act, pytest.raises(AuthForbidden):
        asking.ask_in_kind(act, lot="L1")
    for said in (in_kind.take_in_kind, asking.decline_in_kind):
        with failed.platform.act(elsewhere) as act, pytest.raises(NotThisCourt):
            said(act, lot="L1", claim="K1")
    with failed.platform.act(elsewhere) as act, pytest.raises(NotThisCourt):
        asking.ask_in_kind(act, lot="L1")
    with failed.platform.act(officer()) as act, pytest.raises(NotFound):
        asking.ask_in_kind(act, lot="L9")


def test_asking_is_recorded_once_for_each_creditor(failed: Sale) -> None:
    _ask(failed, ["K2"])
    _ask(failed, None)
    _ask(failed, None)
    with failed.platform.read() as session:
        asked = [entry.public["claims"] for entry in docket.of_kinds(session, "lot:L1", ["in_kind.asked"])]
    assert asked == [["K2"], ["K1", "K3"]]
    for claim in ("K1", "K2", "K3"):
        _decline(failed, claim)
        _decline(failed, claim)
    assert stands(failed).all_declined


@pytest.mark.statute
def test_what_is_kept_for_the_debtors_living_is_paid_in_money(platform: Platform) -> None:
    """法释〔2015〕10号 第20条: five to eight years of rent come before any claim, a taker's too."""
    sale = Sale(platform)
    sale.open(claims=[CLAIMS[0] | {"amount_minor": 90_000_000}])
    sale.announce(living_setaside_minor=20_000_000)
    sale.until_open()
    sale.until_closed()
    take(sale, "K1")
    with platform.read() as session:
        found = queries.settlement(session, "L1")
    assert found is not None
    assert (found.credit_minor, found.due_minor) == (50_000_000, 20_000_000)


def test_a_first_failure_asks_nobody(failed: Sale) -> None:
    assert [act.what for act in due(failed)] == []


@pytest.mark.parametrize(("ground", "stands_"), [("31-1", False), ("31-2", False), ("31-3", True), ("31-4", True)])
def test_a_bar_stands_only_where_the_ground_lies_in_the_buyer(ground: str, stands_: bool) -> None:  # noqa: FBT001
    assert bar_stands(ground) is stands_


def _ask(sale: Sale, claims: object) -> None:
    with sale.platform.act(officer()) as act:
        asking.ask_in_kind(act, lot="L1", claims=claims)  # type: ignore[arg-type]  # hostile on purpose


def _decline(sale: Sale, claim: str) -> None:
    with sale.platform.act(officer()) as act:
        asking.decline_in_kind(act, lot="L1", claim=claim)
