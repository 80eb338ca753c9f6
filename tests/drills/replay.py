"""A lot's bidding told again from its docket alone, by rules written from the law and not taken from the platform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from auction.foundation.docket.rules import Entry

ACCEPTED = "accepted"
BIDS = ("bid.accepted", "bid.refused")
_STOPS = ("lot.deferred", "lot.suspended", "lot.withdrawn", "lot.revoked")


@dataclass(frozen=True, slots=True)
class Terms:
    """The numbers a lot was announced with."""

    start_price_minor: int
    increment_minor: int
    extension_window: timedelta
    extension_length: timedelta


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that does not hold, and where."""

    rule: str
    where: str
    what: str


def outcome(entry: Entry) -> str:
    """Return what a bid is entered as: accepted, or the code of its refusal."""
    return ACCEPTED if entry.kind == "bid.accepted" else str(entry.public["refusal"])


@dataclass(slots=True)
class Replay:
    """A lot's bidding told again from its docket, each decision made anew."""

    terms: Terms
    price_minor: int | None = None
    leader: str | None = None
    rank: int | None = None
    bids: int = 0
    opens_at: datetime | None = None
    ends_at: datetime | None = None
    stands_still: bool = False
    stills: list[tuple[datetime, datetime]] = field(default_factory=list)
    stopped_at: datetime | None = None
    closed: bool = False
    ranks: dict[str, int | None] = field(default_factory=dict)

    def faults_of(self, entries: Sequence[Entry]) -> list[Fault]:
        """Return every entry that the rules do not allow at its place."""
        return [Fault("legal", f"#{entry.seq}", wrong) for entry in entries if (wrong := self._next(entry))]

    @property
    def least_minor(self) -> int:
        """The least an ordinary bidder may bid next."""
        return (
            self.terms.start_price_minor if self.price_minor is None else self.price_minor + self.terms.increment_minor
        )

    def _next(self, entry: Entry) -> str | None:
        public = entry.public
        match entry.kind:
            case "registration.admitted":
                self.ranks[public["code"]] = public["priority_rank"]
            case "lot.opened":
                self.opens_at, self.ends_at = _instant(public["opens_at"]), _instant(public["ends_at"])
            case "bid.accepted" | "bid.refused":
                return self._bid(entry)
            case "lot.extended":
                return None if _instant(public["ends_at"]) == self.ends_at else f"extended to {public['ends_at']}"
            case "lot.resumed":
                self._resume(entry)
            case "lot.closed":
                return self._close(entry)
            case kind if kind in _STOPS:
                self.stands_still, self.stopped_at = True, entry.at
            case _:
                pass  # nothing that bidding depends on
        return None

    def _resume(self, entry: Entry) -> None:
        self.ends_at, self.stands_still = _instant(entry.public["ends_at"]), entry.public["status"] != "open"
        self.opens_at = self.opens_at or entry.at
        if self.stopped_at is not None:
            self.stills.append((self.stopped_at, entry.at))

    def _bid(self, entry: Entry) -> str | None:
        public, arrived = entry.public, _instant(entry.public["received_at"])
        if self.ranks.get(public["code"], "nobody") != public["rank"]:
            return f"{public['code']} was not admitted with rank {public['rank']}"
        if arrived > entry.at:
            return "decided before it arrived"
        least = self.least_minor
        rightly = self._decide(public, arrived)
        if rightly != outcome(entry):
            return f"entered as {outcome(entry)}, rightly {rightly} (least {least}, leader {self.leader})"
        if rightly == "bidding.closed" and self.ends_at is not None and arrived < self.ends_at:
            return f"refused as late, though it arrived {self.ends_at - arrived} before the end: the close did not wait"
        if entry.kind == "bid.accepted":
            return self._lead(public, arrived)
        told = public["facts"].get("least_acceptable_minor", least)
        return None if told == least else f"refused with {told} as the least, rightly {least}"

    def _decide(self, public: Mapping[str, Any], arrived: datetime) -> str:
        amount = public["amount_minor"]
        if (refusal := self._by_the_clock(arrived)) is not None:
            return refusal
        if amount < self.terms.start_price_minor:
            return "bidding.below_start"
        if self.leader == public["code"]:
            return "bidding.own_lead"
        if self.price_minor is not None and amount <= self.price_minor + self.terms.increment_minor - 1:
            better = public["rank"] is not None and (self.rank is None or public["rank"] < self.rank)
            return ACCEPTED if better and amount == self.price_minor else "bidding.too_low"
        whole = (amount - self.terms.start_price_minor) % self.terms.increment_minor == 0
        return ACCEPTED if whole else "bidding.off_step"

    def _by_the_clock(self, arrived: datetime) -> str | None:
        if self.stands_still or any(begun <= arrived < over for begun, over in self.stills):
            return "bidding.not_open"
        if not self.closed and (self.opens_at is None or arrived < self.opens_at):
            return "bidding.not_open"
        return "bidding.closed" if self.closed or self.ends_at is None or arrived >= self.ends_at else None

    def _lead(self, public: Mapping[str, Any], arrived: datetime) -> str | None:
        assert self.ends_at is not None
        before, end = self.ends_at, self.ends_at
        if end - arrived <= self.terms.extension_window:
            end = max(end, arrived + self.terms.extension_length)
        self.price_minor, self.leader, self.rank = public["amount_minor"], public["code"], public["rank"]
        self.bids, self.ends_at = self.bids + 1, end
        if _instant(public["ends_at"]) != end or public["extended"] != (end > before):
            return f"the end told as {public['ends_at']}, rightly {end.isoformat()}"
        return None

    def _close(self, entry: Entry) -> str | None:
        public, self.closed = entry.public, True
        if self.stands_still or self.ends_at is None or entry.at < self.ends_at:
            return "closed before its end, or while it stood still"
        told = (public["outcome"], public["price_minor"], public["code"], public["bids"], _instant(public["ends_at"]))
        sold = "unsold" if self.price_minor is None else "sold"
        rightly = (sold, self.price_minor, self.leader, self.bids, self.ends_at)
        return None if told == rightly else f"closed with {told}, rightly {rightly}"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
