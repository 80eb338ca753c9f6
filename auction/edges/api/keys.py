"""Who calls: the bearer key with its scopes, and how much it may still ask."""

from __future__ import annotations

import time
from typing import cast

from flask import current_app, g, request
from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter

from auction.edges.counting import Counting
from auction.edges.limits import Limits
from auction.edges.live.connections import Known
from auction.edges.platform import Platform
from auction.edges.problems import ScopeMissing
from auction.foundation.kernel.refusal import AuthRequired, RateLimited
from auction.procedure.identity import queries as identity

_TOKEN_MAX = 200
_EXTENSION = "auction.api.limiter"


def known(platform: Platform) -> Known | None:
    """Return who calls with which scopes, or None when no key was sent.

    :raises AuthRequired: when a key was sent that opens nothing
    """
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not 0 < len(token) <= _TOKEN_MAX or not token.isascii():
        raise AuthRequired
    with platform.read() as session:
        found = identity.actor_of_token(session, token=token)
    if found is None:
        raise AuthRequired
    return found


def require(caller: Known | None, *, scope: str) -> None:
    """Refuse a call whose key does not reach so far.

    :raises AuthRequired: no key
    :raises ScopeMissing: a key without the scope
    """
    if caller is None:
        raise AuthRequired
    if scope not in caller[1]:
        raise ScopeMissing(scope=scope)


def count(platform: Platform, caller: Known | None, *, writes: bool) -> None:
    """Count one call of a key, or of an address where none was sent; the headers tell what is left.

    :raises RateLimited: when it is one too many
    """
    limits = cast("Limits", current_app.config["LIMITS"])
    allowed = limits.writes_per_minute if writes else limits.reads_per_minute
    item = RateLimitItemPerMinute(allowed)
    name = caller[0].id if caller else request.remote_addr or "unknown"
    counting = _counting(platform)
    passed = counting.hit(item, "write" if writes else "read", name)
    window = counting.window(item, "write" if writes else "read", name)
    left = max(0, window.remaining)
    g.limit_headers = {
        "RateLimit-Limit": str(allowed),
        "RateLimit-Remaining": str(left),
        "RateLimit-Reset": str(max(0, int(window.reset_time - time.time()) + 1)),  # noqa: TID251 - the limiter's own clock
    }
    if not passed:
        raise RateLimited


def _counting(platform: Platform) -> Counting:
    counting = current_app.extensions.get(_EXTENSION)
    if counting is None:
        counting = current_app.extensions[_EXTENSION] = Counting(FixedWindowRateLimiter, bus=platform.bus)
    return cast("Counting", counting)
