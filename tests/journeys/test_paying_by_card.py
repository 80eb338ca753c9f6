"""Real ways to pay, in the browser: a card with 3-D Secure, Alipay, Checkout; ledger and payment service agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, expect

from auction.foundation.ledger import queries as ledger
from auction.foundation.ledger.rules import Account
from auction.gateways.port import OrderKind
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury.queries import OrderRecord
from auction.procedure.treasury.rules import OrderStatus
from tests.journeys.court import LENGTH, Court, ten_o_clock
from tests.journeys.people import Crowd, Person
from tests.journeys.site import Site, read_site
from tests.peers.stripe_process import PeerProcess, process
from tests.program.running import a_place, free_port

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.xdist_group("browser")]

CLAIMS = [{"creditor": "戊银行股份有限公司", "amount": "900000"}]
DEPOSIT, BALANCE = 70_000_00, 635_000_00
GOOD, SECURE, DECLINED = "4242 4242 4242 4242", "4000 0000 0000 3220", "4000 0000 0000 9995"
_SECRET = "whsec_only_of_this_journey"


@dataclass(frozen=True)
class Connected:
    """A platform that has Stripe, and the stand-in that it takes for Stripe."""

    site: Site
    stripe: PeerProcess

    def orders(self, case: str) -> list[OrderRecord]:
        with self.site.place.platform() as platform, platform.read() as session:
            return treasury.orders_of_case(session, case=case.rpartition("/")[2])

    def owed(self, case: str, account: Account) -> int:
        with self.site.place.platform() as platform, platform.read() as session:
            return ledger.owed(session, account=account, case=case.rpartition("/")[2])

    def intents(self) -> dict[str, Any]:
        """Return the payments by the service's own record."""
        return {one["id"]: one for one in self.stripe.control()["intents"]}

    def nets(self) -> dict[str, int]:
        nets: dict[str, int] = self.stripe.control()["nets"]
        return nets


@pytest.fixture(scope="module")
def connected() -> Iterator[Connected]:
    with a_place() as place, pytest.MonkeyPatch.context() as environment:
        events = f"{place.url}/payments/stripe/events"
        with process(port=free_port(), webhook=events, secret=_SECRET) as peer:
            environment.setenv("AUCTION_PUBLIC_URL", place.url)
            environment.setenv("AUCTION_STRIPE_API", peer.address)
            environment.setenv("AUCTION_STRIPE_SCRIPT", f"{peer.address}/v3/")
            environment.setenv("STRIPE_SECRET_KEY", peer.secret_key)
            environment.setenv("STRIPE_PUBLISHABLE_KEY", peer.publishable_key)
            environment.setenv("STRIPE_WEBHOOK_SECRET", _SECRET)
            place.start()
            yield Connected(read_site(place), peer)
            place.stop()


@pytest.fixture
def gathered(connected: Connected, browser: Browser) -> Iterator[Crowd]:
    crowd = Crowd(connected.site, browser)
    yield crowd
    for one in crowd.people:
        # What the stand-in's own pages lack, and that it answers a declined card by a status, is no fault of ours.
        one.faults = [fault for fault in one.faults if connected.stripe.address not in fault]
    crowd.leave()


def fields_of(one: Person) -> FrameLocator:
    """Return the payment service's own fields, which only its frame sees."""
    return one.page.frame_locator("[data-fields] iframe")


def choose(one: Person, lot: str, way: str) -> Person:
    """Register, read what each way does, and choose one."""
    one.go(lot).follow("报名竞买")
    for box in one.page.locator("input[type=checkbox][required]").all():
        box.check()
    one.press("报名，取得竞买代码")
    one.page.get_by_role("radio", name=way).check()
    return one


def agree(one: Person, answer: str) -> Person:
    """Answer on the bank's or the wallet's page, and come back."""
    one.page.get_by_role("button", name=answer).click()
    one.page.wait_for_url(lambda url: url.startswith(one.site.url))
    return one


