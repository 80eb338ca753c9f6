"""Corrections of what was announced, joint bidders, special conditions, and asking before a useless auction."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lots", sa.Column("conditions", postgresql.JSONB(), server_default="{}", nullable=False))
    op.add_column("lots", sa.Column("corrections", sa.Integer(), server_default="0", nullable=False))
    op.add_column("registrations", sa.Column("corrections_read", sa.Integer(), server_default="0", nullable=False))
    op.add_column("registrations", sa.Column("joint", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "joint_bidders",
        sa.Column("lot_id", sa.Text(), nullable=False),
        sa.Column("bidder_person_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("share", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("lot_id", "bidder_person_id", "person_id", name=op.f("pk_joint_bidders")),
    )
    op.create_index("ix_joint_bidders_lot_id_person_id", "joint_bidders", ["lot_id", "person_id"])
    op.create_table(
        "surplus_warnings",
        sa.Column("property_id", sa.Text(), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("least_minor", sa.BigInteger(), nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply_by", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("property_id", "claim_id", name=op.f("pk_surplus_warnings")),
    )
    op.create_index("ix_surplus_warnings_case_id", "surplus_warnings", ["case_id"])


def downgrade() -> None:
    op.drop_table("surplus_warnings")
    op.drop_table("joint_bidders")
    op.drop_column("registrations", "joint")
    op.drop_column("registrations", "corrections_read")
    op.drop_column("lots", "corrections")
    op.drop_column("lots", "conditions")
