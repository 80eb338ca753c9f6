"""Nobody bids, three times: the officer takes a lot through every round, and a creditor takes it in kind."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.journeys.court import LENGTH, Court, ten_o_clock
from tests.journeys.people import Crowd
from tests.journeys.rounds import drafted, start_price

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.xdist_group("browser")]

CLAIMS = [{"creditor": "戊银行股份有限公司", "amount": "500000"}, {"creditor": "己建材有限公司", "amount": "300000"}]
SALE = timedelta(days=60)


def fails(court: Court, lot: str, *, ends_at: datetime) -> None:
    """Let a lot end without a bid, and wait until the desk says so."""
    court.crowd.site.wait_until(ends_at)
    court.officer.go(f"/court{lot}/settlement").sees_after_reload("流拍：竞价结束时无人出价")


def test_a_lot_fails_three_times_and_a_creditor_takes_it(crowd: Crowd) -> None:
    court, opens_at = Court(crowd), ten_o_clock(crowd.site.now)
    case, first = court.listed(
        serial=4301, claims=CLAIMS, title="苏A30R11 测试牌厢式货车", start="700000", opens_at=opens_at
    ).split()
    fails(court, first, ends_at=opens_at + LENGTH)
    second = second_auction(court, first)
    sale = the_sale(court, second)
    taken_in_kind(court, sale)
    distributed(court, case, sale)


def second_auction(court: Court, first: str) -> str:
    """The button after the first failure: at most a fifth less, and the same terms."""
    officer = court.officer.go(f"/court{first}/settlement").sees("法释〔2016〕18号 第26条", "起拍价下限")
    officer.inspect("court-after-first")
    assert start_price(officer) == "¥560,000.00"
    draft, opens_at = drafted(court, first, button="拟定第二次拍卖")
    second = court.announce(draft)
    fails(court, second, ends_at=opens_at + LENGTH)
    return second


def the_sale(court: Court, second: str) -> str:
    """Both creditors decline, so the sale is announced at the price that failed; nobody comes in sixty days."""
    officer = court.officer.go("/court").sees("以物抵债").go(f"/court{second}/in-kind").press("登记询问")
    officer.sees("已询问，未答复")
    for _ in CLAIMS:
        officer.press("不接受")
    officer.sees("债权人均不接受").inspect("court-in-kind-declined").follow("办理下一步")
    assert start_price(officer) == "¥560,000.00"
    draft, opens_at = drafted(court, second, button="拟定变卖")
    sale = court.announce(draft)
    fails(court, sale, ends_at=opens_at + SALE)
    return sale


def taken_in_kind(court: Court, sale: str) -> None:
    """One creditor takes it at the sale price: 560,000 less his 500,000; the ruling waits for the difference."""
    officer = court.officer.go(f"/court{sale}/settlement").sees("变卖不成之后").follow("询问以物抵债")
    officer.press("登记询问")
    row = officer.page.locator("tr", has_text="戊银行股份有限公司").first
    row.get_by_role("button", name="申请承受").click()
    dialog = officer.page.locator("dialog[open]")
    assert "60,000.00" in dialog.inner_text()
    with officer.page.expect_navigation():
        dialog.get_by_role("button", name="申请承受").click()
    officer.sees("应补差价", "sha256sum").inspect("court-in-kind", dark=True).follow("办理交割")
    officer.sees("60,000.00", "人民币陆万元整")
    assert officer.page.get_by_role("button", name="作出抵债裁定").count() == 0, "the difference is not paid"
    finance = court.at("finance").go(f"/court{sale}/settlement").confirm("登记差价到账")
    finance.sees_after_reload("价款付清")
    officer.go(f"/court{sale}/settlement").confirm("作出抵债裁定").confirm("登记裁定送达").confirm("登记交付")
    officer.sees("已交付").inspect("court-taken-in-kind")


def distributed(court: Court, case: str, sale: str) -> None:
    """What the taker paid is the other creditor's; his own claim is satisfied by the thing."""
    officer = court.officer.go(f"{case}/distribution").press("制作分配方案")
    rows = officer.page.locator("table").first.locator("tbody tr")
    shown = [(row.locator("th").inner_text(), row.locator("td").last.inner_text()) for row in rows.all()]
    assert shown == [("己建材有限公司", "¥60,000.00")]
    court.crowd.person().go(f"{sale}/docket").sees("以物抵债", "交付财产")
