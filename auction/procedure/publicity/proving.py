"""Signing what the dockets say: checkpoints at opening, closing and every hour, in one log for the whole platform.

A checkpoint binds a lot's last number to its hash. Each becomes a leaf of the log (RFC 9162) in the transaction that
signs it, and the log's new root is signed with it: a docket shown to one person and another shown to the next would
need two logs, and two roots of one size are a proof of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import insert, select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.docket import merkle
from auction.foundation.docket import queries as docket
from auction.foundation.docket.models import DocketEntry, DocketHead
from auction.foundation.docket.signing import Signer, endorsed
from auction.foundation.kernel.canonical import canonical, instant_text
from auction.procedure.publicity.models import Checkpoint, LogHead, LogNode, ProofProgress, SigningKey

#: Entries after which a lot's docket is signed at once.
_AT_ONCE = frozenset({"lot.opened", "lot.closed"})
_HOURLY = timedelta(hours=1)
_READ = 2_000
_SIGNED_AT_ONCE_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Head:
    """A docket's last number and its hash."""

    chain: str
    seq: int
    hash: str


@command("register_key", by=())
def register_key(act: Act, *, signer: Signer, endorser: Signer | None = None) -> bool:
    """Take a key into the list of those the platform signs with; say whether it is new.

    :param endorser: the key before it, whose signature lets who trusts that one trust this one; the first key of a
        platform endorses itself
    """
    by = endorser or signer
    told = endorsed(key=signer.id, public_key=signer.public.text, since=instant_text(act.now))
    row = {
        "id": signer.id,
        "public_key": signer.public.text,
        "since": act.now,
        "endorsed_by": by.id,
        "endorsement": by.sign(told),
    }
    made = act.session.execute(upsert(SigningKey).values(row).on_conflict_do_nothing().returning(SigningKey.id))
    return made.scalar_one_or_none() is not None


@command("sign_dockets", by=())
def sign_dockets(act: Act, *, signer: Signer) -> int:
    """Sign the dockets that opened or closed since, and once an hour every one that moved; return how many.

    Nothing happens while another process is at it.
    """
    progress = _progress(act)
    if progress is None:
        return 0
    chains = _moved_at_once(act, progress)
    if progress.swept_at is None or act.now >= progress.swept_at + _HOURLY:
        moved = _moved_since_signed(act.session)
        chains |= set(moved)
        if len(moved) < _SIGNED_AT_ONCE_MAX:
            progress.swept_at = act.now
    heads = _unsigned(act.session, chains)
    _enter(act, heads, signer=signer)
    return len(heads)


def _progress(act: Act) -> ProofProgress | None:
    act.session.execute(upsert(ProofProgress).values(id=1, txid=0, position=0).on_conflict_do_nothing())
    query = select(ProofProgress).where(ProofProgress.id == 1).with_for_update(skip_locked=True)
    return act.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _moved_at_once(act: Act, progress: ProofProgress) -> set[str]:
    chains: set[str] = set()
    while len(chains) < _SIGNED_AT_ONCE_MAX:
        items = docket.feed(act.session, after=(progress.txid, progress.position), limit=_READ)
        if items:
            progress.txid, progress.position = items[-1].txid, items[-1].position
            chains |= {item.entry.chain for item in items if item.entry.kind in _AT_ONCE}
        if len(items) < _READ:
            break
    return chains


def _moved_since_signed(session: Session) -> list[str]:
    """Return the lots whose docket has entries that no checkpoint covers; drafts are not public and not signed."""
    signed = select(Checkpoint.seq).where(Checkpoint.chain == DocketHead.chain, Checkpoint.seq == DocketHead.seq)
    public = select(DocketEntry.seq).where(DocketEntry.chain == DocketHead.chain, DocketEntry.kind == "lot.announced")
    query = select(DocketHead.chain).where(
        DocketHead.chain.startswith("lot:"), DocketHead.seq > 0, ~signed.exists(), public.exists()
    )
    return list(session.scalars(query.order_by(DocketHead.chain).limit(_SIGNED_AT_ONCE_MAX)))


def _unsigned(session: Session, chains: Iterable[str]) -> list[Head]:
    query = select(DocketHead.chain, DocketHead.seq, DocketHead.hash).where(DocketHead.chain.in_(sorted(chains)))
    heads = [Head(row.chain, row.seq, row.hash) for row in session.execute(query.order_by(DocketHead.chain))]
    places = tuple_(Checkpoint.chain, Checkpoint.seq)
    known = session.execute(
        select(Checkpoint.chain, Checkpoint.seq).where(places.in_([(one.chain, one.seq) for one in heads]))
    )
    done = {(row.chain, row.seq) for row in known}
    return [one for one in heads if (one.chain, one.seq) not in done]


def _enter(act: Act, heads: list[Head], *, signer: Signer) -> None:
    if not heads:
        return
    first = log_size(act.session)
    fresh: dict[tuple[int, int], str] = {}

    def node(level: int, index: int) -> str:
        return fresh.get((level, index)) or node_of(act.session, level, index)

    rows = []
    for index, head in enumerate(heads, start=first):
        told = checkpoint_content(
            chain=head.chain, seq=head.seq, hash=head.hash, at=instant_text(act.now), key=signer.id
        )
        signed = {**told, "signature": signer.sign(told)}
        rows.append(
            {
                "chain": head.chain,
                "seq": head.seq,
                "hash": head.hash,
                "at": act.now,
                "key": signer.id,
                "signature": signed["signature"],
                "leaf": index,
            }
        )
        for level, place, value in merkle.completed(merkle.leaf_hash(canonical(signed)), index=index, node=node):
            fresh[level, place] = value
    act.session.execute(insert(Checkpoint), rows)
    act.session.execute(
        insert(LogNode), [{"level": level, "index": place, "hash": value} for (level, place), value in fresh.items()]
    )
    size = first + len(heads)
    root = head_content(size=size, root=merkle.root(size, node=node), at=instant_text(act.now), key=signer.id)
    act.session.add(LogHead(size=size, root=root["root"], at=act.now, key=signer.id, signature=signer.sign(root)))
    act.session.flush()


def checkpoint_content(*, chain: str, seq: int, hash: str, at: str, key: str | None) -> dict[str, object]:  # noqa: A002
    """Return what the signature of a checkpoint covers (contract section 5)."""
    return {"lot": chain.partition(":")[2], "seq": seq, "hash": hash, "at": at, "key": key}


def head_content(*, size: int, root: str, at: str, key: str) -> dict[str, str | int]:
    """Return what the signature of the log's root covers."""
    return {"size": size, "root": root, "at": at, "key": key}


def log_size(session: Session) -> int:
    """Return how many leaves the log has."""
    newest = select(LogHead.size).order_by(LogHead.size.desc()).limit(1)
    return session.scalars(newest).one_or_none() or 0


def node_of(session: Session, level: int, index: int) -> str:
    """Return a full subtree's hash."""
    return session.get_one(LogNode, (level, index)).hash
