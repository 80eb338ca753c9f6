"""Booking: the one way money moves in the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as upsert

from auction.foundation.database.acts import Act
from auction.foundation.ledger.models import LedgerEntry, LedgerPosting
from auction.foundation.ledger.rules import Posting, balanced


def book(act: Act, *, kind: str, reference: str, postings: Sequence[Posting]) -> bool:
    """Book an entry once; a reference seen before books nothing and returns False.

    :raises UnbalancedEntryError: when the postings do not sum to zero
    """
    moving = balanced(postings)
    if not moving:
        return False
    entry_id = act.session.execute(
        upsert(LedgerEntry)
        .values(at=act.now, kind=kind, reference=reference, by=act.by)
        .on_conflict_do_nothing(index_elements=["reference"])
        .returning(LedgerEntry.id)
    ).scalar_one_or_none()
    if entry_id is None:
        return False
    act.session.execute(
        insert(LedgerPosting),
        [
            {
                "entry_id": entry_id,
                "account": posting.account.value,
                "case_id": posting.case,
                "lot_id": posting.lot,
                "holder": posting.holder,
                "amount_minor": posting.minor,
                "currency": posting.currency,
            }
            for posting in moving
        ],
    )
    return True
