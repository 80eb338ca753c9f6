"""Booking: the one way money moves in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as upsert

from auction.foundation.database.acts import Act
from auction.foundation.ledger.models import LedgerEntry, LedgerPosting
from auction.foundation.ledger.rules import Posting, balanced


@dataclass(frozen=True, slots=True)
class Booking:
    """What is to be booked: its kind, our reference, and the postings."""

    kind: str
    reference: str
    postings: Sequence[Posting]


def book(act: Act, *, kind: str, reference: str, postings: Sequence[Posting]) -> bool:
    """Book an entry once; a reference seen before books nothing and returns False.

    :raises UnbalancedEntryError: when the postings do not sum to zero
    """
    return bool(book_all(act, [Booking(kind, reference, postings)]))


def book_all(act: Act, bookings: Sequence[Booking]) -> set[str]:
    """Book several entries in order, each once, with two statements; return the references that were new.

    :raises UnbalancedEntryError: when the postings of one do not sum to zero
    """
    moving = {one.reference: (one.kind, balanced(one.postings)) for one in bookings}
    entries = [
        {"at": act.now, "kind": kind, "reference": reference, "by": act.by}
        for reference, (kind, postings) in moving.items()
        if postings
    ]
    if not entries:
        return set()
    made = act.session.execute(
        upsert(LedgerEntry)
        .on_conflict_do_nothing(index_elements=["reference"])
        .returning(LedgerEntry.id, LedgerEntry.reference),
        entries,
    ).all()
    postings = [
        {
            "entry_id": entry,
            "account": posting.account.value,
            "case_id": posting.case,
            "lot_id": posting.lot,
            "holder": posting.holder,
            "amount_minor": posting.minor,
            "currency": posting.currency,
        }
        for entry, reference in sorted(made)
        for posting in moving[reference][1]
    ]
    if postings:
        act.session.execute(insert(LedgerPosting), postings)
    return {reference for _, reference in made}
