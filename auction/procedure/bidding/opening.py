"""Bidding opens: at its announced instant, or at once when a stay has outlasted it; many lots together, in batches."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append
from auction.foundation.docket.many import append_to_many, claim
from auction.foundation.docket.rules import Line
from auction.foundation.kernel.canonical import instant_text
from auction.procedure.bidding.models import Bidding
from auction.procedure.lots import hours


def open_bidding(act: Act, *, lot: str, opens_at: datetime, ends_at: datetime) -> None:
    """Open the bidding of a lot whose docket is locked, and enter it (article 20)."""
    act.session.add(Bidding(lot_id=lot, ends_at=ends_at, opened_at=opens_at))
    act.session.flush()
    line = _line(opens_at=opens_at, ends_at=ends_at)
    append(act.as_platform(), hours.chain_of(lot), line.kind, line.public)


@command("open_lot", by=())
def open_lots_due(act: Act, *, until: datetime, limit: int) -> int:
    """Open lots whose instant came at ``until`` or before it, at most ``limit``; return how many.

    One that somebody else is at is left for the next time.
    """
    claimed = claim(act, hours.opening(until=until), limit=limit)
    found = hours.struck(act.session, hours.lots_of(claimed)) if claimed else []
    opening = [one for one in found if one.status == "announced" and one.opens_at <= until]
    if not opening:
        return 0
    rows = [{"lot_id": one.id, "ends_at": one.ends_at, "opened_at": one.opens_at} for one in opening]
    act.session.execute(insert(Bidding), rows)
    hours.mark_all_opened(act.as_platform(), lots=[one.id for one in opening])
    lines = {hours.chain_of(one.id): [_line(opens_at=one.opens_at, ends_at=one.ends_at)] for one in opening}
    append_to_many(act.as_platform(), lines, known=claimed)
    return len(opening)


def _line(*, opens_at: datetime, ends_at: datetime) -> Line:
    return Line("lot.opened", {"opens_at": instant_text(opens_at), "ends_at": instant_text(ends_at)})
