"""The papers of the procedure: drafts, signatures, final files that never change, and the series of their numbers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

APPEND_ONLY = ("paper_consents", "paper_files")

FINAL_STAYS = """
CREATE FUNCTION final_paper_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'final' THEN
        RAISE EXCEPTION 'paper % is final: % is refused', OLD.id, TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$
"""

FILES_COME_BEFORE = """
CREATE FUNCTION final_paper_takes_no_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM papers WHERE id = NEW.paper_id AND status = 'final') THEN
        RAISE EXCEPTION 'paper % is final: it takes no further file', NEW.paper_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    _papers()
    _consents()
    _files()
    _series()
    op.execute(FINAL_STAYS)
    op.execute(FILES_COME_BEFORE)
    op.execute(
        "CREATE TRIGGER final_stays BEFORE UPDATE OR DELETE ON papers "
        "FOR EACH ROW EXECUTE FUNCTION final_paper_never_changes()"
    )
    op.execute(
        "CREATE TRIGGER before_the_final_state BEFORE INSERT ON paper_files "
        "FOR EACH ROW EXECUTE FUNCTION final_paper_takes_no_file()"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    for table in (*APPEND_ONLY, "papers"):
        op.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _papers() -> None:
    op.create_table(
        "papers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("court_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("content_sha256", sa.Text(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("final_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaces", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("trouble", JSONB(), nullable=True),
        sa.CheckConstraint("status IN ('draft', 'signed', 'final')", name=op.f("ck_papers_status_is_known")),
        sa.CheckConstraint(
            "status <> 'final' OR (number IS NOT NULL AND content IS NOT NULL AND final_at IS NOT NULL)",
            name=op.f("ck_papers_a_final_paper_is_whole"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_papers")),
    )
    op.create_index("ix_papers_chain", "papers", ["chain"])
    op.create_index("ix_papers_case_id", "papers", ["case_id"])
    op.create_index("ix_papers_replaces", "papers", ["replaces"], unique=True)
    op.create_index("ix_papers_number", "papers", ["number"], unique=True)
    op.create_index(
        "uq_papers_one_draft_of_a_kind",
        "papers",
        ["kind", "subject"],
        unique=True,
        postgresql_where=sa.text("status <> 'final'"),
    )
    op.create_index("ix_papers_kind_subject", "papers", ["kind", "subject"])
    op.create_index("ix_papers_waiting", "papers", ["drawn_at"], postgresql_where=sa.text("status <> 'final'"))


def _consents() -> None:
    op.create_table(
        "paper_consents",
        sa.Column("paper_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_paper_consents_paper_id_papers")),
        sa.PrimaryKeyConstraint("paper_id", "account_id", "content_sha256", name=op.f("pk_paper_consents")),
    )


def _files() -> None:
    op.create_table(
        "paper_files",
        sa.Column("paper_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_paper_files_language_is_known")),
        sa.CheckConstraint("pages > 0", name=op.f("ck_paper_files_it_has_a_page")),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_paper_files_paper_id_papers")),
        sa.PrimaryKeyConstraint("paper_id", "language", name=op.f("pk_paper_files")),
    )
    op.create_index("ix_paper_files_sha256", "paper_files", ["sha256"])
    op.create_table(
        "paper_proofs",
        sa.Column("paper_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_paper_proofs_paper_id_papers")),
        sa.PrimaryKeyConstraint("paper_id", "language", name=op.f("pk_paper_proofs")),
    )


def _series() -> None:
    op.create_table(
        "paper_series",
        sa.Column("court_id", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint("last >= 0", name=op.f("ck_paper_series_last_is_not_negative")),
        sa.PrimaryKeyConstraint("court_id", "year", "word", name=op.f("pk_paper_series")),
    )


def downgrade() -> None:
    for table in ("paper_series", "paper_proofs", "paper_files", "paper_consents", "papers"):
        op.drop_table(table)
    for function in ("final_paper_takes_no_file", "final_paper_never_changes"):
        op.execute(f"DROP FUNCTION {function}()")
