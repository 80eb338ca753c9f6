"""Reading the docket: one chain in order, or the feed of all chains in commit order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, literal_column, select, tuple_
from sqlalchemy.orm import Session

from auction.foundation.database.together import Row, Statement, together
from auction.foundation.docket.models import DocketEntry, DocketHead
from auction.foundation.docket.rules import Entry

#: By the index that keeps bids single; the kinds are part of the text, since only then the planner sees that it fits.
_BIDS = (
    "SELECT seq, at, kind, public, sealed, prev, hash FROM docket_entries"
    " WHERE chain = %s AND public ->> 'bid_id' = ANY(%s) AND kind IN ('bid.accepted', 'bid.refused')"
)


@dataclass(frozen=True, slots=True)
class FeedItem:
    """An entry with its place in the feed of all chains."""

    txid: int
    position: int
    entry: Entry

    @property
    def cursor(self) -> str:
        """The opaque place to go on from."""
        return f"{self.txid}.{self.position}"


def entry_of(found: DocketEntry) -> Entry:
    """Return the row as the value the outside sees."""
    return Entry(
        chain=found.chain,
        seq=found.seq,
        at=found.at,
        kind=found.kind,
        public=found.public,
        sealed=found.sealed,
        prev=found.prev,
        hash=found.hash,
    )


def entries(session: Session, chain: str, *, after: int = 0, limit: int | None = None) -> list[Entry]:
    """Return the chain's entries behind number ``after``, in order, at most ``limit``."""
    query = select(DocketEntry).where(DocketEntry.chain == chain, DocketEntry.seq > after).order_by(DocketEntry.seq)
    if limit is not None:
        query = query.limit(limit)
    return [entry_of(row) for row in session.scalars(query)]


def newest(session: Session, chain: str, *, after: int, limit: int) -> list[Entry]:
    """Return the newest entries behind ``after``, at most ``limit``, oldest first."""
    query = (
        select(DocketEntry)
        .where(DocketEntry.chain == chain, DocketEntry.seq > after)
        .order_by(DocketEntry.seq.desc())
        .limit(limit)
    )
    return [entry_of(row) for row in reversed(session.scalars(query).all())]


def of_kinds(session: Session, chain: str, kinds: Sequence[str]) -> list[Entry]:
    """Return the chain's entries of the given kinds, in order."""
    query = select(DocketEntry).where(DocketEntry.chain == chain, DocketEntry.kind.in_(kinds)).order_by(DocketEntry.seq)
    return [entry_of(row) for row in session.scalars(query)]


def of_kinds_in(session: Session, chains: Collection[str], kinds: Sequence[str]) -> list[Entry]:
    """Return the entries of the given kinds in some chains, each chain's in order."""
    query = select(DocketEntry).where(DocketEntry.chain.in_(sorted(chains)), DocketEntry.kind.in_(kinds))
    return [entry_of(row) for row in session.scalars(query.order_by(DocketEntry.chain, DocketEntry.seq))]


def at(session: Session, *, chains: Sequence[str], at: datetime) -> list[Entry]:
    """Return what was entered in any of the chains at one instant, in order."""
    query = select(DocketEntry).where(DocketEntry.chain.in_(chains), DocketEntry.at == at)
    return [entry_of(row) for row in session.scalars(query.order_by(DocketEntry.chain, DocketEntry.seq))]


def has_acted(session: Session, chains: Sequence[str], *, by: str, kinds: Sequence[str]) -> bool:
    """Say whether an account has entered an act of one of the kinds in any of the chains."""
    query = select(DocketEntry.seq).where(
        DocketEntry.chain.in_(chains), DocketEntry.kind.in_(kinds), DocketEntry.by == by
    )
    return session.execute(query.limit(1)).first() is not None


def asking_bids(chain: str, bid_ids: Sequence[str]) -> Statement:
    """Return what finds the entries of bids with the given client ids; see ``told_bids``."""
    return Statement(_BIDS, (chain, list(bid_ids)))


def told_bids(chain: str, rows: Iterable[Row]) -> dict[str, Entry]:
    """Return the entries of bids that were found, by the clients' ids."""
    found = (
        Entry(chain=chain, seq=seq, at=at, kind=kind, public=public, sealed=sealed, prev=prev, hash=digest)
        for seq, at, kind, public, sealed, prev, digest in rows
    )
    return {str(entry.public["bid_id"]): entry for entry in found}


def bids_of_ids(session: Session, chain: str, bid_ids: Sequence[str]) -> dict[str, Entry]:
    """Return the entries of bids with the given client ids, by these ids."""
    return told_bids(chain, together(session, [asking_bids(chain, bid_ids)])[0])


def head(session: Session, chain: str) -> tuple[int, str]:
    """Return the last number and hash of a chain; 0 and zeros when it has none."""
    row = session.execute(select(DocketHead.seq, DocketHead.hash).where(DocketHead.chain == chain)).one_or_none()
    return (row.seq, row.hash) if row else (0, "0" * 64)


def heads(session: Session, chains: Collection[str]) -> dict[str, int]:
    """Return the last number of each of the chains that has one."""
    found = session.execute(select(DocketHead.chain, DocketHead.seq).where(DocketHead.chain.in_(sorted(chains))))
    return {row.chain: row.seq for row in found}


def feed(
    session: Session, *, after: tuple[int, int], limit: int, subject: str = "lot", kinds: Sequence[str] | None = None
) -> list[FeedItem]:
    """Return entries of all chains of one kind of subject in an order in which none can appear late.

    Only transactions older than every one still running are read, so a slow
    commit can never slip in behind a cursor that has passed it.
    """
    query = (
        select(DocketEntry)
        .where(
            tuple_(DocketEntry.txid, DocketEntry.position) > tuple_(*after),
            DocketEntry.txid < literal_column("(pg_snapshot_xmin(pg_current_snapshot())::text)::bigint"),
            DocketEntry.chain.startswith(f"{subject}:", autoescape=True),
        )
        .order_by(DocketEntry.txid, DocketEntry.position)
        .limit(limit)
    )
    if kinds is not None:
        query = query.where(DocketEntry.kind.in_(kinds))
    return [FeedItem(txid=row.txid, position=row.position, entry=entry_of(row)) for row in session.scalars(query)]


def recent(
    session: Session, *, kinds: Collection[str], since: datetime, subject: str = "lot", look_at: int = 5_000
) -> list[Entry]:
    """Return the entries of some kinds since an instant, the newest first, among the newest ``look_at`` of all.

    The bound keeps the reading cheap however much happens in a day.
    """
    newest_of_all = (
        select(DocketEntry.chain, DocketEntry.seq)
        .order_by(DocketEntry.txid.desc(), DocketEntry.position.desc())
        .limit(look_at)
        .subquery()
    )
    query: Select[DocketEntry] = (
        select(DocketEntry)
        .join(newest_of_all, tuple_(*newest_of_all.c) == tuple_(DocketEntry.chain, DocketEntry.seq))
        .where(
            DocketEntry.kind.in_(kinds),
            DocketEntry.at >= since,
            DocketEntry.chain.startswith(f"{subject}:", autoescape=True),
        )
        .order_by(DocketEntry.txid.desc(), DocketEntry.position.desc())
    )
    return [entry_of(row) for row in session.scalars(query)]


def count(session: Session, chain: str, kind: str) -> int:
    """Return how many entries of a kind a chain has."""
    query = select(func.count()).where(DocketEntry.chain == chain, DocketEntry.kind == kind)
    return session.execute(query).scalar_one()
