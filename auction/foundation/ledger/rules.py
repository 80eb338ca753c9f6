"""What an entry must be, before the database checks it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Account(StrEnum):
    """The accounts of a case."""

    OUTSIDE = "outside"
    HELD = "held"
    REFUNDABLE = "refundable"
    FORFEITED = "forfeited"
    PROCEEDS = "proceeds"
    ESCROW = "escrow"
    PAID_OUT = "paid_out"
    UNCLAIMED = "unclaimed"


class UnbalancedEntryError(ValueError):
    """The postings do not sum to zero: a fault of ours, never of a user."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of an entry; ``minor`` is signed, debit positive."""

    account: Account
    case: str
    minor: int
    lot: str | None = None
    holder: str | None = None
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class WithOutside:
    """What one reference moved to (positive) or from the court's account outside, in one case."""

    reference: str
    case: str
    minor: int
    currency: str
    at: datetime


def balanced(postings: Sequence[Posting]) -> list[Posting]:
    """Return the postings that move something.

    :raises UnbalancedEntryError: when they do not sum to zero in each currency
    """
    sums: dict[str, int] = {}
    for posting in postings:
        sums[posting.currency] = sums.get(posting.currency, 0) + posting.minor
    if any(sums.values()):
        raise UnbalancedEntryError(sums)
    return [posting for posting in postings if posting.minor != 0]


def move(
    *, case: str, minor: int, source: Account, target: Account, lot: str | None, holder: str | None
) -> list[Posting]:
    """Return the two postings that carry an amount from one account of a case to another."""
    return [
        Posting(account=source, case=case, minor=minor, lot=lot, holder=holder),
        Posting(account=target, case=case, minor=-minor, lot=lot, holder=holder),
    ]
