"""What a creditor's claim counts for when he buys or takes in kind; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from auction.foundation.kernel.canonical import sha256_hex
from auction.foundation.kernel.money import share
from auction.rulebook.carried import carries_out

#: Places behind which ordinary claims stand, and behind them what the state asks.
_ORDINARY = 100_000
_STATE = 300_000
_NO_RANK = 99_999
_PRIOR = {"secured", "tax", "construction"}
_LAST = {"fine", "confiscation"}


@dataclass(frozen=True, slots=True)
class Creditor:
    """A claim as it stands against one lot: what is unpaid of it, and its place; a smaller place is paid before."""

    claim: str
    left_minor: int
    place: int

    @property
    def prior(self) -> bool:
        """Say whether it is paid from the thing before the ordinary claims."""
        return self.place < _ORDINARY


@carries_out("auction.take_in_kind")
def place(*, kind: str, rank: int | None, on_the_thing: bool, seizure_order: int | None, enterprise: bool) -> int:
    """Return the place of a claim: construction, then by rank on the thing, then ordinary, then fines.

    Ordinary claims against an enterprise stand in the order of seizure (法释〔2015〕5号 第514条).
    """
    if kind in _LAST:
        return _STATE
    if secured(kind=kind, on_the_thing=on_the_thing):
        return 0 if kind == "construction" else min(rank or _NO_RANK, _NO_RANK)
    return _ORDINARY + (min(seizure_order or _NO_RANK, _NO_RANK) if enterprise else 0)


def secured(*, kind: str, on_the_thing: bool) -> bool:
    """Say whether a claim has a right on the thing itself, which ends with the sale and is paid first."""
    return kind in _PRIOR and on_the_thing


def ticket(*, closed: str, claim: str) -> str:
    """Return a claim's ticket in the draw among equals, of which the smallest wins (法释〔2004〕16号 第16条).

    :param closed: the hash of the entry that closed the lot, which nobody could foresee; so anybody can recompute it
    """
    return sha256_hex({"claim": claim, "closed": closed})


def ahead(creditors: Iterable[Creditor], *, of: Creditor) -> int:
    """Return what prior claims on the thing take before a claim."""
    return sum(one.left_minor for one in creditors if one.prior and one.place < of.place)


def taker_credit(creditors: Sequence[Creditor], *, taker: Creditor, price_minor: int) -> int:
    """Return for how much of the price the claim of a taker counts (法释〔2004〕16号 第16条).

    What prior claims on the thing would have got of the price he pays in money.
    """
    return max(0, min(taker.left_minor, price_minor - ahead(creditors, of=taker)))


def buyer_credit(
    creditors: Sequence[Creditor], *, buyer: Creditor, price_minor: int, costs_minor: int, balance_minor: int
) -> int:
    """Return for how much of the balance the claim of a buying applicant counts.

    Never more than it would get of the price in a plan: costs and prior claims come first, and ordinary claims of
    the same place share in proportion.
    """
    left = max(0, price_minor - costs_minor - ahead(creditors, of=buyer))
    if not buyer.prior:
        left = max(0, left - sum(one.left_minor for one in creditors if not one.prior and one.place < buyer.place))
        equals = [one for one in creditors if one.place == buyer.place]
        weights = [one.left_minor for one in equals]
        parts = share(min(left, sum(weights)), weights) if sum(weights) else [0] * len(equals)
        left = next(part for one, part in zip(equals, parts, strict=True) if one.claim == buyer.claim)
    return min(buyer.left_minor, left, balance_minor)
