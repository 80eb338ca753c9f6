"""Waiting seizures, transfers of the disposal right, and what follows bankruptcy."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("properties", sa.Column("monthly_rent_minor", sa.BigInteger(), nullable=True))
    op.add_column("properties", sa.Column("release_ordered_at", INSTANT, nullable=True))
    op.add_column("properties", sa.Column("release_order_ground", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_properties_an_order_to_release_has_a_ground"),
        "properties",
        "(release_ordered_at IS NULL) = (release_order_ground IS NULL)",
    )
    _of_the_queue()
    _of_transfers()
    _of_claims()
    _of_bankruptcy()
    op.add_column("plans", sa.Column("basis", sa.Text(), server_default="order", nullable=False))
    op.create_check_constraint(op.f("ck_plans_basis_is_known"), "plans", "basis IN ('order', 'judgment', 'bankruptcy')")


def _of_the_queue() -> None:
    op.create_table(
        "waiting_seizures",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("property_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("queued_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.CheckConstraint("place > 0", name=op.f("ck_waiting_seizures_place_is_positive")),
        sa.CheckConstraint(
            "status IN ('waiting', 'effective', 'withdrawn', 'spent')",
            name=op.f("ck_waiting_seizures_status_is_known"),
        ),
        sa.CheckConstraint(
            "(status = 'waiting') = (ended_at IS NULL)", name=op.f("ck_waiting_seizures_what_ended_says_when")
        ),
        sa.ForeignKeyConstraint(
            ["property_id"], ["properties.id"], name=op.f("fk_waiting_seizures_property_id_properties")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_waiting_seizures_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_seizures")),
    )
    op.create_index("uq_waiting_seizures_place", "waiting_seizures", ["property_id", "place"], unique=True)
    op.create_index("ix_waiting_seizures_case_id", "waiting_seizures", ["case_id"])
    op.create_index(
        "uq_waiting_seizures_one_a_case",
        "waiting_seizures",
        ["property_id", "case_id"],
        unique=True,
        postgresql_where=sa.text("status = 'waiting'"),
    )


def _of_transfers() -> None:
    op.create_table(
        "disposal_transfers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("property_id", sa.Text(), nullable=False),
        sa.Column("from_case_id", sa.Text(), nullable=False),
        sa.Column("to_case_id", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("letter_by", INSTANT, nullable=False),
        sa.Column("transferred_at", INSTANT, nullable=True),
        sa.Column("undecided", sa.Boolean(), nullable=False),
        sa.Column("confirmed", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "ground IN ('priority', 'preservation')", name=op.f("ck_disposal_transfers_ground_is_known")
        ),
        sa.CheckConstraint("from_case_id <> to_case_id", name=op.f("ck_disposal_transfers_between_two_cases")),
        sa.ForeignKeyConstraint(
            ["property_id"], ["properties.id"], name=op.f("fk_disposal_transfers_property_id_properties")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal_transfers")),
    )
    op.create_index("ix_disposal_transfers_property_id", "disposal_transfers", ["property_id"])
    op.create_index("ix_disposal_transfers_to_case_id", "disposal_transfers", ["to_case_id"])
    op.create_index("ix_disposal_transfers_from_case_id", "disposal_transfers", ["from_case_id"])
    op.create_index(
        "uq_disposal_transfers_one_open",
        "disposal_transfers",
        ["property_id"],
        unique=True,
        postgresql_where=sa.text("transferred_at IS NULL"),
    )


def _of_claims() -> None:
    op.add_column("claims", sa.Column("price_due", sa.Date(), nullable=True))
    op.add_column("claims", sa.Column("priority_lapsed", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("claims", sa.Column("joined_at", INSTANT, nullable=True))
    op.add_column("claims", sa.Column("title", sa.Text(), nullable=True))


def _of_bankruptcy() -> None:
    op.create_table(
        "bankruptcy_references",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("consented_by", sa.Text(), nullable=False),
        sa.Column("referred_at", INSTANT, nullable=False),
        sa.Column("reply_by", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (accepted IS NULL)", name=op.f("ck_bankruptcy_references_an_answer_says_which")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_bankruptcy_references_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bankruptcy_references")),
    )
    op.create_index("ix_bankruptcy_references_case_id", "bankruptcy_references", ["case_id"])
    op.create_index(
        "uq_bankruptcy_references_one_open",
        "bankruptcy_references",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("answered_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_plans_basis_is_known"), "plans")
    op.drop_column("plans", "basis")
    op.drop_table("bankruptcy_references")
    for column in ("title", "joined_at", "priority_lapsed", "price_due"):
        op.drop_column("claims", column)
    op.drop_table("disposal_transfers")
    op.drop_table("waiting_seizures")
    op.drop_constraint(op.f("ck_properties_an_order_to_release_has_a_ground"), "properties")
    for column in ("release_order_ground", "release_ordered_at", "monthly_rent_minor"):
        op.drop_column("properties", column)
