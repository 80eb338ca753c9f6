"""Deposits that lapsed before they were called in, and how much of a balance has come."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deposits", sa.Column("lapsed_minor", sa.BigInteger(), nullable=True))
    op.create_check_constraint(
        op.f("ck_deposits_no_more_lapses_than_was_held"), "deposits", "lapsed_minor BETWEEN 0 AND amount_minor"
    )
    op.create_index("ix_deposits_going_back", "deposits", ["lot_id"], postgresql_where=sa.text("status = 'refundable'"))
    op.add_column("settlements", sa.Column("balance_taken_minor", sa.BigInteger(), server_default="0", nullable=False))
    op.create_check_constraint(
        op.f("ck_settlements_balance_taken_is_not_negative"), "settlements", "balance_taken_minor >= 0"
    )
    op.execute("UPDATE settlements SET balance_taken_minor = balance_minor WHERE balance_paid_at IS NOT NULL")


def downgrade() -> None:
    op.drop_column("settlements", "balance_taken_minor")
    op.drop_index("ix_deposits_going_back", "deposits")
    op.drop_column("deposits", "lapsed_minor")
