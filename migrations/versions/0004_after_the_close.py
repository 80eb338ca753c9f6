"""What follows a failed or broken sale: taking in kind, default and its money, disputes over a plan."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("settlements", "buyer_registration_id", existing_type=sa.Text(), nullable=True)
    op.add_column("settlements", sa.Column("way", sa.Text(), server_default="auction", nullable=False))
    op.add_column("settlements", sa.Column("credit_minor", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("settlements", sa.Column("credit_claim_id", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_settlements_credit_is_not_negative"), "settlements", "credit_minor >= 0")
    _tables_of_the_sale()
    _tables_of_the_plan()


def _tables_of_the_sale() -> None:
    op.create_table(
        "in_kind_applications",
        sa.Column("lot_id", sa.Text(), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("lot_id", "claim_id", name=op.f("pk_in_kind_applications")),
    )
    op.create_table(
        "forfeits",
        sa.Column("lot_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("forfeited_minor", sa.BigInteger(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resold_lot_id", sa.Text(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("uncovered_minor", sa.BigInteger(), nullable=True),
        sa.Column("top_up_minor", sa.BigInteger(), nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("forfeited_minor >= 0", name=op.f("ck_forfeits_forfeit_is_not_negative")),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_forfeits")),
    )
    op.create_index("ix_forfeits_case_id", "forfeits", ["case_id"])
    op.create_index("ix_forfeits_person_id", "forfeits", ["person_id"])


def _tables_of_the_plan() -> None:
    op.add_column("plans", sa.Column("escrow", postgresql.JSONB(), server_default="[]", nullable=False))
    op.create_table(
        "plan_objections",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("objector_person_id", sa.Text(), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opposition_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opposed_by", sa.Text(), nullable=True),
        sa.Column("opposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suit_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sued_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_plan_objections_amount_is_positive")),
        sa.CheckConstraint(
            "(opposed_at IS NULL) = (suit_until IS NULL)",
            name=op.f("ck_plan_objections_opposition_starts_the_suit_period"),
        ),
        sa.CheckConstraint(
            "sued_at IS NULL OR opposed_at IS NOT NULL", name=op.f("ck_plan_objections_a_suit_follows_opposition")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_objections_plan_id_plans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_objections")),
    )
    op.create_index("ix_plan_objections_plan_id", "plan_objections", ["plan_id"])


def downgrade() -> None:
    op.drop_table("plan_objections")
    op.drop_column("plans", "escrow")
    op.drop_table("forfeits")
    op.drop_table("in_kind_applications")
    op.drop_constraint(op.f("ck_settlements_credit_is_not_negative"), "settlements")
    op.drop_column("settlements", "credit_claim_id")
    op.drop_column("settlements", "credit_minor")
    op.drop_column("settlements", "way")
    op.alter_column("settlements", "buyer_registration_id", existing_type=sa.Text(), nullable=False)
