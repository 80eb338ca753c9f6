"""What a lot was frozen to is read for ever: also by a program that knows rules nobody had written down then."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.rulebook import Numbers, RulebookMalformedError, frozen_numbers, rulebook
from auction.rulebook.reading import fields_of_numbers

DAYS = st.dates(min_value=rulebook().begins, max_value=rulebook().dated + timedelta(days=4_000))
KEYS = sorted(fields_of_numbers())


def frozen(day: date) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(rulebook().on(day).as_json()))
    return found


@pytest.mark.property
@given(day=DAYS, later=st.sets(st.sampled_from(KEYS)))
def test_a_rule_written_down_later_is_taken_as_it_stood_on_that_day(day: date, later: set[str]) -> None:
    plain = frozen(day)
    for key in later:
        del plain["numbers"][key]
    found, rules = frozen_numbers(plain), rulebook().on(day)
    for group in Numbers.__dataclass_fields__:
        assert getattr(found, group) == getattr(rules, group)


@pytest.mark.property
@given(key=st.sampled_from(KEYS), broken=st.none() | st.text() | st.booleans() | st.just([]))
def test_a_value_that_stands_there_is_never_replaced(key: str, broken: object) -> None:
    plain = frozen(date(2025, 3, 1))
    plain["numbers"][key]["value"] = broken
    with pytest.raises(RulebookMalformedError, match=key):
        frozen_numbers(plain)


def test_a_number_as_frozen_wins_over_what_is_in_force() -> None:
    plain = frozen(date(2025, 3, 1))
    plain["numbers"]["auction.start_price_min_pct"]["value"] = 71
    assert frozen_numbers(plain).auction.start_price_min_pct == 71


@pytest.mark.parametrize("on", [None, "", "tomorrow", "1990-01-01", 20250301, []])
def test_without_its_day_it_cannot_be_read(on: object) -> None:
    with pytest.raises(RulebookMalformedError, match="on:"):
        frozen_numbers(frozen(date(2025, 3, 1)) | {"on": on})
