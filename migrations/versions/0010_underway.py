"""Orders that are under way: by which gateway, from which payment, until when, and what moved in truth."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("money_orders", sa.Column("way", sa.Text(), nullable=True))
    op.add_column("money_orders", sa.Column("origin_reference", sa.Text(), nullable=True))
    op.add_column("money_orders", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("money_orders", sa.Column("underway_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("money_orders", sa.Column("no_longer_due_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("money_orders", sa.Column("moved_minor", sa.BigInteger(), nullable=True))
    op.add_column("sandbox_movements", sa.Column("origin", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_money_orders_no_more_moves_than_was_ordered"),
        "money_orders",
        "moved_minor >= 0 AND moved_minor <= amount_minor",
    )
    op.create_index("ix_money_orders_gateway_reference", "money_orders", ["gateway", "gateway_reference"])


def downgrade() -> None:
    op.drop_index("ix_money_orders_gateway_reference", "money_orders")
    op.drop_column("sandbox_movements", "origin")
    for column in ("way", "origin_reference", "held_until", "underway_since", "no_longer_due_since", "moved_minor"):
        op.drop_column("money_orders", column)
