from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.foundation.kernel.refusal import InputMalformed
from auction.procedure.assets import rules
from auction.rulebook import rulebook

START = datetime.fromisoformat("2025-03-03T09:00:00+08:00")
NUMBERS = rulebook().on(START.date()).control
STARTS = st.datetimes(datetime(2018, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - made aware by the strategy


@pytest.mark.statute
@pytest.mark.parametrize(("kind", "years"), [("movable", 2), ("immovable", 3), ("other_right", 3)])
def test_control_lasts_two_years_for_movables_and_three_for_the_rest(kind: str, years: int) -> None:
    until = rules.control_until(NUMBERS, kind=kind, start=START, now=START, asked=None)
    assert until == START.replace(year=2025 + years)


@pytest.mark.property
@given(STARTS, st.sampled_from(rules.KINDS), st.integers(-400, 1500))
def test_no_control_is_ever_longer_than_the_law_allows(start: datetime, kind: str, days: int) -> None:
    longest = rules.control_until(NUMBERS, kind=kind, start=start, now=start, asked=None)
    asked = start + timedelta(days=days)
    try:
        until = rules.control_until(NUMBERS, kind=kind, start=start, now=start, asked=asked)
    except rules.ControlTooLong:
        assert asked > longest
    except InputMalformed:
        assert days <= 0
    else:
        assert start < until == asked < longest + timedelta(days=1)


@pytest.mark.statute
def test_the_end_does_not_belong_to_the_control() -> None:
    rules.check_live(until=START, now=START - timedelta(microseconds=1))
    with pytest.raises(rules.ControlLapsed) as refused:
        rules.check_live(until=START, now=START)
    assert refused.value.facts["until"] == START
    assert "2025-03-03 09:00:00" in refused.value.message("zh")
    assert "2025-03-03 09:00:00" in refused.value.message("en")


@pytest.mark.parametrize(("days", "said"), [(31, None), (30, 30), (16, 30), (15, 15), (8, 15), (7, 7), (0, 7), (-1, 7)])
def test_reminders_come_at_thirty_fifteen_and_seven_days(days: int, said: int | None) -> None:
    assert rules.reminder(NUMBERS, until=START + timedelta(days=days), now=START) == said


@pytest.mark.parametrize("status", rules.STATUSES)
@pytest.mark.parametrize("to", rules.STATUSES)
def test_every_illegal_step_is_refused_by_name(status: str, to: str) -> None:
    if to in rules.TRANSITIONS[status]:
        rules.check_step(status=status, to=to)
    else:
        with pytest.raises(rules.NotUnderControl):
            rules.check_step(status=status, to=to)
