"""The queue, the transfer of the right to dispose, excess and set-aside: as pure decisions."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.foundation.kernel.calendar import day_of, end_of_day
from auction.procedure.assets import grounds, waiting
from auction.procedure.assets.waiting import Place
from auction.rulebook import rulebook

START = datetime.fromisoformat("2025-03-03T09:00:00+08:00")
RULES = rulebook().on(START.date())
TICK = timedelta(microseconds=1)
STATUSES = st.sampled_from(["waiting", "effective", "withdrawn", "spent"])


@given(st.lists(STATUSES, max_size=6))
def test_the_earliest_that_still_waits_is_next(statuses: list[str]) -> None:
    queue = [Place(case=f"C{n}", place=n + 1, status=one, queued_at=START) for n, one in enumerate(statuses)]
    following = waiting.next_in_line(reversed(queue))
    if "waiting" not in statuses:
        assert following is None
    else:
        assert following == queue[statuses.index("waiting")]


@given(st.integers(0, 10**12), st.lists(st.integers(-5, 10**12), max_size=6))
def test_the_rest_goes_to_each_in_full_before_the_next(rest: int, needs: list[int]) -> None:
    wanted = {f"C{n}": max(0, need) for n, need in enumerate(needs)}
    given_out = dict(waiting.share_of_rest(rest, needs=[(f"C{n}", need) for n, need in enumerate(needs)]))
    assert sum(given_out.values()) == min(rest, sum(wanted.values()))
    assert all(0 < minor <= wanted[case] for case, minor in given_out.items())
    short = [case for case in wanted if given_out.get(case, 0) < wanted[case]]
    if short:
        assert not any(given_out.get(case, 0) for case in list(wanted)[list(wanted).index(short[0]) + 1 :])


@given(st.datetimes(datetime(2018, 1, 1), datetime(2040, 1, 1)))  # noqa: DTZ001 - made aware below
def test_a_priority_court_asks_when_the_sixtieth_day_has_ended(naive: datetime) -> None:
    seized_at = naive.replace(tzinfo=START.tzinfo)
    last = end_of_day(day_of(seized_at) + timedelta(days=60))

    def ask(now: datetime, begun: datetime | None = None) -> None:
        waiting.check_transfer(
            RULES.control, ground=waiting.PRIORITY, seized_at=seized_at, disposal_begun_at=begun, now=now
        )

    with pytest.raises(waiting.TransferTooEarly) as refused:
        ask(last)
    assert refused.value.facts["until"] == last
    ask(last + TICK)
    with pytest.raises(waiting.DisposalBegun):
        ask(last + TICK, begun=seized_at)


def test_an_idle_preservation_is_given_a_whole_year() -> None:
    last = end_of_day(day_of(START.replace(year=2026)))
    for now, early in ((last, True), (last + TICK, False)):
        try:
            waiting.check_transfer(
                RULES.control, ground=waiting.PRESERVATION, seized_at=START, disposal_begun_at=None, now=now
            )
        except waiting.TransferTooEarly:
            assert early
        else:
            assert not early


@pytest.mark.parametrize(
    ("prior", "preservation", "first", "ground"),
    [
        (True, False, False, waiting.PRIORITY),
        (True, True, True, waiting.PRIORITY),
        (False, True, True, waiting.PRESERVATION),
        (False, True, False, None),
        (False, False, True, None),
        (False, False, False, None),
    ],
)
def test_who_may_ask_for_the_transfer(*, prior: bool, preservation: bool, first: bool, ground: str | None) -> None:
    if ground is None:
        with pytest.raises(waiting.NoPriority):
            waiting.transfer_ground(prior_right=prior, preservation=preservation, first_in_line=first)
    else:
        found = waiting.transfer_ground(prior_right=prior, preservation=preservation, first_in_line=first)
        assert found == ground


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_what_stays_held_covers_everything_to_the_fen(kept: int, needed: int) -> None:
    if kept >= needed:
        grounds.check_excess(kept_minor=kept, needed_minor=needed)
    else:
        with pytest.raises(grounds.NotExcess):
            grounds.check_excess(kept_minor=kept, needed_minor=needed)


@given(st.integers(1, 10**9), st.none() | st.integers(0, 10**12))
def test_a_set_aside_is_five_to_eight_years_rent(rent: int, asked: int | None) -> None:
    least, most = rent * 60, rent * 96
    if asked is None:
        assert grounds.living_setaside(RULES.distribution, monthly_rent_minor=rent, asked_minor=None) == least
    elif least <= asked <= most:
        assert grounds.living_setaside(RULES.distribution, monthly_rent_minor=rent, asked_minor=asked) == asked
    else:
        with pytest.raises(grounds.SetasideOutOfRange) as refused:
            grounds.living_setaside(RULES.distribution, monthly_rent_minor=rent, asked_minor=asked)
        assert refused.value.facts == {"min_minor": least, "max_minor": most}


def test_without_a_rent_on_record_the_sum_stands_as_it_was_fixed() -> None:
    for asked in (None, 0, 1):
        assert grounds.living_setaside(RULES.distribution, monthly_rent_minor=None, asked_minor=asked) == asked


def test_every_ground_of_release_names_its_article() -> None:
    for key, one in grounds.RELEASE.items():
        assert grounds.known_ground(key) == one
        assert "条" in one.article
        assert one.zh
        assert one.en
    assert grounds.known_ground("再次解除") is None
