"""The panel stops a lot, lets it go on and takes it back, in a browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from auction.edges.platform import Platform
from auction.procedure.lots import queries as lots
from tests.edges.clerks import Courthouse, courthouse, said
from tests.road import Road


@pytest.fixture
def house(platform: Platform) -> Iterator[Courthouse]:
    yield from courthouse(platform)


@pytest.fixture
def road(house: Courthouse) -> Road:
    """Case C1 with property P1 of the same court, and an announced L1."""
    walked = Road(house.platform, court=house.court)
    walked.begin()
    walked.announce()
    return walked


def status(house: Courthouse) -> str:
    with house.platform.read() as session:
        return lots.lot(session, "L1").status


@pytest.mark.usefixtures("road")
def test_the_panel_stops_a_lot_lets_it_go_on_and_takes_it_back(house: Courthouse) -> None:
    judge = house.staff["judge1"]
    page = judge.see("/court/lots/L1/live")
    assert 'action="/court/lots/L1/suspend"' in page
    judge.do("/court/lots/L1/suspend", {"ground": "settlement_talks", "confirmed": "1"})
    assert status(house) == "suspended"
    page = judge.see("/court/lots/L1/live")
    assert "执行和解协商" in page
    assert 'action="/court/lots/L1/suspend"' not in page
    judge.do("/court/lots/L1/resume", {"confirmed": "1"})
    assert status(house) == "announced"
    judge.do("/court/lots/L1/withdraw", {"ground": "applicant_withdrew", "confirmed": "1"})
    assert status(house) == "withdrawn"
    assert 'action="/court/lots/L1/' not in judge.see("/court/lots/L1/live").replace("settlement", "")


@pytest.mark.usefixtures("road")
def test_what_the_law_forbids_is_refused_by_name(house: Courthouse) -> None:
    judge = house.staff["judge1"]
    answer = judge.send("/court/lots/L1/withdraw", {"ground": "debtor_paid", "confirmed": "1"})
    assert answer.status_code == 409
    assert "案款账户尚缺" in said(answer)
    assert judge.send("/court/lots/L1/resume", {"confirmed": "1"}).status_code == 409
    assert judge.send("/court/lots/L1/suspend", {"ground": "\x00", "confirmed": "1"}).status_code == 400
    assert judge.send("/court/lots/L1/suspend", {"ground": "panel"}).status_code == 400
    assert judge.send("/court/lots/L1/suspend", {"confirmed": "1"}).status_code == 400
    assert house.officer.send("/court/lots/L1/suspend", {"ground": "panel", "confirmed": "1"}).status_code == 403
    assert 'action="/court/lots/L1/suspend"' not in house.officer.see("/court/lots/L1/live")
    assert status(house) == "announced"
