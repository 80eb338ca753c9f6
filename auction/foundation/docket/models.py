"""Tables of the docket."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, FetchedValue, Identity, Index, Integer, PrimaryKeyConstraint, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.base import Base, Instant


class DocketHead(Base):
    """The last number and hash of a chain; its row lock orders every act on the subject."""

    __tablename__ = "docket_heads"

    chain: Mapped[str] = mapped_column(Text, primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, default=0)
    hash: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime | None]


class DocketEntry(Base):
    """One act. ``txid`` lets a reader of all chains follow in commit order without losing an entry."""

    __tablename__ = "docket_entries"
    __table_args__ = (
        PrimaryKeyConstraint("chain", "seq"),
        Index("ix_docket_entries_txid_position", "txid", "position"),
        Index(
            "uq_docket_entries_one_entry_a_bid",
            "chain",
            text("(public ->> 'bid_id')"),
            unique=True,
            postgresql_where=text("kind IN ('bid.accepted', 'bid.refused')"),
        ),
    )

    chain: Mapped[str] = mapped_column(Text)
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[Instant]
    kind: Mapped[str] = mapped_column(Text)
    public: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sealed: Mapped[str | None] = mapped_column(Text)
    prev: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    txid: Mapped[int] = mapped_column(
        BigInteger, server_default=text("(pg_current_xact_id()::text)::bigint"), server_onupdate=FetchedValue()
    )


class DocketSeal(Base):
    """What a sealed commitment commits to, encrypted, with its salt; opened only by an entered act."""

    __tablename__ = "docket_seals"
    __table_args__ = (PrimaryKeyConstraint("chain", "seq"),)

    chain: Mapped[str] = mapped_column(Text)
    seq: Mapped[int] = mapped_column(Integer)
    salt: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)


class DocketReaction(Base):
    """A reaction that waits: which entry, and which later capability answers it."""

    __tablename__ = "docket_reactions"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    chain: Mapped[str] = mapped_column(Text)
    seq: Mapped[int] = mapped_column(Integer)
    reaction: Mapped[str] = mapped_column(Text)
