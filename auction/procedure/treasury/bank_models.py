"""Tables of the bank: files that were read, their lines and what became of each, payees, payment files.

Names and account numbers of others are sealed; the court's own account is public.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.base import Base, Id, Instant, JsonList, MaybeInstant, Minor
from auction.foundation.database.sealing import Sealed


class BankImport(Base):
    """One file that was read whole; the same content of a court is read once."""

    __tablename__ = "bank_imports"
    __table_args__ = (UniqueConstraint("court_id", "digest", name="each_file_is_imported_once"),)

    id: Mapped[Id]
    court_id: Mapped[str] = mapped_column(ForeignKey("courts.id"))
    form: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    known: Mapped[int] = mapped_column(Integer)
    not_booked: Mapped[int] = mapped_column(Integer)
    bad: Mapped[JsonList]
    at: Mapped[Instant]
    by: Mapped[str] = mapped_column(Text)


class BankLine(Base):
    """One movement of a court's account as the bank told it; it never changes."""

    __tablename__ = "bank_lines"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        CheckConstraint("direction IN ('credit', 'debit')", name="direction_is_known"),
        UniqueConstraint("account", "key", name="each_movement_is_one_line"),
        Index("ix_bank_lines_import_id", "import_id"),
        Index("ix_bank_lines_court_id", "court_id"),
    )

    id: Mapped[Id]
    import_id: Mapped[str] = mapped_column(ForeignKey("bank_imports.id"))
    court_id: Mapped[str] = mapped_column(ForeignKey("courts.id"))
    place: Mapped[int] = mapped_column(Integer)
    account: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    bank_reference: Mapped[str | None] = mapped_column(Text)
    direction: Mapped[str] = mapped_column(Text)
    amount_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(Text, server_default="CNY")
    booked_at: Mapped[Instant]
    value_on: Mapped[date | None] = mapped_column(Date)
    reversal: Mapped[bool] = mapped_column(Boolean)
    returned: Mapped[bool] = mapped_column(Boolean)
    other_name: Mapped[str | None] = mapped_column(Sealed())
    other_account: Mapped[str | None] = mapped_column(Sealed())
    other_bank: Mapped[str | None] = mapped_column(Text)
    end_to_end: Mapped[str | None] = mapped_column(Text)
    creditor_reference: Mapped[str | None] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Sealed())


class BankLineState(Base):
    """Where a line stands: matched, on the desk, assigned, going back; ``case_id`` is the account it is booked in."""

    __tablename__ = "bank_line_states"
    __table_args__ = (
        Index("ix_bank_line_states_status", "status"),
        Index("ix_bank_line_states_order_id", "order_id"),
        CheckConstraint("(proposed_by IS NULL) = (proposed_order_id IS NULL)", name="who_proposed_names_the_order"),
    )

    line_id: Mapped[str] = mapped_column(ForeignKey("bank_lines.id"), primary_key=True)
    status: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    case_id: Mapped[str | None] = mapped_column(Text)
    order_id: Mapped[str | None] = mapped_column(Text)
    other_line_id: Mapped[str | None] = mapped_column(Text)
    proposed_order_id: Mapped[str | None] = mapped_column(Text)
    proposed_by: Mapped[str | None] = mapped_column(Text)
    since: Mapped[Instant]


class BankLineAct(Base):
    """One act on a line, by whom and when; the record of the desk, which only grows."""

    __tablename__ = "bank_line_acts"
    __table_args__ = (Index("ix_bank_line_acts_line_id", "line_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    line_id: Mapped[str] = mapped_column(ForeignKey("bank_lines.id"))
    at: Mapped[Instant]
    by: Mapped[str] = mapped_column(Text)
    act: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(Text)


class PayeeAccount(Base):
    """The account somebody is paid to; a new one is a new row, and the newest holds.

    The owner is a person, or ``court:`` and its id for what the court itself is owed.
    """

    __tablename__ = "payee_accounts"
    __table_args__ = (Index("ix_payee_accounts_owner", "owner"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    owner: Mapped[str] = mapped_column(Text)
    holder: Mapped[str] = mapped_column(Sealed())
    number: Mapped[str] = mapped_column(Sealed())
    bank: Mapped[str | None] = mapped_column(Text)
    bank_code: Mapped[str | None] = mapped_column(Text)
    entered_at: Mapped[Instant]
    entered_by: Mapped[str] = mapped_column(Text)


class PaymentBatch(Base):
    """A payment file: drafted by one person, released by another; its content is sealed once it is released."""

    __tablename__ = "payment_batches"
    __table_args__ = (
        CheckConstraint("status IN ('drafted', 'released', 'cancelled')", name="status_is_known"),
        CheckConstraint("(status = 'released') = (digest IS NOT NULL)", name="a_released_file_has_its_digest"),
        CheckConstraint("released_by <> drafted_by", name="two_persons_release"),
        Index("ix_payment_batches_court_id", "court_id"),
    )

    id: Mapped[Id]
    court_id: Mapped[str] = mapped_column(ForeignKey("courts.id"))
    status: Mapped[str] = mapped_column(Text)
    drafted_at: Mapped[Instant]
    drafted_by: Mapped[str] = mapped_column(Text)
    released_at: Mapped[MaybeInstant]
    released_by: Mapped[str | None] = mapped_column(Text)
    cancelled_at: Mapped[MaybeInstant]
    digest: Mapped[str | None] = mapped_column(Text)
    content: Mapped[str | None] = mapped_column(Sealed())


class PaymentBatchItem(Base):
    """One order in a payment file, with the account it goes to as it was then."""

    __tablename__ = "payment_batch_items"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        Index(
            "ix_payment_batch_items_order_id",
            "order_id",
            unique=True,
            postgresql_where="dropped_at IS NULL",
        ),
    )

    batch_id: Mapped[str] = mapped_column(ForeignKey("payment_batches.id"), primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("money_orders.id"), primary_key=True)
    place: Mapped[int] = mapped_column(Integer)
    amount_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(Text, server_default="CNY")
    holder: Mapped[str] = mapped_column(Sealed())
    number: Mapped[str] = mapped_column(Sealed())
    bank: Mapped[str | None] = mapped_column(Text)
    bank_code: Mapped[str | None] = mapped_column(Text)
    dropped_at: Mapped[MaybeInstant]
