"""What is kept no longer than it serves: answers under idempotency keys, and the spans in which processes served."""

from __future__ import annotations

from datetime import timedelta

from auction.edges.platform import Platform
from auction.foundation.database import idempotency
from auction.procedure.bidding import beats

#: A client that has not repeated a request for this long will not; the API's documents say so.
KEYS_KEPT = timedelta(days=7)


def tidy(platform: Platform) -> int:
    """Forget idempotency keys older than a week, and spans no certificate needs any more; return how many."""
    with platform.act() as act:
        keys = idempotency.forget(act, before=act.now - KEYS_KEPT)
    with platform.act() as act:
        return keys + beats.forget_spans(act)
