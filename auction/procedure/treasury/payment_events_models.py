"""The table of what payment services tell us unasked: ids and types only, nothing of a payer."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.base import Base, Instant, MaybeInstant


class PaymentEventRow(Base):
    """One event, kept once under the service's own id; ``digest`` is the SHA-256 of what was signed."""

    __tablename__ = "payment_events"
    __table_args__ = (
        CheckConstraint("(worked_at IS NULL) = (outcome IS NULL)", name="a_worked_event_has_an_outcome"),
        CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name="a_settled_event_has_who_settled_it"),
        Index("ix_payment_events_waiting", "next_attempt_at", postgresql_where="worked_at IS NULL"),
        Index("ix_payment_events_case_id", "case_id", postgresql_where="task IS NOT NULL AND settled_at IS NULL"),
        Index("ix_payment_events_subject", "gateway", "subject"),
    )

    gateway: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    type: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    payment: Mapped[str | None] = mapped_column(Text)
    order_id: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    received_at: Mapped[Instant]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[Instant]
    last_error: Mapped[str | None] = mapped_column(Text)
    worked_at: Mapped[MaybeInstant]
    outcome: Mapped[str | None] = mapped_column(Text)
    case_id: Mapped[str | None] = mapped_column(Text)
    task: Mapped[str | None] = mapped_column(Text)
    settled_at: Mapped[MaybeInstant]
    settled_by: Mapped[str | None] = mapped_column(Text)
    settled_note: Mapped[str | None] = mapped_column(Text)
