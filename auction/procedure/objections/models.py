"""Tables of objections."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.base import Base, Id, Instant, MaybeInstant, MaybeMinor
from auction.foundation.database.sealing import Sealed


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


class ObjectionStep(Base):
    """One step on an objection; what was said in it is encrypted, its digest stands beside. It only grows."""

    __tablename__ = "objection_steps"
    __table_args__ = (UniqueConstraint("objection_id", "kind", name="each_step_is_taken_once"),)

    id: Mapped[Id]
    objection_id: Mapped[str] = mapped_column(ForeignKey("objections.id"))
    kind: Mapped[str] = mapped_column(Text)
    at: Mapped[Instant]
    by_person_id: Mapped[str | None] = mapped_column(Text)
    until: Mapped[MaybeInstant]
    answer: Mapped[bool | None]
    words: Mapped[str | None] = mapped_column(Sealed)
    digest: Mapped[str | None] = mapped_column(Text)
    amount_minor: Mapped[MaybeMinor]


class OrderedStay(Base):
    """A lot stands still for a time the law limits: against security, or as the higher court ordered. It only grows."""

    __tablename__ = "ordered_stays"
    __table_args__ = (
        CheckConstraint("ordered IN ('security', 'superior')", name="order_is_known"),
        CheckConstraint("until > since", name="it_ends_after_it_began"),
        Index("ix_ordered_stays_lot_id", "lot_id"),
        Index("ix_ordered_stays_case_id", "case_id"),
    )

    id: Mapped[Id]
    lot_id: Mapped[str] = mapped_column(Text)
    case_id: Mapped[str] = mapped_column(Text)
    ordered: Mapped[str] = mapped_column(Text)
    since: Mapped[Instant]
    until: Mapped[Instant]
