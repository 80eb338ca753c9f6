"""What goes back to payers, in slices: a lot with ten thousand deposits is given back beside everything else."""

from __future__ import annotations

import logging
import time

from auction.edges.inbox import slices
from auction.edges.platform import Platform
from auction.gateways.port import OrderKind
from auction.procedure.deposits import queries as deposits

_log = logging.getLogger(__name__)

#: A run ends after so many seconds, so that the process can be stopped and others get the lock; the next goes on.
_RUN_SECONDS = 5.0
_TELL_SECONDS = 2.0
_TOLD_MAX = 5


def give_back_waiting(platform: Platform) -> int:
    """Give back what is due to payers, telling the log how far it is; return how many orders were done."""
    began = told = time.monotonic()
    done = 0
    while time.monotonic() - began < _RUN_SECONDS:
        given = give_back_some(platform)
        if given is None:
            break
        done += given
        if time.monotonic() - told > _TELL_SECONDS:
            told = time.monotonic()
            _tell(platform)
    if done:
        _log.info("given back: %d payments in %.1f s", done, time.monotonic() - began)
    return done


def give_back_some(platform: Platform) -> int | None:
    """Carry out a slice of the orders that give money back; return how many were done, None when none was due."""
    return slices.carry_out_slice(platform, kind=OrderKind.RELEASE)


def _tell(platform: Platform) -> None:
    with platform.read() as session:
        found = deposits.going_back(session)
    for lot in found[:_TOLD_MAX]:
        _log.info("deposits of lot %s: given back %s of %s", lot.lot, f"{lot.done:,}", f"{lot.total:,}")
    if len(found) > _TOLD_MAX:
        _log.info("deposits of %s lots more are going back", f"{len(found) - _TOLD_MAX:,}")
