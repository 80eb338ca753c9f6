"""Tables of proof: the platform's public keys, signed checkpoints, and the log they are kept in."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Identity, Integer, PrimaryKeyConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.base import Base, Instant, MaybeInstant


class SigningKey(Base):
    """A public key the platform has signed with; the one before it endorses a new one, the first itself."""

    __tablename__ = "signing_keys"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    public_key: Mapped[str] = mapped_column(Text, unique=True)
    since: Mapped[Instant]
    endorsed_by: Mapped[str] = mapped_column(Text)
    endorsement: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True))


class Checkpoint(Base):
    """A number of a docket bound to its hash by a signature; ``leaf`` is its place in the log."""

    __tablename__ = "docket_checkpoints"
    __table_args__ = (
        PrimaryKeyConstraint("chain", "seq"),
        UniqueConstraint("leaf", name="each_leaf_is_one_checkpoint"),
    )

    chain: Mapped[str] = mapped_column(Text)
    seq: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(Text)
    at: Mapped[Instant]
    key: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(Text)
    leaf: Mapped[int] = mapped_column(BigInteger)


class LogNode(Base):
    """A full subtree of the log: of the leaves from ``index * 2**level`` on, ``2**level`` (RFC 9162)."""

    __tablename__ = "log_nodes"
    __table_args__ = (PrimaryKeyConstraint("level", "index"),)

    level: Mapped[int] = mapped_column(Integer)
    index: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(Text)


class LogHead(Base):
    """The log's root at a size, signed."""

    __tablename__ = "log_heads"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    root: Mapped[str] = mapped_column(Text)
    at: Mapped[Instant]
    key: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(Text)


class LogStamp(Base):
    """What a time-stamping authority swore of the root of a size (RFC 3161): its whole answer, in base64."""

    __tablename__ = "log_stamps"

    size: Mapped[int] = mapped_column(BigInteger, ForeignKey("log_heads.size"), primary_key=True)
    at: Mapped[Instant]
    authority: Mapped[str] = mapped_column(Text)
    token: Mapped[str] = mapped_column(Text)
    kept_at: Mapped[Instant]


class ProofProgress(Base):
    """How far the dockets were looked through for what wants a checkpoint; one row, whose lock orders the log."""

    __tablename__ = "proof_progress"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    txid: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(BigInteger)
    swept_at: Mapped[MaybeInstant]
