"""The fee for enforcement and the doubled interest, to the fen; pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from auction.procedure.distribution.pools import Pool
from auction.procedure.distribution.rules import Claim
from auction.rulebook.carried import carries_out
from auction.rulebook.numbers import DistributionNumbers

_MILLION = 1_000_000
_THOUSAND = 1_000


@carries_out(
    "distribution.enforcement_fee_flat_up_to_minor",
    "distribution.enforcement_fee_flat_minor",
    "distribution.enforcement_fee_brackets",
)
def enforcement_fee(minor: int, *, numbers: DistributionNumbers) -> int:
    """Return the fee for an amount truly enforced: a flat fee, then a falling rate on each further part.

    A half fen is rounded up (《诉讼费用交纳办法》第14条).
    """
    if minor <= 0:
        return 0
    fee_times_thousand = numbers.enforcement_fee_flat_minor * _THOUSAND
    lower = numbers.enforcement_fee_flat_up_to_minor
    for bracket in numbers.enforcement_fee_brackets:
        upper = minor if bracket.up_to_minor is None else min(minor, bracket.up_to_minor)
        fee_times_thousand += max(0, upper - lower) * bracket.per_mille
        lower = max(lower, upper)
    return (fee_times_thousand + _THOUSAND // 2) // _THOUSAND


def fee_of(pools: Iterable[Pool], claims: Iterable[Claim], *, numbers: DistributionNumbers) -> int:
    """Return the fee for what some money truly enforces of some claims."""
    enforced = min(sum(pool.minor for pool in pools), sum(claim.minor for claim in claims))
    return enforcement_fee(enforced, numbers=numbers)


@carries_out(
    "distribution.double_interest",
    "distribution.double_interest_per_million_a_day",
    "distribution.interest_stops",
)
def doubled_interest(*, unpaid_minor: int, due: date, until: date, numbers: DistributionNumbers) -> int:
    """Return the doubled part of late-performance interest for the days from ``due`` to ``until``.

    A half fen is rounded up (法释〔2014〕8号 第1、2条).
    """
    days = max(0, (until - due).days)
    exact = max(0, unpaid_minor) * days * numbers.double_interest_per_million_a_day
    return (exact + _MILLION // 2) // _MILLION
