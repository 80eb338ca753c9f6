"""Reading the log of checkpoints: its signed roots, its leaves, and the proofs anybody may ask for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from auction.foundation.docket import merkle
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.refusal import NotFound
from auction.procedure.publicity.models import Checkpoint, LogHead, SigningKey
from auction.procedure.publicity.proving import checkpoint_content, head_content, log_size, node_of

_LEAVES_MAX = 500


def keys(session: Session) -> list[dict[str, Any]]:
    """Return the public keys the platform has signed with, oldest first, each with its endorsement."""
    rows = session.scalars(select(SigningKey).order_by(SigningKey.number))
    return [
        {
            "id": row.id,
            "public_key": row.public_key,
            "since": instant_text(row.since),
            "endorsed_by": row.endorsed_by,
            "endorsement": row.endorsement,
        }
        for row in rows
    ]


def newest_head(session: Session) -> dict[str, Any] | None:
    """Return the log's newest signed root, or None while nothing was signed."""
    row = session.scalars(select(LogHead).order_by(LogHead.size.desc()).limit(1)).one_or_none()
    return _head(row) if row else None


def head(session: Session, *, size: int) -> dict[str, Any]:
    """Return the signed root of the log at a size that was signed.

    :raises NotFound: when the log was never signed at that size
    """
    row = session.get(LogHead, size)
    if row is None:
        raise NotFound(what="log_head", name=str(size))
    return _head(row)


def leaves(session: Session, *, after: int, limit: int) -> list[dict[str, Any]]:
    """Return checkpoints in the order of the log, from leaf ``after`` on, each with its leaf hash's content."""
    query = select(Checkpoint).where(Checkpoint.leaf >= after).order_by(Checkpoint.leaf).limit(min(limit, _LEAVES_MAX))
    return [{"leaf": row.leaf, "checkpoint": checkpoint_json(row)} for row in session.scalars(query)]


def checkpoints(session: Session, lot: str) -> list[Checkpoint]:
    """Return a lot's checkpoints in order."""
    query = select(Checkpoint).where(Checkpoint.chain == f"lot:{lot}").order_by(Checkpoint.seq)
    return list(session.scalars(query))


def inclusion(session: Session, *, leaf: int, size: int) -> list[str]:
    """Return the proof that a leaf is in the log of a size (RFC 9162).

    :raises NotFound: when it is not
    """
    if not 0 <= leaf < size or size > log_size(session):
        raise NotFound(what="leaf", name=str(leaf))
    return merkle.inclusion(leaf, size, node=lambda level, index: node_of(session, level, index))


def consistency(session: Session, *, first: int, second: int) -> list[str]:
    """Return the proof that the log of one size is the beginning of that of another (RFC 9162).

    :raises NotFound: when the log never had these sizes in this order
    """
    if not 0 < first <= second <= log_size(session):
        raise NotFound(what="log_head", name=f"{first}-{second}")
    return merkle.consistency(first, second, node=lambda level, index: node_of(session, level, index))


def checkpoint_json(row: Checkpoint) -> dict[str, Any]:
    """Return a checkpoint as the export holds it (contract section 5)."""
    told = checkpoint_content(chain=row.chain, seq=row.seq, hash=row.hash, at=instant_text(row.at), key=row.key)
    return {**told, "signature": row.signature}


def _head(row: LogHead) -> dict[str, Any]:
    told = head_content(size=row.size, root=row.root, at=instant_text(row.at), key=row.key)
    return {**told, "signature": row.signature}
