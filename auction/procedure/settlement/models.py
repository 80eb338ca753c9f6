"""Tables of settlements, of forfeited deposits, and of those who ask to take a thing in kind."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Index, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.base import Base, Instant, MaybeInstant, MaybeMinor, Minor


class Settlement(Base):
    """A sold lot on its way to the buyer, or a failed one on its way to the creditor who takes it in kind."""

    __tablename__ = "settlements"
    __table_args__ = (
        CheckConstraint("price_minor > 0", name="price_is_positive"),
        CheckConstraint("balance_minor >= 0", name="balance_is_not_negative"),
        CheckConstraint("balance_taken_minor >= 0", name="balance_taken_is_not_negative"),
        CheckConstraint("credit_minor >= 0", name="credit_is_not_negative"),
        CheckConstraint("title_passed_at IS NOT DISTINCT FROM ruling_served_at", name="title_passes_with_service"),
        CheckConstraint("ruling_served_at IS NULL OR ruled_at IS NOT NULL", name="only_a_ruling_is_served"),
        CheckConstraint("handed_over_at IS NULL OR ruling_served_at IS NOT NULL", name="hand_over_follows_service"),
        Index("ix_settlements_case_id", "case_id"),
        Index("ix_settlements_buyer_person_id", "buyer_person_id"),
        Index("ix_settlements_status", "status"),
    )

    lot_id: Mapped[str] = mapped_column(Text, primary_key=True)
    case_id: Mapped[str] = mapped_column(Text)
    way: Mapped[str] = mapped_column(Text, server_default="auction")
    buyer_registration_id: Mapped[str | None] = mapped_column(Text)
    buyer_person_id: Mapped[str] = mapped_column(Text)
    price_minor: Mapped[Minor]
    deposit_minor: Mapped[Minor]
    credit_minor: Mapped[Minor] = mapped_column(server_default="0")
    credit_claim_id: Mapped[str | None] = mapped_column(Text)
    balance_minor: Mapped[Minor]
    balance_taken_minor: Mapped[Minor] = mapped_column(server_default="0", default=0)
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


class InKindApplication(Base):
    """That a creditor asks to take a failed lot in kind; ``place`` is his claim's, ``ticket`` his in the lot drawn."""

    __tablename__ = "in_kind_applications"

    lot_id: Mapped[str] = mapped_column(Text, primary_key=True)
    claim_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text)
    place: Mapped[int] = mapped_column(Integer)
    ticket: Mapped[str] = mapped_column(Text)
    applied_at: Mapped[Instant]


class Forfeit(Base):
    """What a buyer lost by his default, and what it was used for (article 24)."""

    __tablename__ = "forfeits"
    __table_args__ = (
        CheckConstraint("forfeited_minor >= 0", name="forfeit_is_not_negative"),
        Index("ix_forfeits_case_id", "case_id"),
        Index("ix_forfeits_person_id", "person_id"),
    )

    lot_id: Mapped[str] = mapped_column(Text, primary_key=True)
    case_id: Mapped[str] = mapped_column(Text)
    person_id: Mapped[str] = mapped_column(Text)
    forfeited_minor: Mapped[Minor]
    declared_at: Mapped[Instant]
    resold_lot_id: Mapped[str | None] = mapped_column(Text)
    applied_at: Mapped[MaybeInstant]
    lines: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    uncovered_minor: Mapped[MaybeMinor]
    top_up_minor: Mapped[MaybeMinor]
    ordered_at: Mapped[MaybeInstant]
