"""Pure decisions on announcements, corrections and the conditions of homes and equity."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.foundation.kernel.refusal import InputMalformed
from auction.procedure.lots import announcement, grounds, rules
from auction.procedure.lots.announcement import NoticeFact
from auction.procedure.lots.conditions import Conditions, check_conditions, conditions_from, read_conditions
from auction.rulebook import rulebook

NOW = datetime(2025, 3, 3, 1, tzinfo=UTC)
RULES = rulebook().on(NOW.date())
PHRASES = RULES.forbidden_phrases


@given(
    phrase=st.sampled_from(PHRASES), before=st.text(), after=st.text(), gap=st.sampled_from(["", " ", "\n", "\u3000"])
)
def test_a_forbidden_phrase_is_found_whatever_stands_around_or_between(
    phrase: str, before: str, after: str, gap: str
) -> None:
    text = before + gap.join(phrase) + after
    with pytest.raises(announcement.ForbiddenPhrases) as refused:
        announcement.check_phrases({"occupancy": text}, forbidden=PHRASES)
    assert refused.value.facts["blocks"] == ["occupancy"]
    assert phrase in str(refused.value.facts["phrases"])


@given(text=st.text(alphabet="房屋由承租人占有使用不明他", max_size=30))
def test_only_the_phrases_themselves_are_forbidden(text: str) -> None:
    found = announcement.phrases_in({"a": text}, forbidden=PHRASES)
    assert bool(found) == any(phrase in text for phrase in PHRASES)


@pytest.mark.parametrize(("seconds", "late"), [(-1, False), (0, False), (1, True)])
def test_twenty_days_are_full_to_the_second(seconds: int, late: bool) -> None:  # noqa: FBT001 - a row of the table
    told = NoticeFact(person="S", how="served", noticed_at=NOW + timedelta(seconds=seconds))
    found = announcement.told_late(RULES, persons={"S": "钱股东"}, notices=[told], closes_at=NOW + timedelta(days=20))
    assert bool(found) == late


def test_the_earliest_notice_counts_and_a_waiver_needs_no_days() -> None:
    late = NoticeFact(person="S", how="served", noticed_at=NOW + timedelta(days=19))
    early = NoticeFact(person="S", how="unreachable", noticed_at=NOW)
    waived = NoticeFact(person="S", how="waived", noticed_at=NOW + timedelta(days=19))
    closes = NOW + timedelta(days=20)
    for notices, expected in (([late, early], {}), ([late, waived], {}), ([late], {"S": "钱"}), ([], {"S": "钱"})):
        assert announcement.told_late(RULES, persons={"S": "钱"}, notices=notices, closes_at=closes) == expected


@pytest.mark.parametrize(
    ("status", "block", "at", "refusal"),
    [
        ("announced", "taxes", -1, None),
        ("announced", "taxes", 0, announcement.CorrectionNeedsStay),
        ("open", "taxes", 1, announcement.CorrectionNeedsStay),
        ("suspended", "taxes", 1, None),
        ("deferred", "taxes", 1, None),
        ("suspended", "payment", 1, announcement.TermsFrozen),
        ("announced", "announcement", -1, announcement.TermsFrozen),
        ("announced", "bidding_rules", -1, announcement.TermsFrozen),
    ],
)
def test_when_a_block_may_be_corrected(status: str, block: str, at: int, refusal: type[Exception] | None) -> None:
    now = NOW + timedelta(microseconds=at)

    def ask() -> None:
        announcement.check_correction(status=status, announced=True, opens_at=NOW, block=block, now=now)

    if refusal is None:
        ask()
    else:
        with pytest.raises(refusal):
            ask()


@pytest.mark.parametrize("status", ["draft", "approved", "withdrawn"])
def test_what_was_never_announced_is_not_corrected(status: str) -> None:
    with pytest.raises(announcement.NotAnnounced):
        announcement.check_correction(status=status, announced=False, opens_at=NOW, block="taxes", now=NOW)


@pytest.mark.parametrize(
    ("given_", "field"),
    [
        ({"purchase_limited": "yes"}, "purchase_limited"),
        ({"purchase_limited": 1}, "purchase_limited"),
        ({"unappraisable": ""}, "unappraisable"),
        ({"unappraisable": 7}, "unappraisable"),
        ({"unappraisable": "长" * 1_001}, "unappraisable"),
        ({"unappraisable": "a\x00b"}, "unappraisable"),
        ({"company": ["乙公司"]}, "company"),
        ({"shareholders": "钱股东"}, "shareholders"),
        ({"shareholders": [""]}, "shareholders[0]"),
        ({"shareholders": [str(n) for n in range(51)]}, "shareholders"),
    ],
)
def test_conditions_that_cannot_be_read_are_refused(given_: dict[str, object], field: str) -> None:
    plain: dict[str, object] = {"purchase_limited": False, "unappraisable": None, "company": None, "shareholders": []}
    with pytest.raises(InputMalformed) as refused:
        read_conditions(**{**plain, **given_})
    assert field in dict(refused.value.facts["errors"])  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("conditions", "categories", "priced"),
    [
        (Conditions(purchase_limited=True), {"vehicle"}, True),
        (Conditions(unappraisable="无资料"), {"vehicle"}, False),
        (Conditions(unappraisable="无资料"), {"equity", "vehicle"}, False),
        (Conditions(unappraisable="无资料"), {"equity"}, True),
        (Conditions(company="乙公司"), {"home"}, True),
        (Conditions(shareholders=("钱股东",)), {"home"}, True),
    ],
)
def test_conditions_belong_to_their_things(conditions: Conditions, categories: set[str], priced: bool) -> None:  # noqa: FBT001 - a row of the table
    with pytest.raises(InputMalformed):
        check_conditions(conditions, categories=categories, priced=priced)


@given(
    limited=st.booleans(),
    reason=st.none() | st.text(min_size=1),
    company=st.none() | st.text(min_size=1),
    others=st.lists(st.text(min_size=1), unique=True),
)
def test_conditions_are_kept_as_they_are_and_publish_no_person(
    *,
    limited: bool,
    reason: str | None,
    company: str | None,
    others: list[str],
) -> None:
    conditions = Conditions(purchase_limited=limited, unappraisable=reason, company=company, shareholders=tuple(others))
    assert conditions_from(conditions.as_json()) == conditions
    assert set(conditions.public()) <= {"purchase_limited", "unappraisable"}


@given(costs=st.integers(0, 10**12), start=st.integers(1, 10**12))
def test_equity_that_cannot_be_appraised_starts_above_the_costs(costs: int, start: int) -> None:
    basis = rules.Basis(reference_price_minor=0, costs_minor=costs, unappraisable=True)
    assert rules.floor(RULES, round_="first", basis=basis) == costs + 1
    assert rules.deposit_range(RULES, start_price_minor=start, discretion=True) == (1, start)


def test_a_second_round_of_it_is_cut_by_a_fifth_at_the_most() -> None:
    basis = rules.Basis(reference_price_minor=0, previous_start_minor=1_000, costs_minor=5, unappraisable=True)
    assert rules.floor(RULES, round_="second", basis=basis) == 800


@pytest.mark.parametrize(
    ("category", "last"),
    [
        ("vehicle", datetime(2025, 5, 9, 15, 59, 59, 999_999, tzinfo=UTC)),
        # Three months after 10 March is a Tuesday.
        ("equity", datetime(2025, 6, 10, 15, 59, 59, 999_999, tzinfo=UTC)),
    ],
)
def test_the_debtors_own_sale_ends_with_its_last_day(category: str, last: datetime) -> None:
    since = datetime(2025, 3, 10, 1, tzinfo=UTC)
    longest = int(str(RULES.provision(grounds.own_sale_rule(category=category)).value))
    assert grounds.own_sale_ends(since=since, longest=longest, category=category) == last
