"""Differences between ledger, gateways and bank: the runs that look for them, and what is said of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

#: What a difference was when it was first seen stays; a closed one changes no more.
FIXED = (
    "OLD.closed_at IS NOT NULL OR OLD.id <> NEW.id OR OLD.key <> NEW.key OR OLD.first_seen <> NEW.first_seen"
    " OR NEW.last_seen < OLD.last_seen"
)


def upgrade() -> None:
    op.create_table(
        "reconciliation_runs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("movements", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("silent", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "ended_at IS NULL OR begun_at IS NOT NULL", name=op.f("ck_reconciliation_runs_what_ended_has_begun")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_runs")),
    )
    op.create_index("ix_reconciliation_runs_asked_at", "reconciliation_runs", ["asked_at"])
    op.create_table(
        "differences",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("gateway", sa.Text(), nullable=True),
        sa.Column("payment", sa.Text(), nullable=True),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("inside_minor", sa.BigInteger(), nullable=False),
        sa.Column("outside_minor", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("inside_minor <> outside_minor", name=op.f("ck_differences_the_two_sides_differ")),
        sa.CheckConstraint(
            "last_seen >= first_seen", name=op.f("ck_differences_it_was_seen_last_after_it_was_seen_first")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_differences")),
    )
    op.create_index(
        "ix_differences_open", "differences", ["key"], unique=True, postgresql_where=sa.text("closed_at IS NULL")
    )
    op.create_index("ix_differences_case_id", "differences", ["case_id"], postgresql_where=sa.text("closed_at IS NULL"))
    op.create_table(
        "difference_notes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("difference_id", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["difference_id"], ["differences.id"], name=op.f("fk_difference_notes_difference_id_differences")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_difference_notes")),
    )
    op.create_index("ix_difference_notes_difference_id", "difference_notes", ["difference_id"])
    op.execute(
        "CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON difference_notes "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER never_deleted BEFORE DELETE ON differences FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER stays_what_it_was BEFORE UPDATE ON differences "
        f"FOR EACH ROW WHEN ({FIXED}) EXECUTE FUNCTION refuse_change()"
    )
    for table in ("differences", "difference_notes"):
        op.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for table in ("difference_notes", "differences", "reconciliation_runs"):
        op.drop_table(table)
