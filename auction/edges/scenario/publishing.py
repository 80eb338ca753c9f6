"""What anybody may see of a lot: read by the public reads alone, so that a story tells what the public is shown."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy.orm import Session

from auction.edges.api.shapes import lot_json
from auction.foundation.docket import queries as docket
from auction.procedure.bidding import queries as bidding
from auction.procedure.lots import queries as lots
from auction.procedure.publicity import queries as publicity
from auction.procedure.publicity.rules import verify


def published(session: Session, lot: str) -> dict[str, object]:
    """Return a lot as its page and the API show it; a bidder is a code.

    :raises NotFound: for a lot that is not announced
    """
    found = lots.public_lot(session, lot)
    state = bidding.state(session, lot)
    rounds = [one for one in lots.chain(session, lot) if one.announced_at is not None]
    return lot_json(found, rounds=rounds, language="en") | {
        "registered": bidding.registered_count(session, lot),
        "price_minor": state.price_minor,
        "leader": state.leader,
        "bids": state.bids,
        "extensions": state.extensions,
    }


def entries(session: Session, lot: str) -> list[dict[str, object]]:
    """Return the entries of a lot's docket as anybody reads them.

    :raises NotFound: for a lot that is not announced
    """
    lots.public_lot(session, lot)
    return [
        {"seq": one.seq, "at": one.at, "kind": one.kind, **one.public} for one in docket.entries(session, f"lot:{lot}")
    ]


def verified(session: Session, lot: str) -> dict[str, object]:
    """Return what a lot's export proves to who checks it from the file alone.

    :raises NotFound: for a lot that is not announced
    """
    return asdict(verify(publicity.export(session, lot)))
