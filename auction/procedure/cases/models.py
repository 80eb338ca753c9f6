"""Tables of cases."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.base import Base, Id, Instant, MaybeInstant, MaybeMinor, Minor
from auction.foundation.database.sealing import Sealed


class Case(Base):
    """A case and its number in parts."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_court_id_opened_at", "court_id", "opened_at"),
        Index("ix_cases_opened_at_id", "opened_at", "id"),
        Index("ix_cases_debtor_person_id", "debtor_person_id"),
        Index("ix_cases_officer_id", "officer_id"),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(Text, unique=True)
    year: Mapped[int] = mapped_column(Integer)
    court_code: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    serial: Mapped[int] = mapped_column(Integer)
    court_id: Mapped[str] = mapped_column(ForeignKey("courts.id"))
    debtor_person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    debtor_kind: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[Instant]
    status: Mapped[str] = mapped_column(Text)
    officer_id: Mapped[str | None] = mapped_column(Text)


class Claim(Base):
    """A creditor's claim; ``property_id`` may name a thing seized later, so it is no foreign key."""

    __tablename__ = "claims"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        Index("ix_claims_case_id_position", "case_id", "position"),
        Index("ix_claims_creditor_person_id", "creditor_person_id"),
    )

    id: Mapped[Id]
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    position: Mapped[int] = mapped_column(Integer)
    creditor_person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    creditor_name: Mapped[str] = mapped_column(Sealed())
    creditor_kind: Mapped[str] = mapped_column(Text)
    amount_minor: Mapped[Minor]
    kind: Mapped[str] = mapped_column(Text)
    applicant: Mapped[bool] = mapped_column(Boolean)
    rank: Mapped[int | None] = mapped_column(Integer)
    property_id: Mapped[str | None] = mapped_column(Text)
    seizure_order: Mapped[int | None] = mapped_column(Integer)
    principal_minor: Mapped[MaybeMinor]
    performance_due: Mapped[date | None] = mapped_column(Date)
    price_due: Mapped[date | None] = mapped_column(Date)
    priority_lapsed: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    joined_at: Mapped[MaybeInstant]
    title: Mapped[str | None] = mapped_column(Text)


class Cost(Base):
    """What enforcement has cost; where it was spent on one lot, the lot is named."""

    __tablename__ = "costs"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        Index("ix_costs_case_id_at", "case_id", "at"),
    )

    id: Mapped[Id]
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    lot_id: Mapped[str | None] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)
    amount_minor: Mapped[Minor]
    at: Mapped[Instant]


class Consent(Base):
    """What a party has agreed to in a case: that more is sold than needed, or that the debtor sells himself."""

    __tablename__ = "consents"
    __table_args__ = (CheckConstraint("agreed_to IN ('sell_more', 'own_sale')", name="agreed_to_is_known"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    agreed_to: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[Instant]


class CasePayment(Base):
    """What the debtor, or somebody for him, has paid into the case account; only added, never changed."""

    __tablename__ = "case_payments"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        Index("ix_case_payments_case_id_at", "case_id", "at"),
    )

    id: Mapped[Id]
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    payer_person_id: Mapped[str] = mapped_column(Text)
    amount_minor: Mapped[Minor]
    at: Mapped[Instant]


class BankruptcyReference(Base):
    """That a case against an enterprise was sent to the bankruptcy court, and what that court answered."""

    __tablename__ = "bankruptcy_references"
    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (accepted IS NULL)", name="an_answer_says_which"),
        Index("ix_bankruptcy_references_case_id", "case_id"),
        Index(
            "uq_bankruptcy_references_one_open",
            "case_id",
            unique=True,
            postgresql_where=text("answered_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    consented_by: Mapped[str] = mapped_column(Text)
    referred_at: Mapped[Instant]
    reply_by: Mapped[Instant]
    answered_at: Mapped[MaybeInstant]
    accepted: Mapped[bool | None] = mapped_column(Boolean)
