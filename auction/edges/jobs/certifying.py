"""Certificates of availability for lots that have closed: batch by batch, until none waits."""

from __future__ import annotations

from auction.edges.platform import Platform
from auction.procedure.bidding import certifying

#: Lots certified in one transaction: few enough that a batch takes a blink.
_BATCH = 100


def certify(platform: Platform) -> int:
    """Certify every closed lot that waits for it; return how many."""
    done = 0
    while True:
        with platform.act() as act:
            found = certifying.certify_closed(act, limit=_BATCH)
        if not found:
            return done
        done += found
