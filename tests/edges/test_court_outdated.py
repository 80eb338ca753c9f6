"""A plan that no longer holds at the desk: the page says why, takes its steps away, and lets it be drawn up anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from auction.edges.jobs.sweep import settle
from auction.edges.platform import Platform
from auction.foundation.kernel.roles import PLATFORM
from auction.procedure.cases import payments
from auction.procedure.cases import queries as cases
from auction.procedure.lots import queries as lots
from auction.procedure.settlement.commands import pay_balance
from tests.edges.clerks import Courthouse, courthouse, said
from tests.edges.test_court_after_the_close import CLAIMS
from tests.road import YUAN, Road

PAGE = "/court/cases/C1/distribution"


@pytest.fixture
def house(platform: Platform) -> Iterator[Courthouse]:
    yield from courthouse(platform)


@pytest.fixture
def road(house: Courthouse) -> Road:
    """A failed lot, and a served plan that gives K1 and K2 what the debtor has paid in."""
    walked = Road(house.platform, court=house.court)
    walked.begin(claims=CLAIMS)
    walked.announce()
    with walked.platform.read() as session:
        ends_at = lots.lot(session, "L1").ends_at
        debtor = cases.case(session, "C1").debtor.person
    walked.wait_until(ends_at)
    with walked.platform.act(PLATFORM) as act:
        payments.record_payment(act, case="C1", by=debtor, amount_minor=1_000_000 * YUAN)
    house.officer.do(PAGE)
    house.officer.do(f"{PAGE}/serve")
    return walked


@pytest.mark.parametrize(("language", "words"), [("zh", "各方应得的份额随之变化"), ("en", "the shares change")])
def test_a_plan_that_no_longer_holds_says_so_and_can_be_drawn_up_anew(
    house: Courthouse, road: Road, language: str, words: str
) -> None:
    finance, officer = house.staff["finance"], house.officer
    assert words not in finance.see(f"{PAGE}?lang={language}")
    assert f'action="{PAGE}/pay_out"' in finance.see(PAGE)
    assert f'action="{PAGE}"' not in officer.see(PAGE)
    officer.do("/court/lots/L1/in-kind/take", {"claim": "K1"})
    page = finance.see(f"{PAGE}?lang={language}")
    assert words in page
    assert "K1" in page
    assert f'action="{PAGE}/pay_out"' not in page
    road.wait_until(road.now.replace(month=road.now.month + 1))
    refused = finance.send(f"{PAGE}/pay_out")
    assert refused.status_code == 409, said(refused)
    refused = officer.send(PAGE)
    assert refused.status_code == 409, said(refused)
    with road.platform.act(PLATFORM) as act:
        pay_balance(act, lot="L1", amount_minor=100_000 * YUAN)
    settle(road.platform)
    officer.do(PAGE)
    assert words not in officer.see(f"{PAGE}?lang={language}")
    assert f'action="{PAGE}/serve"' in officer.see(PAGE)
