"""The docket export: one lot's public docket with what it was decided by, in one canonical object."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from auction.foundation.docket import queries as docket
from auction.foundation.docket.rules import Entry
from auction.foundation.docket.signing import Signer
from auction.foundation.kernel.canonical import instant_text
from auction.procedure.lots import queries as lots
from auction.procedure.publicity import log
from auction.procedure.publicity.proving import checkpoint_content
from auction.rulebook.carried import carries_out


@carries_out(
    "auction.open_throughout",
    "auction.shown_live",
    "auction.retention_years",
    "auction.damages_after_revocation",
    "auction.platform_damages",
)
def export(session: Session, lot: str, *, signer: Signer | None = None) -> dict[str, Any]:
    """Return the export of a lot (contract section 5); its canonical form is the file.

    Signed checkpoints come with their place in the log; the last entry's is made now when it has none yet. Without a
    signing key it stays unsigned.

    :raises NotFound: when the lot does not exist or is not announced
    """
    found = lots.public_lot(session, lot)
    entries = docket.entries(session, f"lot:{lot}")
    kept = log.checkpoints(session, lot)
    points = [log.checkpoint_json(row) for row in kept if row.seq <= entries[-1].seq]
    if not points or points[-1]["seq"] != entries[-1].seq:
        points.append(_last(lot, entries[-1], signer=signer))
    whole: dict[str, Any] = {
        "lot": lot,
        "rulebook": found.rulebook,
        "terms": found.terms,
        "entries": [entry.as_json() for entry in entries],
        "checkpoints": points,
        "public_key": signer.public.text if signer else None,
    }
    head = log.newest_head(session)
    if head is None:
        return whole
    proofs = [
        {"leaf": row.leaf, "seq": row.seq, "path": log.inclusion(session, leaf=row.leaf, size=head["size"])}
        for row in kept
        if row.leaf < head["size"]
    ]
    return {**whole, "keys": log.keys(session), "log": {"head": head, "proofs": proofs}}


def _last(lot: str, entry: Entry, *, signer: Signer | None) -> dict[str, Any]:
    told = checkpoint_content(
        chain=f"lot:{lot}",
        seq=entry.seq,
        hash=entry.hash,
        at=instant_text(entry.at),
        key=signer.id if signer else None,
    )
    return {**told, "signature": signer.sign(told) if signer else None}
