"""A slip of the hand: an amount so far above what was needed that a person is asked once more before it is sent.

A bid cannot be taken back (拍卖法 第36条), so the page asks where a digit may be one too many. It is the page's
question, not a rule of bidding: whoever answers it, and every program, may bid what he likes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """From where an amount looks like a slip; the one place for these numbers, and pages are told them from here."""

    steps: int
    """More steps above the least acceptable than any button of the page adds."""
    per_cent: int
    """And by so much of the least acceptable, since ten steps of a large thing are little."""
    times: int
    """Or so many times the least acceptable, as by one digit more, however large the steps are."""

    def looks_like_one(self, *, amount_minor: int, least_minor: int, increment_minor: int) -> bool:
        """Say whether a person should look at an amount once more; never for the plain next step."""
        over = amount_minor - least_minor
        if over <= increment_minor:
            return False
        far = over > self.steps * increment_minor and over * 100 >= self.per_cent * least_minor
        return far or amount_minor >= self.times * least_minor


@dataclass(frozen=True, slots=True)
class Distance:
    """How far an amount lies above the least acceptable."""

    over_minor: int
    steps: int
    """Whole steps; the amount may lie between two."""
    tenfold: int
    """How many times the least acceptable the amount is, in tenths."""


def distance(*, amount_minor: int, least_minor: int, increment_minor: int) -> Distance:
    """Return how far an amount lies above the least acceptable."""
    over = max(amount_minor - least_minor, 0)
    return Distance(over_minor=over, steps=over // increment_minor, tenfold=amount_minor * 10 // least_minor)


SLIP = Slip(steps=10, per_cent=5, times=10)
