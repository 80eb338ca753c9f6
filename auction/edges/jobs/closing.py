"""The hour strikes: lots open and close in batches, in a work of their own that waits for nothing that follows.

Any number of processes share it; while history is made nobody is at it (``sweep.sweeping``).
"""

from __future__ import annotations

import logging

from auction.edges.jobs.sweep import hours_free
from auction.edges.platform import Platform
from auction.procedure.bidding import closing, opening
from auction.procedure.bidding.closing import Struck
from auction.procedure.lots import hours

_LOG = logging.getLogger(__name__)
#: Large enough that a country's ten o'clock is some dozens of transactions, small enough that each is short.
_BATCH = 200


def strike(platform: Platform) -> int:
    """Open and close every lot whose hour has come, and return how many."""
    with platform.read() as session:
        now = platform.clock.now()
        if not hours.any_due(session, now=now):
            return 0
    with hours_free(platform) as free:
        if not free:
            return 0
        return _open(platform) + _close(platform)


def _open(platform: Platform) -> int:
    opened = 0
    while True:
        with platform.act() as act:
            done = opening.open_lots_due(act, until=act.now, limit=_BATCH)
        opened += done
        if not done:
            return opened


def _close(platform: Platform) -> int:
    closed = 0
    while True:
        struck = _close_some(platform)
        closed += struck.done + struck.deferred
        if not struck.done and not struck.deferred:
            if struck.left:
                _LOG.warning("a thing of these lots is held by somebody, they close later: %s", ", ".join(struck.left))
            return closed


def _close_some(platform: Platform) -> Struck:
    with platform.act() as act:
        until = closing.close_up_to(act.session, now=act.now)
        return closing.close_lots_due(act, until=until, limit=_BATCH)
