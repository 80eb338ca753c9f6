"""The desk shows how far deposits are with going back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from auction.edges.jobs.sweep import settle
from auction.edges.live import live_of
from auction.edges.platform import Platform
from auction.foundation.docket import reactions
from tests.edges.clerks import Courthouse
from tests.procedure.selling import Sale


@pytest.fixture
def house(platform: Platform) -> Iterator[Courthouse]:
    found = Courthouse(platform)
    yield found
    live_of(found.app).stop()


def test_how_far_deposits_are_with_going_back_is_shown_until_all_are_gone(house: Courthouse) -> None:
    sale = Sale(house.platform)
    sale.open()
    sale.announce()
    for person in ("A", "B", "C"):
        sale.admit(person)
    sale.until_open()
    sale.close_only()
    with house.platform.act() as act:
        while reactions.run_one(act) is not None:
            pass
    finance = house.staff["finance"]
    for page in ("/court/money", "/court/cases/C1/money", "/court/lots/L1/live", "/court/returning?case=C1"):
        shown = finance.see(page)
        assert "共 3 笔" in shown, page
        assert "every 2s" in shown, page
    settle(house.platform)
    assert "已全部退还" in finance.see("/court/returning?case=C1")
    assert "every 2s" not in finance.see("/court/returning?case=C1")
    assert "共 3 笔" not in finance.see("/court/cases/C1/money")


@pytest.mark.parametrize("case", ["C-none", "", "C1%00", "🏠"])
def test_a_case_that_is_not_there_or_not_ours_shows_nothing(house: Courthouse, case: str) -> None:
    answer = house.staff["finance"].open(f"/court/returning?case={case}")
    assert answer.status_code in {200, 400, 404}
