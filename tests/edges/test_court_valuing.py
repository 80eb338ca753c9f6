"""The valuation part of a property's page: each step by its form, what is refused, and what hostile input does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.roles import PLATFORM, Role
from auction.procedure.assets import commands as assets
from auction.procedure.identity import commands as identity
from auction.procedure.objections import commands as objections
from auction.procedure.valuation import queries
from auction.procedure.valuation.standing import Standing
from tests.edges.clerks import Courthouse, Fields, courthouse, said
from tests.road import Road

FACTS = {"ownership": "被执行人", "encumbrances": "无", "possession": "自用", "taxes": "无", "defects": "无"}
THREE = {"agency-0-name": "甲评估", "agency-1-name": "乙评估", "agency-2-name": "丙评估"}
PAGE = "/court/property/P2"
STEPS = (
    *("facts", "inquiry", "appraisal", "agencies", "commit", "draw", "extend", "replace", "defer", "resume"),
    *("withdraw", "return", "send", "forward", "explain", "review", "conclude", "fee"),
)
NASTY = ("", "\x00", "９" * 400, "<script>alert(1)</script>", "-1")


@pytest.fixture
def house(platform: Platform) -> Iterator[Courthouse]:
    for found in courthouse(platform):
        road = Road(platform, court=found.court)
        road.begin()
        with platform.act() as act:
            assets.seize(act, id="P2", case="C1", kind="movable", title="机床", city="北京市", category="machinery")
        yield found


def standing(house: Courthouse) -> Standing:
    with house.platform.read() as session:
        return queries.standing_of(session, "P2")


def take(house: Courthouse, step: str, fields: Fields | None = None) -> None:
    house.officer.do(f"{PAGE}/valuation/{step}", fields)


def appraised(house: Courthouse) -> None:
    """Have the first of three agreed agencies report."""
    take(house, "facts", FACTS)
    take(house, "agencies", THREE)
    take(house, "appraisal", {"listed_reason": "law_requires_appraisal"})
    until = (day_of(house.now) + timedelta(days=200)).isoformat()
    house.officer.do(f"{PAGE}/value/appraisal", {"agency": "甲评估", "amount": "1000000", "valid_until": until})


def test_an_empty_page_says_what_comes_first(house: Courthouse) -> None:
    text = house.officer.see(PAGE)
    assert "尚未查明" in text
    assert "法释〔2018〕15号 第3条" in text
    assert "not found out yet" in house.officer.see(f"{PAGE}?lang=en")


def test_the_road_to_an_appraisal_is_walked_by_forms(house: Courthouse) -> None:
    appraised(house)
    found = standing(house)
    assert (found.agencies, found.entrusted) == (("甲评估", "乙评估", "丙评估"), None)
    text = house.officer.see(PAGE)
    assert "尚未送达" in text
    assert "收到报告后3日内发送" in text
    take(house, "send", {"person": "D", "how": "served"})
    assert "D" in standing(house).received
    take(house, "return", {"why": "面积有误"})
    assert "不再作为参考价" in house.officer.see(PAGE)
    again = standing(house).entrusted
    assert again is not None
    assert again.purpose == "correction"


def test_an_inquiry_goes_to_all_platforms_and_may_rest(house: Courthouse) -> None:
    take(house, "facts", FACTS)
    refused = house.officer.send(f"{PAGE}/valuation/inquiry")
    assert refused.status_code == 409
    assert "当事人议价" in said(refused)
    take(house, "inquiry", {"agreed": "1"})
    take(house, "defer", {"defer_ground": "stayed"})
    assert "暂缓" in house.officer.see(PAGE)
    house.wait(timedelta(days=30))
    take(house, "resume")
    take(house, "withdraw", {"withdraw_ground": "performed"})
    assert standing(house).entrusted is None


def test_a_draw_is_shown_with_all_that_is_needed_to_check_it(house: Courthouse) -> None:
    listed = "\n".join(f"第{n}评估公司" for n in range(1, 7))
    take(house, "commit", {"list": listed})
    committed = standing(house).draw
    assert committed is not None
    before = house.officer.see(PAGE)
    assert committed.commitment in before
    assert "种子已封存" in before
    take(house, "draw", {"words": "赵某的词\n甲银行的词"})
    drawn = standing(house).draw
    assert drawn is not None
    assert drawn.seed is not None
    assert drawn.seed not in before
    after = house.officer.see(PAGE)
    for part in (drawn.seed, *drawn.words, *drawn.drawn, "已核验"):
        assert part in after
    assert house.officer.send(f"{PAGE}/valuation/draw").status_code == 409


def test_an_agency_gets_more_time_and_then_the_next_has_its_turn(house: Courthouse) -> None:
    take(house, "facts", FACTS)
    take(house, "agencies", THREE)
    take(house, "appraisal", {"agreed": "1"})
    assert house.officer.send(f"{PAGE}/valuation/replace").status_code == 409
    assert house.officer.send(f"{PAGE}/valuation/extend", {"days": "16"}).status_code == 409
    take(house, "extend", {"days": "10"})
    house.wait(timedelta(days=60))
    assert "收回材料" in house.officer.see(PAGE)
    take(house, "replace")
    found = standing(house).entrusted
    assert found is not None
    assert found.to == ("乙评估",)


def test_an_objection_walks_to_its_review_by_forms(house: Courthouse) -> None:
    appraised(house)
    with house.platform.act(PLATFORM) as act:
        objections.file_objection(act, id="O1", by="D", kind="valuation", against="P2", ground="method")
    take(house, "forward", {"objection": "O1"})
    take(house, "explain", {"objection": "O1", "accepted": "no"})
    assert house.officer.send(f"{PAGE}/valuation/review", {"objection": "O1"}).status_code == 400
    take(house, "review", {"objection": "O1", "review_until": (day_of(house.now) + timedelta(days=20)).isoformat()})
    assert house.officer.send(f"{PAGE}/valuation/conclude", {"objection": "O1"}).status_code == 400
    take(house, "conclude", {"objection": "O1", "wrong_result": "yes"})
    assert "评审结论：结果有误" in house.officer.see(PAGE)
    with house.platform.act(PLATFORM) as act:
        objections.decide_objection(act, objection="O1", upheld=True)
    assert "补正" in house.officer.see(PAGE)


def test_a_fee_is_settled_once(house: Courthouse) -> None:
    appraised(house)
    assert house.officer.send(f"{PAGE}/valuation/fee", {"claim": "K1"}).status_code == 400
    take(house, "fee", {"claim": "K1", "actual_cost": "3000"})
    assert "甲评估 ¥3,000.00 已计入案件费用" in " ".join(said(house.officer.open(PAGE)).split())
    again = house.officer.send(f"{PAGE}/valuation/fee", {"claim": "K1", "actual_cost": "3000"})
    assert again.status_code == 409


def test_the_reasons_of_the_law_are_a_list(house: Courthouse) -> None:
    text = house.officer.see(PAGE)
    assert "需要由专业人员现场勘验或者鉴定" in text
    given = {"agency": "甲评估", "amount": "1", "valid_until": "2025-12-31", "listed_reason-appraisal": "随便"}
    assert house.officer.send(f"{PAGE}/value/appraisal", given).status_code == 400
    house.officer.do(f"{PAGE}/value/appraisal", given | {"listed_reason-appraisal": "survey_needed"})
    assert text.count("法释〔2018〕15号 第7条）") < house.officer.see(PAGE).count("法释〔2018〕15号 第7条）")


def test_only_an_officer_of_the_court_takes_a_step(house: Courthouse) -> None:
    stranger = house.add("elsewhere", Role.OFFICER, court=_other(house))
    for step in STEPS:
        assert stranger.send(f"{PAGE}/valuation/{step}", FACTS).status_code == 403, step
        assert house.officer.send(f"/court/property/P9/valuation/{step}", FACTS).status_code == 404, step
    assert house.staff["judge1"].send(f"{PAGE}/valuation/facts", FACTS).status_code == 403
    assert house.officer.send(f"{PAGE}/valuation/undo").status_code == 404
    assert standing(house) == Standing()


def test_hostile_input_is_refused_and_changes_nothing(house: Courthouse) -> None:
    names = (
        *FACTS, "purpose", "listed_reason", "agency-0-name", "list", "words", "days", "defer_ground", "withdraw_ground",
        "why", "wrong", "person", "how", "objection", "accepted", "review_until", "wrong_result", "fee", "claim",
        "rate_ppm", "actual_cost", "fee_lot",
    )  # fmt: skip
    for step in STEPS:
        for nasty in NASTY:
            if step == "facts" and nasty not in {"", "\x00"}:
                continue  # what was found out is told in the clerk's own words
            answer = house.officer.send(f"{PAGE}/valuation/{step}", dict.fromkeys(names, nasty))
            assert 400 <= answer.status_code < 500, (step, nasty, answer.status_code)
            assert "<script>alert(1)" not in answer.text
    assert standing(house) == Standing()
    with house.platform.read() as session:
        assert [one.kind for one in docket.entries(session, "property:P2")] == ["property.seized"]


def _other(house: Courthouse) -> str:
    with house.platform.act() as act:
        identity.add_court(act, id="T2", name="上海市浦东新区人民法院", city="上海市")
    return "T2"
