"""Papers in the browser: drawn, signed and made final at the desk, read and checked by anybody."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from auction.edges.jobs.papers import set_waiting
from auction.edges.platform import Platform
from auction.foundation.kernel.roles import Role
from auction.procedure.identity import commands as identity
from auction.procedure.lots import queries as lots
from auction.procedure.lots.queries import LotRecord
from auction.procedure.papers import queries
from auction.procedure.papers.queries import PaperRecord
from auction.procedure.settlement import commands as settlement
from tests.edges.clerks import Clerk, Courthouse, courthouse, said
from tests.road import YUAN, Road

START = 700_000 * YUAN


@pytest.fixture
def house(platform: Platform) -> Iterator[Courthouse]:
    yield from courthouse(platform)


@pytest.fixture
def road(house: Courthouse) -> Road:
    walked = Road(house.platform, court=house.court)
    walked.begin()
    walked.announce()
    return walked


@pytest.fixture
def stranger(house: Courthouse) -> Clerk:
    return Clerk(house.app, None)


def _sold(road: Road) -> None:
    road.admit("A")
    road.wait_until(_lot(road).opens_at)
    road.bid("A", START)
    road.wait_until(_lot(road).ends_at)


def _lot(road: Road) -> LotRecord:
    with road.platform.read() as session:
        return lots.lot(session, "L1")


def _ruled(road: Road) -> None:
    _sold(road)
    with road.platform.act() as act:
        settlement.pay_balance(act, lot="L1", amount_minor=START - 70_000 * YUAN)
    road.wait_until(road.now)
    with road.platform.act() as act:
        settlement.rule(act, lot="L1")


def _judges(house: Courthouse) -> list[Clerk]:
    """Give the members of the panel that decided on the lot their accounts."""
    clerks = []
    for number, name in enumerate(("甲法官", "乙法官", "丙法官")):
        account = f"T1-panel{number}"
        with house.platform.act() as act:
            identity.open_account(
                act, id=account, login=f"panel{number}", password=None, name=name, roles=[Role.PANEL], court="T1"
            )
        clerks.append(Clerk(house.app, account))
    return clerks


def _only(platform: Platform, kind: str, subject: str = "L1") -> PaperRecord:
    with platform.read() as session:
        return queries.of_subject(session, kind=kind, subject=subject)[0]


def _bytes(clerk: Clerk, paper: str, language: str = "zh") -> bytes:
    response = clerk.open(f"/papers/{paper}/{language}.pdf")
    assert response.status_code == 200, said(response)
    assert response.content_type == "application/pdf"
    return bytes(response.data)


def _check(clerk: Clerk, data: bytes, name: str = "") -> str:
    if not clerk.token:
        clerk.send("/papers/check", {"sha256": "0" * 64})
    form = {"csrf_token": clerk.token, "file": (io.BytesIO(data), "paper.pdf")}
    response = clerk.client.post(f"/papers/check{'/' if name else ''}{quote(name, safe='')}", data=form)
    return said(response)


def test_a_ruling_goes_from_the_record_to_the_final_paper_in_the_browser(house: Courthouse, road: Road) -> None:
    _ruled(road)
    judges = _judges(house)
    assert "拍卖成交裁定书" in house.officer.see("/court/lots/L1/documents")
    where = house.officer.do("/court/lots/L1/documents", {"kind": "sale_ruling"})
    set_waiting(house.platform)
    assert "草稿 PDF" in house.officer.see(where)
    assert house.officer.send(f"{where}/final").status_code == 409

    for judge in judges:
        page = judge.see(where)
        seen = re.search(r'name="content_sha256" value="([0-9a-f]{64})"', page)
        assert seen is not None
        judge.do(f"{where}/sign", {"content_sha256": seen[1]})
    house.officer.do(f"{where}/final")
    set_waiting(house.platform)

    page = house.officer.see(where)
    assert "终稿" in page
    assert "（2025）京0105执1234号之一" in page
    paper = _only(house.platform, "sale_ruling")
    assert _bytes(house.officer, paper.id).startswith(b"%PDF")


def test_a_judge_of_another_panel_is_told_whose_it_is_to_sign(house: Courthouse, road: Road) -> None:
    _ruled(road)
    where = house.officer.do("/court/lots/L1/documents", {"kind": "sale_ruling"})
    paper = _only(house.platform, "sale_ruling")

    refused = house.staff["judge1"].send(f"{where}/sign", {"content_sha256": paper.content_sha256 or ""})

    assert refused.status_code == 403
    assert "甲法官" in said(refused)


def test_the_confirmation_is_public_with_its_files_and_its_check(road: Road, stranger: Clerk) -> None:
    _sold(road)
    set_waiting(road.platform)
    paper = _only(road.platform, "confirmation")

    page = stranger.see("/lots/L1")
    assert f"/papers/{paper.id}" in page
    assert "竞买人A" in stranger.see(f"/papers/{paper.id}")
    english = stranger.see(f"/papers/{paper.id}?lang=en")
    assert "binding" in english
    for name in (paper.id, paper.number or ""):
        assert "京" in stranger.see(f"/papers/check/{quote(name, safe='')}")


def test_a_genuine_file_is_told_from_one_changed_by_a_byte(road: Road, stranger: Clerk) -> None:
    _sold(road)
    set_waiting(road.platform)
    paper = _only(road.platform, "confirmation")
    genuine = _bytes(stranger, paper.id)
    changed = bytearray(genuine)
    changed[len(changed) // 2] ^= 1

    assert "真实，未经改动" in _check(stranger, genuine)
    assert "真实，未经改动" in _check(stranger, genuine, paper.number or "")
    assert "真实，未经改动" in _check(stranger, _bytes(stranger, paper.id, "en"), paper.id)
    assert "至少有一个字节不同" in _check(stranger, bytes(changed), paper.number or "")
    assert "查无此文件" in _check(stranger, bytes(changed))
    assert "查无此文件" in _check(stranger, genuine + b"\n")
    digest = queries.sha256_of(genuine)
    assert "真实，未经改动" in stranger.see(f"/papers/check/{paper.id}?sha256={digest}")
    assert "真实，未经改动" in stranger.see(f"/papers/check?sha256={digest.upper()[:32]}%20{digest[32:]}")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/papers/check", 200),
        ("/papers/check/nothing", 404),
        ("/papers/check/%EF%BC%882025%EF%BC%89%E4%BA%AC0105%E6%8B%8D%E5%91%8A9%E5%8F%B7", 404),
        ("/papers/check/%00", 404),
        ("/papers/check/" + "%F0%A0%AE%B7" * 300, 404),
        ("/papers/check?sha256=xyz", 400),
        ("/papers/check?sha256=" + "0" * 63, 400),
        ("/papers/check?sha256=%EF%BC%90" + "0" * 63, 400),
        ("/papers/check?number=X", 303),
        ("/papers/XXXXXXXXXXXXX", 404),
        ("/papers/XXXXXXXXXXXXX/zh.pdf", 404),
        ("/papers/XXXXXXXXXXXXX/fr.pdf", 404),
    ],
)
def test_odd_addresses_get_an_answer(stranger: Clerk, path: str, status: int) -> None:
    assert stranger.open(path).status_code == status


@pytest.mark.parametrize("form", [{}, {"sha256": ""}, {"sha256": "zz"}, {"sha256": "0" * 5000}])
def test_a_check_without_a_file_or_a_digest_is_refused(stranger: Clerk, form: dict[str, str]) -> None:
    assert stranger.send("/papers/check", form).status_code == 400


def test_a_file_larger_than_any_paper_is_refused(stranger: Clerk) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="paper.pdf"\r\n\r\n'
    body = head + b"0" * 3_000_000 + b"\r\n--x--\r\n"

    answer = stranger.client.post("/papers/check", data=body, content_type="multipart/form-data; boundary=x")

    assert answer.status_code == 413


def test_a_ruling_is_read_by_those_it_concerns_and_only_checked_by_others(
    house: Courthouse, road: Road, stranger: Clerk
) -> None:
    _ruled(road)
    where = house.officer.do("/court/lots/L1/documents", {"kind": "sale_ruling"})
    paper = _only(house.platform, "sale_ruling")
    for judge in _judges(house):
        judge.do(f"{where}/sign", {"content_sha256": paper.content_sha256 or ""})
    house.officer.do(f"{where}/final")
    set_waiting(house.platform)
    buyer, other = Clerk(house.app, "UA"), None
    road.person("B")
    other = Clerk(house.app, "UB")

    assert _bytes(buyer, paper.id).startswith(b"%PDF")
    for one in (stranger, other):
        assert one.open(f"/papers/{paper.id}").status_code == 404
        assert one.open(f"/papers/{paper.id}/zh.pdf").status_code == 404
        checked = one.see(f"/papers/check/{paper.id}")
        assert "竞买人A" not in checked
        assert "测试财产" not in checked


def test_a_draft_is_the_courts_own(house: Courthouse, road: Road, stranger: Clerk) -> None:
    house.officer.do("/court/lots/L1/documents", {"kind": "announcement"})
    set_waiting(house.platform)
    paper = _only(house.platform, "announcement")

    assert _bytes(house.officer, paper.id).startswith(b"%PDF")
    assert stranger.open(f"/papers/{paper.id}").status_code == 404
    assert stranger.open(f"/papers/check/{paper.id}").status_code == 404
    elsewhere = house.add("elsewhere", Role.OFFICER, court=_other_court(house))
    assert elsewhere.open(f"/court/documents/{paper.id}").status_code in {403, 409}
    assert elsewhere.open("/court/lots/L1/documents").status_code in {403, 409}
    assert elsewhere.send("/court/lots/L1/documents", {"kind": "announcement"}).status_code in {403, 409}
    assert elsewhere.send(f"/court/documents/{paper.id}/final").status_code in {403, 409}


def _other_court(house: Courthouse) -> str:
    with house.platform.act() as act:
        identity.add_court(act, id="T2", name="上海市浦东新区人民法院", city="上海市")
    return "T2"


def test_a_bidder_takes_his_own_receipt_and_the_desk_sees_none_before_the_close(house: Courthouse, road: Road) -> None:
    road.admit("A")
    road.register("B")
    bidder, other = Clerk(house.app, "UA"), Clerk(house.app, "UB")

    where = bidder.do("/lots/L1/deposit/receipt")
    set_waiting(house.platform)

    assert "保证金收据" in bidder.see(where)
    assert bidder.do("/lots/L1/deposit/receipt") == where
    paper = where.rpartition("/")[2]
    assert _bytes(bidder, paper).startswith(b"%PDF")
    assert other.open(where).status_code == 404
    assert other.send("/lots/L1/deposit/receipt").status_code == 409
    assert house.officer.open(f"/court/documents/{paper}").status_code == 404
    assert paper not in house.officer.see("/court/lots/L1/documents")
    assert house.officer.open(f"/papers/{paper}/zh.pdf").status_code == 404


def test_what_cannot_be_drawn_yet_says_what_is_missing(house: Courthouse, road: Road) -> None:
    refused = house.officer.send("/court/lots/L1/documents", {"kind": "sale_ruling"})

    assert refused.status_code == 409
    assert "不能制作" in said(refused)
    for kind in ("", "nothing", "deposit_receipt"):
        assert house.officer.send("/court/lots/L1/documents", {"kind": kind}).status_code == 400


def test_a_wrong_final_paper_is_replaced_and_says_so_everywhere(house: Courthouse, road: Road, stranger: Clerk) -> None:
    where = house.officer.do("/court/lots/L1/documents", {"kind": "announcement"})
    house.officer.do(f"{where}/final")
    set_waiting(house.platform)
    wrong = _only(house.platform, "announcement")
    old = _bytes(stranger, wrong.id)
    without = house.officer.send("/court/lots/L1/documents", {"kind": "announcement", "replaces": wrong.id, "why": ""})
    assert without.status_code == 400

    again = house.officer.do(
        "/court/lots/L1/documents", {"kind": "announcement", "replaces": wrong.id, "why": "面积写错"}
    )
    house.officer.do(f"{again}/final")
    set_waiting(house.platform)

    assert "已被替代" in _check(stranger, old)
    assert _bytes(stranger, wrong.id) == old
    assert "面积写错" in house.officer.see(again)


def test_the_papers_of_a_case_have_their_own_tab(house: Courthouse, road: Road) -> None:
    page = house.officer.see("/court/cases/C1/documents")

    assert "财产分配方案" in page
    assert "/court/lots/L1/documents" in page
