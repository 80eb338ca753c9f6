"""What appraisers and platforms delivered, and what was said against it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

#: Kept as they were entered (法释〔2018〕15号 第34条): the attempts of before are evidence too.
APPEND_ONLY = ("valuations", "valuation_steps", "inquiry_platform_events")


def upgrade() -> None:
    op.create_table(
        "valuation_steps",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("property_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["property_id"], ["properties.id"], name=op.f("fk_valuation_steps_property_id_properties")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_valuation_steps")),
    )
    op.create_index("ix_valuation_steps_property_id_position", "valuation_steps", ["property_id", "position"])
    op.create_index("ix_valuation_steps_case_id_kind", "valuation_steps", ["case_id", "kind"])
    op.create_table(
        "inquiry_platform_events",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('listed', 'late', 'struck')", name=op.f("ck_inquiry_platform_events_kind_is_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry_platform_events")),
    )
    op.create_index("ix_inquiry_platform_events_platform_position", "inquiry_platform_events", ["platform", "position"])
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER never_emptied ON {table}")
        op.execute(f"DROP TRIGGER only_grows ON {table}")
    op.drop_table("inquiry_platform_events")
    op.drop_table("valuation_steps")
