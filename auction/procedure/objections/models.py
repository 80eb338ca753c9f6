"""Tables of objections."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.base import Base, Id, Instant, MaybeInstant


class Objection(Base):
    """An objection, what it is against, and how it was decided."""

    __tablename__ = "objections"
    __table_args__ = (
        CheckConstraint("kind IN ('act', 'outsider', 'valuation', 'plan')", name="kind_is_known"),
        CheckConstraint("status IN ('pending', 'upheld', 'rejected')", name="status_is_known"),
        CheckConstraint("(status = 'pending') = (decided_at IS NULL)", name="decided_means_decided_at"),
        Index("ix_objections_case_id_filed_at", "case_id", "filed_at"),
        Index("ix_objections_against", "against"),
        Index("ix_objections_decide_by_when_pending", "decide_by", postgresql_where=text("status = 'pending'")),
    )

    id: Mapped[Id]
    case_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    against: Mapped[str] = mapped_column(Text)
    against_kind: Mapped[str] = mapped_column(Text)
    by_person_id: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    filed_at: Mapped[Instant]
    decide_by: Mapped[Instant]
    decided_at: Mapped[MaybeInstant]
    suit_until: Mapped[MaybeInstant]
