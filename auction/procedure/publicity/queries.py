"""The docket export: one lot's public docket with what it was decided by, in one canonical object."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from auction.foundation.docket import queries as docket
from auction.foundation.kernel.canonical import instant_text
from auction.procedure.lots import queries as lots
from auction.rulebook.carried import carries_out


@carries_out(
    "auction.open_throughout",
    "auction.shown_live",
    "auction.retention_years",
    "auction.damages_after_revocation",
    "auction.platform_damages",
)
def export(session: Session, lot: str) -> dict[str, Any]:
    """Return the export of a lot (contract section 5); its canonical form is the file.

    Checkpoints are unsigned until the platform holds a signing key.

    :raises NotFound: when the lot does not exist or is not announced
    """
    found = lots.public_lot(session, lot)
    entries = docket.entries(session, f"lot:{lot}")
    last = entries[-1]
    checkpoint = {
        "lot": lot,
        "seq": last.seq,
        "hash": last.hash,
        "at": instant_text(last.at),
        "key": None,
        "signature": None,
    }
    return {
        "lot": lot,
        "rulebook": found.rulebook,
        "terms": found.terms,
        "entries": [entry.as_json() for entry in entries],
        "checkpoints": [checkpoint],
        "public_key": None,
    }
