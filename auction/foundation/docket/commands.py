"""Writing the docket: lock a chain's head, append, all in the command's own transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from auction.foundation.database.acts import Act
from auction.foundation.docket.models import DocketHead
from auction.foundation.docket.rules import UNBEGUN, Entry, Head, Line
from auction.foundation.docket.writing import enter


def lock(act: Act, *chains: str) -> None:
    """Lock the subjects an act will change, in sorted order, once; heads are made when new."""
    for chain in sorted(set(chains)):
        _head(act, chain)


def _head(act: Act, chain: str) -> Head:
    query = select(DocketHead.seq, DocketHead.hash, DocketHead.at).where(DocketHead.chain == chain).with_for_update()
    row = act.session.execute(query).one_or_none()
    if row is None:
        act.session.execute(upsert(DocketHead).values(chain=chain, **UNBEGUN._asdict()).on_conflict_do_nothing())
        row = act.session.execute(query).one()
    return Head(row.seq, row.hash, row.at)


def append(
    act: Act, chain: str, kind: str, public: Mapping[str, Any], *, seal: Mapping[str, Any] | None = None
) -> Entry:
    """Enter one act and return its entry."""
    return append_all(act, chain, [Line(kind, public, seal)])[0]


def append_all(act: Act, chain: str, lines: Sequence[Line]) -> list[Entry]:
    """Enter several acts in one chain, in order, and return their entries."""
    return enter(act, {chain: lines}, heads={chain: _head(act, chain)})
