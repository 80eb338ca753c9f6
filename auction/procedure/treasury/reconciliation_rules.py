"""What our books say of the money outside, against what the outside says of it; pure (法发〔2017〕6号).

Money is compared payment by payment: what came in under a payment, less what of it went back, must be the same on
both sides. Where the sums of a payment differ, the orders under it say which of them is the cause. A thing that
happened within the last minutes is no difference yet: the other side may not know of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from auction.foundation.ledger.rules import WithOutside
from auction.gateways.port import Movement

#: What is younger than this may be known to one side only.
SETTLES_WITHIN = timedelta(minutes=3)
#: Between two runs of the daily comparison.
RUNS_EVERY = timedelta(days=1)


class DifferenceKind(StrEnum):
    """In what the two sides differ."""

    MISSING_INSIDE = "missing_inside"
    MISSING_OUTSIDE = "missing_outside"
    AMOUNT_DIFFERS = "amount_differs"
    UNMATCHED = "unmatched"
    LEDGER_DIFFERS = "ledger_differs"


@dataclass(frozen=True, slots=True)
class Booked:
    """What one done order, or one recorded payment, changed outside, as our books have it.

    ``order`` is the id it is known by, ``payment`` the outside's reference of the payment it belongs to.
    """

    order: str
    payment: str
    case: str
    signed_minor: int
    currency: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing on which two sides do not agree, to the fen.

    ``inside_minor`` is our books' word and ``outside_minor`` the gateway's. Where the ledger itself differs there is
    no gateway: then ``inside_minor`` is the ledger's word and ``outside_minor`` that of orders and recorded payments.
    """

    kind: DifferenceKind
    gateway: str | None
    payment: str | None
    order: str | None
    case: str | None
    currency: str
    inside_minor: int
    outside_minor: int
    since: datetime

    @property
    def key(self) -> str:
        """What makes it the same difference in the next comparison, whatever the amounts are then."""
        return "|".join(
            part or "" for part in (self.gateway or "ledger", self.payment, self.order, self.case, self.currency)
        )


@dataclass(slots=True)
class _Side:
    """What one side says of an order."""

    minor: int = 0
    at: datetime | None = None

    def add(self, minor: int, at: datetime) -> None:
        self.minor += minor
        self.at = at if self.at is None else max(self.at, at)


def compare(
    gateway: str,
    *,
    booked: Sequence[Booked],
    movements: Sequence[Movement],
    waiting: Collection[str],
    settled_by: datetime,
) -> list[Difference]:
    """Return where our books and a gateway differ, by payment, in the order of the payments' references.

    :param waiting: orders that are not done yet; what the gateway says of them is not looked at
    :param settled_by: what happened later is not looked at as a cause
    """
    told = [one for one in movements if one.order is None or one.order not in waiting]
    left: dict[tuple[str, str], int] = {}
    for ours in booked:
        key = (ours.payment, ours.currency)
        left[key] = left.get(key, 0) + ours.signed_minor
    for theirs in told:
        key = (theirs.payment, theirs.currency)
        left[key] = left.get(key, 0) - theirs.signed_minor
    apart: dict[tuple[str, str], tuple[list[Booked], list[Movement]]] = {
        key: ([], []) for key, minor in left.items() if minor
    }
    if not apart:
        return []
    for ours in booked:
        if (found := apart.get((ours.payment, ours.currency))) is not None:
            found[0].append(ours)
    for theirs in told:
        if (found := apart.get((theirs.payment, theirs.currency))) is not None:
            found[1].append(theirs)
    return [
        difference
        for (payment, currency), (inside, outside) in sorted(apart.items())
        for difference in _of_payment(gateway, payment, currency, inside, outside)
        if difference.since <= settled_by
    ]


