"""An offer: a bid as it reached the platform, before anything is decided."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from auction.foundation.kernel.money import MINOR_MAX
from auction.foundation.kernel.refusal import InputMalformed

#: No bid is decided later after its arrival: the edges answer for it by then, and no close waits longer. Longer than
#: any lock wait of the database, so that a bid under decision is answered by its decision.
DECIDED_WITHIN = timedelta(seconds=30)
_BID_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


@dataclass(frozen=True, slots=True)
class Offer:
    """Who offers how much, under the client's own id, and when it reached the server (stamped at the edge)."""

    person: str
    amount_minor: int
    bid_id: str
    received_at: datetime


def check_offer(offer: Offer, *, now: datetime) -> Offer:
    """Return the offer when it can be read at all.

    :raises InputMalformed: for an amount that is no positive whole number, an id that is none, a time to come
    """
    errors: dict[str, str] = {}
    if type(offer.amount_minor) is not int or not 0 < offer.amount_minor <= MINOR_MAX:
        errors["amount_minor"] = "a positive whole number of fen"
    if type(offer.bid_id) is not str or not _BID_ID.fullmatch(offer.bid_id):
        errors["bid_id"] = "1 to 64 letters, digits or . : _ -"
    if offer.received_at > now:
        errors["received_at"] = "lies in the future"
    if errors:
        raise InputMalformed(errors=errors)
    return offer
