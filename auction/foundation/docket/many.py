"""Many chains at once: take the free ones, and enter something in each with a handful of statements.

What ends at one stroke for thousands of subjects is done in batches. A batch never waits for a subject that somebody
else is at; it leaves it out, and the next batch finds it again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import insert, select, text
from sqlalchemy.sql.selectable import Subquery

from auction.foundation.database.acts import Act
from auction.foundation.docket.commands import Line, seal_line, wake
from auction.foundation.docket.models import DocketHead, DocketSeal
from auction.foundation.docket.reactions import DECLARED
from auction.foundation.docket.rules import GENESIS, Entry, next_entry

_NEW_HEADS = text(
    "INSERT INTO docket_heads (chain, seq, hash)"
    " SELECT told.chain, 0, :genesis FROM unnest(CAST(:chains AS text[])) AS told (chain)"
    " WHERE NOT EXISTS (SELECT FROM docket_heads AS known WHERE known.chain = told.chain) ON CONFLICT DO NOTHING"
)
#: Rows are told as one JSON text: many of them cost the client and the wire less than as many parameters.
_ENTRIES = text(
    "INSERT INTO docket_entries (chain, seq, at, kind, public, sealed, prev, hash, by)"
    " SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS told"
    " (chain text, seq int, at timestamptz, kind text, public jsonb, sealed text, prev text, hash text, by text)"
)
_HEADS = text(
    "UPDATE docket_heads SET seq = told.seq, hash = told.hash, at = told.at"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS told (chain text, seq int, hash text, at timestamptz)"
    " WHERE docket_heads.chain = told.chain"
)
_REACTIONS = text(
    "INSERT INTO docket_reactions (chain, seq, reaction) SELECT chain, seq, reaction"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS told (chain text, seq int, reaction text)"
)


class Head(NamedTuple):
    """Where a chain stands."""

    seq: int
    hash: str
    at: datetime | None


def claim(act: Act, waiting: Subquery, *, limit: int) -> dict[str, Head]:
    """Lock the first chains of ``waiting`` that nobody else is at, and return where they stand.

    What made a chain wait may have passed before it was locked: the caller looks again, under the locks.

    :param waiting: two columns: ``chain``, and ``turn`` that says which comes first
    """
    query = (
        select(DocketHead.chain, DocketHead.seq, DocketHead.hash, DocketHead.at)
        .join(waiting, waiting.c.chain == DocketHead.chain)
        .order_by(waiting.c.turn, waiting.c.chain)
        .limit(limit)
        .with_for_update(of=DocketHead, skip_locked=True)
    )
    return {row.chain: Head(row.seq, row.hash, row.at) for row in act.session.execute(query)}


def lock_many(act: Act, chains: Collection[str]) -> None:
    """Lock chains that have been begun, in sorted order, with one statement; waits for who is at one of them."""
    query = select(DocketHead.chain).where(DocketHead.chain.in_(sorted(set(chains)))).order_by(DocketHead.chain)
    act.session.execute(query.with_for_update()).all()


def claim_named(act: Act, chains: Collection[str]) -> set[str]:
    """Lock those of the named chains that nobody else is at, and return them; heads are made when new."""
    if not chains:
        return set()
    named = sorted(set(chains))
    act.session.execute(_NEW_HEADS, {"chains": named, "genesis": GENESIS})
    free = select(DocketHead.chain).where(DocketHead.chain.in_(named)).order_by(DocketHead.chain)
    return set(act.session.scalars(free.with_for_update(skip_locked=True)))


def _heads(act: Act, chains: Collection[str]) -> dict[str, Head]:
    query = select(DocketHead.chain, DocketHead.seq, DocketHead.hash, DocketHead.at)
    rows = act.session.execute(query.where(DocketHead.chain.in_(sorted(chains))))
    return {row.chain: Head(row.seq, row.hash, row.at) for row in rows}


def append_to_many(
    act: Act, lines: Mapping[str, Sequence[Line]], *, known: Mapping[str, Head] | None = None
) -> list[Entry]:
    """Enter acts in many chains that the act has locked, each as ``append_all`` would, and return the entries.

    :param known: where the chains stand, if they were told when they were locked and nothing was entered since
    """
    known = known if known is not None else _heads(act, lines)
    entries: list[Entry] = []
    seals: list[dict[str, object]] = []
    for chain, told in lines.items():
        seq, prev, last = known[chain]
        for line in told:
            seq, last = seq + 1, max(act.now, last) if last else act.now
            sealed = seal_line(chain, seq, line.seal, seals)
            entry = next_entry(
                chain=chain, seq=seq, prev=prev, at=last, kind=line.kind, public=dict(line.public), sealed=sealed
            )
            entries.append(entry)
            prev = entry.hash
    if entries:
        write(act, entries, by=[act.by] * len(entries))
        _wait_for_answers(act, entries)
        if seals:
            act.session.execute(insert(DocketSeal), seals)
        wake(act, sorted({one.chain for one in entries}))
    return entries


def write(act: Act, entries: Sequence[Entry], *, by: Sequence[str]) -> None:
    """Write entries of many chains, in order within each, with who entered them, and their heads: two statements."""
    rows = [
        {
            "chain": one.chain,
            "seq": one.seq,
            "at": one.at.isoformat(),
            "kind": one.kind,
            "public": dict(one.public),
            "sealed": one.sealed,
            "prev": one.prev,
            "hash": one.hash,
            "by": who,
        }
        for one, who in zip(entries, by, strict=True)
    ]
    last = {row["chain"]: {key: row[key] for key in ("chain", "seq", "hash", "at")} for row in rows}
    act.session.execute(_ENTRIES, {"rows": _json(rows)})
    act.session.execute(_HEADS, {"rows": _json(list(last.values()))})


def _wait_for_answers(act: Act, entries: Sequence[Entry]) -> None:
    rows = [
        {"chain": one.chain, "seq": one.seq, "reaction": declared.name}
        for one in entries
        for declared in DECLARED.get(one.kind, [])
    ]
    if rows:
        act.session.execute(_REACTIONS, {"rows": _json(rows)})


def _json(rows: Sequence[Mapping[str, object]]) -> str:
    return json.dumps(rows, ensure_ascii=False)
