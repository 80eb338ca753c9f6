"""The tables of valuation; the database lets them only grow (法释〔2018〕15号 第34条)."""

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


class ValuationStep(Base):
    """One step on the way to a price or after it; where the valuation stands is folded from them."""

    __tablename__ = "valuation_steps"
    __table_args__ = (
        Index("ix_valuation_steps_property_id_position", "property_id", "position"),
        Index("ix_valuation_steps_case_id_kind", "case_id", "kind"),
    )

    id: Mapped[Id]
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    property_id: Mapped[str] = mapped_column(ForeignKey("properties.id"))
    case_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    at: Mapped[Instant]
    details: Mapped[Json]
    article: Mapped[str] = mapped_column(Text)


class PlatformEvent(Base):
    """What happened to an inquiry platform on the list: entered, late without reason, struck off."""

    __tablename__ = "inquiry_platform_events"
    __table_args__ = (
        CheckConstraint("kind IN ('listed', 'late', 'struck')", name="kind_is_known"),
        Index("ix_inquiry_platform_events_platform_position", "platform", "position"),
    )

    id: Mapped[Id]
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    platform: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    at: Mapped[Instant]
    details: Mapped[Json]
