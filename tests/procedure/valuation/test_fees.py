from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.foundation.kernel.money import MINOR_MAX
from auction.procedure.valuation import fees
from auction.rulebook import rulebook

NUMBERS = rulebook().on(rulebook().dated).valuation
AMOUNTS = st.integers(1, MINOR_MAX)


@pytest.mark.statute
def test_only_the_closest_platform_is_paid_and_ties_share() -> None:
    results = [("甲", 100), ("乙", 120), ("丙", 80)]
    assert fees.inquiry_fees(results, deal_minor=101, fee_minor=7) == [("甲", 7)]
    assert fees.inquiry_fees(results, deal_minor=110, fee_minor=7) == [("甲", 4), ("乙", 3)]
    assert fees.inquiry_fees(results, deal_minor=90, fee_minor=8) == [("甲", 4), ("丙", 4)]


@pytest.mark.property
@given(results=st.lists(AMOUNTS, min_size=1, max_size=9), deal=AMOUNTS, fee=AMOUNTS)
def test_the_fee_is_divided_without_loss_among_the_equally_close(results: list[int], deal: int, fee: int) -> None:
    named = [(str(n), minor) for n, minor in enumerate(results)]
    paid = fees.inquiry_fees(named, deal_minor=deal, fee_minor=fee)
    assert sum(minor for _, minor in paid) == fee
    nearest = min(abs(minor - deal) for minor in results)
    assert {name for name, _ in paid} == {name for name, minor in named if abs(minor - deal) == nearest}


@pytest.mark.statute
def test_an_appraisal_is_paid_on_the_lower_of_value_and_price() -> None:
    assert fees.appraisal_base(appraised_minor=100, deal_minor=120) == 100
    assert fees.appraisal_base(appraised_minor=100, deal_minor=99) == 99


@pytest.mark.statute
def test_a_report_made_anew_is_paid_thirty_per_cent() -> None:
    def fee(*, reissued: bool) -> int:
        return fees.appraisal_fee(NUMBERS, base_minor=100_000_00, rate_ppm=5_000, reissued=reissued)

    assert (fee(reissued=False), fee(reissued=True)) == (500_00, 150_00)
    assert fees.reissue_part(NUMBERS, fee_minor=5) == 2  # 1.5 fen, half a fen up


@pytest.mark.property
@given(base=AMOUNTS, rate=st.integers(1, 1_000_000))
def test_a_fee_never_exceeds_its_base_and_a_new_report_never_the_first(base: int, rate: int) -> None:
    whole = fees.appraisal_fee(NUMBERS, base_minor=base, rate_ppm=rate, reissued=False)
    assert 0 <= whole <= base
    assert fees.reissue_part(NUMBERS, fee_minor=whole) <= whole