def test_card_alipay_and_checkout_pay_for_a_lot(connected: Connected, gathered: Crowd) -> None:
    court, opens_at = Court(gathered), ten_o_clock(connected.site.now)
    case, lot = court.listed(
        serial=4401, claims=CLAIMS, title="苏A33S99 测试牌小型货车", start="700000", opens_at=opens_at
    ).split()
    connected.site.wait_until(opens_at - timedelta(days=1))
    buyer, other = gathered.person("bidder1"), gathered.person("bidder2")
    pays_by_card_at_the_second_try(connected, buyer, lot)
    pays_by_alipay(connected, other, lot)
    assert connected.owed(case, Account.HELD) == 2 * DEPOSIT
    assert sum(connected.nets().values()) == 2 * DEPOSIT
    buys(connected, buyer, lot, opens_at)
    gets_the_deposit_back(connected, other, case)
    pays_the_balance(connected, buyer, lot)
    is_ruled(court, lot)
    agrees(connected, case)


def pays_by_card_at_the_second_try(connected: Connected, one: Person, lot: str) -> None:
    choose(one, lot, "在线支付").sees("银行卡：只冻结额度，不扣款", "微信支付：单笔至多 ¥50,000.00")
    one.inspect("paying-ways").press("缴纳 ¥", exact=False).sees("付款信息", "人民币柒万元整")
    expect(one.page.locator("[data-pay]")).to_be_enabled()
    fields_of(one).get_by_label("Payment method").select_option("card")
    fields_of(one).get_by_label("Card number").fill(DECLINED)
    one.inspect("paying-card").page.locator("[data-pay]").click()
    one.sees("余额或额度不足").inspect("paying-declined")
    assert [intent["status"] for intent in connected.intents().values()] == ["requires_payment_method"]
    fields_of(one).get_by_label("Card number").fill(SECURE)
    one.page.locator("[data-pay]").click()
    one.page.wait_for_url("**/authenticate/**")
    agree(one, "Complete authentication").sees("您已取得竞买资格").inspect("paying-admitted")
    (intent,) = connected.intents().values()
    assert (intent["status"], intent["amount"], intent["currency"]) == ("requires_capture", DEPOSIT, "cny")


def pays_by_alipay(connected: Connected, one: Person, lot: str) -> None:
    choose(one, lot, "在线支付").sees("支付宝：先收取")
    one.press("缴纳 ¥", exact=False)
    expect(one.page.locator("[data-pay]")).to_be_enabled()
    fields_of(one).get_by_label("Payment method").select_option("alipay")
    one.page.locator("[data-pay]").click()
    one.page.wait_for_url("**/authenticate/**")
    agree(one, "Fail authentication").sees("付款信息")
    expect(one.page.locator("[data-pay]")).to_be_enabled()
    fields_of(one).get_by_label("Payment method").select_option("alipay")
    one.page.locator("[data-pay]").click()
    one.page.wait_for_url("**/authenticate/**")
    agree(one, "Complete authentication").sees("您已取得竞买资格")
    assert sorted(intent["status"] for intent in connected.intents().values()) == ["requires_capture", "succeeded"]


def buys(connected: Connected, one: Person, lot: str, opens_at: datetime) -> None:
    connected.site.wait_until(opens_at)
    one.go(lot).sees("最低可出价").bid("705,000.00").sees("您领先")
    connected.site.wait_until(opens_at + LENGTH + timedelta(seconds=5))
    one.sees_after_reload("您已竞得")


def gets_the_deposit_back(connected: Connected, one: Person, case: str) -> None:
    one.go("/my").sees_after_reload("已退还").sees("退还凭证", "在线支付")
    (back,) = [order for order in connected.orders(case) if order.kind is OrderKind.RELEASE]
    assert back.gateway_reference in {refund["id"] for refund in connected.stripe.control()["refunds"]}
    one.sees(back.gateway_reference or "").inspect("paying-my").follow("退还凭证").sees(back.gateway_reference or "")
    one.inspect("paying-proof")


