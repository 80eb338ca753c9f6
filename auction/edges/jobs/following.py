"""What follows from entries, at the least cost: reactions of many chains together, by any number of processes."""

from __future__ import annotations

import time

from auction.edges.platform import Platform
from auction.foundation.docket import reactions
from auction.foundation.docket.setbacks import Setbacks

#: How many waiting reactions are looked at for those that can be run together; most lots have three of a close.
#: The few hundred chains this locks have ended, and are locked for less than a blink each.
_WINDOW = 500
#: After so long money has its turn, so that nobody who pays waits for the end of a storm.
_TURN_SECONDS = 1.0


def follow(platform: Platform, *, setbacks: Setbacks) -> int:
    """Run reactions for a turn, or until none is left that another process is not at; return how many were run."""
    ends, done = time.monotonic() + _TURN_SECONDS, 0
    while time.monotonic() < ends:
        with platform.act() as act:
            ran = len(reactions.run_some(act, window=_WINDOW, setbacks=setbacks))
        setbacks.over()
        done += ran
        if not ran:
            break
    return done
