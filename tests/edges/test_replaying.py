"""The dispute simulator on a page: what it compares, what it refuses by name, and to whom it shows nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote, urlencode

import pytest

from auction.edges.platform import Platform
from auction.edges.web.court.curves import draw
from auction.edges.web.court.picture import Frame
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.calendar import in_shanghai
from auction.foundation.kernel.roles import Role
from auction.procedure.bidding import queries as bidding
from auction.procedure.identity import commands as identity
from auction.procedure.publicity.supposing import Rise
from tests.edges.clerks import Courthouse, courthouse, said
from tests.road import YUAN, Road

START, STEP = 700_000 * YUAN, 5_000 * YUAN
HERE = "/court/lots/L1/replay"


@pytest.fixture
def house(platform: Platform) -> Iterator[Courthouse]:
    yield from courthouse(platform)


@pytest.fixture
def road(house: Courthouse) -> Road:
    walked = Road(house.platform, court=house.court)
    walked.begin()
    lot = walked.announce()
    for name in "ABC":
        walked.admit(name)
    walked.wait_until(lot.opens_at)
    return walked


@pytest.fixture
def sold(road: Road) -> Road:
    """A bids the start, B in the last minute, A answers in the extension and buys; C never bids."""
    road.bid("A", START)
    with road.platform.read() as session:
        ends_at = bidding.state(session, "L1").ends_at
    road.wait_until(ends_at - timedelta(minutes=1))
    road.bid("B", START + STEP)
    road.wait_until(road.now + timedelta(minutes=3))
    road.bid("A", START + 2 * STEP)
    road.wait_until(road.now + timedelta(hours=1))
    return road


def codes(road: Road) -> dict[str, str]:
    with road.platform.read() as session:
        return {one.person: one.code for one in bidding.registrations(session, "L1")}


def local(moment: object) -> str:
    return in_shanghai(moment).strftime("%Y-%m-%dT%H:%M:%S")  # type: ignore[arg-type]


def asked(*pairs: tuple[str, str]) -> str:
    return f"{HERE}?{urlencode(pairs)}"


def test_without_the_rival_the_buyer_pays_his_first_bid(house: Courthouse, sold: Road) -> None:
    mine = codes(sold)
    page = house.officer.see(asked(("without", mine["B"])))
    words = said(house.officer.open(asked(("without", mine["B"]))))
    assert "结果会不同" in words
    assert "不同" in page
    assert "¥710,000.00 ¥700,000.00 不同" in words
    assert "¥640,000.00 ¥630,000.00 不同" in words  # the balance beside a deposit of 70,000
    assert "未到达" in words
    assert "−¥10,000.00" in words  # the creditor would get so much less
    assert f"auction replay docket.json --without {mine['B']}" in page
    assert f'value="{mine["B"]}" checked' in page


def test_without_anybody_the_lot_stays_unsold(house: Courthouse, sold: Road) -> None:
    words = said(house.officer.open(asked(*(("without", code) for code in codes(sold).values()))))
    assert "成交 流拍 不同" in words
    assert "甲银行" in words


def test_an_outage_and_another_extension_change_what_they_cover(house: Courthouse, sold: Road) -> None:
    with sold.platform.read() as session:
        second = docket.of_kinds(session, "lot:L1", ["bid.accepted"])[1]
    begin, end = local(second.at - timedelta(seconds=30)), local(second.at + timedelta(seconds=30))
    words = said(house.officer.open(asked(("outage_from", begin), ("outage_to", end))))
    assert f"两个故事自卷宗第 #{second.seq} 号起不同" in words
    words = said(house.officer.open(asked(("extension", "0"))))
    assert "延时次数 2 0 不同" in words
    assert "竞价已结束" in words  # what became of the answer in the extension
    words = said(house.officer.open(asked(("extension", "1440"))))
    assert "每次出价的结果相同，只有结束时间不同" in words


def test_nothing_supposed_shows_what_was(house: Courthouse, sold: Road) -> None:
    page = house.officer.see(f"{HERE}?without=&outage_from=&outage_to=&extension=")
    assert "实际结果" in page
    assert "不是决定" in page
    assert 'href="/court/lots/L1/replay"' in page
    assert "Replay under a supposition" in house.officer.see(f"{HERE}?lang=en")


_MALFORMED: list[tuple[list[tuple[str, str]], str]] = [
    ([("without", "NOBODY")], "卷宗中没有竞买代码 NOBODY"),
    ([("without", "<b>'\"，🔨" + "九" * 500)], "卷宗中没有竞买代码"),
    ([("extension", "-1")], "请填写整数"),
    ([("extension", "1441")], "1440"),
    ([("extension", "9" * 4000)], "请填写整数"),
    ([("extension", "５")], "请填写整数"),
    ([("extension", "1.5")], "请填写整数"),
    ([("outage_from", "2026-03-02T10:00")], "请填写日期和时间"),
    ([("outage_to", "2026-03-02T10:00")], "请填写日期和时间"),
    ([("outage_from", "gestern"), ("outage_to", "2026-13-99T10:00")], "请填写日期和时间"),
    ([("outage_from", "2026-03-02T10:00+08:00"), ("outage_to", "2026-03-02T11:00")], "请填写日期和时间"),
    ([("outage_from", "2026-03-02T11:00"), ("outage_to", "2026-03-02T10:00")], "结束须晚于开始"),
    ([("outage_from", "2026-03-02T11:00"), ("outage_to", "2026-03-02T11:00")], "结束须晚于开始"),
    ([("outage_from", "1999-03-02T11:00"), ("outage_to", "1999-03-02T12:00")], "不在竞价期间内"),
    ([("outage_from", "2098-03-02T11:00"), ("outage_to", "2098-03-02T12:00")], "不在竞价期间内"),
    ([("outage_from", "2026-03-02T11:00"), ("outage_to", "2026-03-02T12:00")] * 6, "最多 5 段"),
]


def test_a_malformed_supposition_is_refused_by_name_beside_what_was(house: Courthouse, sold: Road) -> None:
    for pairs, says in _MALFORMED:
        answer = house.officer.open(asked(*pairs))
        assert (answer.status_code, says in said(answer)) == (400, True), pairs
        assert "<b>" not in answer.text
        assert "实际结果" in answer.text


def test_control_characters_are_refused_before_anything_is_read(house: Courthouse, sold: Road) -> None:
    assert house.officer.open(f"{HERE}?without={quote(chr(0))}").status_code == 400


def test_before_the_close_the_page_says_nothing(house: Courthouse, road: Road) -> None:
    road.bid("A", START)
    code = codes(road)["A"]
    page = house.officer.see(asked(("without", code)))
    assert "竞价尚未结束" in page
    main = page[page.find("<main") :]
    assert code not in main.replace(asked(("without", code)), "")
    assert "¥700,000" not in main.partition("</header>")[2]
    assert "竞价尚未结束" in house.staff["supervisor"].see("/supervision/lots/L1/replay")


def test_a_draft_has_nothing_to_suppose(house: Courthouse) -> None:
    Road(house.platform, court=house.court).begin()
    Road(house.platform, court=house.court).draft()
    assert "竞价尚未结束" in house.officer.see(HERE)


def test_another_court_a_bidder_and_nobody_see_nothing(house: Courthouse, sold: Road) -> None:
    with house.platform.act() as act:
        identity.add_court(act, id="T2", name="上海市浦东新区人民法院", city="上海市")
    assert house.add("stranger", Role.OFFICER, court="T2").open(HERE).status_code == 403
    assert house.add("bidder", Role.BIDDER).open(HERE).status_code == 403
    assert house.officer.open("/court/lots/NONE/replay").status_code == 404
    assert house.officer.open("/supervision/lots/L1/replay").status_code == 403


def test_a_supervisor_sees_codes_and_no_creditor(house: Courthouse, sold: Road) -> None:
    page = house.staff["supervisor"].see(f"/supervision/lots/L1/replay?without={codes(sold)['B']}")
    assert "结果会不同" in page
    assert "甲银行" not in page
    assert "重演与假设" in house.staff["supervisor"].see("/supervision/lots/L1")


def test_looking_writes_nothing(house: Courthouse, sold: Road) -> None:
    with sold.platform.read() as session:
        before = docket.head(session, "lot:L1"), docket.head(session, "case:C1")
    house.officer.see(asked(("without", codes(sold)["B"]), ("extension", "0")))
    with sold.platform.read() as session:
        assert (docket.head(session, "lot:L1"), docket.head(session, "case:C1")) == before


def test_a_docket_that_does_not_hold_is_supposed_nothing_of(house: Courthouse, sold: Road) -> None:
    with sold.platform.database.engine.begin() as connection:
        connection.exec_driver_sql("SET session_replication_role = replica")
        connection.exec_driver_sql(
            "UPDATE docket_entries SET public = jsonb_set(public, '{amount_minor}', '1') "
            "WHERE chain = 'lot:L1' AND kind = 'bid.accepted'"
        )
    page = house.officer.see(HERE)
    assert "卷宗核验不通过" in page


def test_the_stairs_part_where_the_stories_do(house: Courthouse, sold: Road) -> None:
    frame = Frame("wide", 900, 320, top=20, bottom=30)
    rises = [Rise(seq, sold.now, START + n * STEP, "A") for n, seq in enumerate((11, 14, 20))]
    drawn = draw(rises, rises[:1], frame=frame, start_minor=START, parted_at=14)
    assert drawn.recorded.count("V") == 3
    assert drawn.supposed.count("V") == 1
    assert [place.seq for place in drawn.along] == [11, 14, 20]
    assert drawn.parted == drawn.along[1].at
    empty = draw([], [], frame=frame, start_minor=1, parted_at=None)
    assert (empty.recorded, empty.supposed, empty.parted) == ("", "", None)
