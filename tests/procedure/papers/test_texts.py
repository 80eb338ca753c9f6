"""What each kind of paper says, on real stories: the right numbers, both languages, nothing too early."""

from __future__ import annotations

import pytest

from auction.edges.jobs.sweep import settle
from auction.edges.platform import Platform
from auction.foundation.kernel.refusal import NotFound
from auction.foundation.kernel.roles import PLATFORM
from auction.procedure.bidding import queries as bidding
from auction.procedure.cases.commands import record_cost
from auction.procedure.distribution import commands as distribution
from auction.procedure.distribution.rules import Part
from auction.procedure.lots import commands as lot_commands
from auction.procedure.lots import grounds
from auction.procedure.lots import queries as lots
from auction.procedure.papers.blocks import Text
from auction.procedure.papers.kinds import KINDS, Readers
from auction.procedure.papers.texts import BUILDERS, defaulting, dividing, halting, revoking
from auction.procedure.settlement import commands as settlement
from tests.procedure.papers.papered import (
    BALANCE_MINOR,
    BEFORE_THE_SALE,
    PRICE_MINOR,
    RESIDENT,
    both,
    opened,
    paper,
    refusal,
    ruled,
    served,
    sold,
)
from tests.procedure.papers.telling import drawn, pairs_of, rows_of, said
from tests.procedure.selling import DEPOSIT_MINOR, INCREMENT_MINOR, START_MINOR, Sale


@pytest.fixture
def sale(platform: Platform) -> Sale:
    return opened(platform)


def test_every_kind_has_its_text_and_every_text_its_kind() -> None:
    assert BUILDERS.keys() == KINDS.keys()
    assert all(one.kind == kind for kind, one in BUILDERS.items())


def test_every_word_of_the_record_has_a_word_on_paper() -> None:
    known = {*grounds.DEFER, *grounds.SUSPEND, *grounds.WITHDRAW, grounds.PROCEEDS_SUFFICE}
    assert halting.GROUNDS.keys() == known
    assert revoking.FOUND.keys() == set(grounds.REVOKE)
    assert dividing.PARTS.keys() == set(Part)
    assert defaulting.USES.keys() == {"costs", "shortfall", "case_debt", "linked_debt"}


def test_before_its_time_a_paper_is_refused_and_says_what_is_missing(sale: Sale) -> None:
    for kind in KINDS.keys() - {*BEFORE_THE_SALE, "deposit_receipt"}:
        refused = refusal(sale, kind, "C1" if kind == "distribution_plan" else "L1")
        assert refused.code == "papers.not_yet"
        assert KINDS[kind].title.zh in refused.message("zh")
        assert KINDS[kind].title.en in refused.message("en")


def test_nothing_is_announced_before_the_panel_has_decided(sale: Sale) -> None:
    draft = _second_draft(sale)
    for kind in BEFORE_THE_SALE:
        assert "the panel has not decided" in refusal(sale, kind, draft).message("en")
    with sale.platform.act(PLATFORM) as act:
        lot_commands.approve_lot(act, lot=draft, panel=["甲", "乙", "丙"])
    for kind in BEFORE_THE_SALE:
        assert both(START_MINOR) in said(paper(sale, kind, draft))
    content = paper(sale, "announcement", draft)
    assert content.title == Text("拍卖公告（第二次拍卖）", "Announcement of an auction (second auction)")
    assert "因第一次拍卖流拍" in said(content)


def _second_draft(sale: Sale) -> str:
    """Let the first auction fail and draft the second."""
    sale.until_open()
    sale.until_closed()
    now = sale.platform.clock.now()
    with sale.platform.read() as session:
        first = lots.lot(session, "L1")
    with sale.platform.act(PLATFORM) as act:
        lot_commands.draft_lot(
            act,
            id="L2",
            after="L1",
            properties=["P1"],
            start_price_minor=START_MINOR,
            deposit_minor=DEPOSIT_MINOR,
            increment_minor=INCREMENT_MINOR,
            opens_at=now.replace(hour=10) + (first.opens_at - (first.announced_at or now)),
            disclosure=dict(first.disclosure),
        )
    return "L2"


def test_about_nothing_there_is_no_paper(sale: Sale) -> None:
    with sale.platform.read() as session:
        for kind in KINDS:
            for subject in ("", "L9", "l1", "L1 OR 1=1", "Ｌ１", "{lot}", "L" * 5_000):
                with pytest.raises(NotFound):
                    drawn(session, kind, subject, now=sale.platform.clock.now())


def test_the_announcement_tells_the_terms_and_the_courts_own_words(sale: Sale) -> None:
    content = paper(sale, "announcement")
    told = said(content)
    assert content.title.zh == "拍卖公告（第一次拍卖）"
    assert {both(START_MINOR), both(DEPOSIT_MINOR), both(INCREMENT_MINOR), both(100_000_000)} <= set(
        pairs_of(content).values()
    )
    assert "2025年3月19日9时00分起至2025年3月20日9时00分止" in told
    assert "成交之日起10日内付清" in told
    assert told.count("已如实公开") >= 10, "each block of article 13 but the announcement's own"
    assert "公示真实身份：" in told
    assert "悔拍保证金不退：" in told


def test_the_notice_names_everybody_who_must_be_told_in_full(sale: Sale) -> None:
    content = paper(sale, "notice")
    assert content.to is not None
    assert content.to.zh == "甲银行、赵某"
    assert pairs_of(content)["申请执行人"] == "甲银行"


