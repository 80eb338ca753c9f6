"""Joining, judgments over escrow and the bankruptcy court: hostile input and wrong moments change nothing."""

from __future__ import annotations

from typing import Any

import pytest

from auction.edges.jobs.sweep import settle
from auction.edges.platform import Platform
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, NotFound, Refusal
from auction.foundation.kernel.roles import PLATFORM, Actor, Role
from auction.foundation.ledger import queries as ledger
from auction.procedure.cases import bankruptcy
from auction.procedure.cases import queries as cases
from auction.procedure.cases.rules import NoTitle
from auction.procedure.distribution import commands, disputes, judgments, participation, queries, refusals
from auction.procedure.settlement.commands import pay_balance
from tests.procedure.selling import Sale, person_actor

TITLE = "（2024）京0101民初5号判决"
TWO = (
    {"id": "K1", "creditor": "甲银行", "amount_minor": 60_000_000, "kind": "ordinary", "applicant": True},
    {"id": "K2", "creditor": "乙公司", "amount_minor": 40_000_000, "kind": "ordinary"},
)


@pytest.fixture
def sale(platform: Platform) -> Sale:
    return Sale(platform)


def sold(sale: Sale, *, claims: Any = TWO, kind: str = "natural_person") -> None:  # noqa: ANN401 - as the file gives them
    sale.open(claims=claims, debtor_kind=kind)
    sale.announce()
    sale.sold()
    sale.after(hours=25)
    with sale.platform.act(person_actor("A")) as act:
        pay_balance(act, lot="L1", amount_minor=63_000_000)
    settle(sale.platform)


def served(sale: Sale) -> None:
    for verb in (commands.plan_distribution, commands.serve_plan):
        with sale.platform.act(PLATFORM) as act:
            verb(act, case="C1")


def paid_out(sale: Sale) -> None:
    with sale.platform.act(Actor(id="F", name="财务", roles=frozenset({Role.FINANCE}))) as act:
        commands.pay_out(act, case="C1")
    with sale.platform.act(Actor(id="H", name="局长", roles=frozenset({Role.HEAD}))) as act:
        commands.release_payout(act, case="C1")
    settle(sale.platform)


def balances(sale: Sale) -> dict[str, int]:
    with sale.platform.read() as session:
        return {account.value: minor for account, minor in ledger.case_balances(session, case="C1").items()}


@pytest.mark.parametrize(
    "claims",
    [
        None,
        5,
        "K3",
        [],
        [{}],
        [{"id": "K3"}],
        [{"id": "K3", "creditor": "丙", "amount_minor": 0, "title": TITLE}],
        [{"id": "K3", "creditor": "丙", "amount_minor": -1, "title": TITLE}],
        [{"id": "K3", "creditor": "丙", "amount_minor": 10**30, "title": TITLE}],
        [{"id": "K1", "creditor": "丙", "amount_minor": 1, "title": TITLE}],
        [{"id": "K3", "creditor": "丙", "amount_minor": 1, "title": ""}],
        [{"id": "K3", "creditor": "丙", "amount_minor": 1, "kind": "施工"}],
        [{"id": "K3", "creditor": "丙", "amount_minor": 1, "title": TITLE, "price_due": "昨天"}],
    ],
)
def test_claims_that_cannot_be_read_join_nothing(sale: Sale, claims: Any) -> None:  # noqa: ANN401 - hostile
    sale.open()
    with pytest.raises(InputMalformed), sale.platform.act(PLATFORM) as act:
        participation.join_distribution(act, case="C1", claims=claims)
    with sale.platform.read() as session:
        assert [one.id for one in cases.case(session, "C1").claims] == ["K1"]


def test_without_a_title_or_a_case_nobody_joins(sale: Sale) -> None:
    sale.open()
    joining = [{"id": "K3", "creditor": "丙", "amount_minor": 1}]
    for case, refusal in (("C1", NoTitle), ("C9", NotFound), ("", InputMalformed)):
        with pytest.raises(refusal), sale.platform.act(PLATFORM) as act:
            participation.join_distribution(act, case=case, claims=joining)


