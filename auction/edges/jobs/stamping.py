"""Having the log's roots stamped by an authority outside, in the jobs process and outside every transaction."""

from __future__ import annotations

import logging

from auction.edges.platform import Platform
from auction.gateways.time_stamps import StampMissedError, stamp
from auction.procedure.publicity.stamping import keep_stamp, stamped_bytes, wanting

_LOG = logging.getLogger(__name__)


def stamp_due(platform: Platform) -> bool:
    """Have the newest root stamped when that is due and say whether it was; without an authority nothing is asked."""
    authority = platform.settings.time_authority
    if authority is None:
        return False
    with platform.read() as session:
        head = wanting(session, now=platform.clock.now())
    if head is None:
        return False
    try:
        given = stamp(stamped_bytes(head), authority=authority)
    except StampMissedError as missed:
        _LOG.warning("no time stamp from %s: %s", authority.name, missed)
        return False
    with platform.act() as act:
        return keep_stamp(act, size=head["size"], token=given.token, at=given.at, authority=authority.name)