def _of_payment(
    gateway: str, payment: str, currency: str, booked: Sequence[Booked], movements: Sequence[Movement]
) -> list[Difference]:
    """Return the causes of a payment's difference: orders first, then what no order of ours explains."""
    inside: dict[str, _Side] = {}
    outside: dict[str, _Side] = {}
    for ours in booked:
        inside.setdefault(ours.order, _Side()).add(ours.signed_minor, ours.at)
    strangers = [one for one in movements if one.order is None]
    for theirs in movements:
        if theirs.order is not None:
            outside.setdefault(theirs.order, _Side()).add(theirs.signed_minor, theirs.at)
    case = booked[0].case if booked else None
    wrong = [
        order for order in sorted(inside.keys() | outside.keys()) if _minor(inside, order) != _minor(outside, order)
    ]
    for one in list(strangers):
        # What the outside did without naming our order (a hold that lapsed) is the order's when the fen agree.
        twin = next((o for o in wrong if _minor(inside, o) - _minor(outside, o) == one.signed_minor), "")
        if twin in inside:
            wrong.remove(twin)
            strangers.remove(one)
    blank = Difference(
        kind=DifferenceKind.AMOUNT_DIFFERS, gateway=gateway, payment=payment, order=None, case=case,
        currency=currency, inside_minor=0, outside_minor=0, since=datetime.min.replace(tzinfo=UTC),
    )  # fmt: skip
    found = [_filled(blank, order, inside.get(order, _Side()), outside.get(order, _Side())) for order in wrong]
    return found + [_filled(blank, None, _Side(), side) for side in _summed(strangers) if side.minor]


def _minor(side: Mapping[str, _Side], order: str) -> int:
    return side[order].minor if order in side else 0


def _summed(strangers: Iterable[Movement]) -> list[_Side]:
    """Return what the outside did without us under one payment as one sum, the newest instant kept."""
    side = _Side()
    for one in strangers:
        side.add(one.signed_minor, one.at)
    return [side]


def _filled(blank: Difference, order: str | None, inside: _Side, outside: _Side) -> Difference:
    """Return a payment's difference with what the two sides say of one order under it."""
    if not outside.minor:
        kind = DifferenceKind.MISSING_OUTSIDE
    elif not inside.minor:
        kind = DifferenceKind.MISSING_INSIDE
    else:
        kind = DifferenceKind.AMOUNT_DIFFERS
    return replace(
        blank,
        kind=kind,
        order=order,
        inside_minor=inside.minor,
        outside_minor=outside.minor,
        since=_newest(inside, outside),
    )


def _newest(*sides: _Side) -> datetime:
    return max(side.at for side in sides if side.at is not None)


def compare_ledger(*, entered: Iterable[WithOutside], booked: Iterable[Booked]) -> list[Difference]:
    """Return where the ledger and the orders and recorded payments behind it differ, by case and reference.

    A reference may go on behind a colon (``G1:lapsed``): all that an order did is compared together.
    """
    named = [((one.case, one.order, one.currency), one) for one in booked]
    names = {order for (_, order, _), _ in named}
    written = [
        ((one.case, one.reference if one.reference in names else one.reference.partition(":")[0], one.currency), one)
        for one in entered
    ]
    left: dict[tuple[str, str, str], int] = {}
    for key, ours in written:
        left[key] = left.get(key, 0) + ours.minor
    for key, theirs in named:
        left[key] = left.get(key, 0) - theirs.signed_minor
    apart = {key: (_Side(), _Side()) for key, minor in sorted(left.items()) if minor}
    for key, ours in written:
        if key in apart:
            apart[key][0].add(ours.minor, ours.at)
    for key, theirs in named:
        if key in apart:
            apart[key][1].add(theirs.signed_minor, theirs.at)
    return [
        Difference(
            kind=DifferenceKind.LEDGER_DIFFERS, gateway=None, payment=None, order=order, case=case, currency=currency,
            inside_minor=inside.minor, outside_minor=outside.minor, since=_newest(inside, outside),
        )
        for (case, order, currency), (inside, outside) in apart.items()
    ]  # fmt: skip


def as_unmatched(differences: Iterable[Difference]) -> list[Difference]:
    """Return a bank's differences, with lines of its files that name nothing of ours called unmatched."""
    return [
        replace(one, kind=DifferenceKind.UNMATCHED)
        if one.kind is DifferenceKind.MISSING_INSIDE and one.order is None
        else one
        for one in differences
    ]


def in_both(first: Iterable[Difference], second: Iterable[Difference]) -> list[Difference]:
    """Return what two looks, one after the other, both found: what one look finds may just have been under way."""
    before = {(one.key, one.inside_minor, one.outside_minor) for one in first}
    return [one for one in second if (one.key, one.inside_minor, one.outside_minor) in before]
