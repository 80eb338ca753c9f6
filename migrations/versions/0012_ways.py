"""By which ways a court is paid."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "court_accounts",
        sa.Column("court_id", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("bank", sa.Text(), nullable=False),
        sa.Column("bank_code", sa.Text(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["court_id"], ["courts.id"], name=op.f("fk_court_accounts_court_id_courts")),
        sa.PrimaryKeyConstraint("court_id", name=op.f("pk_court_accounts")),
        sa.UniqueConstraint("number", name=op.f("uq_court_accounts_number")),
    )
    op.create_table(
        "payment_ways",
        sa.Column("court_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("up_to_minor", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('deposit', 'balance', 'payout')", name=op.f("ck_payment_ways_purpose_is_known")
        ),
        sa.CheckConstraint("up_to_minor > 0", name=op.f("ck_payment_ways_limit_is_positive")),
        sa.ForeignKeyConstraint(["court_id"], ["courts.id"], name=op.f("fk_payment_ways_court_id_courts")),
        sa.PrimaryKeyConstraint("court_id", "purpose", "gateway", name=op.f("pk_payment_ways")),
    )
    op.create_table(
        "payment_events",
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("payment", sa.Text(), nullable=True),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("worked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("task", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("settled_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(worked_at IS NULL) = (outcome IS NULL)", name=op.f("ck_payment_events_a_worked_event_has_an_outcome")
        ),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by IS NULL)",
            name=op.f("ck_payment_events_a_settled_event_has_who_settled_it"),
        ),
        sa.PrimaryKeyConstraint("gateway", "id", name=op.f("pk_payment_events")),
    )
    op.create_index(
        "ix_payment_events_waiting",
        "payment_events",
        ["next_attempt_at"],
        postgresql_where=sa.text("worked_at IS NULL"),
    )
    op.create_index(
        "ix_payment_events_case_id",
        "payment_events",
        ["case_id"],
        postgresql_where=sa.text("task IS NOT NULL AND settled_at IS NULL"),
    )
    op.create_index("ix_payment_events_subject", "payment_events", ["gateway", "subject"])
    op.create_table(
        "connected_accounts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connected_accounts")),
    )
    op.create_index("ix_connected_accounts_person_id", "connected_accounts", ["person_id"])
    op.execute(
        "CREATE TRIGGER connected_accounts_only_grows BEFORE UPDATE OR DELETE ON connected_accounts "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("connected_accounts")
    op.drop_table("payment_events")
    op.drop_table("payment_ways")
    op.drop_table("court_accounts")
