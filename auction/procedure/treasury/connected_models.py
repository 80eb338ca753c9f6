"""The table of payees' accounts at a payment service: its own number for each, no bank account."""

from __future__ import annotations

from sqlalchemy import BigInteger, Identity, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.base import Base, Instant


class ConnectedAccountRow(Base):
    """One account as it was entered; the newest of a person holds, the older ones stay on record."""

    __tablename__ = "connected_accounts"
    __table_args__ = (Index("ix_connected_accounts_person_id", "person_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Mapped[str] = mapped_column(Text)
    account: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[Instant]
    entered_by: Mapped[str] = mapped_column(Text)
