"""How often one address, or one login, may try to sign in: counted by all web processes together."""

from __future__ import annotations

from typing import cast

from flask import current_app
from limits import RateLimitItemPerMinute
from limits.strategies import MovingWindowRateLimiter

from auction.edges.counting import Counting
from auction.edges.web.visitor import platform
from auction.foundation.kernel.refusal import RateLimited
from auction.gateways.bus import Bus

#: Argon2 makes each try cost a tenth of a second; these keep a guesser from a useful number of them.
BY_LOGIN = RateLimitItemPerMinute(10, 5)
BY_ADDRESS = RateLimitItemPerMinute(60, 5)
SIGN_UPS = RateLimitItemPerMinute(30, 10)
_EXTENSION = "auction.tries"


class Throttle:
    """Counts tries in a moving window."""

    def __init__(self, bus: Bus | None) -> None:
        self._counting = Counting(MovingWindowRateLimiter, bus=bus)

    def check(self, limit: RateLimitItemPerMinute, *names: str) -> None:
        """Count one try.

        :raises RateLimited: when it is one too many
        """
        if not self._counting.hit(limit, *names):
            raise RateLimited


def tries() -> Throttle:
    """Return what the running application has counted; another application in the process counts for itself."""
    found = current_app.extensions.get(_EXTENSION)
    if found is None:
        found = current_app.extensions[_EXTENSION] = Throttle(platform().bus)
    return cast("Throttle", found)
