"""The waterfall at a glance at the desk: picture, table, what is typed, and whose court it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from auction.edges.platform import Platform
from auction.edges.web.court.picture import Frame, draw, round_steps
from auction.foundation.kernel.roles import Role
from auction.procedure.distribution.rules import Claim, ClaimKind
from auction.procedure.identity import commands as identity
from tests.edges.clerks import Courthouse, courthouse
from tests.procedure.distribution.test_foreseen import seen
from tests.road import YUAN, Road

CLAIMS: list[dict[str, object]] = [
    {"id": "K1", "creditor": "甲银行", "amount_minor": 600_000 * YUAN, "kind": "ordinary", "applicant": True},
    {"id": "K2", "creditor": "乙公司", "amount_minor": 600_000 * YUAN, "kind": "ordinary"},
    {
        "id": "K3",
        "creditor": "丙银行",
        "amount_minor": 400_000 * YUAN,
        "kind": "secured",
        "property": "P1",
        "rank": 1,
    },
]


@pytest.fixture
def house(platform: Platform) -> Iterator[Courthouse]:
    yield from courthouse(platform)


@pytest.fixture
def road(house: Courthouse) -> Road:
    walked = Road(house.platform, court=house.court)
    walked.begin(claims=CLAIMS)
    walked.announce()
    return walked


def rows(page: str) -> dict[str, list[str]]:
    """Return the amounts of each taker as the table says them."""
    body = re.search(r'<div class="tablewrap ahead__table".*?<tbody>(.*?)</tbody>', page, re.DOTALL)
    assert body
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", body[1], re.DOTALL):
        who = re.search(r"<strong>\w</strong> (\S+?)<br>", row)
        assert who
        found[who[1]] = re.findall(r'data-sort="(-?\d+)"', row)
    return found


@pytest.mark.usefixtures("road")
def test_the_table_says_who_gets_what_at_the_prices_that_matter(house: Courthouse) -> None:
    page = house.officer.see("/court/lots/L1/waterfall?price=1300000")

    # From where an applicant gets something, floor and start, reference, typed; the most, and where it is full.
    assert rows(page) == {
        "丙银行": ["40000000", "40000000", "40000000", "40000000", "40000000", "40000000"],
        "甲银行": ["1", "15000000", "30000000", "45000000", "60000000", "160000000"],
        "乙公司": ["0", "15000000", "30000000", "45000000", "60000000", "160000000"],
        "赵某某": ["0", "0", "0", "0", "-1", "-1"],
    }
    assert "法定最低起拍价、起拍价" in page
    assert '<span class="small quiet">¥400,000.01</span>' in page


@pytest.mark.usefixtures("road")
def test_the_fee_is_counted_when_it_would_be_taken(house: Courthouse) -> None:
    page = house.officer.see("/court/lots/L1/waterfall?fee=1")

    assert rows(page)["申请执行费"][1] == str(5_000 + 49_000_000 * 15 // 1000 + 20_000_000 * 10 // 1000)


@pytest.mark.usefixtures("road")
@pytest.mark.parametrize(
    "query",
    ["price=0", "price=-1", "price=1e5", "price=abc", "price=%F0%9D%9F%97x", "price=" + "9" * 30,
     "interest_until=2025-02-30", "interest_until=1700-01-01", "price=%3Cb%3E"],
)  # fmt: skip
def test_what_is_no_price_or_day_is_said_beside_its_field(house: Courthouse, query: str) -> None:
    page = house.officer.see(f"/court/lots/L1/waterfall?{query}")

    assert 'aria-invalid="true"' in page
    assert len(rows(page)["丙银行"]) == 5


@pytest.mark.usefixtures("road")
def test_a_very_high_price_is_drawn_all_the_same(house: Courthouse) -> None:
    page = house.officer.see("/court/lots/L1/waterfall?price=90000000000000")

    assert rows(page)["赵某某"][3] == str(9_000_000_000_000_000 - 160_000_000)


@pytest.mark.usefixtures("road")
def test_another_court_and_the_public_see_nothing(house: Courthouse, platform: Platform) -> None:
    with platform.act() as act:
        identity.add_court(act, id="T2", name="上海市浦东新区人民法院", city="上海市")
    stranger = house.add("stranger", Role.OFFICER, court="T2")

    refused = stranger.open("/court/lots/L1/waterfall")
    assert refused.status_code == 403
    assert "甲银行" not in refused.text
    assert house.staff["supervisor"].open("/court/lots/L1/waterfall").status_code == 403
    assert house.app.test_client().get("/court/lots/L1/waterfall").status_code == 302
    assert house.officer.open("/court/lots/L404/waterfall").status_code == 404


@pytest.mark.usefixtures("road")
def test_every_role_of_the_desk_may_look(house: Courthouse) -> None:
    for login in ("judge1", "finance", "head"):
        assert "丙银行" in house.staff[login].see("/court/lots/L1/waterfall")


@pytest.mark.usefixtures("road")
def test_the_case_shows_the_next_lot_and_no_more_once_it_is_over(house: Courthouse) -> None:
    assert "/court/lots/L1/waterfall" in house.officer.see("/court/cases/C1/distribution")
    house.wait(timedelta(days=60))
    assert "/court/lots/L1/waterfall" not in house.officer.see("/court/cases/C1/distribution")


@pytest.mark.usefixtures("road")
def test_the_picture_is_sound_and_has_no_inline_style(house: Courthouse) -> None:
    page = house.officer.see("/court/lots/L1/waterfall")
    drawings = re.findall(r'<svg class="ahead__(?:wide|narrow)".*?</svg>', page, re.DOTALL)

    assert len(drawings) == 2
    assert "style=" not in page
    ids: list[str] = []
    for drawing in drawings:
        tree = ET.fromstring(drawing)  # noqa: S314 - our own page
        assert tree.get("aria-label")
        ids += [one.get("id", "") for one in tree.iter("pattern")]
    assert len(set(ids)) == len(ids) > 0


@pytest.mark.parametrize("high", [1, 99, 100, 12_345, 10**15])
def test_axes_have_a_few_round_amounts(high: int) -> None:
    steps = round_steps(high)

    assert steps[0] == 0
    assert len(steps) <= 11
    assert steps[-1] <= high


def test_areas_meet_without_gap_and_stay_in_the_frame() -> None:
    outlook = seen(
        Claim("K1", ClaimKind.SECURED, 300, property="P1"),
        Claim("K2", ClaimKind.ORDINARY, 500),
    )
    frame = Frame("test", 500, 300)
    picture = draw(outlook, frame=frame, marks=[200, 210, 900], high_minor=1_000)
    corners = [[tuple(map(Decimal, point.split(","))) for point in area.points.split(" ")] for area in picture.areas]

    assert [area.number for area in picture.areas] == [0, 1, 2]
    for lower, upper in pairwise(corners):
        half = len(lower) // 2
        assert lower[:half] == upper[half:][::-1]
    for x, y in (point for points in corners for point in points):
        assert frame.left <= x <= frame.x_end
        assert frame.top <= y <= frame.y_end
    assert len({(mark.x, mark.y) for mark in picture.marks}) == 3
    assert picture.marks[0].y != picture.marks[1].y


def test_a_taker_of_next_to_nothing_has_no_letter_and_nobody_no_area() -> None:
    outlook = seen(Claim("K1", ClaimKind.ORDINARY, 1), Claim("K2", ClaimKind.ORDINARY, 10**9))
    picture = draw(outlook, frame=Frame("test", 500, 300), marks=[], high_minor=10**8)
    labels = {area.number: area.label for area in picture.areas}

    assert 0 not in labels or labels[0] is None
    assert labels[1] is not None
