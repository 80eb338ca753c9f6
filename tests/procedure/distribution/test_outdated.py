"""A claim is satisfied once: by a plan, in kind or by set-off, whichever comes first and however far the others are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from auction.edges.jobs.sweep import settle
from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.refusal import InputMalformed, NotFound
from auction.foundation.kernel.roles import PLATFORM, Actor, Role
from auction.procedure.bidding import stays
from auction.procedure.cases import payments
from auction.procedure.cases import queries as cases
from auction.procedure.deposits import exempt
from auction.procedure.distribution import commands, disputes, judgments, participation, queries, refusals
from auction.procedure.settlement import default, in_kind, set_off
from auction.procedure.settlement import queries as settlements
from auction.procedure.settlement.commands import pay_balance
from auction.procedure.settlement.in_kind import InKind
from tests.procedure.selling import START_MINOR, Sale, person_actor

FINANCE = Actor(id="F", name="财务", roles=frozenset({Role.FINANCE}))
HEAD = Actor(id="H", name="局长", roles=frozenset({Role.HEAD}))
CLAIMS = (
    {"id": "K1", "creditor": "甲银行", "amount_minor": 60_000_000, "kind": "ordinary", "applicant": True},
    {"id": "K2", "creditor": "乙公司", "amount_minor": 30_000_000, "kind": "ordinary"},
)


@pytest.fixture
def failed(platform: Platform) -> Sale:
    """A case with two claims, a lot that found no bidder, and enough paid in by the debtor for both claims."""
    sale = Sale(platform)
    sale.open(claims=CLAIMS)
    for lot in ("L1", "L2"):
        sale.announce(lot)
    sale.until_open("L2")
    sale.until_closed("L2")
    settle(platform)
    with platform.act(FINANCE) as act:
        payments.record_payment(act, case="C1", by="D-C1", amount_minor=90_000_000)
    return sale


def served(sale: Sale) -> None:
    for verb in (commands.plan_distribution, commands.serve_plan):
        with sale.platform.act(PLATFORM) as act:
            verb(act, case="C1")


def proposed(sale: Sale) -> None:
    with sale.platform.act(FINANCE) as act:
        commands.pay_out(act, case="C1")


def released(sale: Sale) -> None:
    with sale.platform.act(HEAD) as act:
        commands.release_payout(act, case="C1")


def take(sale: Sale, *, lot: str = "L1", claim: str = "K1") -> InKind:
    with sale.platform.act(PLATFORM) as act:
        return in_kind.take_in_kind(act, lot=lot, claim=claim)


def pay_difference(sale: Sale) -> None:
    with sale.platform.read() as session:
        creditor = cases.creditor_of(session, "K1")
    assert creditor is not None
    with sale.platform.act(person_actor(creditor)) as act:
        pay_balance(act, lot="L1", amount_minor=START_MINOR - 60_000_000)
    settle(sale.platform)


def shares(sale: Sale) -> dict[str, int]:
    with sale.platform.read() as session:
        plan = queries.plan(session, case="C1")
    assert plan is not None
    return {line.to: line.amount_minor for line in plan.lines} | {"surplus": plan.surplus_minor}


def entered(sale: Sale) -> int:
    with sale.platform.read() as session:
        return len(docket.entries(session, "case:C1"))


def test_a_plan_is_not_paid_over_a_claim_that_was_satisfied_in_kind_since(failed: Sale) -> None:
    served(failed)
    assert shares(failed) == {"K1": 60_000_000, "K2": 30_000_000, "surplus": 0}
    assert take(failed).difference_minor == START_MINOR - 60_000_000
    failed.after(days=20)
    before = entered(failed)
    with pytest.raises(refusals.ClaimsChanged) as refused:
        proposed(failed)
    assert refused.value.code == "distribution.plan_outdated"
    assert refused.value.facts["claims"] == ["K1"]
    assert entered(failed) == before


def test_nor_is_its_payment_released_and_drawn_up_anew_it_gives_what_is_left(failed: Sale) -> None:
    served(failed)
    failed.after(days=20)
    proposed(failed)
    take(failed)
    before = entered(failed)
    with pytest.raises(refusals.ClaimsChanged):
        released(failed)
    assert entered(failed) == before
    pay_difference(failed)
    served(failed)
    assert shares(failed) == {"K2": 30_000_000, "surplus": 70_000_000}


def test_while_a_taker_owes_the_difference_nothing_is_divided(failed: Sale) -> None:
    take(failed)
    before = entered(failed)
    with pytest.raises(refusals.CreditPending) as refused:
        served(failed)
    assert refused.value.facts["lots"] == ["L1"]
    assert entered(failed) == before
    with failed.platform.read() as session:
        found = settlements.settlement(session, "L1")
    assert found is not None
    failed.until(found.balance_due_by)
    failed.after(seconds=1)
    with failed.platform.act(PLATFORM) as act:
        default.declare_default(act, lot="L1")
    served(failed)
    assert shares(failed) == {"K1": 60_000_000, "K2": 30_000_000, "surplus": 0}


def bought_for_a_claim(platform: Platform) -> Sale:
    """L1 sold to the applicant, whose claim counts for the whole price."""
    sale = Sale(platform)
    sale.open(claims=[{**CLAIMS[0], "amount_minor": 80_000_000}])
    sale.announce()
    with platform.read() as session:
        creditor = cases.creditor_of(session, "K1")
    assert creditor is not None
    made = sale.join(creditor, claim="K1")
    with platform.act(person_actor(creditor)) as act:
        exempt.admitted_if_exempt(act, made=made)
    sale.until_open()
    sale.bid(creditor, START_MINOR)
    sale.until_closed()
    settle(platform)
    with platform.act(PLATFORM) as act:
        assert set_off.decide_set_off(act, lot="L1", claim="K1").due_minor == 0
    return sale


def test_a_plan_that_counts_on_a_set_off_whose_sale_was_revoked_is_not_served(platform: Platform) -> None:
    sale = bought_for_a_claim(platform)
    with platform.act(FINANCE) as act:
        payments.record_payment(act, case="C1", by="D-C1", amount_minor=16_000_000)
    with platform.act(PLATFORM) as act:
        commands.plan_distribution(act, case="C1")
    assert shares(sale) == {"K1": 10_000_000, "surplus": 6_000_000}
    with platform.act(PLATFORM) as act:
        stays.revoke(act, lot="L1", ground="31-1")
    settle(platform)
    with pytest.raises(refusals.ClaimsChanged), platform.act(PLATFORM) as act:
        commands.serve_plan(act, case="C1")
    with platform.act(PLATFORM) as act:
        commands.plan_distribution(act, case="C1")
    assert shares(sale) == {"K1": 16_000_000, "surplus": 0}


@pytest.mark.parametrize("before", ["drafted", "served"])
def test_a_plan_drawn_up_before_somebody_joined_is_not_served_as_it_is(failed: Sale, before: str) -> None:
    with failed.platform.act(PLATFORM) as act:
        commands.plan_distribution(act, case="C1")
    if before == "served":
        with failed.platform.act(PLATFORM) as act:
            commands.serve_plan(act, case="C1")
    joining = [{"id": "K3", "creditor": "丙公司", "amount_minor": 30_000_000, "title": "（2024）京0101民初5号判决"}]
    with failed.platform.act(PLATFORM) as act:
        participation.join_distribution(act, case="C1", claims=joining)
    with failed.platform.act(PLATFORM) as act, pytest.raises(refusals.ClaimsChanged) as refused:
        commands.serve_plan(act, case="C1")
    assert refused.value.facts["claims"] == ["K3"]
    served(failed)
    assert shares(failed) == {"K1": 45_000_000, "K2": 22_500_000, "K3": 22_500_000, "surplus": 0}


def test_what_is_on_its_way_to_a_claim_counts_no_second_time(failed: Sale) -> None:
    served(failed)
    failed.after(days=20)
    proposed(failed)
    released(failed)
    with failed.platform.read() as session:
        plan = queries.plan(session, case="C1")
    assert plan is not None
    assert plan.paid_minor == 0, "nothing has left yet"
    assert take(failed).difference_minor == START_MINOR
    settle(failed.platform)
    with failed.platform.read() as session:
        plan = queries.plan(session, case="C1")
    assert plan is not None
    assert (plan.status, plan.paid_minor) == (refusals.PlanStatus.PAID, 90_000_000)


def test_what_is_kept_in_escrow_for_a_claim_counts_no_second_time(failed: Sale) -> None:
    served(failed)
    with failed.platform.read() as session:
        creditor = cases.creditor_of(session, "K1")
    assert creditor is not None
    debtor = person_actor("D-C1")
    with failed.platform.act(debtor) as act:
        disputes.object_to_plan(act, case="C1", by="D-C1", claim="K1")
    with failed.platform.act(person_actor(creditor)) as act:
        disputes.oppose(act, case="C1", by=creditor, claim="K1")
    with failed.platform.act(debtor) as act:
        disputes.sue(act, case="C1", by="D-C1", claim="K1")
    failed.after(days=40)
    proposed(failed)
    released(failed)
    settle(failed.platform)
    assert take(failed).difference_minor == START_MINOR
    with failed.platform.act(PLATFORM) as act:
        judgments.settle_suit(act, case="C1", claim="K1", amount_minor=0)
    assert take(failed, lot="L2").difference_minor == START_MINOR - 60_000_000


def test_two_lots_taken_at_the_same_instant_count_one_claim_once(failed: Sale) -> None:
    with ThreadPoolExecutor(1) as other:
        with failed.platform.act(PLATFORM) as act:
            first = in_kind.take_in_kind(act, lot="L1", claim="K1")
            second = other.submit(take, failed, lot="L2")
            with pytest.raises(TimeoutError):
                second.result(timeout=1)
        assert first.difference_minor == START_MINOR - 60_000_000
        assert second.result(timeout=20).difference_minor == START_MINOR


def test_money_that_goes_back_between_proposal_and_release_is_not_paid_out(platform: Platform) -> None:
    sale = Sale(platform)
    sale.open(claims=CLAIMS)
    sale.announce()
    sale.sold()
    sale.after(hours=25)
    with platform.act(person_actor("A")) as act:
        pay_balance(act, lot="L1", amount_minor=63_000_000)
    settle(platform)
    served(sale)
    sale.after(days=20)
    proposed(sale)
    with platform.act(PLATFORM) as act:
        stays.revoke(act, lot="L1", ground="31-1")
    settle(platform)
    with pytest.raises(refusals.PlanOutdated, match="L1"):
        released(sale)


@pytest.mark.parametrize("lot", ["L9", "", "\x00", "L1;--"])
def test_an_unknown_lot_is_refused_and_no_docket_is_begun_for_it(failed: Sale, lot: str) -> None:
    with pytest.raises((NotFound, InputMalformed)):
        take(failed, lot=lot)
    with failed.platform.read() as session:
        assert docket.head(session, f"lot:{lot.replace(chr(0), '')}")[0] == 0
