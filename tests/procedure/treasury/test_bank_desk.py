"""The desk for unmatched money: assigned by those who may, by two where the names differ, or sent back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from auction.edges.inbox import reconciling
from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, NotFound, Refusal
from auction.foundation.kernel.roles import Actor
from auction.procedure.cases import payments
from auction.procedure.treasury import bank_lines, claiming, payees, transfer_queries, transfers
from auction.procedure.treasury.bank_lines import LineRecord
from auction.procedure.treasury.bank_refusals import (
    HolderDiffers,
    LineDoesNotFit,
    NoAccountToPay,
    NotOnTheDesk,
    SecondLookNeeded,
)
from auction.procedure.treasury.bank_rules import LineStatus, Why
from auction.procedure.treasury.queries import OrderRecord
from tests.peers.bank import Told, carried_out
from tests.procedure.selling import DEPOSIT_MINOR, Sale, person_actor
from tests.procedure.treasury.banking import ELSEWHERE, FINANCE, HEAD, OFFICER, Banking


@pytest.fixture
def bank(platform: Platform) -> Banking:
    story = Banking(Sale(platform))
    story.open()
    return story


def assign(bank: Banking, line: str, order: str, *, actor: Actor = FINANCE) -> LineRecord:
    with bank.platform.act(actor) as act:
        return claiming.assign_to_order(act, line=line, order=order)


def agrees(bank: Banking) -> bool:
    bank.sale.after(minutes=10)
    return reconciling.reconcile(bank.platform).agrees


def test_money_without_its_reference_is_assigned_by_one_where_the_name_agrees(bank: Banking) -> None:
    order = bank.asked("A")
    bank.told(bank.payment(order, creditor_reference=None))
    (line,) = bank.desk()

    done = assign(bank, line.id, order.id, actor=OFFICER)

    assert done.status is LineStatus.MATCHED
    assert bank.status(order) == "done"
    assert (bank.unclaimed(), bank.in_clearing(), bank.in_case()) == (0, 0, DEPOSIT_MINOR)
    with bank.platform.read() as session:
        (entry,) = docket.of_kinds(session, "case:C1", ["bank.assigned"])
    assert entry.public["amount_minor"] == DEPOSIT_MINOR
    assert agrees(bank)
    with pytest.raises(NotOnTheDesk):
        assign(bank, line.id, order.id)


def test_money_of_another_payer_is_assigned_by_two(bank: Banking) -> None:
    order = bank.asked("A")
    bank.told(bank.payment(order, name="王五"))
    (line,) = bank.desk()

    proposed = assign(bank, line.id, order.id, actor=OFFICER)
    with pytest.raises(SecondLookNeeded):
        assign(bank, line.id, order.id, actor=OFFICER)

    assert (proposed.status, proposed.proposed_by) == (LineStatus.UNCLAIMED, OFFICER.id)
    assert bank.status(order) == "waiting"
    assert assign(bank, line.id, order.id, actor=HEAD).status is LineStatus.MATCHED
    assert agrees(bank)


def test_a_line_goes_to_what_it_fits_or_nowhere(bank: Banking) -> None:
    order, other = bank.asked("A"), bank.asked("B")
    bank.told(bank.payment(order, yuan="1.00"), bank.payment(other))
    (line,) = bank.desk()

    for wrong in (order.id, other.id):
        with pytest.raises(LineDoesNotFit):
            assign(bank, line.id, wrong)
    with pytest.raises(NotFound):
        assign(bank, line.id, "G-none")
    with pytest.raises(NotFound):
        assign(bank, "X-none", order.id)
    for actor in (ELSEWHERE, person_actor("A")):
        with pytest.raises(AuthForbidden):
            assign(bank, line.id, order.id, actor=actor)

    assert bank.desk() == [line]
    assert bank.unclaimed() == 100


def test_money_is_assigned_to_a_case_for_one_of_its_parties(bank: Banking) -> None:
    bank.told(Told(yuan="1000.00", name="赵某"), Told(yuan="7.00", name="路人", reference="B2"))
    first, second = bank.desk()

    def to_case(line: str, payer: str, actor: Actor = FINANCE) -> LineRecord:
        with bank.platform.act(actor) as act:
            return claiming.assign_to_case(act, line=line, case="C1", payer=payer)

    with pytest.raises(InputMalformed):
        to_case(first.id, "somebody")
    assert to_case(first.id, "D-C1").status is LineStatus.PAID_TO_CASE
    assert to_case(second.id, "D-C1").proposed_by == FINANCE.id
    with pytest.raises(SecondLookNeeded):
        to_case(second.id, "D-C1")
    assert to_case(second.id, "D-C1", HEAD).status is LineStatus.PAID_TO_CASE
    with bank.platform.read() as session:
        assert payments.paid_in(session, case="C1") == 100_700
    assert bank.unclaimed() == 0
    assert agrees(bank)


def give_back(bank: Banking, line: str, *, actor: Actor = FINANCE) -> LineRecord:
    with bank.platform.act(actor) as act:
        return claiming.give_back(act, line=line)


def test_money_goes_back_to_the_account_it_came_from(bank: Banking) -> None:
    bank.told(bank.payment(bank.asked("A"), name="王五", account="6217001112223334445"))
    (line,) = bank.desk()
    with pytest.raises(AuthForbidden):
        give_back(bank, line.id, actor=OFFICER)

    going = give_back(bank, line.id)
    bank.sale.after(minutes=1)

    with bank.platform.act(FINANCE) as act:
        batch = transfers.draft_batch(act, court="T1")
    with bank.platform.act(HEAD) as act:
        transfers.release_batch(act, batch=batch.id)
    with bank.platform.read() as session:
        content = transfer_queries.content(session, batch.id)
    (debit,) = carried_out(content)
    assert (debit.account, debit.name, debit.yuan) == ("6217001112223334445", "王五", "70000.00")
    assert agrees(bank)
    bank.told(debit, kind="053")
    assert bank.line(line.id).status is LineStatus.GONE_BACK
    assert (going.status, bank.unclaimed(), bank.in_clearing()) == (LineStatus.GOING_BACK, 0, 0)
    assert agrees(bank)


def test_money_without_an_account_does_not_go_back(bank: Banking) -> None:
    bank.told(bank.payment(bank.asked("A"), name="王五", account=None))
    (line,) = bank.desk()

    with pytest.raises(NoAccountToPay):
        give_back(bank, line.id)

    assert bank.desk() == [line]


def enter(story: Banking, owner: str, actor: Actor, **given: str) -> None:
    account = {"holder": f"买家{owner}", "number": "6217000019999999999", "bank": "某行"} | given
    with story.platform.act(actor) as act:
        payees.enter_payee_account(act, owner=owner, **account)


@pytest.mark.parametrize(
    ("owner", "actor", "given", "refusal"),
    [
        ("A", person_actor("A"), {"holder": "王五"}, HolderDiffers),
        ("A", person_actor("A"), {"number": "12"}, InputMalformed),
        ("A", person_actor("A"), {"number": "６２１７；drop"}, InputMalformed),
        ("A", person_actor("A"), {"bank": "", "bank_code": "x"}, InputMalformed),
        ("A", person_actor("A"), {"holder": "\x00"}, InputMalformed),
        ("A", person_actor("B"), {}, AuthForbidden),
        ("A", ELSEWHERE, {}, AuthForbidden),
        ("court:T1", ELSEWHERE, {"holder": "法院"}, AuthForbidden),
        ("court:T1", person_actor("A"), {"holder": "法院"}, AuthForbidden),
    ],
)
def test_an_account_in_another_name_or_of_somebody_else_is_not_kept(
    bank: Banking, owner: str, actor: Actor, given: dict[str, str], refusal: type[Refusal]
) -> None:
    bank.sale.join("A")

    with pytest.raises(refusal):
        enter(bank, owner, actor, **given)

    with bank.platform.read() as session:
        assert payees.payee_account(session, owner) is None


def test_the_newest_account_of_a_person_holds(bank: Banking) -> None:
    bank.asked("A")
    enter(bank, "A", person_actor("A"))
    enter(bank, "A", FINANCE, number="6217 0000 1888 8888 888")
    enter(bank, "D-C1", OFFICER, holder="赵某")

    with bank.platform.read() as session:
        account = payees.payee_account(session, "A")
    assert account is not None
    assert account.number == "6217000018888888888"


def released(bank: Banking) -> bytes:
    with bank.platform.act(FINANCE) as act:
        batch = transfers.draft_batch(act, court="T1")
    with bank.platform.act(HEAD) as act:
        transfers.release_batch(act, batch=batch.id)
    with bank.platform.read() as session:
        return transfer_queries.content(session, batch.id)


def test_a_transfer_that_comes_back_is_paid_again_to_the_payees_account(
    bank: Banking, refunded: Callable[[Banking], OrderRecord]
) -> None:
    order = refunded(bank)
    bank.told(Told(yuan="70000.00", reference="BACK", name="某某法院", end_to_end=order.id, returned=True), kind="053")
    (line,) = bank.desk()
    assert (line.why, line.case) == (Why.RETURNED, "C1")
    with pytest.raises(NoAccountToPay):
        give_back(bank, line.id)
    enter(bank, "B", person_actor("B"), number="6217000018888888888")

    give_back(bank, line.id)
    bank.sale.after(minutes=1)
    (debit,) = carried_out(released(bank), prefix="Q")
    bank.told(debit, kind="053")

    assert debit.account == "6217000018888888888"
    assert bank.desk() == []
    assert bank.unclaimed() == 0
    with bank.platform.read() as session:
        assert bank_lines.line(session, line.id).status is LineStatus.GONE_BACK
    assert agrees(bank)


@pytest.fixture
def refunded() -> Callable[[Banking], OrderRecord]:
    """Return what lets a loser's deposit be sent back by a payment file that the bank carries out."""

    def run(bank: Banking) -> OrderRecord:
        winner, loser = bank.asked("A"), bank.asked("B")
        bank.told(bank.payment(winner), bank.payment(loser))
        bank.sale.until_open()
        bank.sale.bid("A", 70_000_000)
        bank.sale.until_closed()
        debits = carried_out(released(bank))
        bank.told(*debits, kind="053")
        with bank.platform.read() as session:
            (item,) = transfer_queries.items(session, transfer_queries.batches(session, court="T1")[0].id)
        assert item.order.status == "done"
        return item.order

    return run
