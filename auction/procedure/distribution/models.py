"""Tables of distribution."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.base import Base, Instant, MaybeInstant, Minor


class Plan(Base):
    """A distribution plan; one at a time is open in a case."""

    __tablename__ = "plans"
    __table_args__ = (
        CheckConstraint("surplus_minor >= 0", name="surplus_is_not_negative"),
        CheckConstraint("basis IN ('order', 'judgment', 'bankruptcy')", name="basis_is_known"),
        CheckConstraint("(served_at IS NULL) = (objection_until IS NULL)", name="service_starts_the_objection_period"),
        CheckConstraint("released_by IS DISTINCT FROM proposed_by OR released_by IS NULL", name="two_persons_pay"),
        Index("uq_plans_one_open_plan_a_case", "case_id", unique=True, postgresql_where="status <> 'paid'"),
        Index("ix_plans_case_id", "case_id"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    case_id: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(Text, default="order", server_default="order")
    lines: Mapped[list[Any]] = mapped_column(JSONB)
    surplus: Mapped[list[Any]] = mapped_column(JSONB)
    escrow: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default="[]")
    #: What was left of each claim of the case, but for what plans have paid, when this one was drawn up.
    claims: Mapped[dict[str, int] | None] = mapped_column(JSONB(none_as_null=True))
    surplus_minor: Mapped[Minor]
    total_minor: Mapped[Minor]
    drafted_at: Mapped[Instant]
    served_at: Mapped[MaybeInstant]
    objection_until: Mapped[MaybeInstant]
    proposed_at: Mapped[MaybeInstant]
    proposed_by: Mapped[str | None] = mapped_column(Text)
    released_at: Mapped[MaybeInstant]
    released_by: Mapped[str | None] = mapped_column(Text)
    paid_at: Mapped[MaybeInstant]


class PlanLot(Base):
    """A lot whose money a plan distributes."""

    __tablename__ = "plan_lots"
    __table_args__ = (Index("ix_plan_lots_lot_id", "lot_id"),)

    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"), primary_key=True)
    lot_id: Mapped[str] = mapped_column(Text, primary_key=True)


class PlanObjection(Base):
    """That a party disputes a part of a claim's share, and what became of it (法释〔2015〕5号 第509、510条)."""

    __tablename__ = "plan_objections"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        CheckConstraint("(opposed_at IS NULL) = (suit_until IS NULL)", name="opposition_starts_the_suit_period"),
        CheckConstraint("sued_at IS NULL OR opposed_at IS NOT NULL", name="a_suit_follows_opposition"),
        Index("ix_plan_objections_plan_id", "plan_id"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"))
    objector_person_id: Mapped[str] = mapped_column(Text)
    claim_id: Mapped[str] = mapped_column(Text)
    amount_minor: Mapped[Minor]
    raised_at: Mapped[Instant]
    opposition_until: Mapped[Instant]
    opposed_by: Mapped[str | None] = mapped_column(Text)
    opposed_at: Mapped[MaybeInstant]
    suit_until: Mapped[MaybeInstant]
    sued_at: Mapped[MaybeInstant]
