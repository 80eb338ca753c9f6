"""An outsider stops an open lot before a bidder's eyes; it is rejected, the time to sue passes, bidding goes on."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.edges.browsing import id_number
from tests.journeys.court import Court, ten_o_clock
from tests.journeys.people import Crowd, Person

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.xdist_group("browser")]

CLAIMS = [{"creditor": "丁银行股份有限公司", "amount": "2000000"}]
#: Three of the twenty-four hours have gone when the outsider comes.
GONE = timedelta(hours=3)
LEFT = timedelta(hours=21)


def test_an_outsider_stops_an_open_lot_and_it_goes_on_with_the_time_it_had(crowd: Crowd) -> None:
    court, opens_at = Court(crowd), ten_o_clock(crowd.site.now)
    case, lot = court.listed(
        serial=4201, claims=CLAIMS, title="苏A77Q31 测试牌越野车", start="700000", opens_at=opens_at
    ).split()
    watching, rival, outsider = crowd.person("bidder1"), crowd.person("bidder2"), a_stranger(crowd)
    for one in (watching, rival):
        one.register_and_pay(lot).go(lot)

    crowd.site.wait_until(opens_at)
    watching.sees("最低可出价").bid("700,000.00").sees("您领先")
    crowd.site.wait(GONE)
    object_to(lot, outsider)
    watching.sees("中止", "案外人提出异议", "民事诉讼法 第238条").inspect("lot-objected")
    assert "孙白露" not in watching.words()

    objection = is_rejected(court, case)
    court.at("panel").go("/court").inspect("court-today-objections")
    see_the_forms(court, case, lot)
    crowd.site.wait(timedelta(days=30))
    resumed = crowd.site.now
    panel = court.at("panel").go(objection).confirm("恢复该拍品").sees("竞价中")
    panel.go(objection).inspect("court-objection-over")
    goes_on(watching, rival, lot, resumed + LEFT)
    outsider.go("/my").sees("驳回").inspect("bidder-my-objections")


def a_stranger(crowd: Crowd) -> Person:
    """Somebody who has never been here opens an account of his own."""
    stranger = crowd.person().go("/signup")
    stranger.fill("姓名或名称", "孙白露").fill("身份证号", id_number(77)).fill("账号", "sunbailu")
    for box in stranger.page.locator("input[type=password]").all():
        box.fill(crowd.site.password)
    for box in stranger.page.locator("input[type=checkbox][required]").all():
        box.check()
    return stranger.press("注册")


def object_to(lot: str, outsider: Person) -> None:
    """From the lot's page: the kind, the thing, facts and evidence; then what happens next and by when."""
    outsider.go(lot).follow("对本拍卖品有异议").inspect("bidder-objection-new")
    outsider.page.get_by_role("radio", name="这件财产是我的").check()
    outsider.page.get_by_label("针对").select_option(index=1)
    outsider.fill("事实和理由", "该车由我于2024年购买并一直使用，仅登记在被执行人名下。")
    outsider.fill("证据", "购车合同、付款凭证、保险单")
    outsider.press("提交异议").sees("法院最迟裁定", "停止处置", "法释〔2015〕10号 第2条")
    outsider.inspect("bidder-objection")


def is_rejected(court: Court, case: str) -> str:
    """The officer files it, the panel finds it on its desk and rejects it; return the objection's page."""
    officer = court.officer.go(f"{case}/objections").inspect("court-case-objections")
    officer.page.locator("main table a").first.click()
    officer.page.wait_for_url("**/court/objections/**")
    officer.confirm("异议立案").confirm("登记已通知")
    panel = court.at("panel").go(officer.at)
    panel.inspect("court-objection")
    panel.page.get_by_role("radio", name="驳回异议").check()
    panel.fill("理由", "车辆登记在被执行人名下，所举证据不足以排除执行。")
    panel.tick("裁定已作出").press("登记裁定并送达").sees("起诉期限")
    assert panel.page.get_by_role("button", name="恢复该拍品").count() == 0, "not before the window is over"
    panel.go("/court/objections").inspect("court-objections")
    return officer.at


def see_the_forms(court: Court, case: str, lot: str) -> None:
    """What parties hand in, pay and agree to is entered on pages that everybody can use."""
    for name, path in {"court-bidders": f"/court{lot}/bidders", "court-wishes": case}.items():
        unfolded(court.officer.go(path)).inspect(name)
    unfolded(court.officer.go(f"{case}/objections")).inspect("court-paper-objection")
    unfolded(court.at("finance").go(f"{case}/money")).inspect("court-payments")


def unfolded(person: Person) -> Person:
    """Open everything that is folded away."""
    person.page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")
    return person


def goes_on(watching: Person, rival: Person, lot: str, ends_at: datetime) -> None:
    """The lot has the time it had left; the other bids, and the first sees it."""
    for one in (watching, rival):
        one.go(lot).sees("竞价中")
    assert f"{ends_at:%H:%M}" in rival.page.locator(".bidcard .countdown__exact").inner_text()
    rival.bid("705,000.00").sees("您领先")
    watching.sees("超过", "705,000.00")
