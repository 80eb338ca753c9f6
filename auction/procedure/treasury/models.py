"""Tables of the treasury: money orders."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.base import Base, Instant, MaybeInstant, Minor


class MoneyOrderRow(Base):
    """An instruction to the outside; its id is the idempotency key there."""

    __tablename__ = "money_orders"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        CheckConstraint("moved_minor >= 0 AND moved_minor <= amount_minor", name="no_more_moves_than_was_ordered"),
        CheckConstraint("(status = 'done') = (done_at IS NOT NULL)", name="a_done_order_has_its_instant"),
        Index("ix_money_orders_waiting", "next_attempt_at", postgresql_where="status = 'waiting'"),
        # Pattern operators also serve equality, and find the lines of one plan by their common beginning.
        Index("ix_money_orders_subject_id", "subject_id", postgresql_ops={"subject_id": "text_pattern_ops"}),
        Index("ix_money_orders_case_id", "case_id"),
        Index("ix_money_orders_gateway_reference", "gateway", "gateway_reference"),
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
    way: Mapped[str | None] = mapped_column(Text)
    origin_reference: Mapped[str | None] = mapped_column(Text)
    held_until: Mapped[MaybeInstant]
    gateway: Mapped[str | None] = mapped_column(Text)
    gateway_reference: Mapped[str | None] = mapped_column(Text)
    underway_since: Mapped[MaybeInstant]
    no_longer_due_since: Mapped[MaybeInstant]
    moved_minor: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[Instant]
    done_at: Mapped[MaybeInstant]
    last_error: Mapped[str | None] = mapped_column(Text)
