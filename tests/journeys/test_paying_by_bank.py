"""Paid by bank, in the browser: every fen comes and goes by bank files, and the case account ends at zero."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from auction.edges.inbox import reconciling
from auction.foundation.kernel.calendar import in_shanghai
from tests.journeys.court import LENGTH, Court, ten_o_clock
from tests.journeys.people import Crowd, Person
from tests.journeys.site import Site, a_site
from tests.peers.bank import ACCOUNT, Told, camt, carried_out

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.xdist_group("browser")]

CLAIMS = [{"creditor": "己银行股份有限公司", "amount": "900000"}]
NAMES = {"bidder1": "张小满", "bidder2": "李春分"}


@pytest.fixture(scope="module")
def bank_site() -> Iterator[Site]:
    """A program of its own: the court of this journey pays by bank alone."""
    with a_site() as running:
        yield running


@pytest.fixture
def gathered(bank_site: Site, browser: Browser) -> Iterator[Crowd]:
    crowd = Crowd(bank_site, browser)
    yield crowd
    crowd.leave()


class Statement:
    """The court's bank: it writes a file of what moved, and finance imports it."""

    def __init__(self, court: Court, folder: Path) -> None:
        self.court, self.folder, self.files = court, folder, 0

    def tells(self, *told: Told, kind: str = "054", look: str = "") -> Person:
        self.files += 1
        today = in_shanghai(self.court.crowd.site.now).date().isoformat()
        lines = [
            Told(**(one.__dict__ | {"day": today, "reference": f"{self.files}-{n}"})) for n, one in enumerate(told)
        ]
        path = self.folder / f"{self.files}.xml"
        path.write_bytes(camt(*lines, kind=kind))
        finance = self.court.at("finance").go("/court/bank")
        if look:
            finance.inspect("court-bank")
        finance.page.locator("#f-file").set_input_files(path)
        finance.press("导入").sees("导入结果")
        return finance.inspect(look) if look else finance


def test_a_lot_is_paid_for_and_paid_out_by_bank_files(bank_site: Site, gathered: Crowd, tmp_path: Path) -> None:
    court, opens_at = Court(gathered), ten_o_clock(bank_site.now)
    the_court_pays_by_bank(gathered)
    case, lot = court.listed(
        serial=4601, claims=CLAIMS, title="苏A77B01 测试牌小型客车", start="700000", opens_at=opens_at
    ).split()
    statement = Statement(court, tmp_path)
    first, second = gathered.person("bidder1"), gathered.person("bidder2")

    admitted(statement, first, second, lot)
    bank_site.wait_until(opens_at)
    first.go(lot).sees("最低可出价").bid("700,000.00").sees("您领先")
    bank_site.wait_until(opens_at + LENGTH + timedelta(seconds=5))
    # The page turns by itself; after weeks at once the sweep has many lots to close.
    expect(first.page.locator("main")).to_contain_text("您已竞得", timeout=90_000)
    refunded(statement, second, tmp_path)
    first.go(f"{lot}/settlement").page.get_by_role("radio", name="银行转账").check()
    first.confirm("付清余款")
    statement.tells(transfer(first, "bidder1", "630000.00")).sees("已匹配入账")
    first.go(f"{lot}/settlement").sees("付清")
    officer = court.officer.go(f"/court{lot}/settlement").sees_after_reload("作出成交裁定")
    officer.confirm("作出成交裁定").confirm("登记裁定送达").confirm("登记交付").sees("已交付")

    distributed(statement, case, tmp_path)
    with bank_site.place.platform() as platform:
        assert reconciling.reconcile(platform).differences == ()


def the_court_pays_by_bank(crowd: Crowd) -> None:
    admin = crowd.person("admin").go("/admin")
    ways = admin.page.locator("tr", has_text="玄武").locator("a[href$='/ways']")
    with admin.page.expect_navigation():
        (ways if ways.count() else admin.page.locator("a[href$='/ways']")).first.click()
    admin.fill("户名", "某某区人民法院").fill("账号", ACCOUNT).fill("开户银行", "某某银行").press("登记账户")
    for purpose, button in (("deposit", "保证金"), ("balance", "余款和补交差额"), ("payout", "发放案款")):
        form = admin.page.locator(f"form:has(input[value={purpose}])")
        form.locator("input[name=take-bank]").check()
        with admin.page.expect_navigation():
            form.get_by_role("button", name=f"设定：{button}").click()


