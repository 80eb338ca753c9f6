"""How a lot stands, told from its public docket entries alone; pure.

What a step was decided by is checked in ``rules``; here is only what the entries say, so that anybody who holds them
knows status, outcome, price, leader, end, extensions and settlement without asking us.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from auction.foundation.docket.rules import Entry
from auction.procedure.lots.rules import TRANSITIONS


class UntoldError(ValueError):
    """An entry cannot follow those before it, or cannot be read; ``seq`` is its number."""

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(f"entry {seq}: {why}")
        self.seq = seq
        self.why = why


@dataclass(frozen=True, slots=True)
class Told:
    """A lot as its entries tell it; ``code`` is the bidding code that leads or has won."""

    status: str = ""
    outcome: str | None = None
    price_minor: int | None = None
    code: str | None = None
    ends_at: datetime | None = None
    bids: int = 0
    extensions: int = 0
    settlement: str | None = None


#: To which status an entry of a kind takes the lot; ``lot.resumed`` names it itself.
_STATUS: Final[Mapping[str, str]] = {
    "lot.drafted": "draft",
    "lot.approved": "approved",
    "lot.announced": "announced",
    "lot.opened": "open",
    "lot.deferred": "deferred",
    "lot.suspended": "suspended",
    "lot.withdrawn": "withdrawn",
    "lot.closed": "closed",
    "lot.revoked": "revoked",
}
#: To which state an entry of a kind takes the settlement.
_SETTLEMENT: Final[Mapping[str, str]] = {
    "settlement.confirmed": "awaiting_balance",
    "lot.taken_in_kind": "awaiting_balance",
    "lot.paid": "paid",
    "lot.ruled": "ruled",
    "lot.delivered": "delivered",
    "lot.defaulted": "defaulted",
    "settlement.revoked": "revoked",
}
#: Where an entry of a kind names the end of bidding.
_END: Final[Mapping[str, str]] = {
    "lot.announced": "closes_at",
    "lot.opened": "ends_at",
    "bid.accepted": "ends_at",
    "lot.resumed": "ends_at",
}


def standing_after(entries: Iterable[Entry]) -> Told:
    """Return how a lot stands after its entries, given in order from the first or from the announcement.

    :raises UntoldError: at the first entry that the road of a lot does not have there, or that cannot be read
    """
    told = Told()
    for entry in entries:
        try:
            told = _after(told, entry)
        except (KeyError, TypeError, ValueError) as fault:
            if isinstance(fault, UntoldError):
                raise
            raise UntoldError(entry.seq, f"{entry.kind} cannot be read: {fault}") from fault
    return told


def _after(told: Told, entry: Entry) -> Told:
    public = entry.public
    if entry.kind in _STATUS or entry.kind == "lot.resumed":
        told = _moved(told, entry, to=_STATUS.get(entry.kind) or str(public.get("status", "open")))
    if entry.kind in _END:
        told = replace(told, ends_at=datetime.fromisoformat(public[_END[entry.kind]]))
    if entry.kind in _SETTLEMENT:
        told = replace(told, settlement=_SETTLEMENT[entry.kind])
    if entry.kind == "bid.accepted":
        told = replace(
            told,
            price_minor=int(public["amount_minor"]),
            code=str(public["code"]),
            bids=told.bids + 1,
            extensions=told.extensions + (1 if public.get("extended") else 0),
        )
    return replace(told, outcome=str(public["outcome"])) if entry.kind == "lot.closed" else told


def _moved(told: Told, entry: Entry, *, to: str) -> Told:
    # A stay that outlasted the opening ends with two entries: it goes on, and it opens at once.
    again = entry.kind == "lot.opened" and told.status == to
    if told.status and not again and to not in TRANSITIONS.get(told.status, ()):
        raise UntoldError(entry.seq, f"{to} though it was {told.status}")
    return replace(told, status=to)
