from __future__ import annotations

from datetime import UTC, datetime

import pytest

from auction.foundation.kernel.canonical import NotCanonicalError, canonical, instant_text


def test_names_are_sorted_and_nothing_is_padded() -> None:
    assert canonical({"b": 1, "a": [True, None, "人"]}) == '{"a":[true,null,"人"],"b":1}'.encode()


@pytest.mark.parametrize("value", [1.0, float("nan"), 2**53, {"名": 1}, {1: 2}, object(), b"x", "\ud800"])
def test_what_has_no_exact_form_is_refused(value: object) -> None:
    with pytest.raises(NotCanonicalError):
        canonical(value)


def test_instants_are_written_in_court_time_with_microseconds() -> None:
    assert instant_text(datetime(2025, 1, 1, tzinfo=UTC)) == "2025-01-01T08:00:00.000000+08:00"
    with pytest.raises(ValueError, match="offset"):
        instant_text(datetime(2025, 1, 1))  # noqa: DTZ001
