from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.foundation.kernel.refusal import InputMalformed
from auction.procedure.cases.rules import CASE_TYPES, CaseNumber, parse_case_number

COURTS = st.one_of(
    st.just("最高法"),
    st.builds("{}{}".format, st.sampled_from("京沪粤黔川新兵"), st.sampled_from(["", "01", "73", "0105", "9104"])),
)
NUMBERS = st.builds(
    CaseNumber,
    year=st.integers(2000, 2099),
    court_code=COURTS,
    type=st.sampled_from(CASE_TYPES),
    serial=st.integers(1, 99_999_999),
    suffix=st.sampled_from(["", "之一", "之十二"]),
)


@pytest.mark.statute
@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("（2025）京0105执1234号", (2025, "京0105", "执", 1234)),
        ("(2025)京0105执1234号", (2025, "京0105", "执", 1234)),
        (" （２０２５） 京0105执恢０１２号 ", (2025, "京0105", "执恢", 12)),
        ("〔2020〕粤执复629号", (2020, "粤", "执复", 629)),
        ("（2024）最高法执监1号", (2024, "最高法", "执监", 1)),
    ],
)
def test_a_number_is_year_court_type_and_serial(text: str, parts: tuple[int, str, str, int]) -> None:
    number = parse_case_number(text)
    assert (number.year, number.court_code, number.type, number.serial) == parts


def test_the_kept_form_has_full_width_parentheses() -> None:
    assert parse_case_number("(2025)京0105执0001234号").text == "（2025）京0105执1234号"


def test_numbers_from_before_2016_are_read_only_when_asked() -> None:
    with pytest.raises(InputMalformed):
        parse_case_number("（2015）杭下执民字第2741号")
    number = parse_case_number("（2015）杭下执民字第2741号", old_styles=True)
    assert (number.court_code, number.type, number.serial) == ("杭下", "执民", 2741)
    assert number.text == "（2015）杭下执民字第2741号"


@pytest.mark.property
@given(NUMBERS)
def test_writing_and_reading_a_number_gives_it_back(number: CaseNumber) -> None:
    assert parse_case_number(number.text) == number
    assert parse_case_number(number.text, old_styles=True) == number


@pytest.mark.property
@given(st.one_of(st.text(), st.none(), st.integers(), st.floats(), st.binary(), st.lists(st.text())))
def test_anything_else_is_refused_by_name(anything: object) -> None:
    for old in (False, True):
        with contextlib.suppress(InputMalformed):
            assert parse_case_number(anything, old_styles=old).serial > 0


@pytest.mark.parametrize(
    "text", ["（2025）京0105执0号", "（1999）京0105执1号", "（2025）京01执号", "2025京0105执1号", "（2025）x0105执1号"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InputMalformed):
        parse_case_number(text)
