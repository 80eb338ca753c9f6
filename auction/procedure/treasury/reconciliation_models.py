"""Tables of reconciliation: its runs, the differences they found, what finance says of them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.base import Base, Instant, JsonList, MaybeInstant, Minor


class ReconciliationRun(Base):
    """One comparison of ledger, gateways and bank that was kept; asked for by finance, or by the day."""

    __tablename__ = "reconciliation_runs"
    __table_args__ = (
        CheckConstraint("ended_at IS NULL OR begun_at IS NOT NULL", name="what_ended_has_begun"),
        Index("ix_reconciliation_runs_asked_at", "asked_at"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    asked_at: Mapped[Instant]
    asked_by: Mapped[str] = mapped_column(Text)
    begun_at: Mapped[MaybeInstant]
    ended_at: Mapped[MaybeInstant]
    orders: Mapped[int] = mapped_column(Integer, default=0)
    movements: Mapped[int] = mapped_column(Integer, default=0)
    found: Mapped[int] = mapped_column(Integer, default=0)
    silent: Mapped[JsonList] = mapped_column(default=list)


class DifferenceRow(Base):
    """A difference as long as it is found; one that comes again after it was closed is a new one."""

    __tablename__ = "differences"
    __table_args__ = (
        CheckConstraint("inside_minor <> outside_minor", name="the_two_sides_differ"),
        CheckConstraint("last_seen >= first_seen", name="it_was_seen_last_after_it_was_seen_first"),
        Index("ix_differences_open", "key", unique=True, postgresql_where="closed_at IS NULL"),
        Index("ix_differences_case_id", "case_id", postgresql_where="closed_at IS NULL"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    gateway: Mapped[str | None] = mapped_column(Text)
    payment: Mapped[str | None] = mapped_column(Text)
    order_id: Mapped[str | None] = mapped_column(Text)
    case_id: Mapped[str | None] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    inside_minor: Mapped[Minor]
    outside_minor: Mapped[Minor]
    since: Mapped[Instant]
    first_seen: Mapped[Instant]
    last_seen: Mapped[Instant]
    closed_at: Mapped[MaybeInstant]


class DifferenceNote(Base):
    """What finance says of a difference; it explains, and closes nothing."""

    __tablename__ = "difference_notes"
    __table_args__ = (Index("ix_difference_notes_difference_id", "difference_id"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    difference_id: Mapped[str] = mapped_column(ForeignKey("differences.id"))
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[Instant]
    words: Mapped[str] = mapped_column(Text)
