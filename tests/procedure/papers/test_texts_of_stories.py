"""The papers of whole stories: every round and way of selling, several things and buyers, sums of twelve digits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from auction.edges.platform import create_platform
from auction.edges.scenario.databases import Template
from auction.edges.scenario.playing import play
from auction.edges.scenario.stage import settings
from auction.edges.stories.reading import read
from auction.foundation.kernel.money import in_capitals
from auction.gateways.clock import ManualClock
from auction.procedure.bidding import queries as bidding
from auction.procedure.cases import queries as cases
from auction.procedure.lots import queries as lots
from auction.procedure.papers import characters
from auction.procedure.papers.blocks import Content
from auction.procedure.papers.kinds import KINDS, Subject
from auction.procedure.papers.texts.builder import PaperNotYet
from tests.procedure.papers.telling import check_complete, drawn, rows_of, said

STORIES = Path(__file__).parents[2] / "statute"
LONG_TITLE = "很长的名称" * 40
STRANGE_TITLE = "商铺 №7 «Ünïcode» 𠮷 & <b>{0}</b>"
BUYER = "欧阳Zoë"
BANK = "乙银行“Ö”分行"
PRICES = (987_654_321_099, 123_456_789_012)
START, DEPOSIT, INCREMENT = 777_777_777_078, 77_777_777_777, 100_000_001
PRICE = START + 3 * INCREMENT
BALANCE = PRICE - DEPOSIT
CLAIM, SECURED, COST = 999_999_999_999, 99_999_999_999, 123_456_789_01
GREAT = f"""
title: Large sums, long titles and two things
clock: "2025-03-03T09:00:00+08:00"
steps:
  - do: open_case
    with:
      case: C1
      number: （2025）京0105执1234号
      court: 北京市朝阳区人民法院
      debtor: {{id: D, name: 赵某, kind: natural_person, id_number: 11010519491231002X}}
      claims:
        - {{id: K1, creditor: 甲银行, amount_minor: {CLAIM}, kind: ordinary, applicant: true}}
        - {{id: K2, creditor: {BANK}, amount_minor: {SECURED}, kind: secured, rank: 1, property: P1}}
  - {{do: seize, with: {{property: P1, case: C1, kind: immovable, category: home, title: {LONG_TITLE}}}}}
  - do: seize
    with:
      {{property: P2, case: C1, kind: immovable, category: shop, title: "{STRANGE_TITLE}",
       encumbrances: [租赁至二〇三〇年]}}
  - do: value_by_negotiation
    with:
      {{property: P1, offers: [{{party: K1, amount_minor: {PRICES[0]}}}, {{party: D, amount_minor: {PRICES[0]}}}]}}
  - do: value_by_negotiation
    with:
      {{property: P2, offers: [{{party: K1, amount_minor: {PRICES[1]}}}, {{party: D, amount_minor: {PRICES[1]}}}]}}
  - do: draft_lot
    with:
      {{lot: L1, properties: [P1, P2], start_price_minor: {START}, deposit_minor: {DEPOSIT},
       increment_minor: {INCREMENT}, opens_at: "2025-04-08T10:00:00+08:00", disclosure: complete}}
  - {{do: approve_lot, with: {{lot: L1, panel: [甲法官, 乙法官, 丙法官]}}}}
  - {{do: notify, with: {{lot: L1, person: D, how: waived}}}}
  - {{do: notify, with: {{lot: L1, person: K1, how: waived}}}}
  - {{do: notify, with: {{lot: L1, person: K2, how: waived}}}}
  - {{do: announce, with: {{lot: L1}}}}
  - {{do: register, with: {{lot: L1, bidder: {BUYER}}}}}
  - {{do: pay_deposit, with: {{lot: L1, bidder: {BUYER}, amount_minor: {DEPOSIT}}}}}
  - {{at: "2025-04-08T10:00:00+08:00", do: bid, with: {{lot: L1, bidder: {BUYER}, amount_minor: {PRICE}}}}}
  - {{at: "2025-04-10T10:00:00+08:00", do: pay_balance, with: {{lot: L1, amount_minor: {BALANCE}}}}}
  - {{do: record_cost, with: {{case: C1, what: 评估费, amount_minor: {COST}}}}}
  - {{do: rule, with: {{lot: L1}}}}
  - {{do: serve_ruling, with: {{lot: L1}}}}
  - {{do: plan_distribution, with: {{case: C1}}}}