def transfer(one: Person, login: str, yuan: str) -> Told:
    """Return the transfer that the page asks for."""
    reference = one.sees("转账附言").page.locator(".transfer__code").inner_text()
    return Told(yuan=yuan, name=NAMES[login], words=f"拍卖 {reference}")


def admitted(statement: Statement, first: Person, second: Person, lot: str) -> None:
    """Both pay by transfer; the second pays from a friend's account first, and it goes to the desk."""
    told = []
    for one, login in ((first, "bidder1"), (second, "bidder2")):
        one.go(lot).follow("报名竞买")
        for box in one.page.locator("input[type=checkbox][required]").all():
            box.check()
        one.press("报名，取得竞买代码")
        one.page.get_by_role("radio", name="银行转账").check()
        one.press("缴纳 ¥", exact=False)
        told.append(transfer(one, login, "70000.00"))
    friend = Told(**(told[1].__dict__ | {"name": "朋友"}))
    finance = statement.tells(*told, friend, look="court-bank-file")
    finance.go("/court/bank/desk").sees("朋友").inspect("court-bank-desk")
    finance.page.locator("a[href^='/court/bank/lines/']").first.click()
    finance.sees("朋友").inspect("court-bank-line").confirm("退回付款人").sees("退回中")
    for one in (first, second):
        one.go(f"{lot}/deposit").sees("您已取得竞买资格")


def released(statement: Statement, folder: Path, *, look: str = "") -> bytes:
    """Draft a payment file, let the head release it, and return what was fetched."""
    finance, head = statement.court.at("finance"), statement.court.at("head")
    finance.go("/court/bank/payments").sees("等待银行付出")
    if look:
        finance.inspect(look)
    at = finance.confirm("制作付款文件").sees("草稿").at
    head.go(at).confirm("放行").sees("已放行")
    if look:
        head.inspect(f"{look}-released")
    with head.page.expect_download() as download:
        head.page.get_by_role("link", name="下载 pain.001 文件").click()
    path = folder / "pain.xml"
    download.value.save_as(path)
    return path.read_bytes()


def refunded(statement: Statement, loser: Person, folder: Path) -> None:
    """The loser's deposit and the friend's money go back where they came from."""
    statement.court.at("finance").go("/court/bank/payments").sees_after_reload("李春分")
    debits = carried_out(released(statement, folder, look="court-bank-payments"))
    assert sorted((one.name, one.yuan) for one in debits) == [("朋友", "70000.00"), ("李春分", "70000.00")]
    statement.tells(*debits, kind="053")
    loser.go("/my").sees_after_reload("已退还")


def distributed(statement: Statement, case: str, folder: Path) -> None:
    """The plan is paid to the creditor by a file of two persons, confirmed by the bank, and the account is at zero."""
    court, site = statement.court, statement.court.crowd.site
    court.officer.go(f"{case}/distribution").press("制作分配方案").confirm("送达分配方案").sees("已送达，异议期内")
    site.wait(timedelta(days=30))
    finance, head = court.at("finance"), court.at("head")
    finance.go(f"{case}/distribution").confirm("提交付款审批")
    head.go(f"{case}/distribution").confirm("批准发放")
    finance.go("/court/bank/payments").sees_after_reload("缺少收款账户").follow("己银行股份有限公司")
    finance.fill("账号", "6222029999000011112").fill("开户行", "己银行总行")
    finance.inspect("court-bank-payee").press("登记账户").sees("6222…1112")
    (debit,) = carried_out(released(statement, folder))
    assert (debit.name, debit.yuan) == ("己银行股份有限公司", "700000.00")
    statement.tells(debit, kind="053")
    finance.go(f"{case}/money").sees_after_reload("余额为零")
    head.go(f"{case}/distribution").sees("已发放")
