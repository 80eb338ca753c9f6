"""Receipts: what became of a bid, read back from its docket entry, and the batch that makes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from auction.foundation.docket import queries as docket
from auction.foundation.docket.rules import Entry, Line
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.refusal import Refusal
from auction.procedure.bidding import rules
from auction.procedure.bidding.offers import Offer
from auction.procedure.lots.queries import LotRecord
from auction.rulebook import Numbers
from auction.rulebook.carried import carries_out

#: What a docket's entries of refused bids name, by its code.
REFUSALS: Mapping[str, type[Refusal]] = {
    refusal.code: refusal
    for refusal in (
        rules.BiddingNotOpen,
        rules.BiddingClosed,
        rules.BelowStart,
        rules.BidTooLow,
        rules.OffStep,
        rules.OwnLead,
    )
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a bidder holds in hand (contract section 4). ``refusal`` is None when the bid was accepted."""

    lot: str
    bid_id: str
    seq: int
    code: str
    amount_minor: int
    received_at: str
    decided_at: str
    ms_to_end: int
    ends_at: str
    entry_hash: str
    extended: bool
    refusal: Refusal | None
    repeated: bool = False

    @property
    def accepted(self) -> bool:
        """Say whether the bid stands."""
        return self.refusal is None

    def as_json(self) -> dict[str, Any]:
        """Return what is signed; ``problem`` is added by the edge that knows the reader's language."""
        return {
            "lot": self.lot,
            "bid_id": self.bid_id,
            "outcome": "accepted" if self.accepted else "refused",
            "seq": self.seq,
            "code": self.code,
            "amount_minor": self.amount_minor,
            "received_at": self.received_at,
            "decided_at": self.decided_at,
            "ms_to_end": self.ms_to_end,
            "ends_at": self.ends_at,
            "extended": self.extended,
            "entry_hash": self.entry_hash,
        }


def _from_entry(entry: Entry, *, repeated: bool) -> Receipt:
    public = entry.public
    refusal = None
    if entry.kind == "bid.refused":
        refusal = REFUSALS[public["refusal"]](**public["facts"])
    return Receipt(
        lot=entry.chain.partition(":")[2],
        bid_id=public["bid_id"],
        seq=entry.seq,
        code=public["code"],
        amount_minor=public["amount_minor"],
        received_at=public["received_at"],
        decided_at=instant_text(entry.at),
        ms_to_end=public["ms_to_end"],
        ends_at=public["ends_at"],
        entry_hash=entry.hash,
        extended=bool(public.get("extended", False)),
        refusal=refusal,
        repeated=repeated,
    )


def earlier(session: Session, *, lot: str, bid_ids: Sequence[str]) -> dict[str, Entry]:
    """Return the entries that bids of these ids already have on the lot."""
    return docket.bids_of_ids(session, f"lot:{lot}", bid_ids)


def read(session: Session, *, lot: str, bid_id: str) -> Receipt | None:
    """Return the receipt of a bid once placed on the lot, or None when no such bid was decided."""
    entry = earlier(session, lot=lot, bid_ids=[bid_id]).get(bid_id)
    return _from_entry(entry, repeated=True) if entry is not None else None


@carries_out("auction.shown_live", "auction.order_of_bids", seen_in=("bid.accepted", "bid.refused"))
@dataclass
class Batch:
    """Bids of one lot decided in arrival order against one standing; entries are attached after the insert."""

    lot: LotRecord
    standing: rules.Standing
    numbers: Numbers
    earlier: dict[str, Entry]
    lines: list[Line] = field(default_factory=list)
    _at: dict[str, int] = field(default_factory=dict)
    _entries: Sequence[Entry] = ()

    def take(self, offer: Offer, *, bidder: rules.Bidder | None) -> Callable[[], Receipt | Refusal]:
        """Decide one offer; the answer is complete once ``attach`` was called."""
        before = self.earlier.get(offer.bid_id)
        if before is not None:
            return self._again(offer, before=before, bidder=bidder)
        index = self._at.get(offer.bid_id)
        if index is not None:
            return self._again_in_batch(offer, index=index, bidder=bidder)
        return self._decide(offer, bidder=bidder)

    def attach(self, entries: Sequence[Entry]) -> None:
        """Give the batch the entries its lines became."""
        self._entries = entries

    def _decide(self, offer: Offer, *, bidder: rules.Bidder | None) -> Callable[[], Receipt | Refusal]:
        standing = self.standing
        # Nobody is held to a bid on words that were corrected behind his back; nothing is entered of the attempt.
        unread = 0 if bidder is None else self.lot.corrections - bidder.corrections_read
        if unread > 0:
            bidder = None
        refusal: Refusal | None = None
        try:
            self.standing = rules.decide(
                standing,
                bidder=bidder,
                amount_minor=offer.amount_minor,
                received_at=offer.received_at,
                numbers=self.numbers,
            )
        except Refusal as named:
            refusal = named
        if bidder is None:
            nobody = refusal or rules.NotAdmitted()
            if unread > 0 and isinstance(nobody, rules.NotAdmitted):
                nobody = rules.CorrectionUnread(corrections=unread)
            return lambda: nobody
        index = self._at[offer.bid_id] = len(self.lines)
        if refusal is None:
            self._accept(offer, bidder=bidder, extended=self.standing.extensions > standing.extensions)
        else:
            self._refuse(offer, bidder=bidder, refusal=refusal)
        return lambda: _from_entry(self._entries[index], repeated=False)

    def _public(self, offer: Offer, bidder: rules.Bidder) -> dict[str, Any]:
        left = self.standing.ends_at - offer.received_at
        return {
            "bid_id": offer.bid_id,
            "code": bidder.code,
            "rank": bidder.rank,
            "amount_minor": offer.amount_minor,
            "received_at": instant_text(offer.received_at),
            "ends_at": instant_text(self.standing.ends_at),
            "ms_to_end": int(left.total_seconds() * 1000),
        }

    def _accept(self, offer: Offer, *, bidder: rules.Bidder, extended: bool) -> None:
        public = {**self._public(offer, bidder), "extended": extended}
        self.lines.append(Line("bid.accepted", public))
        if extended:
            moved = {
                "code": bidder.code,
                "ends_at": instant_text(self.standing.ends_at),
                "extensions": self.standing.extensions,
            }
            self.lines.append(Line("lot.extended", moved))

    def _refuse(self, offer: Offer, *, bidder: rules.Bidder, refusal: Refusal) -> None:
        public = {**self._public(offer, bidder), "refusal": refusal.code, "facts": refusal.plain_facts()}
        self.lines.append(Line("bid.refused", public))

    def _again(self, offer: Offer, *, before: Entry, bidder: rules.Bidder | None) -> Callable[[], Receipt | Refusal]:
        same = bidder is not None and before.public["code"] == bidder.code
        if not same or before.public["amount_minor"] != offer.amount_minor:
            return rules.BidIdReused
        return lambda: _from_entry(before, repeated=True)

    def _again_in_batch(
        self, offer: Offer, *, index: int, bidder: rules.Bidder | None
    ) -> Callable[[], Receipt | Refusal]:
        public = self.lines[index].public
        if bidder is None or public["code"] != bidder.code or public["amount_minor"] != offer.amount_minor:
            return rules.BidIdReused
        return lambda: _from_entry(self._entries[index], repeated=True)
