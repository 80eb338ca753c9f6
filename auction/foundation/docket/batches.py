"""A batch of entries in one chain at the least cost: two trips to the database, whatever the number of entries.

Used where thousands of acts a second fall on one subject, as bids do; everything else
goes by ``commands.append_all``, which seals and causes reactions as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from auction.foundation.database.acts import Act
from auction.foundation.database.together import Row, Statement
from auction.foundation.docket.commands import WAKE_CHANNEL, Line
from auction.foundation.docket.many import Head
from auction.foundation.docket.reactions import DECLARED
from auction.foundation.docket.rules import Entry, next_written

_HEAD = "SELECT seq, hash, at FROM docket_heads WHERE chain = %s FOR UPDATE"
_BIDS = (
    "SELECT seq, at, kind, public, sealed, prev, hash FROM docket_entries"
    " WHERE chain = %s AND public ->> 'bid_id' = ANY(%s) AND kind IN ('bid.accepted', 'bid.refused')"
)
# One text for all rows: the entries are in JSON already, since that is what was hashed.
_ENTER = (
    "INSERT INTO docket_entries (chain, seq, at, kind, public, prev, hash, by)"
    " SELECT %s, seq, at, kind, public, prev, hash, %s FROM jsonb_to_recordset(%s::jsonb)"
    " AS told (seq int, at timestamptz, kind text, public jsonb, prev text, hash text)"
)
_MOVE = "UPDATE docket_heads SET seq = %s, hash = %s, at = %s WHERE chain = %s"
_WAKE = "SELECT pg_notify(%s, %s)"


def look(chain: str, bid_ids: Sequence[str]) -> list[Statement]:
    """Return what locks the head of a chain and finds the bids of these ids that it has; see ``looked``."""
    return [Statement(_HEAD, (chain,)), Statement(_BIDS, (chain, list(bid_ids)))]


def looked(chain: str, heads: Sequence[Row], bids: Sequence[Row]) -> tuple[Head | None, dict[str, Entry]]:
    """Return the head, None when the chain has none, and the bids found, by their own ids."""
    head = Head(*heads[0]) if heads else None
    found = [
        Entry(chain=chain, seq=seq, at=at, kind=kind, public=public, sealed=sealed, prev=prev, hash=digest)
        for seq, at, kind, public, sealed, prev, digest in bids
    ]
    return head, {str(entry.public["bid_id"]): entry for entry in found}


@dataclass(frozen=True, slots=True)
class Chained:
    """The entries that lines became behind a head, and each as it is written down."""

    chain: str
    entries: Sequence[Entry]
    written: Sequence[str]

    @property
    def head(self) -> Head:
        """Where the chain stands behind them."""
        last = self.entries[-1]
        return Head(last.seq, last.hash, last.at)


def chained(chain: str, head: Head, lines: Sequence[Line], *, now: datetime) -> Chained:
    """Return the entries that lines become behind a head; a docket never runs backwards.

    :raises ValueError: for a line that has something to seal or that something reacts to
    """
    seq, prev = head.seq, head.hash
    at = max(now, head.at) if head.at else now
    entries: list[Entry] = []
    written: list[str] = []
    for line in lines:
        if line.seal is not None or line.kind in DECLARED:
            msg = f"not an entry of a batch: {line.kind}"
            raise ValueError(msg)
        seq += 1
        entry, text = next_written(chain=chain, seq=seq, prev=prev, at=at, kind=line.kind, public=line.public)
        entries.append(entry)
        written.append(text)
        prev = entry.hash
    return Chained(chain, entries, written)


def entering(act: Act, batch: Chained) -> list[Statement]:
    """Return what writes a batch behind its chain's head, moves the head, and wakes who listens."""
    head = batch.head
    statements = [
        Statement(_ENTER, (batch.chain, act.by, f"[{','.join(batch.written)}]")),
        Statement(_MOVE, (head.seq, head.hash, head.at, batch.chain)),
    ]
    if act.session.info.get("notify", True):
        statements.append(Statement(_WAKE, (WAKE_CHANNEL, batch.chain)))
    else:
        act.session.info.setdefault("moved", set()).add(batch.chain)
    return statements
