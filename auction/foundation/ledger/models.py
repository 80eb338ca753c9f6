"""Tables of the ledger."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.base import Base, Instant, Minor


class LedgerEntry(Base):
    """One movement of money; ``reference`` is ours and unique, so nothing is booked twice."""

    __tablename__ = "ledger_entries"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[Instant]
    kind: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(Text, unique=True)
    by: Mapped[str] = mapped_column(Text)
    txid: Mapped[int] = mapped_column(BigInteger, server_default=text("(pg_current_xact_id()::text)::bigint"))


class LedgerPosting(Base):
    """One side of an entry: account, case, lot, holder, signed minor units."""

    __tablename__ = "ledger_postings"
    __table_args__ = (
        CheckConstraint("amount_minor <> 0", name="amount_is_not_zero"),
        Index("ix_ledger_postings_case_id_account", "case_id", "account"),
        Index("ix_ledger_postings_lot_id_account", "lot_id", "account"),
        Index("ix_ledger_postings_entry_id", "entry_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entries.id"))
    account: Mapped[str] = mapped_column(Text)
    case_id: Mapped[str] = mapped_column(Text)
    lot_id: Mapped[str | None] = mapped_column(Text)
    holder: Mapped[str | None] = mapped_column(Text)
    amount_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(Text, server_default="CNY")
