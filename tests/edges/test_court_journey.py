"""The whole road at the court desk, through forms alone: from the case to a case account at zero."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from auction.edges.platform import Platform
from auction.foundation.kernel.roles import Actor, Role
from auction.procedure.bidding import commands as bidding
from auction.procedure.bidding.offers import Offer
from auction.procedure.deposits import commands as deposits
from auction.procedure.identity import commands as identity
from auction.procedure.lots import basis
from auction.procedure.lots import queries as lots
from auction.procedure.settlement import commands as settlement
from tests.edges.clerks import Courthouse, courthouse, typed_moment

CASE = {
    "number": "（2025）京0105执1234号",
    "debtor_name": "赵某某",
    "debtor_kind": "natural_person",
    "claims-0-creditor": "甲银行股份有限公司",
    "claims-0-amount": "500,000",
    "claims-0-kind": "secured",
    "claims-0-applicant": "1",
    "claims-0-on": "1",
    "claims-0-rank": "1",
    "claims-1-creditor": "乙公司",
    "claims-1-amount": "60万",
}

#: Twenty steps above the start.
PRICE = 80_000_001


@pytest.fixture
def house(platform: Platform) -> Iterator[Courthouse]:
    yield from courthouse(platform)


def open_case(house: Courthouse, **changes: str) -> str:
    """Open a case and return its address."""
    return house.officer.do("/court/cases", CASE | changes)


def seize_and_value(house: Courthouse, case: str) -> str:
    """Seize the collateral, value it online after two failed modes, and return its address."""
    page = house.officer.see(f"{case}/seize")
    pledged = page.split('name="pledged"')[1].split('value="')[2].split('"')[0]
    thing = house.officer.do(
        f"{case}/seize",
        {
            "title": "测试小汽车 京A12345",
            "kind": "movable",
            "category": "vehicle",
            "pledged": pledged,
            "fact_make": "某牌",
        },
    )
    assert pledged in thing
    house.officer.do(f"{thing}/value/negotiation", {"offers-0-amount": "900000", "offers-1-amount": "1100000"})
    house.officer.do(f"{thing}/value/directed_inquiry", {"authority": "物价局", "amount": ""})
    house.officer.do(
        f"{thing}/value/online_inquiry",
        {
            "results-0-platform": "平台一", "results-0-amount": "999,999.99",
            "results-1-platform": "平台二", "results-1-amount": "1000000.02",
            "results-2-platform": "平台三", "results-2-amount": "",
        },
    )  # fmt: skip
    return thing


def drafted(house: Courthouse, case: str, thing: str) -> str:
    """Draft a lot for the thing on lawful terms and return its address."""
    return house.officer.do(
        f"{case}/draft",
        {
            "properties": [thing.rsplit("/", 1)[1]],
            "start_price": "700000.01",
            "deposit": "70000.01",
            "increment": "5000",
            "balance_days": "10",
            "opens_at": typed_moment(house.now + timedelta(days=20)),
            "priority-0-name": "孙某",
            "priority-0-rank": "1",
            "priority-0-reason": "承租人",
        },
    )


def disclosed(house: Courthouse, lot: str) -> None:
    """Save the standing words that the page offers."""
    page = house.officer.see(f"{lot}/disclosure")
    blocks = {}
    for piece in page.split('name="block-')[1:]:
        key, rest = piece.split('"', 1)
        blocks[f"block-{key}"] = rest.split(">", 1)[1].split("</textarea>")[0]
    house.officer.do(f"{lot}/disclosure", blocks)


def announced(house: Courthouse, lot: str) -> None:
    """Let the panel decide, tell everyone, announce."""
    members = ["T1-judge1", "T1-judge2", "T1-judge3"]
    house.staff["judge1"].do(f"{lot}/panel", {"panel": members, "minutes": "一致同意"})
    with house.platform.read() as session:
        persons = basis.to_be_told(session, lot=lots.lot(session, lot.rsplit("/", 1)[1]))
    for person in persons:
        house.officer.do(f"{lot}/notices", {"person": person, "how": "waived"})
    assert 'data-met="no"' not in house.officer.see(f"{lot}/announce")
    house.officer.do(f"{lot}/announce", {"confirmed": "1"})


def sold(house: Courthouse, lot: str) -> Actor:
    """Let one bidder register, pay, and bid once; return him after the close."""
    name = lot.rsplit("/", 1)[1]
    with house.platform.act() as act:
        person = identity.enrol_person(act, id="A", name="竞买人甲").id
    buyer = Actor(id="UA", name="甲", roles=frozenset({Role.BIDDER}), person=person)
    with house.platform.act() as act:
        identity.open_account(
            act, id="UA", login="bidder-a", password=None, name="甲", roles=[Role.BIDDER], person=person
        )
    with house.platform.act(buyer) as act:
        made = bidding.register(act, lot=name, person=person)
    with house.platform.act(buyer) as act:
        deposits.pay_deposit(act, lot=name, registration=made.id, amount_minor=made.deposit_due_minor)
    house.wait(timedelta(days=20, minutes=1))
    with house.platform.act(buyer) as act:
        bidding.bid(act, lot=name, offer=Offer(person=person, amount_minor=PRICE, bid_id="b1", received_at=house.now))
    return buyer


def test_the_whole_road_is_walked_by_forms(house: Courthouse) -> None:
    officer = house.officer
    case = open_case(house)
    assert "甲银行股份有限公司" in officer.see(case)
    thing = seize_and_value(house, case)
    assert "¥1,000,000.01" in officer.see(thing), "the mean of the two results, half a fen up"
    lot = drafted(house, case, thing)
    assert "尚缺" in officer.see(f"{lot}/disclosure")
    disclosed(house, lot)
    assert "公示内容完整" in officer.see(f"{lot}/disclosure")
    assert lot in house.staff["judge1"].see("/court/panel")
    announced(house, lot)
    assert "公告中" in officer.see(lot)
    buyer = sold(house, lot)
    live = officer.see(f"{lot}/live")
    assert "800,000" in live
    assert "竞买人甲" not in live, "before the close no desk connects a code with a person"
    settled(house, lot, buyer)
    distributed(house, case, lot)
    assert "余额为零" in house.staff["finance"].see(f"{case}/money")


def settled(house: Courthouse, lot: str, buyer: Actor) -> None:
    """Close the lot, take the balance, rule, serve, hand over."""
    house.wait(timedelta(days=2))
    assert "竞买人甲" in house.officer.see(f"{lot}/settlement")
    assert house.officer.send(f"{lot}/settlement/rule").status_code == 409, "the price is not whole yet"
    with house.platform.act(buyer) as act:
        settlement.pay_balance(act, lot=lot.rsplit("/", 1)[1], amount_minor=PRICE - 7_000_001)
    house.wait(timedelta(minutes=5))
    for verb in ("rule", "serve", "hand_over"):
        house.officer.do(f"{lot}/settlement/{verb}")
    assert "已交付" in house.officer.see(f"{lot}/settlement")


def distributed(house: Courthouse, case: str, lot: str) -> None:
    """Record a cost, twice by mistake; plan, serve, propose, release."""
    officer, finance = house.officer, house.staff["finance"]
    cost = {"what": "评估费", "amount": "3,000", "lot": lot.rsplit("/", 1)[1], "id": "E1"}
    officer.do(f"{case}/costs", cost)
    officer.do(f"{case}/costs", cost)
    officer.do(f"{case}/distribution")
    plan = officer.see(f"{case}/distribution")
    assert "¥3,000.00" in plan
    assert "¥500,000.00" in plan
    assert "¥297,000.01" in plan, "what is left after costs and the secured claim"
    officer.do(f"{case}/distribution/serve")
    assert finance.send(f"{case}/distribution/pay_out").status_code == 409, "objections may still come"
    house.wait(timedelta(days=20))
    finance.do(f"{case}/distribution/pay_out")
    house.staff["head"].do(f"{case}/distribution/release")
    house.wait(timedelta(minutes=5))
