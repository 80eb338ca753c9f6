"""How papers say numbers, days, sums, persons and articles."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.foundation.kernel.calendar import NaiveInstantError
from auction.foundation.kernel.money import MINOR_MAX, in_capitals
from auction.procedure.papers import words
from auction.procedure.papers.blocks import Paragraph, Text
from auction.procedure.papers.texts.law import cite, cited
from auction.procedure.papers.texts.outline import orders, sections
from auction.rulebook import rulebook

#: A number that is right in form: born on 31 December 1949, a woman.
RESIDENT = "11010519491231002X"
_UNITS = {"十": 10, "百": 100, "千": 1000}


def _read(text: str) -> int:
    """Read a Chinese numeral back, written for this test alone."""
    total, digit = 0, 0
    for char in text.replace("零", ""):
        if char in _UNITS:
            total += (digit or 1) * _UNITS[char]
            digit = 0
        else:
            digit = "〇一二三四五六七八九".index(char)
    return total + digit


@given(st.integers(0, 9_999))
def test_a_numeral_can_be_read_back(number: int) -> None:
    text = words.numeral(number)
    assert _read(text) == number
    assert "零零" not in text
    assert not text.endswith("零") or number == 0


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "零"),
        (1, "一"),
        (10, "十"),
        (22, "二十二"),
        (101, "一百零一"),
        (110, "一百一十"),
        (509, "五百零九"),
        (1001, "一千零一"),
    ],
)
def test_numbers_are_said_as_courts_write_them(number: int, text: str) -> None:
    assert words.numeral(number) == text


@pytest.mark.parametrize("number", [-1, 10_000, 10**12])
def test_what_no_article_can_be_is_not_written_out(number: int) -> None:
    with pytest.raises(ValueError, match="0 to 9999"):
        words.numeral(number)


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 3, 1), "二〇二六年三月一日"),
        (date(2000, 10, 10), "二〇〇〇年十月十日"),
        (date(1999, 12, 31), "一九九九年十二月三十一日"),
        (date(2024, 2, 29), "二〇二四年二月二十九日"),
    ],
)
def test_a_paper_carries_its_day_in_chinese_numerals(day: date, text: str) -> None:
    assert words.day_in_numerals(day) == text


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 1, 1)))
def test_a_day_in_numerals_can_be_read_back(day: date) -> None:
    year, rest = words.day_in_numerals(day).split("年")
    month, last = rest.split("月")
    assert int("".join(str("〇一二三四五六七八九".index(char)) for char in year)) == day.year
    assert (_read(month), _read(last.removesuffix("日"))) == (day.month, day.day)


def test_days_and_instants_are_those_of_the_courts_clock() -> None:
    moment = datetime(2026, 2, 28, 16, 0, tzinfo=UTC)
    assert words.day_in_numerals(moment) == "二〇二六年三月一日"
    assert words.day(moment) == Text("2026年3月1日", "1 March 2026")
    assert words.instant(moment) == Text("2026年3月1日0时00分", "00:00 on 1 March 2026")
    later = words.instant(moment + timedelta(hours=10, seconds=7))
    assert later == Text("2026年3月1日10时00分07秒", "10:00:07 on 1 March 2026")


def test_a_moment_without_an_offset_is_no_moment() -> None:
    with pytest.raises(NaiveInstantError):
        words.instant(datetime(2026, 3, 1))  # noqa: DTZ001 - what is refused


@given(st.integers(0, MINOR_MAX))
def test_a_sum_stands_in_figures_and_in_capitals(minor: int) -> None:
    figures = f"{minor // 100:,}.{minor % 100:02d}"
    assert words.amount(minor) == Text(f"{figures}元（{in_capitals(minor)}）", f"CNY {figures}")
    assert words.figures(minor) == Text.same(figures)


def test_a_total_too_large_to_be_written_out_stands_in_figures() -> None:
    assert words.amount(MINOR_MAX + 1).zh == "90,000,000,000,000.01元"


@given(st.text(alphabet="0123456789X", min_size=0, max_size=30))
def test_a_masked_number_keeps_its_length_and_hides_most_of_it(number: str) -> None:
    shown = words.masked_number(number)
    assert len(shown) == len(number)
    assert shown.count("*") >= len(number) - 6
    assert len(number) > 6 or set(shown) <= {"*"}


def test_a_public_paper_shows_neither_birth_nor_sex_nor_the_whole_number() -> None:
    told = words.person("张三", kind="natural_person", number=RESIDENT, full=False)
    assert told.zh == "张三，公民身份号码1101************2X"
    assert "1949" not in told.zh + told.en


def test_the_parties_read_a_residents_particulars_in_full() -> None:
    told = words.person("张三", kind="natural_person", number=RESIDENT, full=True)
    assert told.zh == f"张三，女，1949年12月31日出生，公民身份号码{RESIDENT}"
    assert told.en == f"张三, female, born 31 December 1949, resident identity number {RESIDENT}"


@pytest.mark.parametrize(
    "number", ["E12345678", "110105194913320020", "1" * 17, "１１０１０５１９４９１２３１００２Ｘ", ""]
)
def test_of_another_kind_of_number_no_birth_is_told(number: str) -> None:
    told = words.person("Zoë", kind="natural_person", number=number, full=True)
    assert "出生" not in told.zh


def test_an_enterprise_is_named_by_its_code_and_who_has_no_number_by_name() -> None:
    code = "91350100M000100Y43"
    told = words.person("甲公司", kind="enterprise", number=code, full=False)
    assert told == Text(f"甲公司，统一社会信用代码{code}", f"甲公司, unified social credit code {code}")
    assert words.person("甲公司", kind="enterprise", number=None, full=True) == Text.same("甲公司")
    assert words.person("张三", kind="natural_person", number=None, full=True) == Text.same("张三")


@given(st.text())
def test_what_somebody_wrote_is_never_read_as_a_form(name: str) -> None:
    assert words.say("甲{name}", "a {name}", name=name) == Text(f"甲{name}", f"a {name}")
    both = words.say("{name}{name}", "{name}", name=Text(name, "x"))
    assert both == Text(name + name, "x")


def test_a_part_that_is_not_given_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        words.say("{name}", "{name}")


def test_nothing_in_a_row_is_said_to_be_none() -> None:
    assert words.joined(()) == Text("无", "none")
    assert words.joined((Text("甲", "a"), Text("乙", "b"))) == Text("甲、乙", "a, b")


def test_a_paper_to_many_does_not_name_them_in_one_line() -> None:
    all_of_them = Text("各债权人", "all creditors")
    few = [Text.same("甲"), Text.same("乙"), Text.same("甲")]
    assert words.addressed(few, otherwise=all_of_them) == Text("甲、乙", "甲, 乙")
    many = [Text.same(f"债权人{n}") for n in range(2_000)]
    assert words.addressed(many, otherwise=all_of_them) == all_of_them


def test_a_law_is_cited_by_its_full_title() -> None:
    found = cite(("online_auction", (22, 24)), ("civil_procedure_interpretation", (491,)))
    assert found.zh == (
        "《最高人民法院关于人民法院网络司法拍卖若干问题的规定》第二十二条、第二十四条、"
        "《最高人民法院关于适用〈中华人民共和国民事诉讼法〉的解释》第四百九十一条"
    )
    assert found.en.startswith("articles 22 and 24 of the Provisions of the Supreme People's Court on Online")
    with pytest.raises(KeyError):
        cite(("no_such_law", (1,)))


@pytest.mark.parametrize(
    ("written", "zh", "en"),
    [
        ("法释〔2016〕18号 第28条", "网拍规定第二十八条", "Online Auction Provisions, art. 28"),
        ("查封规定 第26、27条", "查封规定第二十六条、第二十七条", "Seizure Provisions, art. 26, 27"),
        ("查封规定 第28条第2项", "查封规定第二十八条第二项", "Seizure Provisions, art. 28(2)"),
        (
            "民事诉讼法 第217条、第267条",
            "民事诉讼法第二百一十七条、第二百六十七条",
            "Civil Procedure Law, art. 217, 267",
        ),
        (
            "法释〔2015〕5号 第511-513条",
            "民诉解释第五百一十一条至第五百一十三条",
            "Civil Procedure Interpretation, art. 511-513",
        ),
        (
            "《诉讼费用交纳办法》第14、20条",
            "诉讼费用交纳办法第十四条、第二十条",
            "Measures on Litigation Fees, art. 14, 20",
        ),
    ],
)
def test_an_entry_s_article_is_said_in_both_languages(written: str, zh: str, en: str) -> None:
    assert cited(written, short=True) == Text(zh, en)


def test_several_articles_and_laws_outside_the_rulebook_are_cited_too() -> None:
    found = cited("法释〔2016〕18号 第36条；《民法典》第414、456条")
    assert found.zh.endswith("《中华人民共和国民法典》第四百一十四条、第四百五十六条")
    assert found.en.endswith("Civil Code of the People's Republic of China, art. 414, 456")


@pytest.mark.parametrize("written", ["", "—", "按惯例", "某规定 第3条", "第3条"])
def test_what_is_no_citation_stands_as_it_was_written(written: str) -> None:
    assert cited(written) == Text.same(written)


def test_every_instrument_of_the_rulebook_can_be_cited() -> None:
    for one in rulebook().instruments:
        assert cited(f"{one.name_zh} 第1条", short=True) == Text(f"{one.short.zh}第一条", f"{one.short.en}, art. 1")


def test_sections_are_numbered_without_those_that_say_nothing() -> None:
    body = Paragraph(Text("正文", "body"))
    made = sections((Text("甲", "A"), [body]), (Text("乙", "B"), []), (Text("丙", "C"), [body]))
    assert [one.text for one in made if one is not body and hasattr(one, "text")] == [
        Text("一、甲", "1. A"),
        Text("二、丙", "2. C"),
    ]


def test_the_sentences_of_a_ruling_are_strong() -> None:
    made = orders([Text("甲；", "the first;"), Text("乙。", "the last.")])
    assert made == (
        Paragraph(Text("一、甲；", "1. The first;"), strong=True),
        Paragraph(Text("二、乙。", "2. The last."), strong=True),
    )
