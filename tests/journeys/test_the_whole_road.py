"""From the case to the last fen, in the browser: court, two bidders against each other, settlement, distribution."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys.court import LENGTH, Court, ten_o_clock
from tests.journeys.people import Crowd, Person

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("browser")]

CLAIMS = [
    {"creditor": "甲银行股份有限公司", "amount": "300000", "kind": "担保物权", "on": "1", "rank": "1"},
    {"creditor": "乙建材有限公司", "amount": "400,000.00"},
    {"creditor": "丙某", "amount": "300000.01"},
]

#: 735,000.01 less the cost; less the fee of 50 + 1.5 % of 490,000 + 1 % of 235,000.01; less the secured claim;
#: the rest, 422,250.01, in the ratio 400,000.00 : 300,000.01, the odd fen to the larger remainder.
DISTRIBUTED = [
    ("执行费用", "¥3,000.00"),
    ("申请执行费", "¥9,750.00"),
    ("甲银行股份有限公司", "¥300,000.00"),
    ("乙建材有限公司", "¥241,285.72"),
    ("丙某", "¥180,964.29"),
]


def countdown_end(person: Person) -> str:
    return person.page.locator(".bidcard .countdown__exact").inner_text()


def test_a_lot_is_sold_and_its_proceeds_distributed(crowd: Crowd) -> None:
    court, opens_at = Court(crowd, looks=True), ten_o_clock(crowd.site.now)
    case, lot = court.listed(
        serial=4101, claims=CLAIMS, title="苏A61K20 测试牌小型轿车", start="700000.01", opens_at=opens_at
    ).split()
    first, second = crowd.person("bidder1"), crowd.person("bidder2")

    are_admitted(first, second, lot)
    court.officer.go("/court").inspect("court-today")
    bid_against_each_other(first, second, opens_at)
    bid_once_more_at_the_end(first, second, opens_at + LENGTH)
    see_the_close(first, second)
    hand_over(court, lot)
    distribute(court, case, lot)


def are_admitted(first: Person, second: Person, lot: str) -> None:
    first.go(f"{lot}/register").inspect("bidder-register")
    for one in (first, second):
        one.register_and_pay(lot, look=one is first).go(lot)
    first.inspect("lot-announced")


def bid_against_each_other(first: Person, second: Person, opens_at: datetime) -> None:
    first.site.wait_until(opens_at)
    for one in (first, second):
        one.sees("最低可出价")
    first.bid("700,000.01").sees("您领先")
    second.sees("700,000.01").bid("705,000.01").sees("您领先")
    first.sees("超过").sees("705,000.01")


def bid_once_more_at_the_end(first: Person, second: Person, ends_at: datetime) -> None:
    first.site.wait_until(ends_at - timedelta(minutes=3))
    for one in (first, second):
        one.page.reload()
    second.inspect("lot-open", dark=True)
    before = countdown_end(second)
    first.bid("735,000.01")
    expect(second.page.locator("[data-bind=extensions]")).to_have_text("1")
    second.sees("超过")
    assert countdown_end(second) > before, "the countdown of the other page runs to the new end"


def see_the_close(first: Person, second: Person) -> None:
    """The pages turn by themselves; the loser's deposit is back, the winner pays the balance."""
    first.site.wait(timedelta(minutes=4, seconds=57))
    first.sees("您已竞得")
    second.sees("已成交").inspect("lot-sold").go("/my").sees_after_reload("已退还").inspect("bidder-my")
    first.inspect("lot-bought").follow("查看成交与付款").inspect("bidder-settlement").sees("还须付", "665,000.01")
    first.confirm("付清余款").sees("付清")


def hand_over(court: Court, lot: str) -> None:
    officer = court.officer.go(f"/court{lot}/settlement").sees_after_reload("作出成交裁定")
    officer.confirm("作出成交裁定").confirm("登记裁定送达")
    officer.inspect("court-settlement").confirm("登记交付").sees("已交付")


def distribute(court: Court, case: str, lot: str) -> None:
    site, officer = court.crowd.site, court.officer.go(f"/court{lot}/settlement")
    officer.page.get_by_text("登记费用", exact=True).first.click()
    officer.fill("事项", "评估费").fill("金额", "3000").press("登记费用")
    officer.go(f"{case}/distribution").tick("计收申请执行费").press("制作分配方案")
    rows = officer.page.locator("table").first.locator("tbody tr")
    shown = [(row.locator("th").inner_text(), row.locator("td").last.inner_text()) for row in rows.all()]
    assert shown == DISTRIBUTED
    officer.confirm("送达分配方案").sees("已送达，异议期内")

    finance, head = court.at("finance"), court.at("head")
    # Fifteen days, and as long as holidays may roll their end.
    site.wait(timedelta(days=30))
    finance.go(f"{case}/distribution").confirm("提交付款审批")
    head.go(f"{case}/distribution").confirm("批准发放")
    finance.go(f"{case}/money").sees_after_reload("余额为零").inspect("court-money")
    head.go(f"{case}/distribution").sees("已发放").inspect("court-distribution")
