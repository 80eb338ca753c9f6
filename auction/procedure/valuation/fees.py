"""What inquiry and appraisal are paid: by the result of the sale (法释〔2018〕15号 第31、32条); pure."""

from __future__ import annotations

from collections.abc import Sequence

from auction.foundation.kernel.money import share
from auction.rulebook.carried import carries_out
from auction.rulebook.numbers import ValuationNumbers

_HUNDRED = 100
_MILLION = 1_000_000


def inquiry_fees(results: Sequence[tuple[str, int]], *, deal_minor: int, fee_minor: int) -> list[tuple[str, int]]:
    """Return who is paid for an online inquiry: only the platform closest to the deal price; ties share (第31条)."""
    nearest = min(abs(amount - deal_minor) for _, amount in results)
    winners = [platform for platform, amount in results if abs(amount - deal_minor) == nearest]
    return list(zip(winners, share(fee_minor, [1] * len(winners)), strict=True))


def appraisal_base(*, appraised_minor: int, deal_minor: int) -> int:
    """Return what an appraisal's fee is reckoned on: the appraised value, or a lower deal price (第32条)."""
    return min(appraised_minor, deal_minor)


def appraisal_fee(numbers: ValuationNumbers, *, base_minor: int, rate_ppm: int, reissued: bool) -> int:
    """Return the fee at the agency's rate in millionths of the base; a part of it for a report made anew (第32条).

    Half a fen is rounded up.
    """
    whole = (2 * base_minor * rate_ppm + _MILLION) // (2 * _MILLION)
    return reissue_part(numbers, fee_minor=whole) if reissued else whole


@carries_out("valuation.reissue_fee_pct")
def reissue_part(numbers: ValuationNumbers, *, fee_minor: int) -> int:
    """Return what of a fee is paid for a report made anew (第32条第2款)."""
    return (2 * fee_minor * numbers.reissue_fee_pct + _HUNDRED) // (2 * _HUNDRED)
