"""Service: the spans in which each process proved that bidding was served, and which lots have their certificate."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "service_spans",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("oldest_waiting_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("skew_ms", sa.BigInteger(), nullable=False),
        sa.Column("jumped_ms", sa.BigInteger(), nullable=False),
        sa.Column("stopped", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("role IN ('web', 'jobs')", name=op.f("ck_service_spans_role_is_web_or_jobs")),
        sa.CheckConstraint("until_at >= began_at", name=op.f("ck_service_spans_a_span_does_not_end_before_it_begins")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_spans")),
    )
    op.create_index("ix_service_spans_until_at", "service_spans", ["until_at"])
    op.add_column("biddings", sa.Column("certified_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_biddings_uncertified",
        "biddings",
        ["closed_at"],
        postgresql_where=sa.text("closed_at IS NOT NULL AND certified_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_biddings_uncertified", "biddings")
    op.drop_column("biddings", "certified_at")
    op.drop_table("service_spans")
