"""The table of settlements."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.base import Base, Instant, MaybeInstant, Minor


class Settlement(Base):
    """A sold lot on its way to the buyer."""

    __tablename__ = "settlements"
    __table_args__ = (
        CheckConstraint("price_minor > 0", name="price_is_positive"),
        CheckConstraint("balance_minor >= 0", name="balance_is_not_negative"),
        CheckConstraint("title_passed_at IS NOT DISTINCT FROM ruling_served_at", name="title_passes_with_service"),
        CheckConstraint("ruling_served_at IS NULL OR ruled_at IS NOT NULL", name="only_a_ruling_is_served"),
        CheckConstraint("handed_over_at IS NULL OR ruling_served_at IS NOT NULL", name="hand_over_follows_service"),
        Index("ix_settlements_case_id", "case_id"),
        Index("ix_settlements_buyer_person_id", "buyer_person_id"),
        Index("ix_settlements_status", "status"),
    )

    lot_id: Mapped[str] = mapped_column(Text, primary_key=True)
    case_id: Mapped[str] = mapped_column(Text)
    buyer_registration_id: Mapped[str] = mapped_column(Text)
    buyer_person_id: Mapped[str] = mapped_column(Text)
    price_minor: Mapped[Minor]
    deposit_minor: Mapped[Minor]
    balance_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(Text, server_default="CNY")
    status: Mapped[str] = mapped_column(Text)
    balance_due_by: Mapped[Instant]
    confirmed_at: Mapped[Instant]
    balance_paid_at: Mapped[MaybeInstant]
    paid_late: Mapped[bool] = mapped_column(default=False)
    paid_at: Mapped[MaybeInstant]
    ruled_at: Mapped[MaybeInstant]
    ruling_served_at: Mapped[MaybeInstant]
    title_passed_at: Mapped[MaybeInstant]
    handed_over_at: Mapped[MaybeInstant]
    confirmation_number: Mapped[str] = mapped_column(Text, unique=True)
    ruling_number: Mapped[str | None] = mapped_column(Text, unique=True)
