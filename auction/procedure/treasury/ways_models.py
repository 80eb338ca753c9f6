"""Tables of the ways by which a court is paid and pays; a court's account names no person."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.base import Base, Instant, MaybeMinor


class CourtAccountRow(Base):
    """The account of a court's enforcement money, as transfers to it name it."""

    __tablename__ = "court_accounts"

    court_id: Mapped[str] = mapped_column(ForeignKey("courts.id"), primary_key=True)
    holder: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text, unique=True)
    bank: Mapped[str] = mapped_column(Text)
    bank_code: Mapped[str | None] = mapped_column(Text)
    set_at: Mapped[Instant]
    set_by: Mapped[str] = mapped_column(Text)


class PaymentWayRow(Base):
    """One gateway that a court takes or gives money by, for one purpose; ``place`` is its order of preference."""

    __tablename__ = "payment_ways"
    __table_args__ = (
        CheckConstraint("purpose IN ('deposit', 'balance', 'payout')", name="purpose_is_known"),
        CheckConstraint("up_to_minor > 0", name="limit_is_positive"),
    )

    court_id: Mapped[str] = mapped_column(ForeignKey("courts.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(Text, primary_key=True)
    gateway: Mapped[str] = mapped_column(Text, primary_key=True)
    up_to_minor: Mapped[MaybeMinor]
    place: Mapped[int] = mapped_column(Integer)