def disputed_and_paid(sale: Sale) -> int:
    """Let the debtor dispute everything, sue over K2's share alone, and the rest be paid; return what is kept."""
    served(sale)
    debtor = person_actor("D-C1")
    with sale.platform.act(debtor) as act:
        disputes.object_to_plan(act, case="C1", by="D-C1")
    with sale.platform.read() as session:
        plan = queries.plan(session, case="C1")
        assert plan is not None
        assert [one.objection.claim for one in queries.objections(session, plan=plan.id)] == ["K1", "K2"]
        creditor = cases.creditor_of(session, "K2")
    assert creditor is not None
    with sale.platform.act(person_actor(creditor)) as act:
        disputes.oppose(act, case="C1", by=creditor, claim="K2")
    with sale.platform.act(debtor) as act:
        disputes.sue(act, case="C1", by="D-C1", claim="K2")
    sale.after(days=40)
    paid_out(sale)
    return balances(sale)["escrow"]


@pytest.mark.parametrize("wrong", [-1, 28_000_001, "1", None, True, 10**30])
def test_a_judgment_over_what_was_not_kept_changes_nothing(sale: Sale, wrong: Any) -> None:  # noqa: ANN401 - hostile
    sold(sale)
    kept = disputed_and_paid(sale)
    assert kept == 28_000_000
    with pytest.raises(InputMalformed), sale.platform.act(PLATFORM) as act:
        judgments.settle_suit(act, case="C1", claim="K2", amount_minor=wrong)
    with pytest.raises(refusals.NothingInEscrow), sale.platform.act(PLATFORM) as act:
        judgments.settle_suit(act, case="C1", claim="K1", amount_minor=0)
    assert balances(sale)["escrow"] == kept


def test_a_judgment_over_escrow_pays_exactly_what_was_kept(sale: Sale) -> None:
    sold(sale)
    kept = disputed_and_paid(sale)
    with sale.platform.act(PLATFORM) as act:
        judged = judgments.settle_suit(act, case="C1", claim="K2", amount_minor=1)
    assert sum(line.amount_minor for line in judged.lines) + judged.surplus_minor == kept
    with pytest.raises(Refusal), sale.platform.act(PLATFORM) as act:
        judgments.settle_suit(act, case="C1", claim="K2", amount_minor=1)
    paid_out(sale)
    after = balances(sale)
    assert (after["escrow"], after["proceeds"]) == (0, 0)
    assert sum(after.values()) == 0


def test_only_an_enterprise_with_somebodys_consent_goes_to_the_bankruptcy_court(sale: Sale) -> None:
    sale.open()
    with pytest.raises(bankruptcy.NotAnEnterprise), sale.platform.act(PLATFORM) as act:
        bankruptcy.refer_bankruptcy(act, case="C1", by="D-C1")
    other = Sale(sale.platform, case="C2")
    other.open(claims=[{"id": "K9", "creditor": "丙", "amount_minor": 5}], debtor_kind="enterprise", serial=9)
    with sale.platform.read() as session:
        creditor = cases.creditor_of(session, "K9")
    # A creditor who is no applicant does not decide it.
    for who in (creditor, "D-C1", "nobody"):
        with pytest.raises(bankruptcy.ConsentNeeded), sale.platform.act(PLATFORM) as act:
            bankruptcy.refer_bankruptcy(act, case="C2", by=str(who))
    finance = Actor(id="F", name="财务", roles=frozenset({Role.FINANCE}))
    with pytest.raises(AuthForbidden), sale.platform.act(finance) as act:
        bankruptcy.refer_bankruptcy(act, case="C2", by="D-C2")
    with pytest.raises(bankruptcy.NotReferred), sale.platform.act(PLATFORM) as act:
        bankruptcy.answer_bankruptcy(act, case="C2", accepted=True)
    with sale.platform.act(PLATFORM) as act:
        bankruptcy.refer_bankruptcy(act, case="C2", by="D-C2")
    settle(sale.platform)
    for wrong in (None, "yes", 1):
        with pytest.raises(InputMalformed), sale.platform.act(PLATFORM) as act:
            bankruptcy.answer_bankruptcy(act, case="C2", accepted=wrong)  # type: ignore[arg-type]
    with sale.platform.act(PLATFORM) as act:
        assert bankruptcy.answer_bankruptcy(act, case="C2", accepted=False).bars is False
    with sale.platform.act(PLATFORM) as act:
        assert bankruptcy.refer_bankruptcy(act, case="C2", by="D-C2").bars
