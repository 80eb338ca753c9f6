"""What a bank line is, decided from what it says and what we expect; pure (法发〔2017〕6号 第4条)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

_REFERENCE = re.compile(r"RF\d{18}", re.ASCII)
#: The account of money of no case yet is the court's own.
_CLEARING = "clearing:"


class LineStatus(StrEnum):
    """The life of a bank line.

    ``unclaimed`` money is booked and waits on the desk; ``unexplained`` is what the books cannot hold: money that
    went without an order of ours, or that the bank took back.
    """

    NEW = "new"
    MATCHED = "matched"
    PAID_TO_CASE = "paid_to_case"
    UNCLAIMED = "unclaimed"
    UNEXPLAINED = "unexplained"
    GOING_BACK = "going_back"
    GONE_BACK = "gone_back"
    CANCELLED_OUT = "cancelled_out"


#: What waits for a person.
ON_THE_DESK = frozenset({LineStatus.UNCLAIMED, LineStatus.UNEXPLAINED})
#: What is in the account of unclaimed money.
BOOKED_UNCLAIMED = frozenset({LineStatus.UNCLAIMED, LineStatus.GOING_BACK, LineStatus.GONE_BACK})


class Why(StrEnum):
    """Why a line is on the desk."""

    NO_REFERENCE = "no_reference"
    UNKNOWN_REFERENCE = "unknown_reference"
    NOT_EXPECTED = "not_expected"
    AMOUNT_DIFFERS = "amount_differs"
    PAYER_DIFFERS = "payer_differs"
    RETURNED = "returned"
    REVERSAL = "reversal"
    PAID_TWICE = "paid_twice"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Seen:
    """What matching looks at in a line."""

    credit: bool
    amount_minor: int
    currency: str
    reversal: bool
    returned: bool
    other_name: str | None


@dataclass(frozen=True, slots=True)
class Expected:
    """What we expect of the outside: an order by bank, whose it is, and whether it is open or done."""

    inward: bool
    open: bool
    done: bool
    amount_minor: int
    currency: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a line is: matched, or on the desk and why."""

    status: LineStatus
    why: Why | None = None


def judge(seen: Seen, expected: Expected | None, *, referred: bool) -> Verdict:
    """Return what a line is; only what agrees in reference, amount, currency and payer is matched.

    :param expected: the order its references name, if any
    :param referred: whether it carries a reference at all
    """
    if seen.credit:
        return _came_in(seen, expected, referred=referred)
    return _went_out(seen, expected, referred=referred)


def _came_in(seen: Seen, expected: Expected | None, *, referred: bool) -> Verdict:
    why: Why | None = None
    if expected is None:
        why = Why.REVERSAL if seen.reversal else Why.UNKNOWN_REFERENCE if referred else Why.NO_REFERENCE
    elif not expected.inward:
        why = Why.RETURNED
    elif seen.reversal or seen.returned:
        why = Why.REVERSAL
    elif not expected.open:
        why = Why.PAID_TWICE if expected.done else Why.NOT_EXPECTED
    elif (seen.amount_minor, seen.currency) != (expected.amount_minor, expected.currency):
        why = Why.AMOUNT_DIFFERS
    elif not same_name(seen.other_name, expected.name):
        why = Why.PAYER_DIFFERS
    return Verdict(LineStatus.UNCLAIMED, why) if why else Verdict(LineStatus.MATCHED)


def _went_out(seen: Seen, expected: Expected | None, *, referred: bool) -> Verdict:
    why: Why | None = None
    if seen.reversal:
        why = Why.REVERSAL
    elif expected is None or expected.inward:
        why = Why.UNKNOWN_REFERENCE if referred else Why.NO_REFERENCE
    elif not expected.open:
        why = Why.PAID_TWICE if expected.done else Why.NOT_EXPECTED
    elif (seen.amount_minor, seen.currency) != (expected.amount_minor, expected.currency):
        why = Why.AMOUNT_DIFFERS
    return Verdict(LineStatus.UNEXPLAINED, why) if why else Verdict(LineStatus.MATCHED)


def same_name(first: str | None, second: str | None) -> bool:
    """Say whether two names are the same to a bank: width, case, spaces and dots between do not count."""
    return bool(first and second) and plain_name(first) == plain_name(second)


def plain_name(name: str | None) -> str:
    """Return a name without what banks print in one way or another."""
    wide = unicodedata.normalize("NFKC", name or "").casefold()
    return "".join(sign for sign in wide if not sign.isspace() and sign not in "·・•‧.,，。")


def references_in(*texts: str | None) -> list[str]:
    """Return the creditor references of our form in texts, in order, each once; spaces and width do not count."""
    found: list[str] = []
    for text in texts:
        joined = "".join(unicodedata.normalize("NFKC", text or "").upper().split())
        found.extend(one for one in _REFERENCE.findall(joined) if one not in found)
    return found


def clearing(court: str) -> str:
    """Return the account of a court's money of no case."""
    return f"{_CLEARING}{court}"


def court_of_clearing(case: str) -> str | None:
    """Return the court whose clearing account this is, or None for a case."""
    return case.removeprefix(_CLEARING) if case.startswith(_CLEARING) else None
