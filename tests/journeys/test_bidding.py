"""Bidding by keyboard alone, on a phone that loses its network, and without script: three people on one lot."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.court import Court, ten_o_clock
from tests.journeys.people import Crowd, Person
from tests.journeys.site import Site

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("browser")]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
INCREMENT = 500_000
NEW_PASSWORD = "一句我记得住的话2026"


@pytest.fixture(scope="module")
def lot(site: Site, browser: Browser) -> str:
    """A lot open for bids, with both demo bidders admitted."""
    crowd = Crowd(site, browser)
    court, opens_at = Court(crowd), ten_o_clock(site.now)
    claims = [{"creditor": "丁银行股份有限公司", "amount": "900000"}]
    _, address = court.listed(
        serial=4102, claims=claims, title="苏A88H21 测试牌越野客车", start="700000", opens_at=opens_at
    ).split()
    for login in ("bidder1", "bidder2"):
        crowd.person(login).register_and_pay(address)
    site.wait_until(opens_at)
    crowd.person().go(address).sees_after_reload("竞价中")
    crowd.leave()
    return address


def least(person: Person) -> int:
    """Return the least acceptable amount that the page shows, in fen."""
    shown = person.page.locator("[data-bind=least]").inner_text()
    return int(shown.replace("¥", "").replace(",", "").replace(".", "").strip())


def yuan(minor: int) -> str:
    return f"{minor // 100:,}.{minor % 100:02d}"


def test_a_digit_too_many_is_asked_about_and_the_safe_answer_is_at_hand(crowd: Crowd, lot: str) -> None:
    """The numbers of the question move with the price; Escape and Enter lead back; only the other button bids."""
    one, rival = crowd.person("bidder2").go(lot), crowd.person("bidder1").go(lot)
    field, bid, dialog = (
        one.page.locator("#bid-amount"),
        one.page.locator("[data-bid]"),
        one.page.locator("dialog[open]"),
    )
    safe = dialog.get_by_role("button", name="返回修改")
    field.fill(yuan(least(one) * 10))
    bid.click()
    for words in ("是否多输了一位数字", "人民币柒佰", "万元", "10.0 倍", "加价幅度", "连税费", "拍卖法第36条"):
        expect(dialog).to_contain_text(words)
    one.inspect("lot-slip", dark=True)
    amount = least(rival)
    rival.bid(yuan(amount))
    expect(dialog).to_contain_text("9.9 倍")
    expect(dialog.locator("[data-bind=farLeast]")).to_have_text(f"¥{yuan(amount + INCREMENT)}")
    for key in ("Escape", "Enter"):
        expect(safe).to_be_focused()
        one.page.keyboard.press(key)
        expect(dialog).to_have_count(0)
        bid.click()
    one.page.keyboard.press("Escape")
    expect(one.page.locator("[data-receipt]")).to_be_hidden()
    field.fill(yuan(least(one) + 12 * INCREMENT))
    bid.click()
    dialog.get_by_role("button", name="金额无误").click()
    expect(one.page.locator("[data-receipt]")).to_contain_text("出价已接受")


def test_a_bid_is_placed_with_the_keyboard_alone(crowd: Crowd, lot: str) -> None:
    one = crowd.person("bidder1").go(lot)
    keys, amount = one.page.keyboard, least(one)
    for _ in range(80):
        keys.press("Tab")
        if one.page.evaluate("document.activeElement.id") == "bid-amount":
            break
    keys.press("Control+a")
    keys.type(str((amount + 1) / 100))
    keys.press("Enter")
    dialog = one.page.locator("dialog[open]")
    expect(dialog).to_contain_text("人民币")
    expect(dialog).to_contain_text("零壹分")
    keys.press("Enter")
    refused = one.page.locator("[data-receipt]")
    expect(refused).to_contain_text("✕")
    one.inspect("lot-refused")
    refused.get_by_role("button", name="改用").focus()
    keys.press("Enter")
    expect(one.page.locator("#bid-amount")).to_be_focused()
    keys.press("Enter")
    expect(dialog).to_be_visible()
    one.inspect("lot-confirm", dark=True)
    keys.press("Enter")
    expect(one.page.locator("[data-receipt]")).to_contain_text("出价已接受")
    one.sees("您领先")


def test_a_phone_that_was_offline_catches_up(crowd: Crowd, lot: str) -> None:
    phone, desk = crowd.person("bidder2", **PHONE).go(lot), crowd.person("bidder1").go(lot)
    phone.page.locator(".dock a").tap()
    phone.page.locator("[data-step='2']").tap()
    phone.page.locator("[data-bid]").tap()
    phone.page.locator("dialog[open]").get_by_role("button", name="确认出价").tap()
    phone.sees("出价已接受", "您领先")

    phone.context.set_offline(True)
    expect(phone.page.locator("[data-strip]")).to_contain_text("离线")
    expect(phone.page.locator("[data-bid]")).to_be_disabled()
    amount = least(desk)
    desk.bid(yuan(amount))
    phone.context.set_offline(False)
    phone.sees("超过", yuan(amount))
    expect(phone.page.locator("[data-strip]")).to_be_empty()
    assert least(phone) == amount + INCREMENT
    expect(phone.page.locator("[data-entries] li").first).to_contain_text(yuan(amount))


def test_a_machine_whose_clock_is_wrong_shows_the_courts_time_and_bids(crowd: Crowd, lot: str) -> None:
    """Its clock is three hours ahead and jumps back a day in between; the page counts from what the server said."""
    one = crowd.person("bidder1")
    one.context.add_init_script("const real = Date.now; let off = 3 * 3600e3; Date.now = () => real() + off;"
                                "setTimeout(() => { off = -24 * 3600e3; }, 1500);")  # fmt: skip
    one.go(lot)
    left = one.page.locator("[data-bidcard] [data-countdown]").first
    before = left.inner_text()
    one.page.wait_for_timeout(2_500)
    assert before.split("小时")[0] == left.inner_text().split("小时")[0], "the countdown followed the machine's clock"
    expect(one.page.locator("[data-bidcard]")).not_to_contain_text("时间到")
    if one.page.locator("[data-bid]").is_enabled():
        one.bid(yuan(least(one)))


def test_without_script_one_registers_pays_and_bids(crowd: Crowd, lot: str) -> None:
    one = crowd.person(java_script_enabled=False).go(lot).follow("登录后报名").follow("实名注册")
    one.fill("账号", "no-script").fill("姓名", "王立夏").fill("密码", NEW_PASSWORD)
    one.page.locator("#f-id_number").fill("110101199003070310")
    one.page.locator("main form button").click()
    one.register_and_pay(lot)
    one.go(lot)
    amount = least(one)
    one.page.get_by_label("我的出价（元）").fill(yuan(amount))
    one.press("出价").sees("人民币").press("确认出价", exact=False)
    one.sees("出价已接受", yuan(amount), "回执编号")
    one.go(lot).sees("您领先")
