"""One request, one effect: what was answered under a client's key is answered again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, Integer, PrimaryKeyConstraint, Text, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.acts import Act
from auction.foundation.database.base import Base, Instant
from auction.foundation.kernel.refusal import Refusal


class KeyReused(Refusal):
    """One idempotency key stands for one request."""

    code = "input.key_reused"
    article = "—"
    title_zh, title_en = "幂等键重复", "Idempotency key used before"
    zh = "该 Idempotency-Key 已用于另一请求；请换用新的键。"
    en = "This Idempotency-Key stands for another request; use a new key."


class IdempotencyKey(Base):
    """A client's key with the digest of its request and, once it is done, the answer."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (PrimaryKeyConstraint("owner", "key"), Index("ix_idempotency_keys_made_at", "made_at"))

    owner: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    request: Mapped[str] = mapped_column(Text)
    status: Mapped[int | None] = mapped_column(Integer)
    answer: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[Instant]


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer a key has."""

    status: int
    body: str


def digest(*parts: str | bytes) -> str:
    """Return what tells one request from another: its method, address and body."""
    whole = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        whole.update(len(raw).to_bytes(8, "big") + raw)
    return whole.hexdigest()


def claim(act: Act, *, owner: str, key: str, request: str) -> Answered | None:
    """Claim a key for a request; return the answer it has already, or None when it is to be answered now.

    A second request under the same key waits here until the first is committed.

    :raises KeyReused: when the key stands for another request
    """
    act.session.execute(
        insert(IdempotencyKey)
        .values(owner=owner, key=key, request=request, status=None, answer=None, made_at=act.now)
        .on_conflict_do_nothing()
    )
    row = act.session.execute(
        select(IdempotencyKey.request, IdempotencyKey.status, IdempotencyKey.answer)
        .where(IdempotencyKey.owner == owner, IdempotencyKey.key == key)
        .with_for_update()
    ).one()
    if row.request != request:
        raise KeyReused
    return None if row.status is None or row.answer is None else Answered(status=row.status, body=row.answer)


def record(act: Act, *, owner: str, key: str, answered: Answered) -> None:
    """Keep the answer of a claimed key; the first one stays."""
    act.session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.owner == owner, IdempotencyKey.key == key, IdempotencyKey.status.is_(None))
        .values(status=answered.status, answer=answered.body)
    )


def forget(act: Act, *, before: datetime) -> int:
    """Forget keys made before an instant; return how many."""
    gone = act.session.scalars(
        delete(IdempotencyKey).where(IdempotencyKey.made_at < before).returning(IdempotencyKey.key)
    )
    return len(gone.all())
