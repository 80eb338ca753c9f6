"""Administration and supervision: secrets are shown once, the supervisor sees everything and changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from auction.edges.platform import Platform
from auction.procedure.identity import queries as identity
from tests.edges.clerks import Courthouse, courthouse
from tests.road import YUAN, Road

_SECRET = re.compile(r"data-secret>([^<]+)<")


@pytest.fixture
def house(platform: Platform) -> Iterator[Courthouse]:
    yield from courthouse(platform)


def test_courts_and_accounts_are_added_by_form(house: Courthouse) -> None:
    administrator = house.staff["administrator"]
    administrator.do(
        "/admin/courts", {"name": "杭州市余杭区人民法院", "code": "浙0110", "level": "basic", "city": "杭州市"}
    )
    assert "杭州市余杭区人民法院" in administrator.see("/admin")
    account = administrator.do(
        "/admin/accounts",
        {
            "login": "clerk-2",
            "name": "李书记员",
            "password": "ten letters or more",
            "roles": ["officer", "panel"],
            "court": "T1",
        },
    )
    assert "李书记员" in administrator.see(account)
    with house.platform.read() as session:
        assert identity.authenticate(session, login="clerk-2", password="ten letters or more") is not None
    administrator.do(f"{account}/close")
    with house.platform.read() as session:
        assert identity.authenticate(session, login="clerk-2", password="ten letters or more") is None


def test_a_role_of_the_court_needs_its_court(house: Courthouse) -> None:
    response = house.staff["administrator"].send(
        "/admin/accounts", {"login": "abc", "name": "某", "roles": ["officer"]}
    )
    assert response.status_code == 400
    assert 'id="f-court-error"' in response.text
    assert 'value="abc"' in response.text


def test_a_key_is_told_once_and_kept_nowhere(house: Courthouse) -> None:
    administrator = house.staff["administrator"]
    response = administrator.send("/admin/accounts/T1-officer/keys", {"label": "登记系统", "scopes": ["cases"]})
    assert response.status_code == 201
    assert response.headers["Cache-Control"] == "no-store"
    token = _SECRET.search(response.text)
    assert token is not None
    with house.platform.read() as session:
        assert identity.actor_of_token(session, token=token[1]) is not None
        key = identity.keys(session, "T1-officer")[0].id
    assert token[1] not in administrator.see("/admin/accounts/T1-officer")
    administrator.do(f"/admin/accounts/T1-officer/keys/{key}/revoke")
    with house.platform.read() as session:
        assert identity.actor_of_token(session, token=token[1]) is None


def test_partners_are_registered_and_told_at_an_address(house: Courthouse) -> None:
    administrator = house.staff["administrator"]
    made = administrator.send("/admin/partners", {"name": "某拍卖平台", "contact": "ops@example.org"})
    assert made.status_code == 201
    address = re.search(r'href="(/admin/partners/[^"]+)"', made.text)
    assert address is not None
    told = administrator.send(f"{address[1]}/endpoints", {"url": "https://partner.example.org/hooks"})
    assert told.status_code == 201
    assert _SECRET.search(told.text) is not None
    again = administrator.send(f"{address[1]}/endpoints", {"url": "https://partner.example.org/hooks"})
    assert again.status_code == 409
    assert administrator.send(f"{address[1]}/endpoints", {"url": "http://10.0.0.1/"}).status_code == 400
    pause = re.search(r'action="([^"]+/pause)"', administrator.see(address[1]))
    assert pause is not None
    administrator.do(pause[1])
    assert "已暂停" in administrator.see(address[1])
    administrator.see("/admin/deliveries?status=failed")


def test_the_supervisor_sees_every_refused_bid_and_no_name(house: Courthouse) -> None:
    road = Road(house.platform, court=house.court)
    road.begin()
    lot = road.announce()
    road.admit("A")
    road.wait_until(lot.opens_at)
    road.bid("A", 700_000 * YUAN)
    road.bid("A", 705_000 * YUAN)
    supervisor = house.staff["supervisor"]
    assert "L1" in supervisor.see("/supervision")
    page = supervisor.see("/supervision/lots/L1")
    assert "bidding.own_lead" in page
    assert "竞买人A" not in page
    assert "bidding.own_lead" in supervisor.see("/supervision/refused")
    assert "赵某某" not in supervisor.see("/supervision/cases/C1")
    assert supervisor.send("/court/lots/L1/notices", {"person": "D", "how": "waived"}).status_code == 403


def test_before_the_close_no_desk_page_names_a_bidder(house: Courthouse) -> None:
    road = Road(house.platform, court=house.court)
    road.begin()
    lot = road.announce()
    road.admit("A")
    road.wait_until(lot.opens_at)
    road.bid("A", 700_000 * YUAN)
    pages = [
        "/court",
        "/court/lots",
        "/court/lots/L1/live",
        "/court/lots/L1/docket",
        "/court/lots/L1/notices",
        "/court/cases/C1/money",
        "/court/cases/C1/docket",
        "/court/money",
    ]
    for login in ("officer", "finance", "judge1", "head"):
        for page in pages:
            assert "竞买人A" not in house.staff[login].see(page), page


def test_a_claim_that_comes_late_is_added_and_a_lot_deferred(house: Courthouse) -> None:
    road = Road(house.platform, court=house.court)
    road.begin()
    lot = road.announce()
    claim = {
        "claims-0-creditor": "丙公司",
        "claims-0-amount": "10万",
        "claims-0-thing": "P1",
        "claims-0-kind": "secured",
    }
    house.officer.do("/court/cases/C1/claims", claim)
    assert "丙公司" in house.officer.see("/court/cases/C1")
    assert house.officer.send("/court/cases/C1/claims", claim | {"claims-0-thing": "P9"}).status_code == 400
    road.wait_until(lot.opens_at)
    judge = house.staff["judge1"]
    assert judge.send("/court/lots/L1/defer", {"ground": "panel"}).status_code == 400, "it asks for a confirmation"
    assert house.officer.send("/court/lots/L1/defer", {"ground": "panel", "confirmed": "1"}).status_code == 403
    judge.do("/court/lots/L1/defer", {"ground": "panel", "confirmed": "1"})
    assert "暂缓" in judge.see("/court/lots/L1")
