"""Which step follows which, and when a thing is held back, as pure decisions."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auction.foundation.kernel.calendar import SHANGHAI, end_of_day, in_shanghai
from auction.foundation.kernel.refusal import InputMalformed, Refusal
from auction.procedure.objections import course, rules
from auction.procedure.objections.course import Course, NotConcerned, Step, StepOutOfOrder, Taken, TooLate
from auction.procedure.objections.rules import StayTooLong
from auction.rulebook import rulebook

NOW = datetime(2025, 3, 7, 9, tzinfo=SHANGHAI)
NUMBERS = rulebook().on(NOW.date())

instants = st.datetimes(datetime(2024, 7, 1), datetime(2027, 6, 30)).map(lambda at: at.replace(tzinfo=SHANGHAI))  # noqa: DTZ001
steps = st.sampled_from(list(Step))


def walked(*kinds: Step, judged_for_outsider: bool | None = None) -> Course:
    """Return the course of steps a minute apart."""
    return course.course_of(
        Taken(kind=kind, at=NOW + timedelta(minutes=n), answer=judged_for_outsider if kind is Step.JUDGED else None)
        for n, kind in enumerate(kinds)
    )


@pytest.mark.property
@given(taken=st.lists(steps, unique=True, max_size=8), step=steps, pending=st.booleans())
def test_no_step_is_taken_twice_and_none_without_the_one_it_builds_on(
    taken: list[Step], step: Step, *, pending: bool
) -> None:
    try:
        course.check_step(walked(*taken), step, pending=pending)
    except StepOutOfOrder:
        return
    assert step not in taken
    needed = {Step.NOTIFIED: Step.ACCEPTED, Step.JUDGED: Step.SUED, Step.SENT_UP: Step.RECONSIDERATION_ASKED}.get(step)
    assert needed is None or needed in taken
    assert pending or step not in {Step.ACCEPTED, Step.NOTIFIED, Step.PAPERS_ASKED, Step.SUPPLEMENTED}
    assert not pending or step not in {Step.SUED, Step.RECONSIDERATION_ASKED}


@pytest.mark.property
@given(
    status=st.sampled_from(["pending", "upheld", "rejected"]),
    window=st.none() | st.integers(-40, 40),
    sued=st.booleans(),
    secured=st.booleans(),
    judged=st.sampled_from([None, True, False]),
)
def test_a_thing_is_free_only_when_the_outsider_has_lost_it_for_now_or_for_good(
    status: str, window: int | None, *, sued: bool, secured: bool, judged: bool | None
) -> None:
    kinds = [*([Step.SUED] if sued else []), *([Step.SECURED] if sued and secured else [])]
    if sued and judged is not None:
        kinds.append(Step.JUDGED)
    until = None if window is None else NOW + timedelta(days=window)
    found = walked(*kinds, judged_for_outsider=judged)
    blocked = course.blocks(status=status, suit_until=until, course=found, now=NOW)
    if found.judgment is not None:
        assert blocked is found.judgment
    elif not blocked:
        assert status == "rejected"
        assert until is None or until < NOW
        assert not sued or secured
    for kind in ("act", "valuation", "plan"):
        assert not rules.blocks(kind=kind, status=status, suit_until=until, course=found, now=NOW)


@pytest.mark.property
@settings(deadline=None)  # the calendar of a year is made when first asked for
@given(at=instants)
def test_every_period_ends_with_a_worked_day_no_earlier_than_it_was_given(at: datetime) -> None:
    numbers = NUMBERS.objections
    for end, days in (
        (course.accept_by(numbers, filed_at=at, course=Course()), numbers.file_case_days),
        (course.notify_by(numbers, accepted_at=at), numbers.notify_after_filing_days),
        (course.supplement_until(numbers, asked_at=at), numbers.supplement_days),
        (course.reconsider_until(numbers, decided_at=at), numbers.reconsideration_apply_days),
        (course.send_up_by(numbers, asked_at=at), numbers.reconsideration_send_up_days),
        (course.reconsidered_by(numbers, asked_at=at), numbers.reconsideration_review_days),
        (rules.release_by(NUMBERS, suit_until=at), numbers.release_without_suit_days),
    ):
        assert end >= end_of_day(in_shanghai(at).date() + timedelta(days=days))
        assert end == end_of_day(end.date())


@pytest.mark.property
@given(until=instants, now=instants)
def test_a_party_is_in_time_up_to_the_last_instant(until: datetime, now: datetime) -> None:
    if now <= until:
        course.check_in_time(Step.SUED, until=until, now=now)
    else:
        with pytest.raises(TooLate) as refused:
            course.check_in_time(Step.SUED, until=until, now=now)
        assert refused.value.facts["until"] == until


@pytest.mark.property
@given(ordered=st.sampled_from(rules.ORDERED), since=instants, asked=instants)
def test_a_stay_never_lasts_longer_than_the_law_lets_it(ordered: str, since: datetime, asked: datetime) -> None:
    longest = rules.stay_until(NUMBERS, ordered=ordered, since=since, asked=None)
    if since < asked <= longest:
        assert rules.stay_until(NUMBERS, ordered=ordered, since=since, asked=asked) == asked
    else:
        with pytest.raises(InputMalformed if asked <= since else StayTooLong):
            rules.stay_until(NUMBERS, ordered=ordered, since=since, asked=asked)


@pytest.mark.parametrize(
    ("kind", "upheld", "by", "refused"),
    [
        ("outsider", False, "outsider", None),
        ("outsider", True, "bank", None),
        ("outsider", False, "bank", NotConcerned),
        ("outsider", True, "outsider", NotConcerned),
        ("outsider", True, "stranger", NotConcerned),
        ("act", False, "outsider", StepOutOfOrder),
        ("plan", True, "bank", StepOutOfOrder),
    ],
)
def test_the_outsider_sues_when_he_lost_and_the_applicant_when_he_won(
    kind: str, *, upheld: bool, by: str, refused: type[Refusal] | None
) -> None:
    def suing() -> None:
        course.check_suing(kind=kind, upheld=upheld, by=by, objector="outsider", applicants={"bank"})

    if refused is None:
        suing()
    else:
        with pytest.raises(refused):
            suing()


@pytest.mark.parametrize(
    ("kind", "by", "refused"),
    [
        ("act", "debtor", None),
        ("act", "objector", None),
        ("valuation", "debtor", None),
        ("act", "stranger", NotConcerned),
        ("outsider", "objector", StepOutOfOrder),
        ("plan", "debtor", StepOutOfOrder),
    ],
)
def test_the_objector_and_the_parties_ask_the_higher_court(kind: str, by: str, refused: type[Refusal] | None) -> None:
    def asking() -> None:
        course.check_reconsidered(kind=kind, by=by, concerned={"objector", "debtor"})

    if refused is None:
        asking()
    else:
        with pytest.raises(refused):
            asking()
