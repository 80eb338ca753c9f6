"""Tables of the lots."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Identity, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.base import Base, Instant, MaybeInstant, MaybeMinor, Minor


class Lot(Base):
    """A lot with its terms; ``ends_at`` moves with extensions, ``closes_at`` is what was announced."""

    __tablename__ = "lots"
    __table_args__ = (
        CheckConstraint("start_price_minor > 0 AND deposit_minor > 0 AND increment_minor > 0", name="amounts_positive"),
        CheckConstraint("closes_at > opens_at", name="closes_after_it_opens"),
        CheckConstraint(
            "announced_at IS NOT NULL OR status IN ('draft','approved','withdrawn')", name="open_means_announced"
        ),
        Index("ix_lots_opens_when_announced", "opens_at", postgresql_where="status = 'announced'"),
        Index("ix_lots_ends_when_open", "ends_at", postgresql_where="status = 'open'"),
        Index(
            "ix_lots_search_grams_unannounced",
            "search_grams",
            postgresql_using="gin",
            postgresql_where=text("announced_at IS NULL"),
        ),
        Index("ix_lots_status_ends_at", "status", "ends_at"),
        Index("ix_lots_case_id", "case_id"),
        Index("ix_lots_after_lot_id", "after_lot_id"),
        Index("ix_lots_court_id_status", "court_id", "status"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    case_id: Mapped[str] = mapped_column(Text)
    court_id: Mapped[str] = mapped_column(Text)
    court_name: Mapped[str]
    case_number: Mapped[str]
    title: Mapped[str]
    city: Mapped[str]
    kind: Mapped[str]
    category: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    round: Mapped[str]
    after_lot_id: Mapped[str | None] = mapped_column(ForeignKey("lots.id"))
    status: Mapped[str] = mapped_column(Text, default="draft")
    outcome: Mapped[str | None]
    start_price_minor: Mapped[Minor]
    deposit_minor: Mapped[Minor]
    increment_minor: Mapped[Minor]
    reference_price_minor: Mapped[Minor]
    floor_minor: Mapped[Minor]
    hammer_price_minor: Mapped[MaybeMinor]
    currency: Mapped[str] = mapped_column(Text, default="CNY")
    opens_at: Mapped[Instant]
    closes_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    balance_days: Mapped[int] = mapped_column(Integer)
    disclosure: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    priority: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    panel: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    conditions: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    corrections: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    terms: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    rulebook: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    drafted_at: Mapped[Instant]
    approved_at: Mapped[MaybeInstant]
    announced_at: Mapped[MaybeInstant]
    closed_at: Mapped[MaybeInstant]
    defaulted_at: Mapped[MaybeInstant]
    sample: Mapped[bool] = mapped_column(default=False)
    search_grams: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)


class Listing(Base):
    """An announced lot as the catalogue finds, counts and orders it: a narrow row that the database keeps by itself.

    Triggers on ``lots`` write it in the lot's own transaction; nothing in the program does. ``shelf`` joins everything
    a reader can choose by name, so that one count by shelf answers every facet.
    """

    __tablename__ = "listings"
    __table_args__ = (
        Index("ix_listings_tokens", "tokens", postgresql_using="gin"),
        Index("ix_listings_ends_at", "ends_at", "lot_id"),
        Index("ix_listings_opens_at", "opens_at", "lot_id"),
        Index("ix_listings_announced_at", "announced_at", "lot_id"),
        Index("ix_listings_start_price_minor", "start_price_minor", "lot_id"),
        Index("ix_listings_status_ends_at", "status", "ends_at", "lot_id"),
        Index("ix_listings_shelf", "shelf"),
    )

    announced_at: Mapped[Instant]
    opens_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    start_price_minor: Mapped[Minor]
    shelf: Mapped[str]
    lot_id: Mapped[str] = mapped_column(ForeignKey("lots.id", ondelete="CASCADE"), primary_key=True)
    status: Mapped[str]
    tokens: Mapped[list[str]] = mapped_column(ARRAY(Text))


class LotProperty(Base):
    """A thing in a lot; the database lets it stand in one approved, announced or open lot at a time."""

    __tablename__ = "lot_properties"
    __table_args__ = (
        Index("uq_lot_properties_one_live_lot_a_thing", "property_id", unique=True, postgresql_where="live"),
        Index("ix_lot_properties_property_id", "property_id"),
    )

    lot_id: Mapped[str] = mapped_column(ForeignKey("lots.id"), primary_key=True)
    property_id: Mapped[str] = mapped_column(Text, primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    live: Mapped[bool] = mapped_column(default=False)


class Notice(Base):
    """That a person was told of the coming announcement."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_lot_id", "lot_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lots.id"))
    person_id: Mapped[str]
    how: Mapped[str]
    noticed_at: Mapped[datetime]
    recorded_at: Mapped[Instant]


class LotStay(Base):
    """A deferral or suspension: why, since when, and the end the bidding had then; over when ``ended_at`` is set."""

    __tablename__ = "lot_stays"
    __table_args__ = (
        CheckConstraint("kind IN ('deferred', 'suspended')", name="kind_is_known"),
        Index("uq_lot_stays_one_at_a_time", "lot_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_lot_stays_lot_id_since", "lot_id", "since"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lots.id"))
    kind: Mapped[str]
    ground: Mapped[str]
    since: Mapped[Instant]
    ends_at: Mapped[Instant]
    was_open: Mapped[bool] = mapped_column(Boolean)
    ended_at: Mapped[MaybeInstant]


class Insistence(Base):
    """That an applicant asked to go on although nothing may be left for him (法释〔2004〕16号 第6条)."""

    __tablename__ = "insistences"

    property_id: Mapped[str] = mapped_column(Text, primary_key=True)
    claim_id: Mapped[str] = mapped_column(Text, primary_key=True)
    least_minor: Mapped[MaybeMinor]
    at: Mapped[Instant]


class SurplusWarning(Base):
    """That an applicant was told that nothing may be left for him, and until when he may ask to go on (第6条)."""

    __tablename__ = "surplus_warnings"
    __table_args__ = (Index("ix_surplus_warnings_case_id", "case_id"),)

    property_id: Mapped[str] = mapped_column(Text, primary_key=True)
    claim_id: Mapped[str] = mapped_column(Text, primary_key=True)
    case_id: Mapped[str] = mapped_column(Text)
    least_minor: Mapped[Minor]
    warned_at: Mapped[Instant]
    reply_by: Mapped[Instant]
