"""Papers of what goes otherwise than announced: stays, withdrawal, revocation, default."""

from __future__ import annotations

import pytest

from auction.edges.platform import Platform
from auction.foundation.kernel.roles import PLATFORM
from auction.procedure.bidding import stays
from auction.procedure.papers.texts import halting, revoking
from auction.procedure.settlement import default
from auction.procedure.settlement import queries as settlements
from tests.procedure.papers.papered import (
    BALANCE_MINOR,
    PRICE_MINOR,
    both,
    opened,
    paper,
    refusal,
    ruled,
    sold,
)
from tests.procedure.papers.telling import pairs_of, said
from tests.procedure.selling import DEPOSIT_MINOR, START_MINOR, Sale


@pytest.fixture
def sale(platform: Platform) -> Sale:
    return opened(platform)


def test_a_stay_says_its_ground_and_is_over_when_it_goes_on(sale: Sale) -> None:
    sale.admit("A")
    sale.until_open()
    sale.bid("A", START_MINOR)
    with sale.platform.act(PLATFORM) as act:
        stays.suspend(act, lot="L1", ground="retrial")
    content = paper(sale, "suspension_notice")
    assert content.title.zh == "中止拍卖公告"
    assert "因据以执行的法律文书进入再审，依照《中华人民共和国民事诉讼法》第二百一十七条、第二百六十七条" in said(
        content
    )
    assert pairs_of(content)["当时的最高价"] == both(START_MINOR)
    sale.after(days=1)
    with sale.platform.act(PLATFORM) as act:
        resumed = stays.resume(act, lot="L1")
    assert "does not stand still" in refusal(sale, "suspension_notice").message("en")
    goes_on = paper(sale, "resumption_notice")
    assert f"{resumed.ends_at.month}月{resumed.ends_at.day}日" in pairs_of(goes_on)["结束时间（延时除外）"]


@pytest.mark.parametrize("ground", ["outsider_upheld", "panel"])
def test_a_withdrawal_says_its_ground(sale: Sale, ground: str) -> None:
    with sale.platform.act(PLATFORM) as act:
        stays.withdraw(act, lot="L1", ground=ground)
    content = paper(sale, "withdrawal_notice")
    assert f"因{halting.GROUNDS[ground].zh}，" in said(content)
    assert "保证金于2025年3月4日9时00分前全部退还" in said(content)


@pytest.mark.parametrize("ground", ["31-1", "31-6"])
def test_a_revoked_sale_has_its_ruling_and_no_other_any_more(sale: Sale, ground: str) -> None:
    ruled(sale)
    with sale.platform.act(PLATFORM) as act:
        stays.revoke(act, lot="L1", ground=ground)
    content = paper(sale, "revocation_ruling")
    assert revoking.FOUND[ground].zh in said(content)
    assert both(PRICE_MINOR) in said(content)
    for kind in ("confirmation", "sale_ruling", "assistance_notice", "hand_over_record"):
        assert "revoked" in refusal(sale, kind).message("en")


def test_the_default_says_what_is_lost_and_that_he_is_barred(sale: Sale) -> None:
    sold(sale)
    sale.after(days=30)
    with sale.platform.act(PLATFORM) as act:
        default.declare_default(act, lot="L1")
    content = paper(sale, "default_ruling")
    told = said(content)
    assert f"张三缴纳的保证金{both(DEPOSIT_MINOR)}不予退还" in told
    assert f"付清{both(BALANCE_MINOR)}，逾期未付清" in told
    assert "张三不得参加竞买" in told
    with sale.platform.read() as session:
        lost = settlements.forfeit(session, "L1")
    assert lost is not None
    assert content.dated == lost.declared_at
    assert "ordered nothing" in refusal(sale, "top_up_order").message("en")
