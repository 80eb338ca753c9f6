"""An objection in the browser, from the lot's page to the ruling, the suit and the lot going on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from auction.edges.platform import Platform
from auction.foundation.kernel.roles import Role
from auction.procedure.cases import queries as cases
from auction.procedure.identity import commands as identity
from auction.procedure.lots import queries as lots
from auction.procedure.objections import queries
from auction.procedure.objections.course import Step
from auction.procedure.objections.queries import ObjectionRecord
from tests.edges.clerks import Clerk, Courthouse, courthouse, said, typed_moment
from tests.edges.opened import opening
from tests.road import Road

STATED = {
    "kind": "outsider",
    "against": "P1",
    "statement": "该车系我所有，2023年购买并登记。",
    "evidence": "购车合同、登记证书",
}


@pytest.fixture
def house(platform: Platform) -> Iterator[Courthouse]:
    yield from courthouse(platform)


@pytest.fixture
def road(house: Courthouse) -> Road:
    """Case C1 with property P1 of the same court, and L1 open for bids."""
    walked = Road(house.platform, court=house.court)
    walked.begin()
    walked.announce()
    walked.wait_until(opening(walked))
    return walked


@pytest.fixture
def outsider(house: Courthouse, road: Road) -> Clerk:
    return Clerk(house.app, road.person("孙某").id)


def account_of(house: Courthouse, person: str, *, name: str) -> Clerk:
    """Open an account to a party on record."""
    with house.platform.act() as act:
        opened = identity.open_account(act, login=name, password=None, name=name, roles=[Role.BIDDER], person=person)
    return Clerk(house.app, opened.id)


def applicant(house: Courthouse) -> str:
    with house.platform.read() as session:
        return cases.case(session, "C1").claims[0].creditor_person


def objections(house: Courthouse) -> list[ObjectionRecord]:
    with house.platform.read() as session:
        return queries.of_case(session, case="C1")


def status(house: Courthouse) -> str:
    with house.platform.read() as session:
        return lots.lot(session, "L1").status


def test_an_outsider_stops_the_lot_and_sees_what_happens_next(house: Courthouse, outsider: Clerk) -> None:
    assert 'href="/lots/L1/objection"' in outsider.see("/lots/L1")
    page = outsider.see("/lots/L1/objection")
    assert "民事诉讼法 第238条" in page
    assert "停止处置" in page
    place = outsider.do("/lots/L1/objection", STATED)
    (filed,) = objections(house)
    assert place == f"/my/objections/{filed.id}"
    page = outsider.see(place)
    assert "法院最迟裁定" in page
    assert "法释〔2015〕10号 第2条" in page
    assert status(house) == "suspended"
    assert filed.id in outsider.see("/my")
    public = Clerk(house.app, None).see("/lots/L1")
    assert "案外人提出异议" in public
    assert "民事诉讼法 第238条" in public
    assert "孙某" not in public
    assert "购车合同" not in public


def test_the_panel_rejects_it_and_after_the_window_lets_the_lot_go_on(house: Courthouse, outsider: Clerk) -> None:
    outsider.do("/lots/L1/objection", STATED)
    (filed,) = objections(house)
    place, judge = f"/court/objections/{filed.id}", house.staff["judge1"]
    today = house.officer.see("/court")
    assert place in today
    assert "异议立案" in today
    assert "孙某" in judge.see("/court/objections")
    page = judge.see(place)
    assert "购车合同" in page
    assert f'action="{place}/decide"' in page
    assert f'action="{place}/accept"' in house.officer.see(place)
    house.officer.do(f"{place}/accept")
    assert f'action="{place}/notify"' in house.officer.see(place)
    house.officer.do(f"{place}/notify")
    judge.do(f"{place}/decide", {"upheld": "no", "reasons": "登记在被执行人名下。", "confirmed": "1"})
    page = judge.see(place)
    assert "起诉期限" in page
    assert 'action="/court/lots/L1/resume"' not in page
    assert judge.send("/court/lots/L1/resume", {"confirmed": "1"}).status_code == 409
    house.wait(timedelta(days=20))
    assert 'action="/court/lots/L1/resume"' in judge.see(place)
    judge.do("/court/lots/L1/resume", {"confirmed": "1"})
    assert status(house) == "open"
    assert "登记在被执行人名下" in outsider.see(f"/my/objections/{filed.id}")


def test_an_upheld_objection_leads_to_the_withdrawal_with_one_button(house: Courthouse, outsider: Clerk) -> None:
    outsider.do("/lots/L1/objection", STATED)
    (filed,) = objections(house)
    judge = house.staff["judge1"]
    judge.do(f"/court/objections/{filed.id}/decide", {"upheld": "yes", "reasons": "证据充分。", "confirmed": "1"})
    assert "/court/cases/C1/objections" in judge.see("/court")
    assert f"/court/objections/{filed.id}" in judge.see("/court/cases/C1/objections")
    assert 'action="/court/lots/L1/withdraw"' in judge.see(f"/court/objections/{filed.id}")
    judge.do("/court/lots/L1/withdraw", {"ground": "outsider_upheld", "confirmed": "1"})
    assert status(house) == "withdrawn"


def test_the_suit_keeps_the_thing_back_until_security_is_given(house: Courthouse, outsider: Clerk, road: Road) -> None:
    outsider.do("/lots/L1/objection", STATED)
    (filed,) = objections(house)
    place, judge = f"/court/objections/{filed.id}", house.staff["judge1"]
    judge.do(f"{place}/decide", {"upheld": "no", "reasons": "证据不足。", "confirmed": "1"})
    assert f'action="/my/objections/{filed.id}/sue"' in outsider.see(f"/my/objections/{filed.id}")
    outsider.do(f"/my/objections/{filed.id}/sue")
    house.wait(timedelta(days=30))
    page = judge.see(place)
    assert f'action="{place}/secure"' in page
    assert f'action="{place}/judge"' in page
    assert judge.send("/court/lots/L1/resume", {"confirmed": "1"}).status_code == 409
    assert judge.send(f"{place}/secure", {"by": road.person("孙某").person or "", "amount": "100"}).status_code == 403
    assert judge.send(f"{place}/secure", {"by": applicant(house), "amount": "-1"}).status_code == 400
    judge.do(f"{place}/secure", {"by": applicant(house), "amount": "1,000,000"})
    judge.do("/court/lots/L1/resume", {"confirmed": "1"})
    assert status(house) == "open"
    judge.do(f"{place}/judge", {"for_outsider": "no", "confirmed": "1"})
    assert judge.send(f"{place}/judge", {"for_outsider": "yes", "confirmed": "1"}).status_code == 409


def test_papers_are_asked_for_once_and_the_ruling_goes_to_the_higher_court(house: Courthouse, outsider: Clerk) -> None:
    outsider.do("/lots/L1/objection", {"kind": "act", "against": "L1", "statement": "公告期不足。"})
    (filed,) = objections(house)
    place, mine = f"/court/objections/{filed.id}", f"/my/objections/{filed.id}"
    assert status(house) == "open", "an objection to an act stops nothing by itself"
    house.officer.do(f"{place}/ask", {"what": "身份证明"})
    assert house.officer.send(f"{place}/ask", {"what": "又一份"}).status_code == 409
    assert "身份证明" in outsider.see(mine)
    outsider.do(f"{mine}/supplement", {"papers": "身份证复印件"})
    judge = house.staff["judge1"]
    judge.do(f"{place}/decide", {"upheld": "no", "reasons": "公告期合法。", "confirmed": "1"})
    for ended, answer in (("", 400), ("soon", 400), ("2099-01-01T09:00", 400)):
        excuse = {"by": filed.by, "obstacle_ended_at": ended}
        assert judge.send(f"{place}/excuse", excuse).status_code == answer
    judge.do(f"{place}/excuse", {"by": filed.by, "obstacle_ended_at": typed_moment(house.now)})
    outsider.do(f"{mine}/reconsider", {"reasons": "请求撤销。"})
    house.officer.do(f"{place}/send_up")
    house.staff["head"].do(f"{place}/extend")
    judge.do(f"{place}/reconsidered", {"granted": "no", "reasons": "维持。", "confirmed": "1"})
    (done,) = objections(house)
    assert [one.kind for one in done.course.steps][-4:] == [
        Step.RECONSIDERATION_ASKED,
        Step.SENT_UP,
        Step.EXTENDED,
        Step.RECONSIDERED,
    ]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"kind": "friendship"}, "must be one of"),
        ({"against": "P999"}, "neither"),
        ({"against": "C1"}, "neither"),
        ({"statement": "　"}, "empty"),
        ({"statement": "长" * 5001}, "5000"),
        ({"statement": "\x00"}, "control"),
        ({"evidence": ""}, "evidence"),
        ({"kind": "valuation", "against": "P9"}, "neither"),
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_changes(
    house: Courthouse, outsider: Clerk, change: dict[str, str], where: str
) -> None:
    answer = outsider.send("/lots/L1/objection?lang=en", STATED | change)
    assert answer.status_code == 400
    assert where in said(answer)
    assert objections(house) == []
    assert status(house) == "open"


@pytest.mark.usefixtures("road")
def test_a_partys_claim_to_the_thing_and_an_unknown_lot_are_refused(house: Courthouse) -> None:
    debtor = account_of(house, "D", name="debtor")
    answer = debtor.send("/lots/L1/objection", STATED)
    assert answer.status_code == 400
    assert "当事人不是案外人" in said(answer)
    assert debtor.send("/lots/L9/objection", STATED).status_code == 404
    assert Clerk(house.app, None).send("/lots/L1/objection", STATED).status_code == 401
    assert house.officer.send("/lots/L1/objection", STATED).status_code == 403
    assert objections(house) == []


def test_nobody_reads_or_takes_further_anothers_objection(house: Courthouse, outsider: Clerk, road: Road) -> None:
    outsider.do("/lots/L1/objection", STATED)
    (filed,) = objections(house)
    other = Clerk(house.app, road.person("李某").id)
    assert other.open(f"/my/objections/{filed.id}").status_code == 404
    assert other.send(f"/my/objections/{filed.id}/sue").status_code == 404
    assert outsider.send(f"/my/objections/{filed.id}/sue").status_code == 409, "before the ruling"
    assert outsider.send(f"/my/objections/{filed.id}/supplement", {"papers": "材料"}).status_code == 409
    assert outsider.open("/my/objections/F9").status_code == 404
    elsewhere = Courthouse(house.platform, court="T2", name="上海市浦东新区人民法院")
    assert elsewhere.officer.open(f"/court/objections/{filed.id}").status_code == 403
    assert elsewhere.staff["judge1"].send(f"/court/objections/{filed.id}/decide").status_code == 403
    assert filed.id not in elsewhere.staff["judge1"].see("/court/objections")
    assert objections(house)[0].status == "pending"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"upheld": "maybe", "reasons": "理由", "confirmed": "1"},
        {"upheld": "yes", "confirmed": "1"},
        {"upheld": "yes", "reasons": "理由"},
    ],
)
def test_a_ruling_needs_an_answer_reasons_and_a_confirmation(
    house: Courthouse, outsider: Clerk, fields: dict[str, str]
) -> None:
    outsider.do("/lots/L1/objection", STATED)
    (filed,) = objections(house)
    assert house.staff["judge1"].send(f"/court/objections/{filed.id}/decide", fields).status_code == 400
    assert house.officer.send(f"/court/objections/{filed.id}/decide", fields).status_code in {400, 403}
    assert objections(house)[0].status == "pending"


def test_who_enforced_does_not_decide(house: Courthouse, outsider: Clerk) -> None:
    both = house.add("both", Role.OFFICER, Role.PANEL, court=house.court)
    both.do("/court/cases/C1/costs", {"what": "保管费", "amount": "10", "id": "E1"})
    outsider.do("/lots/L1/objection", STATED)
    (filed,) = objections(house)
    ruling = {"upheld": "no", "reasons": "理由", "confirmed": "1"}
    assert "不得参与异议审查" in both.see(f"/court/objections/{filed.id}")
    answer = both.send(f"/court/objections/{filed.id}/decide", ruling)
    assert answer.status_code == 403
    assert "法释〔2015〕10号 第11条" in said(answer)
    assert objections(house)[0].status == "pending"
    house.staff["judge2"].do(f"/court/objections/{filed.id}/decide", ruling)


@pytest.mark.usefixtures("road")
def test_a_stay_of_limited_time_is_ordered_by_the_panel(house: Courthouse) -> None:
    judge, stay = house.staff["judge1"], {"lot": "L1", "ordered": "superior", "confirmed": "1"}
    assert 'action="/court/cases/C1/stay"' in judge.see("/court/cases/C1/objections")
    for wrong, answer in (
        ({"until": "2026-12-31"}, 409),
        ({"until": "soon"}, 400),
        ({"until": "2020-01-01"}, 400),
        ({"ordered": "friendship"}, 400),
        ({"lot": "L9"}, 404),
    ):
        assert judge.send("/court/cases/C1/stay", stay | wrong).status_code == answer, wrong
    assert judge.send("/court/cases/C1/stay", {"lot": "L1", "ordered": "superior"}).status_code == 400
    assert house.officer.send("/court/cases/C1/stay", stay).status_code == 403
    assert status(house) == "open"
    judge.do("/court/cases/C1/stay", stay)
    assert status(house) == "deferred"
    assert "/court/lots/L1/live" in judge.see("/court")
