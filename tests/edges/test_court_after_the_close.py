"""After the close at the desk: failed rounds, taking in kind, default, forfeit, top-up, set-off, revocation."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from auction.edges.jobs.sweep import settle
from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.roles import Role
from auction.foundation.ledger import queries as ledger
from auction.foundation.ledger.rules import Account
from auction.procedure.identity import commands as identity
from auction.procedure.lots import queries as lots
from auction.procedure.settlement import queries, taking
from tests.edges.clerks import Clerk, Courthouse, courthouse, said
from tests.road import YUAN, Road

START = 700_000 * YUAN
CLAIMS: list[dict[str, object]] = [
    {"id": "K1", "creditor": "甲银行", "amount_minor": 600_000 * YUAN, "kind": "ordinary", "applicant": True},
    {"id": "K2", "creditor": "乙公司", "amount_minor": 600_000 * YUAN, "kind": "ordinary"},
]


@pytest.fixture
def house(platform: Platform) -> Iterator[Courthouse]:
    yield from courthouse(platform)


@pytest.fixture
def road(house: Courthouse) -> Road:
    """Case C1 with two ordinary claims and an announced L1."""
    walked = Road(house.platform, court=house.court)
    walked.begin(claims=CLAIMS)
    walked.announce()
    return walked


def fail(road: Road, lot: str = "L1") -> None:
    with road.platform.read() as session:
        ends_at = lots.lot(session, lot).ends_at
    road.wait_until(ends_at)


def second(road: Road, lot: str = "L2", **terms: object) -> None:
    given: dict[str, object] = {
        "after": "L1",
        "start_price_minor": 560_000 * YUAN,
        "deposit_minor": 56_000 * YUAN,
        "opens_at": road.now + timedelta(days=10),
        **terms,
    }
    road.announce(lot, **given)


def sell(road: Road, lot: str, *, to: str, price_minor: int) -> None:
    road.admit(to, lot=lot)
    with road.platform.read() as session:
        found = lots.lot(session, lot)
    road.wait_until(found.opens_at)
    road.bid(to, price_minor, lot=lot)
    road.wait_until(found.ends_at + timedelta(hours=25))


def prefilled(page: str) -> dict[str, str]:
    """Return what the button to the next draft fills in."""
    address = re.search(r'href="(/court/cases/C1/draft\?[^"]+)"', page)
    assert address is not None
    return {name: values[0] for name, values in parse_qs(urlsplit(unescape(address[1])).query).items()}


def buyer(house: Courthouse, name: str) -> Clerk:
    return Clerk(house.app, f"U{name}")


def test_a_failed_first_auction_shows_the_second_with_its_floor(house: Courthouse, road: Road) -> None:
    fail(road)
    page = house.officer.see("/court/lots/L1/settlement")
    assert "法释〔2016〕18号 第26条" in page
    assert "560,000.00" in page
    asked = prefilled(page)
    assert (asked["after"], asked["start_price"], asked["deposit"]) == ("L1", "560000", "56000")
    draft = house.officer.see(f"/court/cases/C1/draft?after=L1&start_price={asked['start_price']}")
    assert 'value="560000"' in draft
    assert "/court/lots/L1/settlement" in house.officer.see("/court")
    second(road)
    assert "/court/lots/L2" in house.officer.see("/court/lots/L1/settlement")


def test_a_failed_second_auction_shows_the_sale_at_its_price(house: Courthouse, road: Road) -> None:
    fail(road)
    second(road)
    fail(road, "L2")
    asked = prefilled(house.officer.see("/court/lots/L2/settlement"))
    assert (asked["after"], asked["sale"], asked["start_price"]) == ("L2", "1", "560000")
    assert "/court/lots/L2/in-kind" in house.officer.see("/court")


def test_the_creditors_are_asked_and_answer(house: Courthouse, road: Road) -> None:
    fail(road)
    second(road)
    fail(road, "L2")
    officer, here = house.officer, "/court/lots/L2/in-kind"
    assert "应在此前询问" in officer.see(here)
    assert officer.send(f"{here}/ask").status_code == 400, "nobody is ticked"
    officer.do(f"{here}/ask", {"claims": ["K1", "K2"]})
    officer.do(f"{here}/ask", {"claims": ["K1"]})
    assert "已询问，未答复" in officer.see(here)
    assert "/court/lots/L2/in-kind" not in officer.see("/court"), "asked, so nothing of it is due"
    officer.do(f"{here}/decline", {"claim": "K1"})
    officer.do(f"{here}/decline", {"claim": "K1"})
    officer.do(f"{here}/decline", {"claim": "K2"})
    page = officer.see(here)
    assert "债权人均不接受" in page
    for hostile in ("K9", "", "\x00", "К1"):
        for verb in ("take", "decline", "ask"):
            fields = {"claims" if verb == "ask" else "claim": hostile}
            assert officer.send(f"{here}/{verb}", fields).status_code == 400, (verb, hostile)
    assert house.staff["finance"].send(f"{here}/take", {"claim": "K1"}).status_code == 403


def test_equals_are_drawn_by_tickets_that_anybody_can_recompute(house: Courthouse, road: Road) -> None:
    fail(road)
    officer, here = house.officer, "/court/lots/L1/in-kind"
    officer.do(f"{here}/take", {"claim": "K1"})
    again = officer.send(f"{here}/take", {"claim": "K1"})
    assert again.status_code == 409
    assert "已经承受" in said(again)
    assert officer.send(f"{here}/decline", {"claim": "K1"}).status_code == 409
    officer.do(f"{here}/take", {"claim": "K2"})
    with road.platform.read() as session:
        state = taking.taking(session, lots.lot(session, "L1"))
    assert state is not None
    tickets = {one.claim: one.ticket for one in state.answers}
    for claim, ticket in tickets.items():
        text = f'{{"claim":"{claim}","closed":"{state.closed_hash}"}}'
        assert hashlib.sha256(text.encode()).hexdigest() == ticket
        assert str(ticket) in officer.see(here)
    best = min(tickets, key=lambda claim: str(tickets[claim]))
    assert [one.claim for one in state.answers if one.takes] == [best]
    assert all(one.drawn for one in state.answers)


def test_the_taker_pays_the_difference_and_gets_the_thing(house: Courthouse, road: Road) -> None:
    fail(road)
    officer, here = house.officer, "/court/lots/L1/settlement"
    officer.do("/court/lots/L1/in-kind/take", {"claim": "K1"})
    assert "100,000.00" in officer.see(here)
    assert officer.send(f"{here}/rule").status_code == 409, "the difference is not paid"
    assert officer.send(f"{here}/receive").status_code == 403, "finance records what came"
    house.staff["finance"].do(f"{here}/receive")
    settle(house.platform)
    for verb in ("rule", "serve", "hand_over"):
        officer.do(f"{here}/{verb}")
    assert "已交付" in officer.see(here)
    assert officer.send("/court/lots/L1/in-kind/take", {"claim": "K2"}).status_code == 409


def test_taking_in_kind_is_refused_once_the_next_round_is_public_or_the_lot_sold(house: Courthouse, road: Road) -> None:
    assert house.officer.open("/court/lots/L1/in-kind").status_code == 404, "it has not failed"
    fail(road)
    second(road)
    assert house.officer.send("/court/lots/L1/in-kind/take", {"claim": "K1"}).status_code == 400
    assert house.officer.send("/court/lots/L1/in-kind/ask", {"claims": ["K1"]}).status_code == 400
    assert "不再接受新的申请" in house.officer.see("/court/lots/L1/in-kind")


def test_a_default_is_told_before_and_after_it_is_declared(house: Courthouse, road: Road) -> None:
    sell(road, "L1", to="A", price_minor=780_000 * YUAN)
    judge, here = house.staff["judge1"], "/court/lots/L1/settlement"
    early = judge.send(f"{here}/declare_default")
    assert early.status_code == 409
    assert "尚未届满" in said(early)
    assert "可以认定的时间" in judge.see(here)
    house.wait(timedelta(days=20))
    assert "70,000.00" in buyer(house, "A").see("/lots/L1/settlement"), "he is told what he would lose"
    judge.do(f"{here}/declare_default")
    assert judge.send(f"{here}/declare_default").status_code == 409
    assert judge.send(f"{here}/apply_forfeit").status_code == 409, "there is no re-auction yet"
    assert "已认定悔拍" in buyer(house, "A").see("/lots/L1/settlement")
    asked = prefilled(house.officer.see(here))
    assert (asked["like"], asked["start_price"]) == ("L1", "700000")
    assert "after" not in asked


def test_the_uses_of_the_forfeit_are_told_before_and_after(house: Courthouse, road: Road) -> None:
    sell(road, "L1", to="A", price_minor=780_000 * YUAN)
    house.wait(timedelta(days=20))
    judge, here = house.staff["judge1"], "/court/lots/L1/settlement"
    judge.do(f"{here}/declare_default")
    road.announce("L2", opens_at=road.now + timedelta(days=20))
    sell(road, "L2", to="B", price_minor=700_000 * YUAN)
    house.officer.do("/court/cases/C1/costs", {"id": "cost-1", "lot": "L1", "what": "看样费", "amount": "3,000.00"})
    page = judge.see(here)
    assert 'data-forfeit="foreseen"' in page
    for figure in ("3,000.00", "80,000.00", "67,000.00", "13,000.00"):
        assert figure in page, figure
    judge.do(f"{here}/apply_forfeit")
    assert judge.send(f"{here}/apply_forfeit").status_code == 409
    page = judge.see(here)
    assert 'data-forfeit="applied"' in page
    assert "两种意见" in page
    with road.platform.read() as session:
        assert ledger.owed(session, account=Account.FORFEITED, case="C1") == 0
        assert ledger.owed(session, account=Account.PROCEEDS, case="C1", lot="L1") == 70_000 * YUAN


def test_the_top_up_is_ordered_paid_once_and_booked_to_the_case(house: Courthouse, road: Road) -> None:
    sell(road, "L1", to="A", price_minor=780_000 * YUAN)
    house.wait(timedelta(days=20))
    judge, here = house.staff["judge1"], "/court/lots/L1/settlement"
    judge.do(f"{here}/declare_default")
    own = buyer(house, "A")
    assert own.send("/lots/L1/settlement/top_up").status_code == 409, "nothing was ordered"
    road.announce("L2", opens_at=road.now + timedelta(days=20))
    sell(road, "L2", to="B", price_minor=700_000 * YUAN)
    assert judge.send(f"{here}/order_top_up").status_code == 409, "the deposit was not applied yet"
    judge.do(f"{here}/apply_forfeit")
    judge.do(f"{here}/order_top_up")
    assert judge.send(f"{here}/order_top_up").status_code == 409
    assert "壹万元整" in own.see("/lots/L1/settlement")
    assert buyer(house, "B").send("/lots/L1/settlement/top_up").status_code == 404
    assert own.send("/lots/L1/settlement/top_up").status_code == 302
    settle(house.platform)
    assert own.send("/lots/L1/settlement/top_up").status_code == 409, "it is paid"
    assert house.staff["finance"].send(f"{here}/receive_top_up").status_code == 409
    assert "已补交" in judge.see(here)
    with road.platform.read() as session:
        assert ledger.owed(session, account=Account.PROCEEDS, case="C1", lot="L1") == 80_000 * YUAN


def test_what_no_use_takes_of_the_deposit_stays_and_the_page_says_so(house: Courthouse) -> None:
    """Costs, shortfall and a debt of 10,000 take less than the 70,000 lost: the text is silent about the rest."""
    road = Road(house.platform, court=house.court)
    road.begin(claims=[CLAIMS[0] | {"amount_minor": 10_000 * YUAN}])
    road.announce()
    sell(road, "L1", to="A", price_minor=700_000 * YUAN)
    house.wait(timedelta(days=20))
    judge, here = house.staff["judge1"], "/court/lots/L1/settlement"
    judge.do(f"{here}/declare_default")
    road.announce("L2", opens_at=road.now + timedelta(days=20))
    sell(road, "L2", to="B", price_minor=700_000 * YUAN)
    assert "四项之后的余款" in judge.see(here)
    judge.do(f"{here}/apply_forfeit")
    with road.platform.read() as session:
        applied = queries.forfeit(session, "L1")
        assert ledger.owed(session, account=Account.FORFEITED, case="C1") == 60_000 * YUAN
    assert applied is not None
    assert (applied.lines, applied.left_minor) == ((("case_debt", 10_000 * YUAN),), 60_000 * YUAN)
    page = judge.see(here)
    assert "60,000.00" in page
    assert "余款条文未作规定" in page


def bought_by_applicant(house: Courthouse) -> Road:
    """Return case C1 whose applicant K1 is Z, and has bought L1 at the start price."""
    road = Road(house.platform, court=house.court)
    road.person("Z")
    road.begin(claims=[CLAIMS[0] | {"creditor_person": "Z"}, CLAIMS[1]])
    road.announce()
    assert road.admit("Z", creditor_claim="K1").deposit_due_minor == 0
    with road.platform.read() as session:
        found = lots.lot(session, "L1")
    road.wait_until(found.opens_at)
    road.bid("Z", START)
    road.wait_until(found.ends_at)
    return road


def test_a_buying_applicant_asks_and_the_panel_lets_his_claim_count(house: Courthouse) -> None:
    road = bought_by_applicant(house)
    own, judge, here = buyer(house, "Z"), house.staff["judge1"], "/court/lots/L1/settlement"
    # 700,000 shared by two equal claims of 600,000.
    assert "350,000" in said(own.open("/lots/L1/settlement"))
    for hostile in ("K2", "K9", "", "К1"):
        assert own.send("/lots/L1/settlement/set_off", {"claim": hostile}).status_code == 400, hostile
        assert judge.send(f"{here}/set_off", {"claim": hostile}).status_code == 400, hostile
    assert own.send("/lots/L1/settlement/set_off", {"claim": "K1"}).status_code == 302
    assert own.send("/lots/L1/settlement/set_off", {"claim": "K1"}).status_code == 302
    assert "已提出请求" in own.see("/lots/L1/settlement")
    judge.do(f"{here}/set_off", {"claim": "K1"})
    assert judge.send(f"{here}/set_off", {"claim": "K1"}).status_code == 409
    assert own.send("/lots/L1/settlement/set_off", {"claim": "K1"}).status_code == 409
    with road.platform.read() as session:
        sold = queries.settlement(session, "L1")
        asked = docket.of_kinds(session, "lot:L1", ["set_off.asked"])
    assert sold is not None
    assert (sold.credit_minor, sold.due_minor, len(asked)) == (350_000 * YUAN, 350_000 * YUAN, 1)


def test_a_revoked_sale_gives_back_lifts_the_bar_and_may_be_drafted_anew(house: Courthouse, road: Road) -> None:
    sell(road, "L1", to="A", price_minor=700_000 * YUAN)
    house.wait(timedelta(days=20))
    judge, here = house.staff["judge1"], "/court/lots/L1/settlement"
    judge.do(f"{here}/declare_default")
    assert "70,000.00" in judge.see(here)
    for fields in ({"ground": "31-7"}, {"ground": ""}, {}, {"ground": "31-1"}):
        confirmed = {} if fields.get("ground") == "31-1" else {"confirmed": "1"}
        assert judge.send("/court/lots/L1/revoke", {**fields, **confirmed}).status_code == 400
    assert judge.do("/court/lots/L1/revoke", {"ground": "31-2", "confirmed": "1"}).endswith("/settlement")
    assert judge.send("/court/lots/L1/revoke", {"ground": "31-2", "confirmed": "1"}).status_code == 409
    settle(house.platform)
    assert "成交已撤销" in judge.see(here)
    assert "like=L1" in house.officer.see(here)
    road.announce("L2", opens_at=road.now + timedelta(days=20))
    assert road.register("A", lot="L2").lot == "L2"


def test_nobody_else_settles_anything(house: Courthouse, road: Road) -> None:
    sell(road, "L1", to="A", price_minor=700_000 * YUAN)
    here = "/court/lots/L1/settlement"
    for verb in ("declare_default", "apply_forfeit", "order_top_up", "set_off"):
        assert house.officer.send(f"{here}/{verb}", {"claim": "K1"}).status_code == 403, verb
    with house.platform.act() as act:
        identity.add_court(act, id="T2", name="上海市黄浦区人民法院", city="上海市")
    stranger = house.add("elsewhere", Role.PANEL, Role.OFFICER, Role.FINANCE, court="T2")
    for verb in ("declare_default", "apply_forfeit", "order_top_up", "receive", "receive_top_up"):
        assert stranger.send(f"{here}/{verb}").status_code == 403, verb
    assert stranger.open("/court/lots/L1/in-kind").status_code == 403
    with road.platform.read() as session:
        sold = queries.settlement(session, "L1")
    assert sold is not None
    assert sold.status == "awaiting_balance"
