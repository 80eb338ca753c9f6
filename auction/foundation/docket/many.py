"""Many chains at once: take the free ones, and enter something in each with a handful of statements.

What ends at one stroke for thousands of subjects is done in batches. A batch never waits for a subject that somebody
else is at; it leaves it out, and the next batch finds it again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select, text
from sqlalchemy.sql.selectable import Subquery

from auction.foundation.database.acts import Act
from auction.foundation.docket.models import DocketHead
from auction.foundation.docket.rules import GENESIS, Entry, Head, Line
from auction.foundation.docket.writing import enter

_NEW_HEADS = text(
    "INSERT INTO docket_heads (chain, seq, hash)"
    " SELECT told.chain, 0, :genesis FROM unnest(CAST(:chains AS text[])) AS told (chain)"
    " WHERE NOT EXISTS (SELECT FROM docket_heads AS known WHERE known.chain = told.chain) ON CONFLICT DO NOTHING"
)


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
    return enter(act, lines, heads=known if known is not None else _heads(act, lines))
