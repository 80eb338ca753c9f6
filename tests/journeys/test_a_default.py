"""A buyer does not pay: the panel declares it, the lot is sold again for less, the deposit is used line by line."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from auction.foundation.ledger import queries as ledger
from auction.foundation.ledger.rules import Account
from tests.journeys.court import LENGTH, Court, ten_o_clock
from tests.journeys.people import Crowd, Person
from tests.journeys.rounds import drafted, figures, leads, sold

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.xdist_group("browser")]

CLAIMS = [{"creditor": "庚银行股份有限公司", "amount": "900000"}]
#: Sold for 755,000, sold again for 700,000, with 3,000 of costs; the deposit was 70,000.
USES = [("拍卖费用损失", "¥3,000.00"), ("重新拍卖与原拍卖的差价", "¥55,000.00"), ("本案被执行人的债务", "¥12,000.00")]


def held(crowd: Crowd, case: str, account: Account) -> str:
    """Return what the ledger itself says of an account of the case, in figures."""
    with crowd.site.place.platform() as platform, platform.read() as session:
        return f"¥{ledger.owed(session, account=account, case=case) // 100:,}.00"


def balance(one: Person, name: str) -> str:
    """Return what the page of the case's money says of an account."""
    return one.page.locator("[data-balances] div", has_text=name).locator("dd").inner_text()


def test_a_buyer_defaults_and_his_deposit_is_used_line_by_line(crowd: Crowd) -> None:
    court, opens_at = Court(crowd), ten_o_clock(crowd.site.now)
    case, lot = court.listed(
        serial=4302, claims=CLAIMS, title="苏A71D05 测试牌小型客车", start="700000", opens_at=opens_at
    ).split()
    first, second = crowd.person("bidder1").register_and_pay(lot), crowd.person("bidder2")
    leads(first, lot, opens_at=opens_at, yuan="755,000.00", far=True)
    sold(first, lot, ends_at=opens_at + LENGTH)
    not_paid(court, first, lot)
    again = sold_again(court, first, second, lot)
    applied(court, case, lot)
    topped_up(court, first, case, lot, again)


def not_paid(court: Court, first: Person, lot: str) -> None:
    """Before the period has ended the panel is refused by name; afterwards the buyer has lost his deposit."""
    first.sees("685,000", "逾期不付").inspect("bidder-settlement-due", dark=True)
    panel = court.at("panel").go(f"/court{lot}/settlement").sees("可以认定的时间", "70,000.00")
    panel.confirm("认定悔拍").sees("付款期限尚未届满").inspect("court-default-early")
    court.crowd.site.wait(timedelta(days=25))
    panel.go(f"/court{lot}/settlement").confirm("认定悔拍").sees("悔拍与没收的保证金")
    first.go(f"{lot}/settlement").sees("已认定悔拍", "不得参加重新拍卖")


def sold_again(court: Court, first: Person, second: Person, lot: str) -> str:
    """The desk drafts the re-auction; who defaulted is kept away, and it sells for less."""
    draft, opens_at = drafted(court, lot, button="拟定重新拍卖")
    again = court.announce(draft)
    first.go(f"{again}/register")
    for box in first.page.locator("input[type=checkbox][required]").all():
        box.check()
    first.page.get_by_role("button", name="报名，取得竞买代码").click()
    expect(first.page.locator("main")).to_contain_text("第24条")
    second.register_and_pay(again)
    leads(second, again, opens_at=opens_at, yuan="700,000.00")
    sold(second, again, ends_at=opens_at + LENGTH)
    return again


def applied(court: Court, case: str, lot: str) -> None:
    """What the page foresees is what the command books, and what the ledger then holds."""
    case_id = case.rsplit("/", 1)[1]
    officer = court.officer.go(f"/court{lot}/settlement")
    officer.page.get_by_text("登记费用", exact=True).first.click()
    officer.fill("事项", "看样费").fill("金额", "3000").press("登记费用")
    panel = court.at("panel").go(f"/court{lot}/settlement").sees_after_reload("适用前核算")
    panel.inspect("court-forfeit", dark=True)
    foreseen = figures(panel, "foreseen")
    assert [(what.split("■")[1].strip(), much) for what, much in foreseen[:3]] == USES
    assert held(court.crowd, case_id, Account.FORFEITED) == "¥70,000.00"
    panel.confirm("适用没收的保证金").sees("已适用").inspect("court-forfeit-applied")
    done = figures(panel, "applied")
    assert [(what.split("■")[1].strip(), much) for what, much in done[:3]] == USES
    finance = court.at("finance").go(f"{case}/money")
    for name, account in (("不予退还", Account.FORFEITED), ("拍卖款", Account.PROCEEDS)):
        assert balance(finance, name) == held(court.crowd, case_id, account), name
    assert balance(finance, "不予退还") == "¥0.00"


def topped_up(court: Court, first: Person, case: str, lot: str, again: str) -> None:
    """Here the deposit covers costs and shortfall: nothing is ordered, and nothing is asked of the buyer."""
    panel = court.at("panel").go(f"/court{lot}/settlement")
    assert panel.page.get_by_role("button", name="责令补交差额").count() == 0
    first.go(f"{lot}/settlement").sees("用于差价", "55,000")
    court.crowd.person().go(f"{lot}/docket").sees("认定悔拍", "适用没收的保证金")
    court.at("finance").go(f"{case}/money").sees("不予退还")
    court.officer.go(f"/court{again}/settlement").sees("尚欠余款")
