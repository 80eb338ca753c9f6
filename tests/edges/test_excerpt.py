"""A paper set with a small font of its own looks as if it had been set with the whole."""

from __future__ import annotations

from datetime import datetime

import pypdfium2
import pytest
from fontTools.ttLib import TTFont

from auction.edges.setting.excerpt import excerpt
from auction.edges.setting.pdf import Issue, characters_of, set_paper, set_with
from auction.edges.setting.sheet import Lent, NotInExcerptError
from auction.procedure.papers import characters
from auction.procedure.papers.blocks import Content, Heading, Items, Pairs, Paragraph, Text

ISSUE = Issue(
    number="（2025）京0105拍确1号", digest="ab" * 32, check="https://auction.example/papers/check/X", draft=False
)
CONTENT = Content(
    kind="confirmation",
    court="北京市朝阳区人民法院",
    title=Text("成交确认书", "Confirmation of the sale"),
    number=None,
    to=Text("买受人：Zoë Ångström（〇号）", "Zoë Ångström"),
    blocks=(
        Heading(Text("一、标的物", "1. The thing")),
        Paragraph(Text("车辆一辆，﹁价款﹂人民币壹佰万元整。", "One vehicle, CNY 1,000,000 — ¥ ½ × 2."), strong=True),
        Items((Text("甲", "first"), Text("乙", "second"))),
        Pairs(((Text("成交价", "Price"), Text.same("¥1,000,000.00")),)),
    ),
    signers=(Text("审判员　甲", "Judge Jia"),),
    dated=datetime.fromisoformat("2026-03-01T10:00:00+08:00"),
)


def _pictures(pdf: bytes) -> list[bytes]:
    return [page.render(scale=1).to_pil().tobytes() for page in pypdfium2.PdfDocument(pdf)]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("draft", [False, True])
def test_a_paper_looks_the_same_as_with_the_whole_font(language: str, *, draft: bool) -> None:
    issue = Issue(number=None if draft else ISSUE.number, digest=ISSUE.digest, check=ISSUE.check, draft=draft)
    small, pages = set_paper(CONTENT, issue, language=language)
    whole, same = set_with(CONTENT, issue, language=language, lent=None)
    assert pages == same
    assert _pictures(small) == _pictures(whole)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_stands_on_every_paper_is_in_its_small_font(language: str) -> None:
    wanted = characters_of(CONTENT, ISSUE)
    with excerpt(characters.main_font(), wanted) as file:
        made = set_with(CONTENT, ISSUE, language=language, lent=Lent(file, wanted))
    assert made == set_paper(CONTENT, ISSUE, language=language)


def test_a_character_that_is_not_in_the_small_font_is_never_left_out() -> None:
    with (
        excerpt(characters.main_font(), "成交确认书") as file,
        pytest.raises(NotInExcerptError),
    ):
        set_with(CONTENT, ISSUE, language="zh", lent=Lent(file, frozenset("成交确认书")))


@pytest.mark.parametrize("wanted", ["", "é", "㐂", "\x00￿", "国" * 1_000])
def test_any_characters_make_a_font(wanted: str) -> None:
    font = characters.main_font()
    with TTFont(font, fontNumber=0, lazy=True) as whole, excerpt(font, wanted) as file, TTFont(file) as made:
        known = {char for char in wanted if ord(char) in whole.getBestCmap()}
        assert {chr(code) for code in made.getBestCmap()} == known
        assert made["head"].unitsPerEm == whole["head"].unitsPerEm
        for char in known:
            name, of_whole = made.getBestCmap()[ord(char)], whole.getBestCmap()[ord(char)]
            assert made["hmtx"].metrics[name] == whole["hmtx"].metrics[of_whole]
    assert not file.exists()
