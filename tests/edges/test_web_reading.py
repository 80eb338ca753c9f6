from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.edges.web.reading import local_path, typed, yuan
from auction.foundation.kernel.money import MINOR_MAX, grouped
from auction.foundation.kernel.refusal import InputMalformed


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1,200,000.5", 120_000_050),
        ("１，２００，０００．５", 120_000_050),
        ("1200000", 120_000_000),
        (" ¥ 1 200 000.05 元", 120_000_005),
        ("￥0.01", 1),
        ("120万", 120_000_000),
        ("72.05万", 72_050_000),
        ("0001", 100),
    ],
)
def test_an_amount_is_read_as_people_type_it(text: str, minor: int) -> None:
    assert yuan(text) == minor


@pytest.mark.parametrize(
    "text",
    ["", " ", "0", "0.00", "-1", "+1", "1.234", "1e6", "0x10", "1.", ".5", "1,20", "1,2345", ",100", "NaN", "inf",
     "٣٤", "一百", "1\x00", "9" * 16, "1.0000001万", "1/2", "½", "1;2"],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(InputMalformed):
        yuan(text)


@pytest.mark.property
@given(st.integers(1, MINOR_MAX))
def test_every_amount_printed_is_read_back_exactly(minor: int) -> None:
    assert yuan(grouped(minor)) == minor
    assert yuan(typed(minor)) == minor


@pytest.mark.property
@given(st.text(max_size=30))
def test_any_text_is_an_amount_or_a_named_refusal(text: str) -> None:
    with suppress(InputMalformed):
        assert 0 < yuan(text) <= MINOR_MAX


@pytest.mark.property
@given(st.text(max_size=30))
def test_an_address_to_go_on_to_never_leads_off_the_site(text: str) -> None:
    path = local_path(text)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
