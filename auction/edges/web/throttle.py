"""How often one address, or one login, may try to sign in; kept in this process."""

from __future__ import annotations

from typing import cast

from flask import current_app
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from auction.foundation.kernel.refusal import RateLimited

#: Argon2 makes each try cost a tenth of a second; these keep a guesser from a useful number of them.
BY_LOGIN = RateLimitItemPerMinute(10, 5)
BY_ADDRESS = RateLimitItemPerMinute(60, 5)
SIGN_UPS = RateLimitItemPerMinute(30, 10)


class Throttle:
    """Counts tries in a moving window."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def check(self, limit: RateLimitItemPerMinute, *names: str) -> None:
        """Count one try.

        :raises RateLimited: when it is one too many
        """
        if not self._limiter.hit(limit, *names):
            raise RateLimited


def tries() -> Throttle:
    """Return what the running application has counted; another application in the process counts for itself."""
    return cast("Throttle", current_app.extensions.setdefault("auction.tries", Throttle()))
