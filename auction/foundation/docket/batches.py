"""A batch of entries in one chain at the least cost: two trips to the database, whatever the number of entries.

Used where thousands of acts a second fall on one subject, as bids do; everything else
goes by ``writing.enter``, which seals and causes reactions as well.
"""

from __future__ import annotations

from collections.abc import Sequence

from auction.foundation.database.acts import Act
from auction.foundation.database.together import Row, Statement
from auction.foundation.docket import queries
from auction.foundation.docket.reactions import DECLARED
from auction.foundation.docket.rules import UNBEGUN, Chained, Entry, Head
from auction.foundation.docket.writing import moving, waking

_HEAD = "SELECT seq, hash, at FROM docket_heads WHERE chain = %s FOR UPDATE"
# One text for all rows: the entries are in JSON already, since that is what was hashed.
_ENTER = (
    "INSERT INTO docket_entries (chain, seq, at, kind, public, prev, hash, by)"
    " SELECT %s, seq, at, kind, public, prev, hash, %s FROM jsonb_to_recordset(%s::jsonb)"
    " AS told (seq int, at timestamptz, kind text, public jsonb, prev text, hash text)"
)


def look(chain: str, bid_ids: Sequence[str]) -> list[Statement]:
    """Return what locks the head of a chain and finds the bids of these ids that it has; see ``looked``."""
    return [Statement(_HEAD, (chain,)), queries.asking_bids(chain, bid_ids)]


def looked(chain: str, heads: Sequence[Row], bids: Sequence[Row]) -> tuple[Head, dict[str, Entry]]:
    """Return where the chain stands, and the bids found, by their own ids."""
    return Head(*heads[0]) if heads else UNBEGUN, queries.told_bids(chain, bids)


def entering(act: Act, chain: str, batch: Chained) -> list[Statement]:
    """Return what writes a batch behind its chain's head, moves the head, and wakes who listens.

    :raises ValueError: for an entry that something reacts to, or that has sealed something
    """
    for entry in batch.entries:
        if entry.sealed is not None or entry.kind in DECLARED:
            msg = f"not an entry of a batch: {entry.kind}"
            raise ValueError(msg)
    return [
        Statement(_ENTER, (chain, act.by, f"[{','.join(batch.written)}]")),
        *moving({chain: batch.head}),
        *waking(act, [chain]),
    ]
