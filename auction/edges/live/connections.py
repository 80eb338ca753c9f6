"""Who is on the line: what each live connection may do, and how fast."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask_login import current_user
from sqlalchemy.orm import Session

from auction.edges.limits import Limits
from auction.edges.live.pace import Pace
from auction.edges.platform import Platform
from auction.edges.problems import BiddingTooFast, ScopeMissing
from auction.foundation.database.acts import authorise
from auction.foundation.kernel.refusal import AuthForbidden, AuthRequired
from auction.foundation.kernel.roles import ROLE_NAMES, Actor, Role
from auction.procedure.identity import queries as identity

#: An account closed or a key revoked stops bidding over an open connection within this time.
_RECHECK_SECONDS = 30.0
_TOKEN_MAX = 200
BID_SCOPE = "bid"

Known = tuple[Actor, frozenset[str]]


@dataclass(slots=True, eq=False)
class Connection:
    """One live connection: its language, who it is, what it watches, how much it may still send."""

    sid: str
    language: str
    known: Known | None
    recheck: Callable[[Session], Known | None]
    allowance: float
    events: Pace
    lots: set[str] = field(default_factory=set)
    waiting: int = 0
    checked_at: float = field(default_factory=time.monotonic)
    filled_at: float = field(default_factory=time.monotonic)

    def take_turn(self, limits: Limits) -> None:
        """Count one bid.

        :raises BiddingTooFast: when the connection sends more than its share
        """
        at = time.monotonic()
        filled = self.allowance + (at - self.filled_at) * limits.bids_per_second
        self.allowance, self.filled_at = min(filled, float(limits.bids_burst)), at
        if self.allowance < 1 or self.waiting >= limits.bids_waiting:
            raise BiddingTooFast
        self.allowance -= 1

    def bidder(self, platform: Platform) -> str:
        """Return the person who bids over this connection.

        :raises AuthRequired: nobody is signed in, or no longer
        :raises AuthForbidden: the account bids for nobody, or the key's scopes do not reach so far
        """
        if self.known is not None and time.monotonic() - self.checked_at > _RECHECK_SECONDS:
            with platform.read() as session:
                self.known = self.recheck(session)
            self.checked_at = time.monotonic()
        return bidding_person(self.known)


def bidding_person(known: Known | None) -> str:
    """Return the person an account bids for, when account and scopes allow bidding.

    :raises AuthRequired: nobody is signed in
    :raises AuthForbidden: no bidder, or no scope to bid
    """
    if known is None:
        raise AuthRequired
    actor, scopes = known
    authorise(actor, verb="bid", allowed=frozenset({Role.BIDDER}))
    if BID_SCOPE not in scopes:
        raise ScopeMissing(scope=BID_SCOPE)
    if actor.person is None:
        raise AuthForbidden(act="bid", roles=[ROLE_NAMES[Role.BIDDER][0]])
    return actor.person


def by_token(*, auth: Any) -> Callable[[Session], Known | None] | None:  # noqa: ANN401 - anything may come
    """Return how to know the sender of ``auth: {"token": …}``, or None when no token was sent."""
    token = auth.get("token") if isinstance(auth, dict) else None
    if token is None:
        return None
    if not isinstance(token, str) or not 0 < len(token) <= _TOKEN_MAX:
        return _nobody
    return lambda session: identity.actor_of_token(session, token=token)


def _nobody(_: Session) -> Known | None:
    return None


def by_session(app: Flask, *, environ: dict[str, Any]) -> Known | None:
    """Return who is signed in by the page's session cookie; a person at a page may do all that is his."""
    with app.request_context(environ):
        if not current_user.is_authenticated:
            return None
        return current_user.actor, frozenset({BID_SCOPE})


def again_by_session(known: Known | None) -> Callable[[Session], Known | None]:
    """Return how to look whether the account of a session is still open."""

    def look(session: Session) -> Known | None:
        if known is None:
            return None
        actor = identity.actor(session, account=known[0].id)
        return None if actor is None else (actor, known[1])

    return look
