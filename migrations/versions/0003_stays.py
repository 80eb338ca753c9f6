"""Stays, objections, agents, persons who may not bid, consents and payments of the debtor."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("lots", sa.Column("defaulted_at", INSTANT, nullable=True))
    op.add_column("biddings", sa.Column("stayed_at", INSTANT, nullable=True))
    op.add_column("biddings", sa.Column("resumed_at", INSTANT, nullable=True))
    op.add_column("registrations", sa.Column("agent_id", sa.Text(), nullable=True))
    _of_cases()
    _of_lots()
    _of_bidding()
    _of_objections()


def _of_cases() -> None:
    op.create_table(
        "consents",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("agreed_to", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.CheckConstraint("agreed_to IN ('sell_more', 'own_sale')", name=op.f("ck_consents_agreed_to_is_known")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_consents_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "person_id", "agreed_to", name=op.f("pk_consents")),
    )
    op.create_table(
        "case_payments",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("payer_person_id", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_case_payments_amount_is_positive")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_payments_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_payments")),
    )
    op.create_index("ix_case_payments_case_id_at", "case_payments", ["case_id", "at"])


def _of_lots() -> None:
    op.create_table(
        "lot_stays",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("lot_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("was_open", sa.Boolean(), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.CheckConstraint("kind IN ('deferred', 'suspended')", name=op.f("ck_lot_stays_kind_is_known")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_lot_stays_lot_id_lots")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_stays")),
    )
    op.create_index(
        "uq_lot_stays_one_at_a_time", "lot_stays", ["lot_id"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_index("ix_lot_stays_lot_id_since", "lot_stays", ["lot_id", "since"])
    op.create_table(
        "insistences",
        sa.Column("property_id", sa.Text(), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("least_minor", sa.BigInteger(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("property_id", "claim_id", name=op.f("pk_insistences")),
    )


def _of_bidding() -> None:
    op.create_table(
        "ineligible_persons",
        sa.Column("lot_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("declared_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("lot_id", "person_id", name=op.f("pk_ineligible_persons")),
    )
    op.create_table(
        "confirmed_agents",
        sa.Column("lot_id", sa.Text(), nullable=False),
        sa.Column("bidder_person_id", sa.Text(), nullable=False),
        sa.Column("agent_person_id", sa.Text(), nullable=False),
        sa.Column("confirmed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("lot_id", "bidder_person_id", "agent_person_id", name=op.f("pk_confirmed_agents")),
    )
    op.create_table(
        "barred_buyers",
        sa.Column("property_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("lot_id", sa.Text(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("property_id", "person_id", name=op.f("pk_barred_buyers")),
    )
    op.create_index("ix_barred_buyers_lot_id", "barred_buyers", ["lot_id"])


def _of_objections() -> None:
    op.create_table(
        "objections",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("against", sa.Text(), nullable=False),
        sa.Column("against_kind", sa.Text(), nullable=False),
        sa.Column("by_person_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("filed_at", INSTANT, nullable=False),
        sa.Column("decide_by", INSTANT, nullable=False),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("suit_until", INSTANT, nullable=True),
        sa.CheckConstraint(
            "kind IN ('act', 'outsider', 'valuation', 'plan')", name=op.f("ck_objections_kind_is_known")
        ),
        sa.CheckConstraint("status IN ('pending', 'upheld', 'rejected')", name=op.f("ck_objections_status_is_known")),
        sa.CheckConstraint(
            "(status = 'pending') = (decided_at IS NULL)", name=op.f("ck_objections_decided_means_decided_at")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objections")),
    )
    op.create_index("ix_objections_case_id_filed_at", "objections", ["case_id", "filed_at"])
    op.create_index("ix_objections_against", "objections", ["against"])
    op.create_index(
        "ix_objections_decide_by_when_pending",
        "objections",
        ["decide_by"],
        postgresql_where=sa.text("status = 'pending'"),
    )


def downgrade() -> None:
    tables = ("objections", "barred_buyers", "confirmed_agents", "ineligible_persons", "insistences", "lot_stays")
    for table in (*tables, "case_payments", "consents"):
        op.drop_table(table)
    op.drop_column("registrations", "agent_id")
    op.drop_column("biddings", "resumed_at")
    op.drop_column("biddings", "stayed_at")
    op.drop_column("lots", "defaulted_at")
