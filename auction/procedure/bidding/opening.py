"""Bidding opens: at its announced instant, or at once when a stay has outlasted it."""

from __future__ import annotations

from datetime import datetime

from auction.foundation.database.acts import Act
from auction.foundation.docket.commands import append
from auction.foundation.kernel.canonical import instant_text
from auction.procedure.bidding.models import Bidding


def open_bidding(act: Act, *, lot: str, opens_at: datetime, ends_at: datetime) -> None:
    """Open the bidding of a lot whose docket is locked, and enter it (article 20)."""
    act.session.add(Bidding(lot_id=lot, ends_at=ends_at, opened_at=opens_at))
    act.session.flush()
    public = {"opens_at": instant_text(opens_at), "ends_at": instant_text(ends_at)}
    append(act.as_platform(), f"lot:{lot}", "lot.opened", public)
