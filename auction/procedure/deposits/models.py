"""Tables of deposits and money orders."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.base import Base, Instant, MaybeInstant, Minor


class Deposit(Base):
    """A bidder's deposit on one lot; a refused payment may be tried again in the same row."""

    __tablename__ = "deposits"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        CheckConstraint("status <> 'released' OR released_at IS NOT NULL", name="a_released_deposit_has_its_instant"),
        Index("ix_deposits_lot_id_status", "lot_id", "status"),
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
    failed_because: Mapped[str | None] = mapped_column(Text)


class MoneyOrderRow(Base):
    """An instruction to the outside; its id is the idempotency key there."""

    __tablename__ = "money_orders"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        CheckConstraint("(status = 'done') = (done_at IS NOT NULL)", name="a_done_order_has_its_instant"),
        Index("ix_money_orders_waiting", "next_attempt_at", postgresql_where="status = 'waiting'"),
        # Pattern operators also serve equality, and find the lines of one plan by their common beginning.
        Index("ix_money_orders_subject_id", "subject_id", postgresql_ops={"subject_id": "text_pattern_ops"}),
        Index("ix_money_orders_case_id", "case_id"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[str] = mapped_column(Text)
    case_id: Mapped[str] = mapped_column(Text)
    lot_id: Mapped[str | None] = mapped_column(Text)
    party_id: Mapped[str | None] = mapped_column(Text)
    amount_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(Text, server_default="CNY")
    status: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[Instant]
    gateway: Mapped[str | None] = mapped_column(Text)
    gateway_reference: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Instant]
    done_at: Mapped[MaybeInstant]
    last_error: Mapped[str | None] = mapped_column(Text)
