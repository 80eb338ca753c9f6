"""What the desk refuses: other courts, other roles, hostile input; and that a refused form keeps what was typed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from auction.edges.platform import Platform
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.refusal import Refusal
from auction.foundation.kernel.roles import PLATFORM, Role
from auction.procedure.identity import commands as identity
from auction.procedure.lots import commands as lot_commands
from auction.procedure.lots import desk, queries
from auction.rulebook import rulebook
from tests.edges.clerks import Clerk, Courthouse, courthouse, said, typed_moment
from tests.road import Road

NASTY = (
    "\x00",
    "９" * 400,
    "<script>alert(1)</script>",
    "-1",
    "1e9",
    "0.001",
    "2025-13-45",
    "9999-12-31T23:59",
    "💥'\"; --",
)


@pytest.fixture
def house(platform: Platform) -> Iterator[Courthouse]:
    yield from courthouse(platform)


@pytest.fixture
def road(house: Courthouse) -> Road:
    """Case C1 with property P1 of the same court, and a draft L1."""
    walked = Road(house.platform, court=house.court)
    walked.begin()
    walked.draft()
    return walked


def other_court(house: Courthouse) -> Clerk:
    """Return an officer of another court."""
    with house.platform.act() as act:
        identity.add_court(act, id="T2", name="上海市浦东新区人民法院", city="上海市")
    return house.add("stranger", Role.OFFICER, court="T2")


PAGES = (
    "/court/cases/C1", "/court/cases/C1/things", "/court/cases/C1/lots", "/court/cases/C1/docket",
    "/court/cases/C1/money", "/court/cases/C1/distribution", "/court/cases/C1/seize", "/court/cases/C1/draft",
    "/court/property/P1", "/court/lots/L1", "/court/lots/L1/disclosure", "/court/lots/L1/notices",
    "/court/lots/L1/announce", "/court/lots/L1/settlement", "/court/lots/L1/docket",
)  # fmt: skip
FORMS = (
    "/court/cases/C1/seize", "/court/cases/C1/costs", "/court/cases/C1/claims", "/court/cases/C1/draft",
    "/court/cases/C1/distribution", "/court/lots/L1/defer",
    "/court/cases/C1/distribution/serve", "/court/cases/C1/distribution/pay_out",
    "/court/cases/C1/distribution/release", "/court/property/P1/renew", "/court/property/P1/release",
    "/court/property/P1/value/negotiation", "/court/property/P1/value/directed_inquiry",
    "/court/property/P1/value/online_inquiry", "/court/property/P1/value/appraisal", "/court/lots/L1/disclosure",
    "/court/lots/L1/panel", "/court/lots/L1/notices", "/court/lots/L1/announce", "/court/lots/L1/settlement/rule",
)  # fmt: skip


@pytest.mark.usefixtures("road")
def test_another_court_neither_sees_nor_acts(house: Courthouse) -> None:
    stranger = other_court(house)
    assert "1234号" not in stranger.see("/court/cases")
    assert "1234号" not in stranger.see("/court/lots")
    assert "1234号" not in stranger.see("/court")
    for page in PAGES:
        assert stranger.open(page).status_code == 403, page
    for form in FORMS:
        assert stranger.send(form).status_code == 403, form


@pytest.mark.usefixtures("road")
def test_its_own_court_sees_every_page(house: Courthouse) -> None:
    for page in PAGES:
        house.officer.see(page)
        assert house.officer.open(f"{page}?lang=en").status_code == 200, page


@pytest.mark.usefixtures("road")
def test_roles_are_kept_apart(house: Courthouse) -> None:
    staff = house.staff
    panel: dict[str, str | list[str]] = {"panel": ["T1-judge1", "T1-judge2", "T1-judge3"], "minutes": "一致"}
    assert house.officer.send("/court/lots/L1/panel", panel).status_code == 403
    assert staff["judge1"].send("/court/lots/L1/announce", {"confirmed": "1"}).status_code == 403
    assert staff["finance"].send("/court/cases/C1/distribution").status_code == 403
    assert staff["head"].send("/court/cases/C1/costs", {"what": "x", "amount": "1"}).status_code == 403
    assert staff["supervisor"].open("/court").status_code == 403
    assert staff["administrator"].open("/court").status_code == 403
    assert house.officer.open("/admin").status_code == 403
    assert house.officer.open("/supervision").status_code == 403


def test_a_stranger_is_sent_to_sign_in(house: Courthouse) -> None:
    nobody = Clerk(house.app, None)
    assert nobody.open("/court").status_code == 302
    assert nobody.open("/admin").status_code == 302
    assert nobody.send("/court/cases").status_code == 401


def test_a_form_without_its_token_does_nothing(house: Courthouse) -> None:
    assert house.officer.client.post("/court/cases", data={"number": "（2025）京0105执1号"}).status_code == 409


def test_everyone_is_sent_to_his_own_desk(house: Courthouse) -> None:
    homes = {"officer": "/court", "head": "/court", "supervisor": "/supervision", "administrator": "/admin"}
    for login, home in homes.items():
        assert house.staff[login].open("/desk").headers["Location"] == home


@pytest.mark.usefixtures("road")
@pytest.mark.parametrize("nasty", NASTY)
def test_hostile_input_is_refused_by_name(house: Courthouse, nasty: str) -> None:
    names = (
        "number", "debtor_name", "debtor_kind", "claims-0-creditor", "claims-0-amount", "claims-0-kind", "title",
        "claims-0-performance_due", "rows", "kind", "category", "until", "living_setaside", "encumbrances", "pledged",
        "indivisible_with", "what", "amount", "lot", "id", "properties", "start_price", "deposit", "increment",
        "opens_at", "closes_at", "balance_days", "priority-0-name", "priority-0-rank", "priority-0-id_number", "after",
        "offers-0-amount", "authority", "reason", "sent_at", "results-0-platform", "results-0-amount", "agency",
        "results-0-delivered_at", "valid_until", "delivered_at", "ground", "block-basis", "panel", "minutes", "person",
        "how", "interest_until", "block-nonsense",
    )  # fmt: skip
    everything = dict.fromkeys(names, nasty)
    everybody = house.add("everybody", Role.OFFICER, Role.PANEL, Role.FINANCE, Role.HEAD, court="T1")
    for form in (*FORMS, "/court/cases"):
        response = everybody.send(form, everything)
        assert 400 <= response.status_code < 500 or response.status_code == 303, f"{form}: {said(response)}"
        assert "<script>alert" not in response.text, form


@pytest.mark.parametrize("nasty", [*NASTY, "X", "0.0", "1.2.3", "%00"])
def test_hostile_addresses_are_refused(house: Courthouse, nasty: str) -> None:
    for page in ("/court/cases", "/court/lots", "/court/money", "/court/property"):
        response = house.officer.client.get(page, query_string=dict.fromkeys(("q", "after", "status", "of"), nasty))
        assert response.status_code in {200, 400, 404}, page
        assert house.officer.client.get(f"{page}/{nasty}").status_code in {400, 404}, page
    for page in ("/supervision", "/supervision/refused", "/admin/accounts", "/admin/deliveries"):
        query = dict.fromkeys(("q", "after", "status", "court", "endpoint"), nasty)
        response = house.staff["administrator"].client.get(page, query_string=query)
        assert response.status_code in {200, 400}, page


def test_a_refused_form_keeps_what_was_typed(house: Courthouse) -> None:
    response = house.officer.send(
        "/court/cases", {"number": "随便写的", "debtor_name": "钱某某", "debtor_kind": "natural_person",
                         "claims-3-creditor": "丁公司", "claims-3-amount": "三十万"},
    )  # fmt: skip
    assert response.status_code == 400
    assert "钱某某" in response.text
    assert "丁公司" in response.text
    assert 'id="f-claims-3-amount-error"' in response.text
    assert 'id="f-number-error"' in response.text


@pytest.mark.usefixtures("road")
def test_terms_below_the_floor_are_refused_with_article_and_amount(house: Courthouse) -> None:
    terms = {
        "properties": "P1", "start_price": "699999.99", "deposit": "70000", "increment": "5000",
        "opens_at": typed_moment(house.now + timedelta(days=20)),
    }  # fmt: skip
    response = house.officer.send("/court/cases/C1/draft", terms)
    assert response.status_code == 409
    assert "起拍价不得低于 ¥700,000.00" in said(response)
    assert "第10条" in said(response)
    assert 'value="699999.99"' in response.text


@pytest.mark.usefixtures("road")
def test_the_measures_follow_what_is_typed(house: Courthouse) -> None:
    page = house.officer.see(
        "/court/cases/C1/draft/measures?properties=P1&start_price=600000&deposit=1&opens_at=2025-03-04T09:00"
    )
    assert "¥700,000.00" in page
    assert "¥30,000.00" in page, "the deposit's range is of the start price typed"
    assert "起拍价低于法定下限" in page
    assert "保证金超出法定范围" in page
    assert "开拍过早" in page


def test_the_first_unmet_condition_is_what_announcing_refuses_with(house: Courthouse, road: Road) -> None:
    today = rulebook().on(day_of(house.now))
    for step in ("draft", "approved", "told"):
        if step == "approved":
            with house.platform.act() as act:
                lot_commands.approve_lot(act, lot="L1", panel=["甲", "乙", "丙"])
        if step == "told":
            with house.platform.act() as act:
                lot_commands.notify(act, lot="L1", person="D", how="waived")
            road.wait_until(house.now + timedelta(days=10))
        with house.platform.read() as session:
            lot = queries.lot(session, "L1")
            unmet = [one for one in desk.conditions(session, lot=lot, rules_of_day=today, now=house.now) if not one.met]
        with pytest.raises(Refusal) as refused, house.platform.act(PLATFORM) as act:
            lot_commands.announce(act, lot="L1")
        assert unmet[0].code == refused.value.code


@pytest.mark.usefixtures("road")
def test_today_lists_what_is_due_with_its_article(house: Courthouse) -> None:
    page = house.officer.see("/court")
    assert "参考价确定后10日内启动变价程序" in page
    assert "法释〔2018〕15号 第30条" in page
    assert "/court/cases/C1/draft?properties=P1" in page


@pytest.mark.usefixtures("road")
def test_a_debtor_is_found_by_name_without_the_name_in_an_address(house: Courthouse) -> None:
    found = house.officer.send("/court/cases/search", {"q": "赵某某"})
    assert found.status_code == 200
    assert "（2025）京0105执1234号" in found.text
    assert house.officer.do("/court/cases/search", {"q": "1234"}) == "/court/cases?q=1234"
    assert "（2025）京0105执1234号" in house.officer.see("/court/cases?q=1234")
    assert "没有符合的案件" in house.officer.see("/court/cases?q=9999")
