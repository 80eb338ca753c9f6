"""Writing entries down: those of any number of chains, with all that belongs to them, in one trip to the database."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

from auction.foundation.database.acts import Act
from auction.foundation.database.sealing import commitment, encrypt, new_salt
from auction.foundation.database.together import Statement, together
from auction.foundation.docket.reactions import DECLARED
from auction.foundation.docket.rules import Entry, Head, Line, chained
from auction.foundation.kernel.canonical import canonical

#: The channel committed appends are told on; a listener learns which chain moved.
WAKE_CHANNEL = "docket"

# Rows are told as one JSON text: many of them cost the client and the wire less than as many parameters.
_ENTRIES = (
    "INSERT INTO docket_entries (chain, seq, at, kind, public, sealed, prev, hash, by)"
    " SELECT * FROM jsonb_to_recordset(%s::jsonb) AS told"
    " (chain text, seq int, at timestamptz, kind text, public jsonb, sealed text, prev text, hash text, by text)"
)
# Of one chain alone it is found by its key, whatever the planner makes of a list of unknown length.
_HEAD = "UPDATE docket_heads SET seq = %s, hash = %s, at = %s WHERE chain = %s"
_HEADS = (
    "UPDATE docket_heads SET seq = told.seq, hash = told.hash, at = told.at"
    " FROM jsonb_to_recordset(%s::jsonb) AS told (chain text, seq int, hash text, at timestamptz)"
    " WHERE docket_heads.chain = told.chain"
)
_REACTIONS = (
    "INSERT INTO docket_reactions (chain, seq, reaction) SELECT chain, seq, reaction"
    " FROM jsonb_to_recordset(%s::jsonb) AS told (chain text, seq int, reaction text)"
)
_SEALS = (
    "INSERT INTO docket_seals (chain, seq, salt, content) SELECT chain, seq, salt, content"
    " FROM jsonb_to_recordset(%s::jsonb) AS told (chain text, seq int, salt text, content text)"
)
_WAKE = "SELECT count(pg_notify(%s, chain)) FROM unnest(%s::text[]) AS chain"


def enter(act: Act, lines: Mapping[str, Sequence[Line]], *, heads: Mapping[str, Head]) -> list[Entry]:
    """Enter acts in chains that the act has locked, with what answers them and what opens them, and wake who listens.

    :param heads: where the chains stand, as told since they were locked
    """
    seals: list[dict[str, object]] = []
    entries = [
        entry
        for chain, told in lines.items()
        for entry in chained(chain, heads[chain], told, now=act.now, seal=partial(_seal, chain, seals)).entries
    ]
    if entries:
        rows = [*_down(entries, by=[act.by] * len(entries)), *_answered(entries), *_said(_SEALS, seals)]
        together(act.session, [*rows, *waking(act, sorted({one.chain for one in entries}))])
    return entries


def write(act: Act, entries: Sequence[Entry], *, by: Sequence[str]) -> None:
    """Write entries of many chains, in order within each, with who entered them, and their heads; nothing else."""
    together(act.session, _down(entries, by=by))


def moving(heads: Mapping[str, Head]) -> list[Statement]:
    """Return what notes where chains stand now."""
    if len(heads) == 1:
        return [Statement(_HEAD, (head.seq, head.hash, head.at, chain)) for chain, head in heads.items()]
    rows = [
        {"chain": chain, "seq": head.seq, "hash": head.hash, "at": head.at.isoformat() if head.at else None}
        for chain, head in heads.items()
    ]
    return _said(_HEADS, rows)


def waking(act: Act, chains: Collection[str]) -> list[Statement]:
    """Have it told, once the act is committed, that chains have grown.

    Return what makes the database tell it; nothing where a bus does, for whom it is noted in the session.
    """
    if act.session.info.get("notify", True):
        return [Statement(_WAKE, (WAKE_CHANNEL, list(chains)))]
    act.session.info.setdefault("moved", set()).update(chains)
    return []


def _down(entries: Sequence[Entry], *, by: Sequence[str]) -> list[Statement]:
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
    return [*_said(_ENTRIES, rows), *moving({one.chain: Head(one.seq, one.hash, one.at) for one in entries})]


def _answered(entries: Sequence[Entry]) -> list[Statement]:
    """Return what leaves a row for each reaction that somebody has declared to an entry."""
    waiting = [
        {"chain": one.chain, "seq": one.seq, "reaction": declared.name}
        for one in entries
        for declared in DECLARED.get(one.kind, [])
    ]
    return _said(_REACTIONS, waiting)


def _seal(chain: str, seals: list[dict[str, object]], seq: int, content: Mapping[str, Any], /) -> str:
    salt, plain = new_salt(), dict(content)
    seals.append({"chain": chain, "seq": seq, "salt": salt, "content": encrypt(canonical(plain).decode("utf-8"))})
    return commitment(plain, salt=salt)


def _said(query: str, rows: Sequence[Mapping[str, object]]) -> list[Statement]:
    return [Statement(query, (json.dumps(rows, ensure_ascii=False),))] if rows else []
