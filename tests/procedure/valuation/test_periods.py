from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.foundation.kernel.calendar import is_working_day
from auction.procedure.valuation import periods, refusals
from auction.procedure.valuation.rules import Mode
from auction.procedure.valuation.standing import Entrusted, Standing, Step, standing
from auction.rulebook import rulebook

SENT = datetime.fromisoformat("2025-03-03T09:00:00+08:00")
NUMBERS = rulebook().on(SENT.date()).valuation
DAY = timedelta(days=1)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(  # noqa: DTZ001 - the offset follows
    lambda moment: moment.replace(tzinfo=SENT.tzinfo)
)


def entrusted(by: datetime, *, extensions: int = 0) -> Entrusted:
    return Entrusted(Mode.APPRAISAL, "report", ("甲",), SENT, by, extensions)


@pytest.mark.property
@given(
    since=MOMENTS,
    mode=st.sampled_from([Mode.ONLINE_INQUIRY, Mode.APPRAISAL]),
    purpose=st.sampled_from(periods.PURPOSES),
)
def test_a_period_ends_with_a_worked_day_and_is_never_short(since: datetime, mode: Mode, purpose: str) -> None:
    by = periods.report_by(NUMBERS, mode=mode, purpose=purpose, since=since)
    assert is_working_day(by.date())
    days = rulebook().on(SENT.date()).provision(periods.PERIODS[mode, purpose]).value
    assert isinstance(days, int)
    assert by - since >= days * DAY - DAY
    assert (by.date() - since.date()).days >= days


@pytest.mark.property
@given(days=st.integers(1, 100), early=st.integers(-20, 40), had=st.integers(0, 4))
def test_more_time_needs_all_three_conditions(days: int, early: int, had: int) -> None:
    by = SENT + 30 * DAY
    now = by - early * DAY
    given_to = entrusted(by, extensions=had)
    allowed = (
        had < NUMBERS.appraisal_extensions_max
        and days <= NUMBERS.appraisal_extension_max_days
        and early >= NUMBERS.appraisal_extension_apply_days
    )
    if allowed:
        assert periods.extended(NUMBERS, given_to, days=days, now=now) > by
        return
    with pytest.raises((refusals.ExtensionLate, refusals.ExtensionTooLong, refusals.ExtensionsSpent)):
        periods.extended(NUMBERS, given_to, days=days, now=now)


@pytest.mark.statute
def test_the_last_instant_is_in_time_and_the_next_is_late() -> None:
    given_to = entrusted(SENT)
    periods.check_in_time(given_to, delivered=SENT)
    with pytest.raises(refusals.ReportLate):
        periods.check_in_time(given_to, delivered=SENT + timedelta(microseconds=1))
    now = Standing(received={"D": SENT})
    until = periods.objection_until(NUMBERS, received=SENT)
    periods.check_objection_time(NUMBERS, now, person="D", at=until)
    periods.check_objection_time(NUMBERS, now, person="K1", at=until + 99 * DAY)  # who received nothing is never late
    with pytest.raises(refusals.ObjectionLate):
        periods.check_objection_time(NUMBERS, now, person="D", at=until + timedelta(microseconds=1))


@pytest.mark.statute
def test_fifteen_full_days_of_publicity_are_a_receipt() -> None:
    assert periods.received_at(NUMBERS, how="served", sent_at=SENT) == SENT
    assert periods.received_at(NUMBERS, how="unreachable", sent_at=SENT) == SENT + 15 * DAY


def test_what_is_unknown_to_the_fold_changes_nothing() -> None:
    steps = [
        Step("something_new", SENT, {"anything": 1}),
        Step("extended", SENT, {"by": SENT.isoformat()}),
        Step("valuation_resumed", SENT, {"by": SENT.isoformat()}),
        Step("price_voided", SENT, {}),
    ]
    assert standing(steps) == Standing()


def test_an_entrustment_that_rested_ends_later() -> None:
    later = SENT + 9 * DAY
    asked = {"mode": "appraisal", "purpose": "report", "to": ["甲"], "by": (SENT + DAY).isoformat()}
    found = standing(
        [
            Step("entrusted", SENT, asked),
            Step("valuation_deferred", SENT, {"ground": "stayed"}),
            Step("valuation_resumed", later, {"by": later.isoformat(), "longer": None}),
        ]
    )
    assert found.deferred_since is None
    assert found.entrusted is not None
    assert found.entrusted.until == later


def valued(name: str, *, by: list[str], again_of: str | None = None, method: str = "online_inquiry") -> Step:
    """Return the step of a price that rests on some reports, or on none."""
    details = {
        "valuation": name,
        "method": method,
        "outcome": "price",
        "valid_until": (SENT + 90 * DAY).isoformat(),
        "pending_until": None,
        "delivered_at": SENT.isoformat(),
        "results": [{"by": one, "amount_minor": 5} for one in by],
        "again_of": again_of,
    }
    return Step("valued", SENT, details)


def objected(name: str, *, reports: list[str]) -> Step:
    """Return the step of an objection against the reports of V1."""
    details = {"objection": name, "by": "D", "valuation": "V1", "ground": "basics", "reports": reports}
    return Step("report_objected", SENT, details)


def test_an_objection_to_a_part_does_not_free_the_whole_from_another() -> None:
    whole = [valued("V1", by=["甲", "乙"]), objected("O1", reports=[])]
    part = [objected("O2", reports=["甲"]), valued("V2", by=["乙"], again_of="V1")]
    assert [one.objection for one in standing([*whole, *part]).pending] == ["O1"]
    assert standing([*part, *whole]).pending != ()


def test_a_price_that_rests_on_no_report_is_under_no_objection_to_one() -> None:
    steps = [valued("V1", by=["甲"]), objected("O1", reports=[]), valued("V2", by=[], method="negotiation")]
    found = standing(steps)
    assert (found.report, found.pending) == (None, ())
