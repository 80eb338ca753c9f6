"""What parties agree to, pay and dispute, in the browser: on their own pages and entered from paper by the officer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.roles import PLATFORM, Role
from auction.procedure.bidding import eligibility, joint
from auction.procedure.cases import payments
from auction.procedure.cases import queries as cases
from auction.procedure.distribution import commands as distribution
from auction.procedure.distribution import queries as plans
from auction.procedure.identity import commands as identity
from auction.procedure.identity import queries as persons
from auction.procedure.objections import queries as objections
from auction.procedure.settlement import commands as settlement
from tests.edges.browsing import id_number
from tests.edges.clerks import Clerk, Courthouse, courthouse, said, typed_moment
from tests.procedure.selling import START_MINOR, Sale, person_actor

CLAIMS = (
    {"id": "K1", "creditor": "甲银行", "amount_minor": 60_000_000, "kind": "ordinary", "applicant": True},
    {"id": "K2", "creditor": "乙公司", "amount_minor": 40_000_000, "kind": "ordinary"},
)


@pytest.fixture
def house(platform: Platform) -> Iterator[Courthouse]:
    yield from courthouse(platform)


@pytest.fixture
def sale(house: Courthouse) -> Sale:
    story = Sale(house.platform)
    story.open(claims=CLAIMS)
    story.announce()
    return story


@pytest.fixture
def served(house: Courthouse, sale: Sale) -> Sale:
    """The plan of a sold and paid lot, served on both creditors and the debtor."""
    sale.sold()
    with sale.platform.act(person_actor("A")) as act:
        settlement.pay_balance(act, lot="L1", amount_minor=START_MINOR - 7_000_000)
    sale.after(seconds=1)
    with sale.platform.act(PLATFORM) as act:
        distribution.plan_distribution(act, case="C1")
    with sale.platform.act(PLATFORM) as act:
        distribution.serve_plan(act, case="C1")
    return sale


def creditor(house: Courthouse, claim: str) -> str:
    with house.platform.read() as session:
        return next(one.creditor_person for one in cases.case(session, "C1").claims if one.id == claim)


def clerk_of(house: Courthouse, person: str, login: str) -> Clerk:
    with house.platform.act() as act:
        opened = identity.open_account(act, login=login, password=None, name=login, roles=[Role.BIDDER], person=person)
    return Clerk(house.app, opened.id)


def handed(house: Courthouse, **what: str) -> dict[str, str]:
    return {"handed_in_by": "张律师", "received_at": typed_moment(house.now), **what}


def outstanding(house: Courthouse) -> int:
    with house.platform.read() as session:
        return payments.outstanding(session, case="C1")


@pytest.mark.usefixtures("sale")
def test_finance_records_what_the_debtor_pays_and_the_lot_may_be_withdrawn(house: Courthouse) -> None:
    finance, owed = house.staff["finance"], outstanding(house)
    page = finance.see("/court/cases/C1/money")
    assert "法释〔2004〕16号 第19条" in page
    paid = {"by": "D-C1", "amount": str(owed // 100 - 1), "confirmed": "1", "id": "PAY1"}
    finance.do("/court/cases/C1/payments", paid)
    finance.do("/court/cases/C1/payments", paid)
    assert outstanding(house) == 100, "the same form twice counts once"
    judge, ground = house.staff["judge1"], {"ground": "debtor_paid", "confirmed": "1"}
    assert judge.send("/court/lots/L1/withdraw", ground).status_code == 409
    finance.do("/court/cases/C1/payments", paid | {"amount": "1", "id": "PAY2"})
    assert "全部债务和费用已到账" in finance.see("/court/cases/C1/money")
    judge.do("/court/lots/L1/withdraw", ground)


@pytest.mark.parametrize(
    "change",
    [
        {"by": "A"},
        {"amount": "-1"},
        {"amount": "0"},
        {"amount": "1e9"},
        {"amount": ""},
        {"confirmed": None},
        {"by": ""},
    ],
)
@pytest.mark.usefixtures("sale")
def test_a_payment_that_cannot_be_right_is_refused(house: Courthouse, change: dict[str, str | None]) -> None:
    before = outstanding(house)
    fields = {"by": "D-C1", "amount": "100", "confirmed": "1"} | change
    sent = {name: value for name, value in fields.items() if value is not None}
    assert house.staff["finance"].send("/court/cases/C1/payments", sent).status_code == 400
    assert house.officer.send("/court/cases/C1/payments", sent).status_code in {400, 403}
    assert outstanding(house) == before


@pytest.mark.usefixtures("sale")
def test_consent_and_the_wish_to_go_on_are_entered_from_paper(house: Courthouse) -> None:
    bank = creditor(house, "K1")
    house.officer.do("/court/cases/C1/papers/consent", handed(house, party="D-C1", to="sell_more"))
    house.officer.do("/court/cases/C1/papers/insist", handed(house, party=bank, claim="K1", property="P1"))
    page = house.officer.see("/court/cases/C1")
    assert "同意继续拍卖其余财产" in page
    assert "申请继续拍卖" in page
    with house.platform.read() as session:
        assert payments.agreed_to_sell_more(session, case="C1")
        kinds = [entry.kind for entry in docket.entries(session, "case:C1")]
    assert kinds.count("paper.entered") == 2


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("consent", {"party": "D-C1", "to": "everything"}),
        ("consent", {"party": "N999", "to": "own_sale"}),
        ("consent", {"party": "D-C1", "to": "own_sale", "handed_in_by": " "}),
        ("consent", {"party": "D-C1", "to": "own_sale", "received_at": "tomorrow"}),
        ("consent", {"party": "D-C1", "to": "own_sale", "received_at": "2099-01-01T09:00"}),
        ("consent", {"party": "D-C1", "to": "own_sale", "received_at": "2001-01-01T09:00"}),
        ("insist", {"party": "D-C1", "claim": "K1", "property": "P1"}),
        ("insist", {"party": "D-C1", "claim": "K1", "property": "P9"}),
        (
            "objection",
            {"party_name": "孙某", "party_number": "1", "kind": "outsider", "against": "P1", "statement": "我的"},
        ),
    ],
)
@pytest.mark.usefixtures("sale")
def test_a_paper_that_cannot_be_read_changes_nothing(house: Courthouse, what: str, change: dict[str, str]) -> None:
    answer = house.officer.send(f"/court/cases/C1/papers/{what}", handed(house) | change)
    assert answer.status_code in {400, 404}, said(answer)
    assert house.staff["finance"].send(f"/court/cases/C1/papers/{what}", handed(house) | change).status_code >= 400
    with house.platform.read() as session:
        assert payments.consents(session, case="C1") == []
        assert objections.of_case(session, case="C1") == []
        assert "paper.entered" not in [entry.kind for entry in docket.entries(session, "case:C1")]


@pytest.mark.usefixtures("sale")
def test_an_outsiders_paper_stops_the_lot_as_if_he_had_filed_it_himself(house: Courthouse) -> None:
    fields = {"party_name": "孙某", "party_number": id_number(7), "kind": "outsider", "against": "P1"}
    house.officer.do(
        "/court/cases/C1/papers/objection", handed(house, **fields, statement="车是我的", evidence="购车合同")
    )
    assert "孙某" in house.officer.see("/court/cases/C1/objections")
    with house.platform.read() as session:
        (filed,) = objections.of_case(session, case="C1")
    assert filed.blocks(house.now)
    assert house.staff["judge1"].send("/court/lots/L1/resume", {"confirmed": "1"}).status_code == 409


def test_the_parties_dispute_the_plan_on_their_own_pages(house: Courthouse, served: Sale) -> None:
    firm = clerk_of(house, creditor(house, "K2"), "firm")
    bank = clerk_of(house, creditor(house, "K1"), "bank")
    assert "/my/cases/C1" in firm.see("/my")
    page = firm.see("/my/cases/C1")
    assert "法释〔2015〕5号 第509条" in page
    firm.do("/my/cases/C1/object", {"claim": "K1", "amount": "100,000"})
    assert "等待其他当事人意见" in bank.see("/my/cases/C1")
    bank.do("/my/cases/C1/oppose")
    assert firm.send("/my/cases/C1/oppose").status_code == 409
    firm.do("/my/cases/C1/sue")
    served.after(days=40)
    finance, head = house.staff["finance"], house.staff["head"]
    assert "已起诉" in finance.see("/court/cases/C1/distribution")
    finance.do("/court/cases/C1/distribution/pay_out")
    head.do("/court/cases/C1/distribution/release")
    served.after(seconds=1)
    with house.platform.read() as session:
        found = plans.plan(session, case="C1")
    assert found is not None
    assert found.escrow_minor == 10_000_000
    assert found.paid_minor == found.total_minor - 10_000_000
    assert "提存中" in house.officer.see("/court/cases/C1/distribution")
    house.officer.do("/court/cases/C1/distribution/settle", {"claim": "K1", "amount": "0"})


@pytest.mark.usefixtures("served")
def test_what_a_party_may_not_dispute_is_refused(house: Courthouse) -> None:
    firm = clerk_of(house, creditor(house, "K2"), "firm")
    assert firm.send("/my/cases/C1/object", {"claim": "K2", "amount": "1"}).status_code == 400, "one's own share"
    assert firm.send("/my/cases/C1/object", {"claim": "K1", "amount": "999999999"}).status_code == 400
    assert firm.send("/my/cases/C1/object", {"claim": "K1", "amount": "-1"}).status_code == 400
    assert firm.send("/my/cases/C1/object", {}).status_code == 400
    assert firm.send("/my/cases/C1/oppose").status_code == 409
    assert firm.send("/my/cases/C1/sue").status_code == 409
    stranger = clerk_of(house, "B", "stranger")
    assert stranger.open("/my/cases/C1").status_code == 404
    assert stranger.send("/my/cases/C1/object", {"claim": "K1"}).status_code == 404


def test_a_paper_received_on_the_last_day_counts_though_entered_later(house: Courthouse, served: Sale) -> None:
    with house.platform.read() as session:
        plan = plans.plan(session, case="C1")
    assert plan is not None
    assert plan.objection_until is not None
    last = plan.objection_until - timedelta(hours=8)
    served.until(plan.objection_until + timedelta(hours=10))
    paper = {"handed_in_by": "乙公司法务", "party": creditor(house, "K2"), "claim": "K1", "amount": "100"}
    late = paper | {"received_at": typed_moment(house.now)}
    assert house.officer.send("/court/cases/C1/papers/object_to_plan", late).status_code == 409
    house.officer.do("/court/cases/C1/papers/object_to_plan", paper | {"received_at": typed_moment(last)})
    page = house.officer.see("/court/cases/C1/distribution")
    assert "等待其他当事人意见" in page
    opposed = {"handed_in_by": "甲银行", "party": creditor(house, "K1"), "claim": "K1"}
    house.officer.do("/court/cases/C1/papers/oppose", opposed | {"received_at": typed_moment(house.now)})
    assert "有人反对" in house.officer.see("/court/cases/C1/distribution")


def test_a_debtor_agrees_and_an_applicant_asks_to_go_on(house: Courthouse, sale: Sale) -> None:
    debtor = clerk_of(house, "D-C1", "debtor")
    bank = clerk_of(house, creditor(house, "K1"), "bank")
    debtor.do("/my/cases/C1/consent", {"to": "sell_more"})
    assert debtor.send("/my/cases/C1/consent", {"to": "all"}).status_code == 400
    assert bank.send("/my/cases/C1/consent", {"to": "sell_more"}).status_code in {403, 409}
    bank.do("/my/cases/C1/insist", {"property": "P1", "claim": "K1"})
    assert bank.send("/my/cases/C1/insist", {"property": "P9", "claim": "K1"}).status_code == 400
    assert debtor.send("/my/cases/C1/insist", {"property": "P1", "claim": "K1"}).status_code >= 400
    assert debtor.open("/my/cases/C9").status_code == 404


def number_of(house: Courthouse, serial: int) -> str:
    with house.platform.read() as session:
        found = persons.person_by_number(session, id_number=id_number(serial))
    assert found is not None
    return found.id


@pytest.mark.usefixtures("sale")
def test_the_court_confirms_agents_and_joint_bidders_before_bidding(house: Courthouse) -> None:
    fields = {"bidder_name": "王某", "bidder_number": id_number(1), "agent_name": "李某", "agent_number": id_number(2)}
    page = house.officer.see("/court/lots/L1/bidders")
    assert "法释〔2016〕18号 第14条" in page
    assert 'action="/court/lots/L1/bidders/agent"' in page
    assert 'action="/court/lots/L1/bidders/ineligible"' in page
    house.officer.do("/court/lots/L1/bidders/agent", fields)
    shares = {
        f"joint-{n}-{part}": value
        for n, (name, serial, share) in enumerate((("赵一", 3, "1/3"), ("赵二", 4, "2/3")))
        for part, value in (("name", name), ("number", id_number(serial)), ("share", share))
    }
    house.officer.do("/court/lots/L1/bidders/joint", shares)
    assert house.officer.send("/court/lots/L1/bidders/joint", shares | {"joint-1-share": "1/3"}).status_code >= 400
    assert house.officer.send("/court/lots/L1/bidders/agent", fields | {"agent_number": "12"}).status_code == 400
    assert house.officer.send("/court/lots/L1/bidders/agent", fields | {"agent_name": "别人"}).status_code >= 400
    assert house.staff["finance"].send("/court/lots/L1/bidders/agent", fields).status_code == 403
    bidder, agent = number_of(house, 1), number_of(house, 2)
    with house.platform.read() as session:
        assert eligibility.may_act_for(session, lot="L1", bidder=bidder, agent=agent)
        assert len(joint.group(session, lot="L1", bidder=number_of(house, 3))) == 2


def test_nobody_sees_who_is_behind_a_code_and_agents_come_too_late_once_bidding_runs(
    house: Courthouse, sale: Sale
) -> None:
    made = sale.admit("A")
    page = house.officer.see("/court/lots/L1/bidders")
    assert made.code in page
    assert "买家A" not in page
    sale.until_open()
    fields = {"bidder_name": "王某", "bidder_number": id_number(1), "agent_name": "李某", "agent_number": id_number(2)}
    assert "不能再确认代理人" in house.officer.see("/court/lots/L1/bidders")
    assert house.officer.send("/court/lots/L1/bidders/agent", fields).status_code == 403


@pytest.mark.usefixtures("sale")
def test_a_person_of_article_34_is_kept_away(house: Courthouse) -> None:
    fields = {"person_name": "钱某", "person_number": id_number(5), "why": "relative"}
    assert house.officer.send("/court/lots/L1/bidders/ineligible", fields | {"why": "rich"}).status_code == 400
    assert house.officer.send("/court/lots/L1/bidders/ineligible", {"why": "relative"}).status_code == 400
    house.officer.do("/court/lots/L1/bidders/ineligible", fields)
    with house.platform.read() as session:
        why = eligibility.ineligible_because(session, lot="L1", person=number_of(house, 5))
    assert why is not None
    assert "近亲属" in why
