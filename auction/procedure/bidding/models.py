"""Tables of bidding. A bid has no table: it is its docket entry."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Identity,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.base import Base, Instant, MaybeInstant, MaybeMinor, Minor


class Bidding(Base):
    """The standing of an open or closed lot; one narrow row, written once a batch of bids."""

    __tablename__ = "biddings"
    __table_args__ = (
        CheckConstraint("(price_minor IS NULL) = (leader_id IS NULL)", name="a_price_has_a_leader"),
        Index(
            "ix_biddings_uncertified",
            "closed_at",
            postgresql_where=text("closed_at IS NOT NULL AND certified_at IS NULL"),
        ),
    )

    lot_id: Mapped[str] = mapped_column(Text, primary_key=True)
    price_minor: Mapped[MaybeMinor]
    leader_id: Mapped[str | None]
    leader_code: Mapped[str | None]
    leader_rank: Mapped[int | None] = mapped_column(Integer)
    bids: Mapped[int] = mapped_column(Integer, default=0)
    extensions: Mapped[int] = mapped_column(Integer, default=0)
    ends_at: Mapped[Instant]
    opened_at: Mapped[Instant]
    closed_at: Mapped[MaybeInstant]
    stayed_at: Mapped[MaybeInstant]
    resumed_at: Mapped[MaybeInstant]
    certified_at: Mapped[MaybeInstant]


class Registration(Base):
    """A person's registration on a lot; the person is never shown beside the code before the close."""

    __tablename__ = "registrations"
    __table_args__ = (
        UniqueConstraint("lot_id", "code"),
        UniqueConstraint("lot_id", "person_id"),
        CheckConstraint("deposit_due_minor >= 0", name="deposit_due_is_not_negative"),
        Index("ix_registrations_person_id", "person_id"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    lot_id: Mapped[str] = mapped_column(Text)
    case_id: Mapped[str] = mapped_column(Text)
    person_id: Mapped[str] = mapped_column(Text)
    account_id: Mapped[str | None] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    rank: Mapped[int | None] = mapped_column(Integer)
    claim_id: Mapped[str | None] = mapped_column(Text)
    agent_id: Mapped[str | None] = mapped_column(Text)
    deposit_minor: Mapped[Minor]
    deposit_due_minor: Mapped[Minor]
    status: Mapped[str] = mapped_column(Text, default="registered")
    registered_at: Mapped[Instant]
    admitted_at: Mapped[MaybeInstant]
    position: Mapped[int] = mapped_column(BigInteger, default=0)
    corrections_read: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    joint: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class ReminderAcceptance(Base):
    """That a person accepted one special reminder of a lot (article 14), in exactly which words, and when."""

    __tablename__ = "reminder_acceptances"

    lot_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    sha256: Mapped[str] = mapped_column(Text)
    rulebook: Mapped[str] = mapped_column(Text)
    accepted_at: Mapped[Instant]


class IneligiblePerson(Base):
    """That the court has found a person not allowed to bid on a lot (article 34), and why."""

    __tablename__ = "ineligible_persons"

    lot_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    why: Mapped[str] = mapped_column(Text)
    declared_at: Mapped[Instant]


class ConfirmedAgent(Base):
    """That the court has confirmed who bids for whom on a lot (article 14)."""

    __tablename__ = "confirmed_agents"

    lot_id: Mapped[str] = mapped_column(Text, primary_key=True)
    bidder_person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    agent_person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    confirmed_at: Mapped[Instant]


class JointBidder(Base):
    """That the court has confirmed who buys together with a bidder on a lot, himself among them, for which share."""

    __tablename__ = "joint_bidders"
    __table_args__ = (Index("ix_joint_bidders_lot_id_person_id", "lot_id", "person_id"),)

    lot_id: Mapped[str] = mapped_column(Text, primary_key=True)
    bidder_person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    share: Mapped[str] = mapped_column(Text)
    confirmed_at: Mapped[Instant]


class BarredBuyer(Base):
    """That a buyer who defaulted on a thing may not bid when it is auctioned again (article 24)."""

    __tablename__ = "barred_buyers"
    __table_args__ = (Index("ix_barred_buyers_lot_id", "lot_id"),)

    property_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    lot_id: Mapped[str] = mapped_column(Text)
    since: Mapped[Instant]


class ServiceSpan(Base):
    """A stretch of time in which a process proved that it served: its loop ran, and the database took its writes.

    Bidding is served by the processes of role ``web``; the ones of role ``jobs`` let lots open and close.
    ``seen_at`` is the database's own clock at the last beat; ``skew_ms`` how far the machine's clock was ahead of it;
    ``jumped_ms`` by how much the clock had leapt when the span began.
    """

    __tablename__ = "service_spans"
    __table_args__ = (
        CheckConstraint("role IN ('web', 'jobs')", name="role_is_web_or_jobs"),
        CheckConstraint("until_at >= began_at", name="a_span_does_not_end_before_it_begins"),
        Index("ix_service_spans_until_at", "until_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    process: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    began_at: Mapped[Instant]
    until_at: Mapped[Instant]
    seen_at: Mapped[Instant]
    oldest_waiting_at: Mapped[MaybeInstant]
    skew_ms: Mapped[int] = mapped_column(BigInteger)
    jumped_ms: Mapped[int] = mapped_column(BigInteger)
    stopped: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
