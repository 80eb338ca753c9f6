"""Every kind of paper set as pages and read back: no box for a character, nothing outside the margins, right sums."""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pypdfium2
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from hypothesis import given, settings
from hypothesis import strategies as st

from auction.edges.jobs.papers import pages
from auction.edges.platform import Platform
from auction.edges.setting.breaking import lines
from auction.edges.setting.pdf import Issue, set_paper
from auction.edges.setting.sheet import BOTTOM, LEFT, RIGHT
from auction.foundation.kernel.money import MINOR_MAX, grouped, in_capitals
from auction.foundation.kernel.roles import PLATFORM
from auction.procedure.bidding import queries as bidding
from auction.procedure.bidding import stays
from auction.procedure.distribution import commands as distribution
from auction.procedure.papers import characters
from auction.procedure.papers.blocks import Content, Heading, Items, Pairs, Paragraph, Table, Text
from auction.procedure.papers.kinds import KINDS
from auction.procedure.papers.texts import BUILDERS
from auction.procedure.settlement import commands as settlement
from auction.procedure.settlement import default, in_kind
from tests.procedure.papers.telling import texts
from tests.procedure.selling import DEPOSIT_MINOR, ONE_CLAIM, START_MINOR, Sale

MM = 72 / 25.4
_SUM = re.compile(r"[\d,]+\.\d\d")
NAMES = {"zh": "第{}页", "en": "Page {}"}
#: Where a reader can have the pages as pictures; none are kept otherwise.
PICTURES = os.environ.get("PAPER_PICTURES")


def _keep(pdf: bytes, name: str) -> None:
    if PICTURES is None:
        return
    for number, page in enumerate(pypdfium2.PdfDocument(pdf), start=1):
        page.render(scale=1.6).to_pil().save(Path(PICTURES) / f"{name}-{number}.png")


def _check(content: Content, *, number: str | None = "（2025）京0105拍告12号", name: str | None = None) -> str:
    """Set a paper in both languages, look at every page, and return the Chinese words."""
    said = {}
    made = pages(content, number=number, paper="X23456789ABCD", public_url="https://auction.example")
    for language, (pdf, count) in made.items():
        _keep(pdf, f"{name or content.kind}-{language}")
        said[language] = _read(pdf, count, language=language)
        wanted = _plain("".join(one.zh if language == "zh" else one.en for one in texts(content)))
        have = _plain(said[language])
        for char in set(wanted):
            assert have.count(char) >= 1, (content.kind, language, char)
        sums = {figure for one in texts(content) for figure in _SUM.findall(one.zh if language == "zh" else one.en)}
        assert [figure for figure in sums if figure not in said[language]] == []
    return said["zh"]


def _plain(text: str) -> str:
    return re.sub(r"[\s\u00ad\ufffe-]", "", text)


def _read(pdf: bytes, count: int, *, language: str) -> str:
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == count
    text = ""
    for number, page in enumerate(document, start=1):
        width, height = page.get_size()
        assert (round(width), round(height)) == (595, 842)
        found = page.get_textpage()
        for at in range(found.count_rects()):
            left, bottom, right, _ = found.get_rect(at)
            words = found.get_text_bounded(*found.get_rect(at))
            if any(word in words for word in ("DRAFT", "草", "稿")):
                continue
            assert left >= LEFT * MM - 2, (number, words)
            assert right <= width - RIGHT * MM + 2, (number, words)
            assert bottom >= min(BOTTOM, 9) * MM, (number, words)
        page_text = found.get_text_bounded()
        assert NAMES[language].format(number) in page_text
        text += page_text
    _no_boxes(pdf)
    return text


def _no_boxes(pdf: bytes) -> None:
    """Assert that no glyph 0 is among those drawn: fpdf2 writes glyphs of an embedded subset by their number."""
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        assert "\x00" not in page.get_textpage().get_text_bounded()
        assert "\ufffd" not in page.get_textpage().get_text_bounded()


def _draw(sale: Sale, kind: str, subject: str) -> Content:
    with sale.platform.read() as session:
        return BUILDERS[kind].draw(session, subject=subject, now=sale.platform.clock.now())


@pytest.fixture
def drawn(platform: Platform) -> dict[str, Content]:
    """The papers of a lot that was sold, paid for, handed over and divided, and whose sale was revoked at the end."""
    found: dict[str, Content] = {}
    sale = Sale(platform)
    _announced(sale, found)
    _sold_and_paid(sale, found)
    return found