def test_public_papers_carry_no_identity_number(sale: Sale) -> None:
    sold(sale)
    for kind in ("announcement", "instructions", "confirmation"):
        assert KINDS[kind].readers is Readers.PUBLIC
        for language in ("zh", "en"):
            assert RESIDENT not in said(paper(sale, kind), language)
            assert "1949" not in said(paper(sale, kind), language)


def test_before_the_close_nothing_on_a_receipt_leads_to_the_code(sale: Sale) -> None:
    found = sale.join("A")
    assert "no deposit has arrived" in refusal(sale, "deposit_receipt", found.id).message("en")
    sale.deposit(found)
    settle(sale.platform)
    content = paper(sale, "deposit_receipt", found.id)
    assert both(DEPOSIT_MINOR) in said(content)
    assert "张三" in said(content)
    assert content.dated == sale.platform.clock.now()
    for language in ("zh", "en"):
        assert found.code not in said(content, language)
        assert found.id not in said(content, language)


def test_no_paper_names_a_bidder_before_the_close(sale: Sale) -> None:
    sale.admit("A")
    sale.until_open()
    for kind in BEFORE_THE_SALE:
        assert "张三" not in said(paper(sale, kind))


def test_a_loser_reads_on_his_receipt_when_it_went_back(sale: Sale) -> None:
    sold(sale)
    with sale.platform.read() as session:
        told = {one.person: one.id for one in bidding.registrations(session, "L1")}
    assert "退还时间" in pairs_of(paper(sale, "deposit_receipt", told["B"]))
    assert "抵作价款时间" in pairs_of(paper(sale, "deposit_receipt", told["A"]))


def test_the_confirmation_names_the_buyer_with_a_part_of_his_number(sale: Sale) -> None:
    closed_at = sold(sale)
    content = paper(sale, "confirmation")
    told = pairs_of(content)
    assert told["买受人"] == "张三"
    assert told["买受人身份"] == "张三，公民身份号码1101************2X"
    assert (told["成交价"], told["应付余款"]) == (both(PRICE_MINOR), both(BALANCE_MINOR))
    assert told["已缴保证金（抵作价款）"] == both(DEPOSIT_MINOR)
    assert content.number == "2025成交确认L1"
    assert f"{closed_at.month}月{closed_at.day}日" in said(content)


def test_what_was_confirmed_stays_confirmed_when_the_balance_is_paid(sale: Sale) -> None:
    sold(sale)
    before = paper(sale, "confirmation")
    sale.after(days=2)
    with sale.platform.act(PLATFORM) as act:
        settlement.pay_balance(act, lot="L1", amount_minor=BALANCE_MINOR)
    settle(sale.platform)
    assert paper(sale, "confirmation") == before


def test_the_ruling_passes_title_to_the_buyer_with_his_particulars(sale: Sale) -> None:
    ruled(sale)
    content = paper(sale, "sale_ruling")
    told = said(content)
    assert content.number == "（2025）京0105执1234号之一"
    assert f"买受人：张三，女，1949年12月31日出生，公民身份号码{RESIDENT}。" in told
    assert "一、赵某名下的车辆 P1（其他财产；所在地：北京）的所有权归买受人张三所有" in told
    assert both(PRICE_MINOR) in told
    assert both(BALANCE_MINOR) in told
    assert [one.zh for one in content.signers][:3] == ["审判长　甲", "审判员　乙", "审判员　丙"]
    assert content.dated == sale.platform.clock.now()


def test_the_registry_and_the_record_come_with_the_service(sale: Sale) -> None:
    ruled(sale)
    for kind in ("assistance_notice", "hand_over_record"):
        assert "not served" in refusal(sale, kind).message("en")
    with sale.platform.act(PLATFORM) as act:
        settlement.serve_ruling(act, lot="L1")
    notice = paper(sale, "assistance_notice")
    assert pairs_of(notice)["登记权利人"].endswith(RESIDENT)
    assert rows_of(notice, 1)[0][1] == "查封（扣押），案号（2025）京0105执1234号"
    record = paper(sale, "hand_over_record")
    assert pairs_of(record)["时间"].strip("_") == "", "before it, the time is written in by hand"
    sale.after(days=1)
    with sale.platform.act(PLATFORM) as act:
        settlement.hand_over(act, lot="L1")
    assert "2025年" in pairs_of(paper(sale, "hand_over_record"))["时间"]


def test_the_plan_gives_out_every_fen(sale: Sale) -> None:
    served(sale)
    with sale.platform.act(PLATFORM) as act:
        record_cost(act, case="C1", what="评估费", amount_minor=1_234_567)
    with sale.platform.act(PLATFORM) as act:
        distribution.plan_distribution(act, case="C1")
    content = paper(sale, "distribution_plan", "C1")
    assert [(row[1], row[4]) for row in rows_of(content, 2)] == [("执行法院", "12,345.67"), ("甲银行", "600,000.00")]
    left = PRICE_MINOR - 1_234_567 - 60_000_000
    assert f"剩余{both(left)}，退还被执行人赵某。" in said(content)
    assert rows_of(content, 0)[-1] == ["合计", f"{PRICE_MINOR // 100:,}.00"]
    with sale.platform.act(PLATFORM) as act:
        plan = distribution.serve_plan(act, case="C1")
    until = plan.objection_until
    assert until is not None
    assert f"{until.month}月{until.day}日前" in said(paper(sale, "distribution_plan", "C1"))


def test_drawn_twice_a_paper_says_the_same(sale: Sale) -> None:
    served(sale)
    for kind in ("announcement", "instructions", "notice", "confirmation", "sale_ruling", "assistance_notice"):
        assert paper(sale, kind) == paper(sale, kind)
