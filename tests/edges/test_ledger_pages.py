"""The ledger's pages: what a court's staff, a supervisor and a bidder see of it, and what they do not."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import text

from auction.edges.inbox.reconciling import keep, reconcile, run_due
from auction.edges.jobs.sweep import settle
from auction.edges.live import live_of
from auction.edges.platform import Platform
from auction.foundation.kernel.roles import Role
from auction.foundation.ledger import statements
from auction.foundation.ledger.rules import Account
from auction.foundation.ledger.statements import Scope
from auction.procedure.identity import commands as identity
from auction.procedure.settlement.commands import pay_balance
from auction.procedure.treasury import differences
from tests.edges.clerks import Clerk, Courthouse, said
from tests.procedure.selling import DEPOSIT_MINOR, START_MINOR, Sale, person_actor


@pytest.fixture
def house(platform: Platform) -> Iterator[Courthouse]:
    found = Courthouse(platform)
    yield found
    live_of(found.app).stop()


@pytest.fixture
def sale(house: Courthouse) -> Sale:
    """A lot sold and paid by A; B has his deposit back."""
    found = Sale(house.platform)
    found.open()
    found.announce()
    found.sold()
    with house.platform.act(person_actor("A")) as act:
        pay_balance(act, lot="L1", amount_minor=START_MINOR - DEPOSIT_MINOR)
    settle(house.platform)
    return found


def bidder(app: Flask, platform: Platform, person: str) -> Clerk:
    """Return a browser signed in for a person who has no account yet."""
    with platform.act() as act:
        identity.open_account(
            act, id=f"U-{person}", login=f"login-{person}", password=None, name=person, roles=[Role.BIDDER], court=None,
            person=person,
        )  # fmt: skip
    return Clerk(app, f"U-{person}")


def entries(page: str) -> set[str]:
    return set(re.findall(r'href="(/court/ledger/\d+)"', page))


def test_every_amount_of_a_case_leads_to_an_entry_that_balances(house: Courthouse, sale: Sale) -> None:
    finance = house.staff["finance"]
    statement = finance.see("/court/cases/C1/ledger")
    links = entries(statement)
    assert len(links) == 6, "two holds, one going back and gone, one counted, one balance"
    assert entries(finance.see("/court/cases/C1/money")) == links
    for link in links:
        page = finance.see(link)
        debit, credit = re.findall(
            r'合计</th>.*?<td class="num"[^>]*>([^<]+)</td><td class="num"[^>]*>([^<]+)</td>', page
        )[0]
        assert debit == credit
        assert "人民币" in page
        assert "卷宗记录" in page
    charge = next(page for link in links if "付清余款 ·" in (page := finance.see(link)))
    assert re.search(r"SB\d{12}", charge), "the order behind it names the gateway's reference"
    assert "演示支付" in charge
    assert entries(finance.see("/court/lots/L1/settlement")) <= links


def test_a_statement_runs_its_balance_and_answers_its_question(house: Courthouse, sale: Sale) -> None:
    with house.platform.read() as session:
        lines = statements.lines(session, scope=Scope(case="C1"))
        last = {line.account: line.balance_minor for line in lines}
        balances = statements.balances(session, scope=Scope(case="C1"))
    assert {account: balances[account] for account in last} == last
    assert balances[Account.OUTSIDE] == balances[Account.PROCEEDS] == START_MINOR
    finance = house.staff["finance"]
    held = finance.see("/court/cases/C1/ledger?account=held&kind=deposit.held")
    assert held.count("<tr>") - 1 == 2
    assert "没有账目" in finance.see("/court/cases/C1/ledger?from=2001-01-01&to=2001-12-31")
    assert entries(finance.see("/court/lots/L1/ledger")) == entries(finance.see("/court/cases/C1/ledger"))


@pytest.mark.parametrize(
    "question",
    ["account=treasure", "from=yesterday", "to=31.12.2025", "from=2025-02-02&to=2025-01-01", "after=-1",
     "after=１２", "after=99999999999999999999", "from=0001-01-01", "format=csv&account=x"],
)  # fmt: skip
def test_a_question_that_is_none_is_refused(house: Courthouse, sale: Sale, question: str) -> None:
    assert house.staff["finance"].open(f"/court/cases/C1/ledger?{question}").status_code == 400


def test_a_table_to_keep_holds_every_line_and_no_formula(house: Courthouse, sale: Sale) -> None:
    with house.platform.database.engine.begin() as connection:
        connection.execute(text("UPDATE lots SET title = '=HYPERLINK(\"x\")' WHERE id = 'L1'"))
    answer = house.staff["finance"].open("/court/cases/C1/ledger?format=csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="case-C1.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert len(rows) == 12
    assert sum(int(row["借"].replace(".", "") or 0) for row in rows) == sum(
        int(row["贷"].replace(".", "") or 0) for row in rows
    )
    assert {row["拍品"] for row in rows} == {'\'=HYPERLINK("x")'}


def test_the_trial_balance_of_court_and_platform_sums_to_zero(house: Courthouse, sale: Sale) -> None:
    for clerk, path in ((house.staff["head"], "/court/ledger"), (house.staff["supervisor"], "/supervision/ledger")):
        page = clerk.see(path)
        assert "借贷平衡" in page
        assert "（2025）京0105执1234号" in page
        assert clerk.see(f"{path}?after=C1").count("1234号") == 0
    with house.platform.read() as session:
        assert sum(one.left_minor for one in statements.trial(session, cases=None)) == 0
        assert [one.sum_minor for one in statements.trial_by_case(session, cases=None)] == [0]


def test_another_courts_money_is_none_of_ours(house: Courthouse, sale: Sale) -> None:
    with house.platform.act() as act:
        identity.add_court(act, id="T2", name="另一法院", city="上海市")
    other = house.add("other", Role.FINANCE, Role.OFFICER, court="T2")
    for path in ("/court/cases/C1/ledger", "/court/lots/L1/ledger", "/court/ledger/1", "/court/cases/C1/money"):
        assert other.open(path).status_code == 403
    assert "1234号" not in other.see("/court/ledger")
    assert "没有账目" in other.see("/court/persons/A/ledger")


@pytest.mark.parametrize("path", ["/court/ledger/999999",
        "/court/ledger/x",
        "/court/ledger/１２",
        "/court/ledger/-1", "/court/ledger/99999999999999999999", "/court/cases/x/ledger",
                                  "/court/lots/x/ledger", "/court/persons/x/ledger", "/my/money/1"])  # fmt: skip
def test_what_is_not_there_is_not_found(house: Courthouse, sale: Sale, path: str) -> None:
    clerk = bidder(house.app, house.platform, "A") if path.startswith("/my") else house.staff["finance"]
    found = 404 if not path.startswith("/my") else 200
    assert clerk.open(path).status_code == found


def test_who_may_look(house: Courthouse, sale: Sale) -> None:
    doors = {
        "/court/persons/A/ledger": {"finance"},
        "/court/cases/C1/ledger": {"finance", "officer", "head"},
        "/supervision/ledger": {"supervisor", "administrator"},
        "/my/money": set[str](),
    }
    for path, allowed in doors.items():
        for login in ("finance", "officer", "head", "supervisor", "administrator"):
            assert (house.staff[login].open(path).status_code == 200) == (login in allowed), (path, login)
    assert Clerk(house.app, None).open("/my/money").status_code == 302


def test_a_bidder_sees_his_own_money_and_nobody_elses(house: Courthouse, sale: Sale) -> None:
    loser = bidder(house.app, house.platform, "B")
    page = loser.see("/my/money")
    assert "¥70,000.00" in page
    assert re.search(r"退还保证金.*?SB\d{12}", page, re.DOTALL), "the proof of what went back"
    assert "¥700,000.00" not in page
    own = set(re.findall(r"/my/money/(\d+)", page))
    assert len(own) == 3
    for entry in own:
        assert "人民币柒万元整" in loser.see(f"/my/money/{entry}")
    winner = bidder(house.app, house.platform, "A")
    for entry in own:
        assert winner.open(f"/my/money/{entry}").status_code == 404
    assert "付清余款" in winner.see("/my/money")
    assert "我的款项" in loser.see("/my")


def test_before_the_close_finance_learns_nothing_of_who_bids(house: Courthouse) -> None:
    sale = Sale(house.platform)
    sale.open()
    sale.announce()
    code = sale.admit("A").code
    finance = house.staff["finance"]
    assert "没有账目" in finance.see("/court/persons/A/ledger")
    page = finance.see("/court/lots/L1/ledger")
    assert code in page
    assert "买家A" not in page
    for link in entries(page):
        assert "买家A" not in finance.see(link)


def test_differences_are_shown_explained_and_asked_about_again(house: Courthouse, sale: Sale) -> None:
    platform, finance = house.platform, house.staff["finance"]
    assert "尚未对账" in finance.see("/court/ledger/differences")
    house.wait(timedelta(hours=1))
    with platform.database.engine.begin() as connection:
        order = connection.execute(text("DELETE FROM sandbox_movements WHERE kind = 'charge' RETURNING order_id"))
        name = order.scalar_one()
    keep(platform, reconcile(platform))
    with platform.read() as session:
        (one,) = differences.open_differences(session)
    for path in ("/court/ledger/differences", "/court/cases/C1/money"):
        assert name in finance.see(path)
    assert "1 项对账差异" in finance.see("/court/money")
    finance.do(f"/court/ledger/differences/{one.id}/explain", {"words": "支付机构尚未入账<b>"})
    page = finance.open("/court/ledger/differences").text
    assert "支付机构尚未入账&lt;b&gt;" in page
    assert house.officer.send(f"/court/ledger/differences/{one.id}/explain", {"words": "x"}).status_code == 403
    refused = finance.send(f"/court/ledger/differences/{one.id}/explain", {"words": " "})
    assert refused.status_code == 400
    assert "不能为空" in said(refused)
    assert finance.send("/court/ledger/differences/Z-none/explain", {"words": "x"}).status_code == 404
    finance.do("/court/ledger/reconcile")
    assert "对账进行中" in finance.see("/court/ledger/differences")
    assert house.officer.send("/court/ledger/reconcile").status_code == 403
    assert run_due(platform)
    assert "现在对账" in finance.see("/court/ledger/differences")
    assert "resolve" in unescape(house.staff["finance"].see("/court?lang=en")).lower()


def test_an_empty_court_has_pages_that_say_so(house: Courthouse) -> None:
    finance = house.staff["finance"]
    assert "还没有案款" in finance.see("/court/ledger")
    assert "尚未对账" in finance.see("/court/ledger/differences")
    run_due(house.platform)
    assert "账实相符" in finance.see("/court/ledger/differences")
