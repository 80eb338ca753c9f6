"""Whether bidding was served: spans, gaps and the rule, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.procedure.bidding.outage import Gap, Outage, Span, gaps, outage, within
from auction.rulebook import frozen_numbers, rulebook

END = datetime(2026, 3, 2, 10, tzinfo=UTC)
MINUTE, SECOND, MICROSECOND = timedelta(minutes=1), timedelta(seconds=1), timedelta(microseconds=1)
DAY = timedelta(days=1)
NUMBERS = rulebook().on(date(2026, 3, 2))

MOMENTS = st.integers(min_value=-50, max_value=50)


def span(begin: timedelta, until: timedelta, process: str = "W1") -> Span:
    return Span(END + begin, END + until, process)


def judged(
    *spans: Span, now: timedelta = SECOND, since: timedelta | None = -DAY, ran_from: timedelta = -DAY
) -> Outage | None:
    return outage(
        spans,
        ran_from=END + ran_from,
        ends_at=END,
        numbers=NUMBERS,
        measured_from=None if since is None else END + since,
        now=END + now,
    )


@pytest.mark.property
@given(pairs=st.lists(st.tuples(MOMENTS, MOMENTS)), begin=MOMENTS, length=st.integers(min_value=0, max_value=60))
def test_a_moment_lies_in_a_gap_when_and_only_when_no_span_covers_it(
    pairs: list[tuple[int, int]], begin: int, length: int
) -> None:
    spans = [span(SECOND * min(pair), SECOND * max(pair), f"W{n}") for n, pair in enumerate(pairs)]
    found = gaps(spans, begin=END + SECOND * begin, end=END + SECOND * (begin + length))

    for at in range(begin, begin + length):
        moment = END + SECOND * at
        covered = any(one.began_at <= moment < one.until_at for one in spans)
        assert covered != any(gap.began_at <= moment < gap.ended_at for gap in found)
    assert all(gap.length > timedelta(0) for gap in found)
    assert all(one.ended_at < other.began_at for one, other in pairwise(found))


def test_spans_that_touch_leave_no_gap() -> None:
    assert gaps([span(-2 * MINUTE, -MINUTE), span(-MINUTE, MINUTE)], begin=END - 2 * MINUTE, end=END) == []


def test_a_single_beat_parts_no_gap() -> None:
    found = judged(
        span(-DAY, -5 * MINUTE), span(-4 * MINUTE - 30 * SECOND, -4 * MINUTE - 30 * SECOND), span(-4 * MINUTE, MINUTE)
    )

    assert found is not None
    assert found.gap == Gap(END - 5 * MINUTE, END - 4 * MINUTE)


def test_nothing_is_missing_of_no_time_at_all() -> None:
    assert gaps([], begin=END, end=END) == []


@pytest.mark.parametrize(
    ("length", "deferred"),
    [
        (59 * SECOND, False),
        (60 * SECOND - MICROSECOND, False),
        (60 * SECOND, True),
        (61 * SECOND, True),
    ],
)
def test_sixty_seconds_within_the_last_ten_minutes_defer(length: timedelta, *, deferred: bool) -> None:
    away = -5 * MINUTE
    found = judged(span(-DAY, away), span(away + length, MINUTE))

    assert (found is not None) is deferred
    if found is not None:
        assert found.gap == Gap(END + away, END + away + length)
        assert found.as_json() == {
            "gap": {
                "from": "2026-03-02T17:55:00.000000+08:00",
                "to": f"2026-03-02T17:56:0{length.seconds - 60}.000000+08:00",
                "ms": length.seconds * 1000,
            },
            "window": {"from": "2026-03-02T17:50:00.000000+08:00", "to": "2026-03-02T18:00:00.000000+08:00"},
            "spans": [
                {
                    "process": "W1",
                    "from": "2026-03-02T17:50:00.000000+08:00",
                    "to": "2026-03-02T17:55:00.000000+08:00",
                },
                {
                    "process": "W1",
                    "from": f"2026-03-02T17:56:0{length.seconds - 60}.000000+08:00",
                    "to": "2026-03-02T18:00:00.000000+08:00",
                },
            ],
        }


def test_two_processes_cover_for_one_another() -> None:
    one = [span(-DAY, -8 * MINUTE, "W1"), span(-2 * MINUTE, MINUTE, "W1")]
    other = [span(-DAY, -DAY + MINUTE, "W2"), span(-9 * MINUTE, -MINUTE, "W2")]

    assert judged(*one) is not None
    assert judged(*one, *other) is None


def test_many_short_gaps_are_not_one_long_one() -> None:
    spans = [span(-DAY, -10 * MINUTE), *(span(-k * MINUTE, -k * MINUTE + SECOND, "W1") for k in range(10, 0, -1))]

    assert judged(*spans, span(-SECOND, MINUTE)) is None


@pytest.mark.parametrize(
    ("back", "deferred"), [(-10 * MINUTE, False), (-9 * MINUTE - SECOND, False), (-9 * MINUTE, True)]
)
def test_only_what_lies_within_the_last_ten_minutes_counts(back: timedelta, *, deferred: bool) -> None:
    assert (judged(span(-DAY, -3 * 60 * MINUTE), span(back, MINUTE)) is not None) is deferred


def test_a_lot_that_nobody_served_at_all_is_deferred() -> None:
    found = judged(span(-DAY, -DAY + MINUTE))

    assert found is not None
    assert found.gap == Gap(END - 10 * MINUTE, END)
    assert found.spans == ()


@pytest.mark.parametrize(
    ("away", "back", "now", "deferred"),
    [
        (-SECOND, 60 * SECOND, DAY, False),
        (-SECOND, 61 * SECOND, DAY, True),
        (-59 * SECOND, 60 * SECOND, DAY, False),
        (-59 * SECOND, 60 * SECOND + MICROSECOND, DAY, True),
        (-59 * SECOND, None, 60 * SECOND, False),
        (-59 * SECOND, None, 61 * SECOND, True),
        (SECOND, None, DAY, False),
    ],
    ids=str,
)
def test_service_that_comes_back_late_after_the_end_defers(
    away: timedelta, back: timedelta | None, now: timedelta, *, deferred: bool
) -> None:
    spans = [span(-DAY, away), *([span(back, DAY)] if back is not None else [])]

    assert (judged(*spans, now=now) is not None) is deferred


def test_a_late_close_of_a_lot_that_was_served_is_no_outage() -> None:
    assert judged(span(-DAY, DAY), now=DAY) is None


@pytest.mark.parametrize("since", [None, timedelta(0), MINUTE])
def test_where_nothing_was_measured_the_lateness_of_the_close_decides(since: timedelta | None) -> None:
    assert judged(since=since, now=60 * SECOND) is None
    assert judged(since=since, now=60 * SECOND + MICROSECOND) == Outage()
    assert Outage().as_json() is None


def test_before_the_first_measurement_nothing_is_presumed() -> None:
    assert judged(span(-2 * MINUTE, MINUTE), since=-2 * MINUTE) is None


@pytest.mark.parametrize(("ran_from", "deferred"), [(-5 * MINUTE, True), (-4 * MINUTE - SECOND, False)])
def test_what_was_before_a_stay_is_not_weighed_again(ran_from: timedelta, *, deferred: bool) -> None:
    spans = [span(-DAY, -6 * MINUTE), span(-4 * MINUTE, MINUTE)]

    assert (judged(*spans, ran_from=ran_from) is not None) is deferred


def test_the_numbers_are_those_the_lot_is_frozen_to() -> None:
    plain = {"on": "2026-03-02", "numbers": {}}
    older = frozen_numbers(plain)
    assert older.auction.outage_window == 10 * MINUTE

    stricter = replace(NUMBERS, auction=replace(NUMBERS.auction, outage_tolerance=5 * SECOND))
    spans = [span(-DAY, -MINUTE), span(-50 * SECOND, MINUTE)]
    assert judged(*spans) is None
    assert (
        outage(spans, ends_at=END, numbers=stricter, measured_from=END - DAY, now=END + SECOND, ran_from=END - DAY)
        is not None
    )


def test_evidence_is_cut_to_the_window() -> None:
    spans = [span(-DAY, -11 * MINUTE), span(-10 * MINUTE, -9 * MINUTE), span(-SECOND, DAY), span(MINUTE, DAY)]

    assert within(spans, begin=END - 10 * MINUTE, end=END) == (
        span(-10 * MINUTE, -9 * MINUTE),
        span(-SECOND, timedelta(0)),
    )
