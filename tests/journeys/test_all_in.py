"""What it costs in all while one types, and the waterfall at the desk: in a browser, on a phone, without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from auction.foundation.kernel.money import grouped
from tests.journeys.court import Court, ten_o_clock
from tests.journeys.people import Crowd, Person
from tests.journeys.site import Site

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("browser")]

CLAIMS = [{"creditor": "戊银行股份有限公司", "amount": "500000"}, {"creditor": "己公司", "amount": "300000"}]
TYPED = {
    "1234567.89": 123_456_789,
    "88万": 88_000_000,
    "７０００００": 70_000_000,
    "0.01": 1,
    "45000000000000": 45 * 10**14,
}


@pytest.fixture(scope="module")
def lot(site: Site, browser: Browser) -> str:
    """A lot open for bids."""
    crowd = Crowd(site, browser)
    court, opens_at = Court(crowd), ten_o_clock(site.now)
    listed = court.listed(serial=4170, claims=CLAIMS, title="测试机床一台", start="700000", opens_at=opens_at)
    address = listed.split()[-1]
    site.wait_until(opens_at)
    visitor = crowd.person()
    for _ in range(60):
        state = visitor.context.request.get(f"{site.url}/api/v1{address}/state").json()
        if state["status"] == "open":
            break
        visitor.page.wait_for_timeout(500)
    crowd.leave()
    return address


def told(one: Person, lot: str, minor: int, *, buyer: str = "") -> str:
    """Return the whole at a price as the API tells it, printed as the page prints it."""
    query = f"amount_minor={minor}" + (f"&buyer={buyer}" if buyer else "")
    body = one.context.request.get(f"{one.site.url}/api/v1{lot}/costs?{query}").json()
    least, most = body["least_minor"], body["most_minor"]
    return f"¥{grouped(least)}" if least == most else f"¥{grouped(least)} – ¥{grouped(most)}"


def test_what_is_typed_is_reckoned_at_once_and_as_the_server_does(crowd: Crowd, lot: str) -> None:
    visitor = crowd.person().go(lot)
    total = visitor.page.locator("[data-allin=total]")
    for text, minor in TYPED.items():
        visitor.page.fill("#f-price", text)
        expect(total).to_have_text(told(visitor, lot, minor))
    visitor.page.fill("#f-price", "1e9")
    expect(visitor.page.locator("[data-allin-error]")).to_be_visible()
    visitor.page.fill("#f-price", "1000000")
    visitor.page.select_option("#f-buyer", "organisation")
    expect(total).to_have_text(told(visitor, lot, 100_000_000, buyer="organisation"))
    expect(visitor.page.locator("#f-price")).to_have_value("1000000")
    visitor.page.fill("#f-price", "2000000")
    expect(total).to_have_text(told(visitor, lot, 200_000_000, buyer="organisation"))
    visitor.inspect("all-in", dark=True)


def test_the_amount_of_the_bid_is_followed_and_told_again_before_it_is_sent(crowd: Crowd, lot: str) -> None:
    one = crowd.person("bidder1")
    one.register_and_pay(lot)
    one.go(lot)
    one.page.fill("#bid-amount", "705000")
    expect(one.page.locator("[data-bind=allin]")).to_contain_text("连税费")
    expect(one.page.locator("[data-allin=total]")).to_have_text(told(one, lot, 70_500_000))
    expect(one.page.locator("[data-allin=balance]")).to_have_text("¥635,000.00")
    one.page.keyboard.press("Enter")
    dialog = one.page.locator("dialog[open]")
    expect(dialog).to_contain_text("连税费")
    expect(dialog).to_contain_text("¥635,000.00")
    dialog.get_by_role("button", name="返回修改").click()


def test_without_script_the_form_answers(site: Site, browser: Browser, lot: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(site.url + lot)
    page.fill("#f-price", "800000")
    page.get_by_role("button", name="计算").click()
    expect(page.locator("[data-allin=price]")).to_have_text("¥800,000.00")
    context.close()


def test_the_waterfall_is_seen_by_eye_and_by_table(crowd: Crowd, lot: str) -> None:
    officer = crowd.person("officer").go(f"/court{lot}/waterfall?price=850000")
    officer.sees("戊银行股份有限公司", "己公司", "✓ 全额").inspect("waterfall", dark=True)
    officer.page.set_viewport_size({"width": 390, "height": 844})
    expect(officer.page.locator(".ahead__narrow")).to_be_visible()
    expect(officer.page.locator(".ahead__wide")).to_be_hidden()
    assert officer.page.evaluate("document.documentElement.scrollWidth") <= 390
