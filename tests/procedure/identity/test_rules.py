from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auction.procedure.identity import rules

TODAY = date(2025, 3, 3)
PROVINCES = ["11", "31", "44", "65", "71", "81", "82"]
LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def resident_number(province: str, born: date, order: int) -> str:
    body = f"{province}0105{born:%Y%m%d}{order:03d}"
    remainder = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(body)) % 11
    return body + "10X98765432"[remainder]


def enterprise_number(body: str) -> str:
    total = sum(LETTERS.index(char) * (3**place % 31) for place, char in enumerate(body))
    return body + LETTERS[(31 - total % 31) % 31]


def test_numbers_printed_in_the_standards_are_right() -> None:
    assert rules.is_resident_number("11010519491231002X", today=TODAY)
    assert rules.is_enterprise_number("91350100M000100Y43")


@pytest.mark.property
@given(st.sampled_from(PROVINCES), st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999))
def test_a_number_with_its_check_digit_is_right_and_any_changed_digit_is_found(
    province: str, born: date, order: int
) -> None:
    number = resident_number(province, born, order)
    assert rules.is_resident_number(number, today=TODAY)
    for place in range(14, 17):
        other = str((int(number[place]) + 1) % 10)
        assert not rules.is_resident_number(number[:place] + other + number[place + 1 :], today=TODAY)


@pytest.mark.property
@given(st.dates(TODAY + timedelta(days=1), date(2400, 1, 1)))
def test_nobody_is_born_tomorrow(born: date) -> None:
    assert not rules.is_resident_number(resident_number("11", born, 1), today=TODAY)


@pytest.mark.parametrize(
    "number", ["", "1" * 18, "99010519491231002X", "11010519490231002X", "11010519491231002x ", "１１"]
)
def test_a_number_that_cannot_be_is_refused(number: str) -> None:
    assert not rules.is_resident_number(number, today=TODAY)


@pytest.mark.property
@given(st.text(LETTERS, min_size=2, max_size=2), st.integers(0, 999_999), st.text(LETTERS, min_size=9, max_size=9))
def test_an_enterprise_number_stands_on_its_check_character(start: str, place: int, middle: str) -> None:
    number = enterprise_number(f"{start}{place:06d}{middle}")
    assert rules.is_enterprise_number(number)
    other = LETTERS[(LETTERS.index(number[-1]) + 1) % 31]
    assert not rules.is_enterprise_number(number[:-1] + other)


@pytest.mark.property
@given(st.text())
@example("²" * 18)
@example("１" * 18)
@example("1101051949123100２X")
def test_any_text_is_judged_without_a_fault(text: str) -> None:
    rules.is_resident_number(text, today=TODAY)
    rules.is_enterprise_number(text)
    rules.login_fault(rules.plain_login(text))
    rules.password_fault(text)
    rules.plain_number(text)


def test_numbers_are_compared_half_width_and_capital() -> None:
    assert rules.plain_number(" 1101 0519-491231002x ") == "11010519491231002X"
    assert rules.plain_number("１１010519491231002ｘ") == "11010519491231002X"


@pytest.mark.parametrize(
    ("name", "kind", "shown"),
    [
        ("张三", "natural_person", "张某"),
        ("欧阳修远", "natural_person", "欧阳某"),
        ("欧阳", "natural_person", "欧某"),
        ("John Smith", "natural_person", "J***"),
        ("甲银行", "enterprise", "甲银行"),
    ],
)
def test_strangers_read_a_masked_name(name: str, kind: str, shown: str) -> None:
    assert rules.masked(name, kind=kind) == shown


@pytest.mark.parametrize("password", ["short", "x" * 9, "x" * 201, None, 1234567890, ["x"] * 12])
def test_a_password_is_long_enough_and_not_endless(password: object) -> None:
    assert rules.password_fault(password) is not None


def test_a_creditors_kind_is_guessed_from_its_name() -> None:
    assert rules.kind_of_name("某某有限公司") == "enterprise"
    assert rules.kind_of_name("李四") == "natural_person"