def _announced(sale: Sale, found: dict[str, Content]) -> None:
    sale.open()
    sale.announce()
    for kind in ("announcement", "instructions", "notice"):
        found[kind] = _draw(sale, kind, "L1")
    with sale.platform.act(PLATFORM) as act:
        stays.suspend(act, lot="L1", ground="panel")
    found["suspension_notice"] = _draw(sale, "suspension_notice", "L1")
    with sale.platform.act(PLATFORM) as act:
        stays.resume(act, lot="L1")
    found["resumption_notice"] = _draw(sale, "resumption_notice", "L1")


def _sold_and_paid(sale: Sale, found: dict[str, Content]) -> None:
    sale.sold()
    with sale.platform.read() as session:
        registration = bidding.registrations(session, "L1")[0].id
    found["deposit_receipt"] = _draw(sale, "deposit_receipt", registration)
    found["confirmation"] = _draw(sale, "confirmation", "L1")
    with sale.platform.act(PLATFORM) as act:
        settlement.pay_balance(act, lot="L1", amount_minor=START_MINOR - DEPOSIT_MINOR)
    sale.after(hours=1)
    for verb in (settlement.rule, settlement.serve_ruling, settlement.hand_over):
        with sale.platform.act(PLATFORM) as act:
            verb(act, lot="L1")
    for kind in ("sale_ruling", "assistance_notice", "hand_over_record"):
        found[kind] = _draw(sale, kind, "L1")
    with sale.platform.act(PLATFORM) as act:
        distribution.plan_distribution(act, case="C1")
    found["distribution_plan"] = _draw(sale, "distribution_plan", "C1")
    with sale.platform.act(PLATFORM) as act:
        stays.revoke(act, lot="L1", ground="31-3")
    found["revocation_ruling"] = _draw(sale, "revocation_ruling", "L1")


def test_every_paper_of_a_sale_is_set_whole(drawn: dict[str, Content]) -> None:
    for content in drawn.values():
        _check(content)

    price = grouped(START_MINOR)
    for kind in ("confirmation", "sale_ruling"):
        said = _plain(_check(drawn[kind]))
        assert price in said
        assert in_capitals(START_MINOR) in said
    assert in_capitals(DEPOSIT_MINOR) in _plain(_check(drawn["deposit_receipt"]))


def test_the_papers_of_a_default_a_withdrawal_and_a_taking_in_kind_are_set_whole(platform: Platform) -> None:
    found: dict[str, Content] = {}
    failed = Sale(platform)
    failed.open(claims=[{**ONE_CLAIM[0], "amount_minor": 200_000_000}])
    failed.announce("L1")
    failed.announce("L2")
    with platform.act(PLATFORM) as act:
        stays.withdraw(act, lot="L2", ground="applicant_withdrew")
    found["withdrawal_notice"] = _draw(failed, "withdrawal_notice", "L2")
    failed.until_open()
    failed.until_closed()
    with platform.act(PLATFORM) as act:
        in_kind.take_in_kind(act, lot="L1", claim="K1")
    with platform.act(PLATFORM) as act:
        settlement.rule(act, lot="L1")
    found["in_kind_ruling"] = _draw(failed, "in_kind_ruling", "L1")
    failed.announce("L3")
    failed.sold("L3", price_minor=START_MINOR + 500_000)
    failed.after(days=30)
    with platform.act(PLATFORM) as act:
        default.declare_default(act, lot="L3")
    found["default_ruling"] = _draw(failed, "default_ruling", "L3")

    for content in found.values():
        _check(content)


def test_every_kind_has_its_text_and_every_text_its_kind() -> None:
    assert set(BUILDERS) == set(KINDS)


_LONG = "特别长的名称" * 12
_WORST = Content(
    kind="distribution_plan",
    court="新疆维吾尔自治区伊犁哈萨克自治州察布查尔锡伯自治县人民法院",
    title=Text("关于被执行人某某某某某某某某某某有限责任公司财产的分配方案", "Distribution plan " * 6),
    number=None,
    to=Text("某某某某不动产登记中心、某某某某车辆管理所", "The registry of land and the office of vehicles " * 3),
    blocks=(
        Heading(Text("一、" + _LONG, "A long heading " * 10)),
        Paragraph(Text("第一段。" * 200, "A sentence of a paragraph. " * 120)),
        Paragraph(Text("逗号，" * 60, "Donaudampfschifffahrtsgesellschaftskapitän" * 12), strong=True),
        Items(tuple(Text(f"第{n}点，{_LONG}。", f"Point {n}, {'words ' * 30}") for n in range(1, 25))),
        Pairs(
            (
                (Text("价款", "Price"), Text(in_capitals(MINOR_MAX), grouped(MINOR_MAX))),
                (Text(_LONG, "name " * 30), Text(_LONG * 3, "what it is " * 60)),
            )
        ),
        Table(
            head=(
                Text("债权人", "Creditor"),
                Text("顺位", "Rank"),
                Text("依据", "Article"),
                Text("债权额", "Claim"),
                Text("分配额", "Share"),
            ),
            rows=tuple(
                (
                    Text.same(_LONG[: n % 70 + 3]),
                    Text.same(str(n)),
                    Text.same("民诉解释第508条"),
                    Text.same(grouped(MINOR_MAX)),
                    Text.same(grouped(10**n % MINOR_MAX)),
                )
                for n in range(1, 60)
            ),
            money=frozenset({3, 4}),
        ),
        Table(head=tuple(Text(f"第{n}栏", f"Column {n}") for n in range(9)), rows=((Text.same(_LONG * 8),) * 9,)),
    ),
    signers=tuple(Text(f"审判员　{name}", f"Judge {name}") for name in ("甲", "阿不都热依木·买买提吐尔逊江", "丙")),
    dated=datetime.fromisoformat("2026-03-01T10:00:00+08:00"),
)


