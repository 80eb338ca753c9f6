"""The desk's control pages: the queue, alarms, release, excess, transfer and the bankruptcy court; hostile forms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from auction.edges.platform import Platform
from auction.procedure.assets import commands as assets
from auction.procedure.cases import commands as cases
from auction.procedure.identity import commands as identity
from tests.edges.clerks import Courthouse, courthouse
from tests.road import Road


@pytest.fixture
def house(platform: Platform) -> Iterator[Courthouse]:
    yield from courthouse(platform)


@pytest.fixture
def road(house: Courthouse) -> Road:
    found = Road(house.platform, court=house.court)
    found.begin(debtor_kind="enterprise")
    with house.platform.act() as act:
        identity.add_court(act, id="T2", name="北京市丰台区人民法院", city="北京市")
        for case, court, serial in (("C2", "T2", "京0106执77"), ("C3", house.court, "京0105执88")):
            cases.open_case(
                act,
                id=case,
                number=f"（2025）{serial}号",
                court=court,
                debtor={"id": "D", "name": "赵某某", "kind": "enterprise"},
                claims=[
                    {"id": f"K{case}", "creditor": "乙银行", "amount_minor": 5000, "applicant": True,
                     "kind": "secured", "property": "P1", "rank": 1}
                ],
            )  # fmt: skip
    return found


def wait_for(road: Road, case: str) -> None:
    with road.platform.act() as act:
        assets.seize(act, id="P1", case=case, kind="movable", title="车")


def test_the_page_shows_who_waits_and_the_articles_beside_each_form(house: Courthouse, road: Road) -> None:
    page = house.officer.see("/court/property/P1")
    assert "没有其他案件轮候查封该财产" in page
    wait_for(road, "C2")
    page = house.officer.see("/court/property/P1")
    assert "北京市丰台区人民法院" in page
    assert "（2025）京0106执77号" in page
    for article in ("查封规定 第26、27条", "民诉解释 第485条", "查封规定 第28条第4项"):
        assert article in page
    assert "30、15、7" in page
    assert "查封规定 第19条" in house.staff["judge1"].see("/court/property/P1")


def test_a_release_from_the_list_passes_the_thing_to_who_waits(house: Courthouse, road: Road) -> None:
    wait_for(road, "C3")
    for hostile in ({}, {"ground": ""}, {"ground": "x" * 5000}):
        assert house.officer.send("/court/property/P1/release", hostile).status_code == 400
    assert house.staff["judge1"].send("/court/property/P1/release", {"ground": "debt_paid"}).status_code == 403
    house.officer.do("/court/property/P1/release", {"ground": "debt_paid"})
    page = house.officer.see("/court/property/P1")
    assert "（2025）京0105执88号" in page
    assert "已生效" in page


def test_a_case_waits_by_the_number_of_the_thing_and_leaves_again(house: Courthouse, road: Road) -> None:
    form = {"title": "车", "kind": "movable", "category": "vehicle"}
    assert house.officer.send("/court/cases/C3/seize", form | {"on_record": "P9"}).status_code == 400
    assert (
        house.officer.send("/court/cases/C3/seize", form | {"on_record": "P1", "kind": "immovable"}).status_code == 400
    )
    assert house.officer.do("/court/cases/C3/seize", form | {"on_record": "P1"}) == "/court/cases/C3/things"
    assert "测试财产 P1" in house.officer.see("/court/cases/C3/things")
    assert house.officer.send("/court/cases/C3/waiting/P1/ask").status_code == 409
    assert house.officer.send("/court/cases/C3/waiting/P9/ask").status_code == 404
    assert house.officer.send("/court/cases/C2/waiting/P1/ask").status_code == 403
    house.officer.do("/court/cases/C3/waiting/P1/leave", {"ground": "applicant_withdrew"})
    assert "没有轮候查封的财产" in house.officer.see("/court/cases/C3/things")


def test_the_transfer_is_asked_for_and_the_letter_issued(house: Courthouse, road: Road) -> None:
    wait_for(road, "C3")
    road.wait_until(road.now + timedelta(days=61))
    house.officer.do("/court/cases/C3/waiting/P1/ask")
    assert "商请移送处分权" in house.officer.see("/court/property/P1")
    assert "出具移送函" in house.officer.see("/court")
    house.officer.do("/court/property/P1/transfer")
    page = house.officer.see("/court/property/P1")
    assert "已移送" in page
    assert house.officer.send("/court/property/P1/transfer").status_code == 409


@pytest.mark.parametrize("worth", ["", "abc", "-1", "1", "1e99"])
@pytest.mark.usefixtures("road")
def test_excess_needs_a_worth_that_covers_everything(house: Courthouse, worth: str) -> None:
    judge = house.staff["judge1"]
    assert judge.send("/court/property/P1/order-release", {"kept_worth": worth}).status_code in {400, 409}
    assert "已裁定解除" not in judge.see("/court/property/P1")


@pytest.mark.usefixtures("road")
def test_the_panel_orders_the_release_of_excess(house: Courthouse) -> None:
    judge = house.staff["judge1"]
    assert house.officer.send("/court/property/P1/order-release", {"kept_worth": "300万"}).status_code == 403
    judge.do("/court/property/P1/order-release", {"kept_worth": "300万"})
    assert "已裁定解除，应及时办理解除手续" in house.officer.see("/court/property/P1")


def test_a_case_goes_to_the_bankruptcy_court_and_comes_back(house: Courthouse, road: Road) -> None:
    judge = house.staff["judge1"]
    assert "尚未移送" in house.officer.see("/court/cases/C1/things")
    for hostile in ({}, {"by": ""}, {"by": "nobody"}, {"by": "x" * 100}):
        assert judge.send("/court/cases/C1/bankruptcy", hostile).status_code in {400, 409}
    assert house.officer.send("/court/cases/C1/bankruptcy", {"by": "D"}).status_code == 403
    judge.do("/court/cases/C1/bankruptcy", {"by": "D"})
    road.wait_until(road.now + timedelta(seconds=1))
    assert "移送破产审查" in house.officer.see("/court/property/P1")
    assert house.officer.send("/court/cases/C1/bankruptcy/answer", {"accepted": "maybe"}).status_code == 400
    assert "记录答复" in house.officer.see("/court")
    house.officer.do("/court/cases/C1/bankruptcy/answer", {"accepted": "no"})
    road.wait_until(road.now + timedelta(seconds=1))
    assert "不予受理" in house.officer.see("/court/cases/C1/things")
    assert "暂停处置：" not in house.officer.see("/court/property/P1")
