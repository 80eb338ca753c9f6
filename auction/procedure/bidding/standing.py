"""How a lot's bidding stands, put together from its terms and the one row that changes with every bid."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from auction.procedure.bidding.models import Bidding
from auction.procedure.bidding.rules import Standing
from auction.rulebook import Round


class Terms(Protocol):
    """What a lot says of its own bidding, in whatever form it was read."""

    @property
    def status(self) -> str:
        """Where the lot stands on its road."""

    @property
    def round(self) -> Round:
        """The round it is sold in."""

    @property
    def start_price_minor(self) -> int:
        """The price bidding starts at."""

    @property
    def increment_minor(self) -> int:
        """One step."""

    @property
    def opens_at(self) -> datetime:
        """When bidding opens, as announced."""

    @property
    def ends_at(self) -> datetime:
        """When it ends."""


def standing_of(terms: Terms, row: Bidding | None) -> Standing:
    """Return what the next bid on a lot is measured against; None for the row of a lot that never opened."""
    plain = Standing(
        status=terms.status,
        round=terms.round,
        start_price_minor=terms.start_price_minor,
        increment_minor=terms.increment_minor,
        opens_at=terms.opens_at,
        ends_at=terms.ends_at,
    )
    if row is None:
        return plain
    return replace(
        plain,
        opens_at=row.opened_at,
        ends_at=row.ends_at,
        price_minor=row.price_minor,
        leader=row.leader_id,
        leader_code=row.leader_code,
        leader_rank=row.leader_rank,
        bids=row.bids,
        extensions=row.extensions,
        stayed_at=row.stayed_at,
        resumed_at=row.resumed_at,
    )