"""
#: Stories of the law, and what is on paper at the end of each.
PLAYED = {
    "wangpai-18-buying-together": ("confirmation", "A（份额1/3）、B（份额2/3）"),
    "paimai-16-in-kind-difference": ("in_kind_ruling", "余款0.01元（人民币壹分）"),
    "paimai-22-top-up": ("top_up_order", "补交差额223,916.96元（人民币贰拾贰万叁仟玖佰壹拾陆元玖角陆分）"),
    "real-parking-space-sale-60-days": ("announcement", "变卖期为60日；变卖期内首次出价后，竞价时间为24小时。"),
    "gongsi-85-twenty-days": ("notice", "其他股东自通知之日起满20日不行使优先购买权的"),
    "wangpai-19-priority-with-proof": ("notice", "第一顺位优先购买权人"),
    "wangpai-13-corrected-in-public": ("announcement", "更正“行驶里程”"),
    "pochan-513-taken-over": ("distribution_plan", "破产管理人"),
    "minsu-510-judgment-divides-the-escrow": ("distribution_plan", "不适用分配方案异议程序"),
    "chafeng-27-rest-goes-to-the-queue": ("distribution_plan", "轮候查封案件"),
    "chuzhiquan-4-share-is-reserved": ("distribution_plan", "甲公司\n普通债权"),
}


@contextmanager
def told(file: Path, template: Template) -> Iterator[tuple[Session, datetime]]:
    """Play a story on a database of its own and let the record be read at its end."""
    story = read(file)
    with template.copy() as url:
        faults = [fault for one in play(story, url=url) for fault in one.faults]
        assert faults == []
        now = story.steps[-1].at
        platform = create_platform(settings(), url, clock=ManualClock(now), scratch=True)
        try:
            with platform.read() as session:
                yield session, now
        finally:
            platform.database.dispose()


def every_paper(session: Session, *, now: datetime) -> dict[str, list[Content]]:
    """Draw up every paper that can be drawn up, each held to be whole in both languages."""
    found: dict[str, list[Content]] = {}
    for summary in cases.cases(session, limit=100):
        subjects = [(Subject.CASE, summary.id)]
        for lot in lots.of_case(session, case=summary.id):
            subjects += [(Subject.LOT, lot.id)]
            subjects += [(Subject.REGISTRATION, one.id) for one in bidding.registrations(session, lot.id)]
        for kind, (what, subject) in ((kind, one) for kind in KINDS for one in subjects):
            if KINDS[kind].subject is not what:
                continue
            try:
                content = drawn(session, kind, subject, now=now)
            except PaperNotYet:
                continue
            check_complete(session, content)
            found.setdefault(kind, []).append(content)
    return found


@pytest.mark.parametrize("story", PLAYED)
def test_the_papers_of_a_story_are_whole_in_both_languages(story: str, template: Template) -> None:
    kind, words = PLAYED[story]
    with told(STORIES / f"{story}.yaml", template) as (session, now):
        papers = every_paper(session, now=now)
    assert any(words in said(one) for one in papers[kind])
    assert [one.kind for some in papers.values() for one in some if characters.missing(one)] == []


def both(minor: int) -> str:
    """Say a sum as a paper must, reckoned here for itself."""
    return f"{minor // 100:,}.{minor % 100:02d}元（{in_capitals(minor)}）"


def test_large_sums_long_titles_and_strange_names_stand_as_they_are(template: Template, tmp_path: Path) -> None:
    file = tmp_path / "great.yaml"
    file.write_text(GREAT, encoding="utf-8")
    with told(file, template) as (session, now):
        papers = {kind: some[0] for kind, some in every_paper(session, now=now).items()}
    for kind in ("announcement", "notice", "sale_ruling", "assistance_notice", "hand_over_record"):
        for language in ("zh", "en"):
            assert LONG_TITLE in said(papers[kind], language)
            assert STRANGE_TITLE in said(papers[kind], language)
    assert both(START) in said(papers["announcement"])
    assert both(DEPOSIT) in said(papers["deposit_receipt"])
    for sum_minor in (PRICE, BALANCE):
        assert both(sum_minor) in said(papers["confirmation"])
        assert both(sum_minor) in said(papers["sale_ruling"])
        assert f"CNY {sum_minor // 100:,}.{sum_minor % 100:02d}" in said(papers["sale_ruling"], "en")
    assert f"{BUYER}所有" in said(papers["sale_ruling"])
    cancelled = rows_of(papers["assistance_notice"], 1)
    assert [row[1] for row in cancelled if row[0] == LONG_TITLE][-1] == f"{BANK}的优先受偿权"
    assert "租赁至二〇三〇年" not in {row[1] for row in cancelled}, "a lease goes on"
    assert f"{STRANGE_TITLE}：租赁至二〇三〇年" in said(papers["assistance_notice"])
    assert characters.missing(papers["sale_ruling"]) == ["𠮷"], "and whoever makes it final is told so by name"


def test_the_plan_of_large_sums_gives_out_every_fen(template: Template, tmp_path: Path) -> None:
    file = tmp_path / "great.yaml"
    file.write_text(GREAT, encoding="utf-8")
    with told(file, template) as (session, now):
        content = drawn(session, "distribution_plan", "C1", now=now)
        check_complete(session, content)
    rows = [(row[0], row[1], row[4]) for row in rows_of(content, 2)]
    rest = PRICE - COST - SECURED
    assert rows == [
        ("1", "执行法院", f"{COST // 100:,}.{COST % 100:02d}"),
        ("2", BANK, f"{SECURED // 100:,}.{SECURED % 100:02d}"),
        ("3", "甲银行", f"{rest // 100:,}.{rest % 100:02d}"),
    ]
    assert f"合计{both(PRICE)}。" in said(content)
