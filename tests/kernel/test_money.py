from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.foundation.kernel.money import (
    MINOR_MAX,
    CurrencyMismatchError,
    Money,
    ceil_pct,
    floor_pct,
    grouped,
    in_capitals,
    mean_half_up,
    share,
)

amounts = st.integers(min_value=0, max_value=MINOR_MAX)


@pytest.mark.property
@given(amounts, st.lists(st.integers(min_value=0, max_value=10**12), min_size=1, max_size=12).filter(any))
def test_a_share_gives_out_exactly_the_whole(minor: int, weights: list[int]) -> None:
    parts = share(minor, weights)
    assert sum(parts) == minor
    assert all(part >= 0 for part in parts)


@pytest.mark.property
@given(amounts, st.lists(st.integers(min_value=1, max_value=10**9), min_size=2, max_size=8))
def test_no_share_is_more_than_a_fen_from_the_exact_part(minor: int, weights: list[int]) -> None:
    total = sum(weights)
    for part, weight in zip(share(minor, weights), weights, strict=True):
        assert abs(part * total - minor * weight) < total


def test_fen_left_over_go_to_the_largest_remainder_and_ties_to_the_earlier() -> None:
    assert share(100, [1, 1, 1]) == [34, 33, 33]
    assert share(10, [1, 2]) == [3, 7]


def test_nothing_is_shared_among_weights_of_nothing() -> None:
    assert share(0, [0, 0]) == [0, 0]


@pytest.mark.parametrize(("minor", "weights"), [(-1, [1]), (1, [-1, 2])])
def test_negative_shares_are_refused(minor: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match="never negative"):
        share(minor, weights)


@pytest.mark.parametrize(
    ("minor", "text"),
    [
        (0, "人民币零元整"),
        (5, "人民币伍分"),
        (10, "人民币壹角整"),
        (105, "人民币壹元零伍分"),
        (120_000_000, "人民币壹佰贰拾万元整"),
        (100_000_000_00, "人民币壹亿元整"),
        (1_000_100_00, "人民币壹佰万零壹佰元整"),
        (1_0000_0001_00, "人民币壹亿零壹元整"),
        (10_001_00, "人民币壹万零壹元整"),
        (1_234_567_89, "人民币壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"),
        (20_20_00, "人民币贰仟零贰拾元整"),
        (10_0000_00, "人民币壹拾万元整"),
        (1_0010_0000_00, "人民币壹亿零壹拾万元整"),
    ],
)
def test_amounts_are_written_in_capitals(minor: int, text: str) -> None:
    assert in_capitals(minor) == text


@pytest.mark.property
@given(amounts)
def test_every_amount_can_be_written_and_no_two_zeros_meet(minor: int) -> None:
    text = in_capitals(minor)
    assert text.startswith("人民币")
    assert "零零" not in text
    assert not text.endswith("零")


def test_capitals_refuse_what_cannot_be_an_amount() -> None:
    with pytest.raises(ValueError, match="MINOR_MAX"):
        in_capitals(-1)
    with pytest.raises(ValueError, match="MINOR_MAX"):
        in_capitals(MINOR_MAX + 1)


def test_floors_round_up_and_ceilings_round_down() -> None:
    assert ceil_pct(101, 70) == 71
    assert ceil_pct(100, 70) == 70
    assert floor_pct(101, 20) == 20


def test_the_mean_rounds_half_up() -> None:
    assert mean_half_up([1, 2]) == 2
    assert mean_half_up([1, 1, 2]) == 1
    with pytest.raises(ValueError, match="no amounts"):
        mean_half_up([])


def test_money_refuses_to_mix_currencies_or_take_fractions() -> None:
    with pytest.raises(CurrencyMismatchError):
        Money(1) + Money(1, "EUR")
    with pytest.raises(CurrencyMismatchError):
        assert Money(1) < Money(2, "EUR")
    with pytest.raises(TypeError):
        Money(1.5)  # type: ignore[arg-type]
    assert Money(3) - Money(1) == Money(2)
    assert str(Money(-123456)) == "-1,234.56 CNY"


def test_minor_units_are_printed_with_separators() -> None:
    assert grouped(123456789) == "1,234,567.89"