def test_the_longest_names_and_sums_stay_between_the_margins() -> None:
    said = _check(_WORST, name="worst")

    assert grouped(MINOR_MAX) in said
    assert said.count("债权人") >= 3, "the head of a table is repeated on each page"


def test_the_same_paper_gives_the_same_bytes_and_another_gives_others() -> None:
    issue = Issue(number="1号", digest="ab" * 32, check="https://auction.example/papers/check/X", draft=False)

    first, _ = set_paper(_WORST, issue, language="zh")

    assert first == set_paper(_WORST, issue, language="zh")[0]
    assert first != set_paper(_WORST, replace(issue, number="2号"), language="zh")[0]


def test_a_draft_says_that_it_is_one() -> None:
    made = pages(_WORST, number=None, paper="X23456789ABCD", public_url=None)

    for language, mark in (("zh", "草稿"), ("en", "DRAFT")):
        said = _plain(pypdfium2.PdfDocument(made[language][0])[0].get_textpage().get_text_bounded())
        assert mark in said


def test_the_embedded_font_is_a_part_of_the_whole_and_needs_nothing_of_the_system() -> None:
    pdf, _ = set_paper(
        replace(_WORST, blocks=(Paragraph(Text("短", "short")),)),
        Issue(number="1号", digest="ab" * 32, check="https://auction.example/x", draft=False),
        language="zh",
    )

    assert b"/FontFile2" in pdf
    assert len(pdf) < 100_000


def _font_with(folder: Path, char: str) -> None:
    """Make a font that has one character, as an operator would put one beside the papers' own."""
    pen = TTGlyphPen(None)
    for corner in ((0, 0), (0, 800), (800, 800), (800, 0)):
        (pen.moveTo if corner == (0, 0) else pen.lineTo)(corner)
    pen.closePath()
    built = FontBuilder(1000, isTTF=True)
    built.setupGlyphOrder([".notdef", "one"])
    built.setupCharacterMap({ord(char): "one"})
    built.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "one": pen.glyph()})
    built.setupHorizontalMetrics({".notdef": (1000, 0), "one": (1000, 0)})
    built.setupHorizontalHeader(ascent=800, descent=-200)
    built.setupNameTable({"familyName": "Rare", "styleName": "Regular"})
    built.setupOS2()
    built.setupPost()
    folder.mkdir()
    built.save(folder / "rare.ttf")


@pytest.mark.parametrize("char", ["㐂", "𠮷"])
def test_a_font_of_the_operators_stands_in_for_what_the_papers_own_lacks(tmp_path: Path, char: str) -> None:
    content = replace(_WORST, blocks=(Paragraph(Text(f"买受人{char}田", f"the buyer {char}"), strong=True),))
    assert characters.missing(content) == [char]
    _font_with(tmp_path / "fonts", char)
    characters.use_fonts(tmp_path / "fonts")
    try:
        assert characters.missing(content) == []
        assert f"买受人{char}田" in _check(content, name="rare")
    finally:
        characters.use_fonts(tmp_path / "nothing")


@pytest.mark.property
@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=200), st.integers(8, 60)
)
def test_breaking_loses_nothing_and_no_line_is_wider_than_its_measure(text: str, width: int) -> None:
    found = lines(text, width=width, measure=len, indent=2)

    kept = unicodedata.normalize("NFC", text)
    assert "".join("".join(found).split()) == "".join(kept.split())
    assert all(len(line) <= width for line in found)
    assert found


@pytest.mark.parametrize("mark", list("，。、；：？！）》」』"))
def test_no_line_begins_with_a_mark_that_closes(mark: str) -> None:
    found = lines(("字" * 9 + mark) * 5, width=9, measure=len)

    assert all(not line.startswith(mark) for line in found if len(line) > 1)
