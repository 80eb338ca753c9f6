"""Writing the docket: lock a chain's head, append, all in the command's own transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from auction.foundation.database.acts import Act
from auction.foundation.database.sealing import commitment, encrypt, new_salt
from auction.foundation.docket.models import DocketEntry, DocketHead, DocketReaction, DocketSeal
from auction.foundation.docket.reactions import DECLARED
from auction.foundation.docket.rules import GENESIS, Entry, next_entry
from auction.foundation.kernel.canonical import canonical

#: The channel committed appends are told on; a listener learns which chain moved.
WAKE_CHANNEL = "docket"
_WAKE = text("SELECT count(pg_notify(:channel, chain)) FROM unnest(CAST(:chains AS text[])) AS chain")


@dataclass(frozen=True, slots=True)
class Line:
    """What is to be entered: kind, public part and, where needed, a content to seal."""

    kind: str
    public: Mapping[str, Any]
    seal: Mapping[str, Any] | None = None


def lock(act: Act, *chains: str) -> None:
    """Lock the subjects an act will change, in sorted order, once; heads are made when new."""
    for chain in sorted(set(chains)):
        _head(act, chain)


def _head(act: Act, chain: str) -> tuple[int, str, datetime | None]:
    query = select(DocketHead.seq, DocketHead.hash, DocketHead.at).where(DocketHead.chain == chain).with_for_update()
    row = act.session.execute(query).one_or_none()
    if row is None:
        act.session.execute(
            upsert(DocketHead).values(chain=chain, seq=0, hash=GENESIS, at=None).on_conflict_do_nothing()
        )
        row = act.session.execute(query).one()
    return row.seq, row.hash, row.at


def append(
    act: Act, chain: str, kind: str, public: Mapping[str, Any], *, seal: Mapping[str, Any] | None = None
) -> Entry:
    """Enter one act and return its entry."""
    return append_all(act, chain, [Line(kind, public, seal)])[0]


def append_all(act: Act, chain: str, lines: Sequence[Line], *, at: Sequence[datetime] | None = None) -> list[Entry]:
    """Enter several acts in order with one multi-row insert and return their entries.

    ``at`` gives each line its own decision instant (a batch of bids); it is the
    act's instant otherwise. An instant before the chain's last is moved up to it,
    so that a docket never runs backwards.
    """
    seq, prev, last = _head(act, chain)
    entries: list[Entry] = []
    seals: list[dict[str, Any]] = []
    for index, line in enumerate(lines):
        seq += 1
        moment = at[index] if at else act.now
        last = max(moment, last) if last else moment
        sealed = seal_line(chain, seq, line.seal, seals)
        entry = next_entry(
            chain=chain, seq=seq, prev=prev, at=last, kind=line.kind, public=dict(line.public), sealed=sealed
        )
        entries.append(entry)
        prev = entry.hash
    rows = [
        {
            "chain": chain,
            "seq": e.seq,
            "at": e.at,
            "kind": e.kind,
            "public": dict(e.public),
            "sealed": e.sealed,
            "prev": e.prev,
            "hash": e.hash,
            "by": act.by,
        }
        for e in entries
    ]
    act.session.execute(insert(DocketEntry), rows)
    waiting = [
        {"chain": chain, "seq": e.seq, "reaction": declared.name}
        for e in entries
        for declared in DECLARED.get(e.kind, [])
    ]
    if waiting:
        act.session.execute(insert(DocketReaction), waiting)
    if seals:
        act.session.execute(insert(DocketSeal), seals)
    act.session.execute(update(DocketHead).where(DocketHead.chain == chain).values(seq=seq, hash=prev, at=last))
    wake(act, [chain])
    return entries


def wake(act: Act, chains: Sequence[str]) -> None:
    """Have it told, once the act is committed, that chains have grown: by the database, unless a bus does."""
    if act.session.info.get("notify", True):
        act.session.execute(_WAKE, {"channel": WAKE_CHANNEL, "chains": list(chains)})
    else:
        act.session.info.setdefault("moved", set()).update(chains)


def seal_line(chain: str, seq: int, content: Mapping[str, Any] | None, seals: list[dict[str, Any]]) -> str | None:
    """Return the commitment to a content, and put what opens it among ``seals``; None where nothing is sealed."""
    if content is None:
        return None
    salt = new_salt()
    seals.append(
        {"chain": chain, "seq": seq, "salt": salt, "content": encrypt(canonical(dict(content)).decode("utf-8"))}
    )
    return commitment(dict(content), salt=salt)
