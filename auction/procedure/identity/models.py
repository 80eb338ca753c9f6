"""Tables of identity; what identifies a person is encrypted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.base import Base, Id, Instant, MaybeInstant
from auction.foundation.database.sealing import Sealed


class Court(Base):
    """A court of one of the four levels."""

    __tablename__ = "courts"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(Text, unique=True)
    code: Mapped[str | None] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    city: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    supervision_phone: Mapped[str | None] = mapped_column(Text)


class Person(Base):
    """A natural person or an enterprise. The blind indexes find equal values without reading them."""

    __tablename__ = "persons"
    __table_args__ = (Index("ix_persons_name_index", "name_index"),)

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Sealed())
    name_index: Mapped[str] = mapped_column(Text)
    id_number: Mapped[str | None] = mapped_column(Sealed())
    id_index: Mapped[str | None] = mapped_column(Text, unique=True)
    phone: Mapped[str | None] = mapped_column(Sealed())


class Account(Base):
    """What signs in: a login, a hash, roles, and the person or court behind it."""

    __tablename__ = "accounts"
    __table_args__ = (Index("ix_accounts_court_id", "court_id"),)

    id: Mapped[Id]
    login: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Sealed())
    password_hash: Mapped[str | None] = mapped_column(Text)
    roles: Mapped[list[Any]] = mapped_column(JSONB)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("persons.id"), unique=True)
    court_id: Mapped[str | None] = mapped_column(ForeignKey("courts.id"))
    language: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean)
    opened_at: Mapped[Instant]


class ApiKey(Base):
    """A key a program uses; only the hash of its token is kept."""

    __tablename__ = "api_keys"
    __table_args__ = (Index("ix_api_keys_account_id", "account_id"),)

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(Text, unique=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    scopes: Mapped[list[Any]] = mapped_column(JSONB)
    label: Mapped[str] = mapped_column(Text)
    created_at: Mapped[Instant]
    revoked_at: Mapped[MaybeInstant]
