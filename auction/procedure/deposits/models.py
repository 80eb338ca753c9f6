"""Tables of deposits and money orders."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.base import Base, Instant, MaybeInstant, MaybeMinor, Minor


class Deposit(Base):
    """A bidder's deposit on one lot; a payment that was refused or went back may be tried again in the same row."""

    __tablename__ = "deposits"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        CheckConstraint("status <> 'released' OR released_at IS NOT NULL", name="a_released_deposit_has_its_instant"),
        CheckConstraint("lapsed_minor BETWEEN 0 AND amount_minor", name="no_more_lapses_than_was_held"),
        Index("ix_deposits_lot_id_status", "lot_id", "status"),
        Index("ix_deposits_going_back", "lot_id", postgresql_where="status = 'refundable'"),
        Index("ix_deposits_case_id", "case_id"),
        Index("ix_deposits_person_id", "person_id"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    registration_id: Mapped[str] = mapped_column(Text, unique=True)
    lot_id: Mapped[str] = mapped_column(Text)
    case_id: Mapped[str] = mapped_column(Text)
    person_id: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    amount_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(Text, server_default="CNY")
    status: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[Instant]
    held_at: Mapped[MaybeInstant]
    decided_at: Mapped[MaybeInstant]
    return_by: Mapped[MaybeInstant]
    released_at: Mapped[MaybeInstant]
    applied_at: Mapped[MaybeInstant]
    lapsed_minor: Mapped[MaybeMinor]
    failed_because: Mapped[str | None] = mapped_column(Text)
