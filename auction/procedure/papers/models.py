"""Tables of papers; what they say names persons, so it is encrypted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from auction.foundation.database.base import Base, Id, Instant, MaybeInstant
from auction.foundation.database.sealing import Sealed, SealedBytes


class Paper(Base):
    """A paper on its way to the final one; ``asked_at`` is when it was asked to be made final."""

    __tablename__ = "papers"
    __table_args__ = (
        CheckConstraint("status IN ('draft', 'signed', 'final')", name="status_is_known"),
        CheckConstraint(
            "status <> 'final' OR (number IS NOT NULL AND content IS NOT NULL AND final_at IS NOT NULL)",
            name="a_final_paper_is_whole",
        ),
        Index("ix_papers_chain", "chain"),
        Index("ix_papers_case_id", "case_id"),
        Index("ix_papers_replaces", "replaces", unique=True),
        Index("ix_papers_number", "number", unique=True),
        Index(
            "uq_papers_one_draft_of_a_kind", "kind", "subject", unique=True, postgresql_where=text("status <> 'final'")
        ),
        Index("ix_papers_kind_subject", "kind", "subject"),
        Index("ix_papers_waiting", "drawn_at", postgresql_where=text("status <> 'final'")),
    )

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(Text)
    chain: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    case_id: Mapped[str] = mapped_column(Text)
    court_id: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    number: Mapped[str | None] = mapped_column(Text)
    content: Mapped[str | None] = mapped_column(Sealed())
    content_sha256: Mapped[str | None] = mapped_column(Text)
    drawn_at: Mapped[Instant]
    drawn_by: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[MaybeInstant]
    final_at: Mapped[MaybeInstant]
    replaces: Mapped[str | None] = mapped_column(Text)
    why: Mapped[str | None] = mapped_column(Text)
    trouble: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class PaperConsent(Base):
    """That a member of the panel signed what a paper said; drawn up again it has to be signed again."""

    __tablename__ = "paper_consents"
    __table_args__ = (
        PrimaryKeyConstraint("paper_id", "account_id", "content_sha256"),
        ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_paper_consents_paper_id_papers"),
    )

    paper_id: Mapped[str] = mapped_column(Text)
    account_id: Mapped[str] = mapped_column(Text)
    content_sha256: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Sealed())
    at: Mapped[Instant]


class PaperFile(Base):
    """A final paper as it is handed out, byte for byte, one file a language; ``sha256`` is that of its bytes."""

    __tablename__ = "paper_files"
    __table_args__ = (
        PrimaryKeyConstraint("paper_id", "language"),
        ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_paper_files_paper_id_papers"),
        CheckConstraint("language IN ('zh', 'en')", name="language_is_known"),
        CheckConstraint("pages > 0", name="it_has_a_page"),
        Index("ix_paper_files_sha256", "sha256"),
    )

    paper_id: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    pdf: Mapped[bytes] = mapped_column(SealedBytes())
    sha256: Mapped[str] = mapped_column(Text)
    pages: Mapped[int] = mapped_column(Integer)


class PaperProof(Base):
    """A draft set as pages, to be read and printed before it is final; set again when the draft has changed."""

    __tablename__ = "paper_proofs"
    __table_args__ = (
        PrimaryKeyConstraint("paper_id", "language"),
        ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_paper_proofs_paper_id_papers"),
    )

    paper_id: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    pdf: Mapped[bytes] = mapped_column(SealedBytes())
    content_sha256: Mapped[str] = mapped_column(Text)


class PaperSeries(Base):
    """The last number given in a series of a court and year; its row lock keeps the numbers without gaps."""

    __tablename__ = "paper_series"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "year", "word"),
        CheckConstraint("last >= 0", name="last_is_not_negative"),
    )

    court_id: Mapped[str] = mapped_column(Text)
    year: Mapped[int] = mapped_column(Integer)
    word: Mapped[str] = mapped_column(Text)
    last: Mapped[int] = mapped_column(Integer)
