"""Tables of partners, their endpoints, and what is on its way to them."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.base import Base, Id, Instant, MaybeInstant
from auction.foundation.database.sealing import Sealed


class Partner(Base):
    """An organisation and the account its programs act through."""

    __tablename__ = "partners"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(Text, unique=True)
    contact: Mapped[str] = mapped_column(Sealed())
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), unique=True)
    created_at: Mapped[Instant]
    active: Mapped[bool] = mapped_column(default=True)


class WebhookEndpoint(Base):
    """An address that is told; its row lock orders everything that happens to its deliveries.

    The cursor is the place in the feed of all chains up to which deliveries were made out.
    """

    __tablename__ = "webhook_endpoints"
    __table_args__ = (
        UniqueConstraint("partner_id", "url"),
        CheckConstraint("active = (paused_because IS NULL)", name="a_pause_has_its_reason"),
        CheckConstraint("(previous_secret IS NULL) = (previous_until IS NULL)", name="an_old_secret_has_its_end"),
    )

    id: Mapped[Id]
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"))
    url: Mapped[str] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(Sealed())
    previous_secret: Mapped[str | None] = mapped_column(Sealed())
    previous_until: Mapped[MaybeInstant]
    active: Mapped[bool] = mapped_column(default=True)
    paused_because: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Instant]
    from_txid: Mapped[int] = mapped_column(BigInteger)
    from_position: Mapped[int] = mapped_column(BigInteger)
    cursor_txid: Mapped[int] = mapped_column(BigInteger)
    cursor_position: Mapped[int] = mapped_column(BigInteger)
    silences: Mapped[int] = mapped_column(Integer, default=0)
    rests_until: Mapped[MaybeInstant]


class WebhookDelivery(Base):
    """One entry for one endpoint. ``next_attempt_at`` is set on the head of a line only.

    The unique index over heads is what makes the order hold: two entries of one lot can never be under way to one
    endpoint. ``leased_until`` is measured by the database's own clock, for it guards against a dead process and has
    nothing to do with the time of the procedure.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "chain", "seq"),
        CheckConstraint("status IN ('waiting', 'delivered', 'failed')", name="status_is_known"),
        CheckConstraint("(status = 'delivered') = (delivered_at IS NOT NULL)", name="delivered_has_its_instant"),
        CheckConstraint("status = 'waiting' OR next_attempt_at IS NULL", name="only_a_waiting_one_is_tried"),
        Index(
            "uq_webhook_deliveries_one_head_a_line",
            "endpoint_id",
            "chain",
            unique=True,
            postgresql_where="next_attempt_at IS NOT NULL",
        ),
        Index("ix_webhook_deliveries_due", "next_attempt_at", postgresql_where="next_attempt_at IS NOT NULL"),
        Index(
            "ix_webhook_deliveries_undelivered",
            "endpoint_id",
            "chain",
            "seq",
            postgresql_where="status <> 'delivered'",
        ),
        Index("ix_webhook_deliveries_endpoint_id_created_at", "endpoint_id", "created_at"),
    )

    id: Mapped[Id]
    endpoint_id: Mapped[str] = mapped_column(ForeignKey("webhook_endpoints.id"))
    lot_id: Mapped[str] = mapped_column(Text)
    chain: Mapped[str] = mapped_column(Text)
    seq: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, default="waiting")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[MaybeInstant]
    lease: Mapped[str | None] = mapped_column(Text)
    leased_until: Mapped[MaybeInstant]
    last_status: Mapped[int | None] = mapped_column(Integer)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Instant]
    delivered_at: Mapped[MaybeInstant]
    response_ms: Mapped[int | None] = mapped_column(Integer)
