"""The table of valuations; it only grows."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.base import Base, Id, Instant, Json, MaybeInstant, MaybeMinor


class Valuation(Base):
    """One attempt: its mode, what it gave, and what it was based on."""

    __tablename__ = "valuations"
    __table_args__ = (
        CheckConstraint("outcome IN ('price', 'failed', 'pending')", name="outcome_is_known"),
        CheckConstraint(
            "(outcome = 'price') = (amount_minor IS NOT NULL AND valid_until IS NOT NULL)", name="a_price_has_an_amount"
        ),
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        Index("ix_valuations_property_id_position", "property_id", "position"),
    )

    id: Mapped[Id]
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    property_id: Mapped[str] = mapped_column(ForeignKey("properties.id"))
    method: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    amount_minor: Mapped[MaybeMinor]
    valid_until: Mapped[MaybeInstant]
    at: Mapped[Instant]
    details: Mapped[Json]
    article: Mapped[str] = mapped_column(Text)