def pays_the_balance(connected: Connected, one: Person, lot: str) -> None:
    """Begin with a transfer, think better of it, turn back once from the service's page, and pay there."""
    one.go(f"{lot}/settlement").sees("人民币陆拾叁万伍仟元整").inspect("paying-balance")
    one.page.get_by_role("radio", name="银行转账").check()
    one.confirm("付清余款").sees("转账附言").inspect("paying-transfer").press("换一种付款方式")
    one.page.get_by_role("radio", name="在线支付").check()
    one.confirm("付清余款").inspect("paying-redirect").page.get_by_role("link", name="前往付款").click()
    one.page.wait_for_url(f"{connected.stripe.address}/pay/**")
    one.page.get_by_role("link", name="Back").click()
    one.page.wait_for_url(f"{connected.site.url}/**")
    one.sees("前往付款").page.get_by_role("link", name="前往付款").click()
    one.page.get_by_label("Card number").fill(GOOD)
    one.page.get_by_role("button", name="Pay").click()
    one.page.wait_for_url(f"{connected.site.url}/**")
    one.sees_after_reload("付清").go(f"{lot}/settlement").inspect("paying-paid")


def is_ruled(court: Court, lot: str) -> None:
    court.officer.go(f"/court{lot}/settlement").sees_after_reload("作出成交裁定").confirm("作出成交裁定")


def agrees(connected: Connected, case: str) -> None:
    """The ledger, our orders and the service's own record tell one story, to the fen."""
    assert connected.owed(case, Account.HELD) == 0
    assert connected.owed(case, Account.REFUNDABLE) == 0
    assert connected.owed(case, Account.PROCEEDS) == DEPOSIT + BALANCE
    assert sorted(connected.nets().values()) == sorted([DEPOSIT, 0, BALANCE])
    intents = connected.intents()
    assert {intent["status"] for intent in intents.values()} == {"succeeded"}
    done = [one for one in connected.orders(case) if one.status is OrderStatus.DONE]
    assert sorted((one.kind.value, one.gateway) for one in done) == [
        ("apply", "stripe"),
        ("charge", "stripe"),
        ("hold", "stripe"),
        ("hold", "stripe"),
        ("release", "stripe"),
    ]
    assert all(one.done_minor == one.amount_minor for one in done)


def test_a_limit_set_by_the_administrator_is_told_before_one_pays(connected: Connected, gathered: Crowd) -> None:
    admin = gathered.person("admin").go("/admin").follow("账户与限额").inspect("admin-ways")
    section = admin.page.locator("section", has=admin.page.get_by_role("heading", name="余款和补交差额"))
    section.get_by_role("checkbox", name="在线支付").check()
    section.get_by_label("在线支付：单笔至多").fill("10万")
    section.get_by_role("checkbox", name="银行转账").check()
    section.get_by_role("button", name="设定").click()
    admin.sees("付款方式已设定")
    assert section.get_by_label("在线支付：单笔至多").input_value() == "100000.00"
    assert section.get_by_role("checkbox", name="演示付款").is_checked() is False


def test_without_script_the_way_to_the_services_page_stays_open(connected: Connected, gathered: Crowd) -> None:
    court, opens_at = Court(gathered), ten_o_clock(connected.site.now)
    _, lot = court.listed(
        serial=4402, claims=CLAIMS, title="苏A33S98 测试牌小型货车", start="700000", opens_at=opens_at
    ).split()
    one = choose(gathered.person("bidder2", java_script_enabled=False), lot, "在线支付")
    one.press("缴纳 ¥", exact=False).sees("在本页付款需要启用脚本")
    one.press("换一种付款方式").page.get_by_role("radio", name="银行转账").check()
    one.press("缴纳 ¥", exact=False).sees("转账附言").follow("查询到账情况").sees("转账附言")
    one.press("换一种付款方式").page.get_by_role("radio", name="演示付款").check()
    one.press("缴纳 ¥", exact=False).sees("您已取得竞买资格")
