"""Bank lines: what agrees is booked once, all else is booked as unclaimed and waits on the desk."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from auction.edges.inbox import reconciling
from auction.edges.inbox.bank_import import import_file, match_new
from auction.edges.platform import Platform
from auction.foundation.kernel.refusal import AuthForbidden, Refusal
from auction.foundation.kernel.roles import PLATFORM
from auction.gateways.bank import creditor_reference
from auction.gateways.bank_files import reading
from auction.procedure.cases import payments
from auction.procedure.deposits.commands import pay_deposit
from auction.procedure.treasury import bank_lines, claiming, matching
from auction.procedure.treasury.bank_refusals import NoCourtAccount
from auction.procedure.treasury.bank_rules import LineStatus, Why
from tests.peers.bank import Told, camt, csv
from tests.procedure.selling import DEPOSIT_MINOR, Sale, person_actor
from tests.procedure.treasury.banking import ELSEWHERE, FINANCE, OFFICER, Banking


@pytest.fixture
def bank(platform: Platform) -> Banking:
    story = Banking(Sale(platform))
    story.open()
    return story


def agrees(bank: Banking) -> bool:
    bank.sale.after(minutes=10)
    return reconciling.reconcile(bank.platform).agrees


def test_a_transfer_with_its_reference_admits_the_bidder(bank: Banking) -> None:
    order = bank.asked("A")

    found = bank.told(bank.payment(order))

    assert (found.lines, found.matched, found.desk) == (1, 1, 0)
    assert bank.status(order) == "done"
    assert bank.in_case() == DEPOSIT_MINOR
    with bank.platform.read() as session:
        line = bank_lines.of_order(session, order.id)
        acts = bank_lines.acts(session, line.id if line else "")
    assert line is not None
    assert [one.act for one in acts] == ["matched"]
    assert agrees(bank)


@pytest.mark.parametrize(
    "changes",
    [
        {"creditor_reference": None, "words": "保证金 {spaced} 谢谢"},
        {"creditor_reference": None, "words": "{lower}"},
        {"creditor_reference": None, "end_to_end": "{reference}"},
        {"name": "买家 a"},
        {"name": "买家Ａ"},
    ],
)
def test_the_reference_and_the_name_are_found_as_banks_print_them(bank: Banking, changes: dict[str, Any]) -> None:
    order = bank.asked("A")
    reference = creditor_reference(order.id)
    spaced = " ".join(reference[at : at + 4] for at in range(0, len(reference), 4))
    said = {"reference": reference, "spaced": spaced, "lower": reference.lower()}
    filled = {key: value.format(**said) if isinstance(value, str) else value for key, value in changes.items()}

    assert bank.told(bank.payment(order, **filled)).matched == 1


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"creditor_reference": None}, Why.NO_REFERENCE),
        ({"creditor_reference": "RF00123"}, Why.NO_REFERENCE),
        ({"creditor_reference": creditor_reference("somebody else's")}, Why.UNKNOWN_REFERENCE),
        ({"yuan": "69999.99"}, Why.AMOUNT_DIFFERS),
        ({"yuan": "70000.01"}, Why.AMOUNT_DIFFERS),
        ({"name": "王五"}, Why.PAYER_DIFFERS),
        ({"name": None}, Why.PAYER_DIFFERS),
        ({"reversal": True}, Why.REVERSAL),
        ({"returned": True}, Why.REVERSAL),
    ],
)
def test_what_does_not_agree_is_booked_as_unclaimed_and_admits_nobody(
    bank: Banking, changes: dict[str, Any], why: Why
) -> None:
    order = bank.asked("A")

    found = bank.told(bank.payment(order, **changes))

    (line,) = bank.desk()
    assert (found.desk, line.why, line.status) == (1, why, LineStatus.UNCLAIMED)
    assert bank.status(order) == "waiting"
    assert bank.unclaimed() == bank.in_clearing() == line.amount_minor
    assert bank.in_case() == 0
    assert agrees(bank)


def test_the_same_file_the_same_line_and_the_other_form_of_it_book_nothing_twice(bank: Banking) -> None:
    order = bank.asked("A")
    paid = bank.payment(order)

    first = bank.told(paid)
    again = bank.told(paid)
    statement = bank.told(paid, kind="053")
    twice = bank.told(paid, paid, replace(paid, reference="B9", creditor_reference=None))
    rows = import_file(bank.platform, csv(paid), court="T1", actor=FINANCE)

    assert again.id == first.id
    assert (statement.lines, statement.known) == (0, 1)
    assert (twice.lines, twice.known) == (1, 2)
    assert (rows.lines, rows.known) == (0, 1)
    assert bank.in_case() == DEPOSIT_MINOR
    assert len(bank.desk()) == 1


def test_a_line_without_the_banks_reference_is_known_by_what_it_says(bank: Banking) -> None:
    paid = bank.payment(bank.asked("A"), reference=None)

    assert bank.told(paid).matched == 1
    assert bank.told(paid, kind="053").known == 1


def test_a_known_reference_with_another_amount_is_named(bank: Banking) -> None:
    paid = bank.payment(bank.asked("A"))
    bank.told(paid)

    found = bank.told(replace(paid, yuan="1.00"))

    assert (found.lines, found.known, len(found.bad)) == (0, 0, 1)


def test_paying_twice_leaves_the_second_payment_unclaimed(bank: Banking) -> None:
    order = bank.asked("A")
    bank.told(bank.payment(order))

    bank.told(bank.payment(order, reference="B-again"))

    assert [one.why for one in bank.desk()] == [Why.PAID_TWICE]
    assert bank.in_case() == DEPOSIT_MINOR
    assert agrees(bank)


def test_money_that_comes_after_the_close_is_unclaimed(bank: Banking) -> None:
    order = bank.asked("A")
    bank.sale.until_open()
    bank.sale.until_closed()

    bank.told(bank.payment(order))

    assert bank.status(order) == "failed"
    assert [one.why for one in bank.desk()] == [Why.NOT_EXPECTED]


def test_lines_of_another_account_are_named_and_not_kept(bank: Banking) -> None:
    content = camt(bank.payment(bank.asked("A")), account="6222029999999999999")

    found = import_file(bank.platform, content, court="T1", actor=FINANCE)

    assert (found.lines, len(found.bad)) == (0, 1)
    with pytest.raises(NoCourtAccount):
        import_file(bank.platform, content)


def test_the_court_is_found_by_the_account(bank: Banking) -> None:
    assert import_file(bank.platform, camt(bank.payment(bank.asked("A")))).matched == 1


def test_only_the_courts_own_finance_imports(bank: Banking) -> None:
    content = camt(bank.payment(bank.asked("A")))
    for actor in (ELSEWHERE, OFFICER, person_actor("A")):
        with pytest.raises(AuthForbidden):
            import_file(bank.platform, content, court="T1", actor=actor)

    assert bank.desk() == []
    assert bank.in_case() == 0


def test_a_court_without_an_account_reads_no_file(platform: Platform) -> None:
    Sale(platform).open()

    with pytest.raises(NoCourtAccount):
        import_file(platform, camt(Told(yuan="1.00")), court="T1", actor=FINANCE)


def test_money_with_the_cases_reference_reaches_the_case(bank: Banking) -> None:
    paid = Told(yuan="1000.00", name="赵某", words=f"还款 {matching.case_reference('C1')}")

    found = bank.told(paid, replace(paid, reference="B2", name="甲银行"), replace(paid, reference="B3", name="路人"))

    assert (found.matched, found.desk) == (2, 1)
    with bank.platform.read() as session:
        assert payments.paid_in(session, case="C1") == 200_000
    assert bank.in_case() == 200_000
    assert agrees(bank)


def test_a_run_that_died_is_ended_by_the_next(bank: Banking) -> None:
    order = bank.asked("A")
    content = camt(bank.payment(order))
    with bank.platform.act(FINANCE) as act:
        matching.take_in(act, court="T1", content=content, file=reading.read(content))
    assert bank.status(order) == "waiting"

    found = import_file(bank.platform, content, court="T1", actor=FINANCE)

    assert (found.lines, found.matched, found.waiting) == (1, 1, 0)
    assert match_new(bank.platform) == 0


def test_what_an_order_refuses_to_follow_is_laid_aside(bank: Banking) -> None:
    order = bank.asked("A")
    content = camt(bank.payment(order))
    with bank.platform.act(FINANCE) as act:
        matching.take_in(act, court="T1", content=content, file=reading.read(content))
        (line,) = bank_lines.new(act.session)
    with bank.platform.act(PLATFORM) as act:
        found = matching.match_line(act, line=line, aside="some.refusal")
    with bank.platform.act(PLATFORM) as act:
        assert matching.match_line(act, line=line) == found

    assert (found.status, found.why) == (LineStatus.UNCLAIMED, Why.REFUSED)
    assert bank.unclaimed() == DEPOSIT_MINOR


def test_money_that_went_without_an_order_is_a_difference(bank: Banking) -> None:
    fee = Told(yuan="5.00", credit=False, reference="FEE", name="某行", words="手续费")

    bank.told(fee)

    (line,) = bank.desk()
    assert (line.status, line.why) == (LineStatus.UNEXPLAINED, Why.NO_REFERENCE)
    assert not agrees(bank)
    bank.told(Told(yuan="5.00", reference="FEE-BACK", name="某行"))
    first, second = bank.desk()
    with bank.platform.act(FINANCE) as act:
        claiming.cancel_out(act, line=first.id, other=second.id)
    assert bank.desk() == []
    assert bank.unclaimed() == bank.in_clearing() == 0
    assert agrees(bank)


def test_lines_and_names_are_evidence_and_sealed(bank: Banking) -> None:
    bank.told(bank.payment(bank.asked("A")))

    with bank.platform.database.engine.connect() as connection:
        row = connection.execute(text("SELECT other_name, other_account, words FROM bank_lines")).one()
        assert not any("买家" in kept or "6217" in kept for kept in row)
    for change in (
        "UPDATE bank_lines SET amount_minor = 1",
        "DELETE FROM bank_line_acts",
        "TRUNCATE bank_imports CASCADE",
    ):
        with pytest.raises(DBAPIError), bank.platform.database.engine.begin() as connection:
            connection.execute(text(change))


def test_the_desk_is_due_within_three_days(bank: Banking) -> None:
    bank.told(bank.payment(bank.asked("A"), name="王五"))

    with bank.platform.read() as session:
        (act,) = claiming.due_at(session, court="T1")
        assert claiming.due(session, bank.platform.clock.now()) == [act]
        assert claiming.due(session, bank.platform.clock.now(), case="C1") == []
    assert act.what == "claim_money"
    assert act.by.date().isoformat() == "2025-03-06"
    bank.sale.after(days=4)
    assert act.overdue(bank.platform.clock.now())


def test_an_order_by_another_way_is_not_paid_by_bank(bank: Banking) -> None:
    found = bank.sale.join("A")
    with pytest.raises(Refusal), bank.platform.act(person_actor("A")) as act:
        pay_deposit(act, lot="L1", registration=found.id, amount_minor=DEPOSIT_MINOR, way="sandbox")
