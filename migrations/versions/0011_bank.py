"""Bank accounts, the lines of bank files, and payment files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

APPEND_ONLY = ("bank_imports", "bank_lines", "bank_line_acts", "payee_accounts")
TABLES = (
    "payment_batch_items",
    "payment_batches",
    "payee_accounts",
    "bank_line_acts",
    "bank_line_states",
    "bank_lines",
    "bank_imports",
)


def upgrade() -> None:
    _files_and_lines()
    _what_became_of_lines()
    _payments()
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
    for table in TABLES:
        op.drop_table(table)


def _files_and_lines() -> None:
    op.create_table(
        "bank_imports",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("court_id", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("not_booked", sa.Integer(), nullable=False),
        sa.Column("bad", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["court_id"], ["courts.id"], name=op.f("fk_bank_imports_court_id_courts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_imports")),
        sa.UniqueConstraint("court_id", "digest", name="each_file_is_imported_once"),
    )
    op.create_table(
        "bank_lines",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("court_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("bank_reference", sa.Text(), nullable=True),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), server_default="CNY", nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=True),
        sa.Column("reversal", sa.Boolean(), nullable=False),
        sa.Column("returned", sa.Boolean(), nullable=False),
        sa.Column("other_name", sa.Text(), nullable=True),
        sa.Column("other_account", sa.Text(), nullable=True),
        sa.Column("other_bank", sa.Text(), nullable=True),
        sa.Column("end_to_end", sa.Text(), nullable=True),
        sa.Column("creditor_reference", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_bank_lines_amount_is_positive")),
        sa.CheckConstraint("direction IN ('credit', 'debit')", name=op.f("ck_bank_lines_direction_is_known")),
        sa.ForeignKeyConstraint(["import_id"], ["bank_imports.id"], name=op.f("fk_bank_lines_import_id_bank_imports")),
        sa.ForeignKeyConstraint(["court_id"], ["courts.id"], name=op.f("fk_bank_lines_court_id_courts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_lines")),
        sa.UniqueConstraint("account", "key", name="each_movement_is_one_line"),
    )
    op.create_index("ix_bank_lines_import_id", "bank_lines", ["import_id"])
    op.create_index("ix_bank_lines_court_id", "bank_lines", ["court_id"])


def _what_became_of_lines() -> None:
    op.create_table(
        "bank_line_states",
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("other_line_id", sa.Text(), nullable=True),
        sa.Column("proposed_order_id", sa.Text(), nullable=True),
        sa.Column("proposed_by", sa.Text(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(proposed_by IS NULL) = (proposed_order_id IS NULL)",
            name=op.f("ck_bank_line_states_who_proposed_names_the_order"),
        ),
        sa.ForeignKeyConstraint(["line_id"], ["bank_lines.id"], name=op.f("fk_bank_line_states_line_id_bank_lines")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_bank_line_states")),
    )
    op.create_index("ix_bank_line_states_status", "bank_line_states", ["status"])
    op.create_index("ix_bank_line_states_order_id", "bank_line_states", ["order_id"])
    op.create_table(
        "bank_line_acts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["bank_lines.id"], name=op.f("fk_bank_line_acts_line_id_bank_lines")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line_acts")),
    )
    op.create_index("ix_bank_line_acts_line_id", "bank_line_acts", ["line_id"])


def _payments() -> None:
    op.create_table(
        "payee_accounts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("bank", sa.Text(), nullable=True),
        sa.Column("bank_code", sa.Text(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payee_accounts")),
    )
    op.create_index("ix_payee_accounts_owner", "payee_accounts", ["owner"])
    op.create_table(
        "payment_batches",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("court_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_by", sa.Text(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status IN ('drafted', 'released', 'cancelled')", name=op.f("ck_payment_batches_status_is_known")
        ),
        sa.CheckConstraint(
            "(status = 'released') = (digest IS NOT NULL)",
            name=op.f("ck_payment_batches_a_released_file_has_its_digest"),
        ),
        sa.CheckConstraint("released_by <> drafted_by", name=op.f("ck_payment_batches_two_persons_release")),
        sa.ForeignKeyConstraint(["court_id"], ["courts.id"], name=op.f("fk_payment_batches_court_id_courts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_batches")),
    )
    op.create_index("ix_payment_batches_court_id", "payment_batches", ["court_id"])
    op.create_table(
        "payment_batch_items",
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), server_default="CNY", nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("bank", sa.Text(), nullable=True),
        sa.Column("bank_code", sa.Text(), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payment_batch_items_amount_is_positive")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["payment_batches.id"], name=op.f("fk_payment_batch_items_batch_id_payment_batches")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["money_orders.id"], name=op.f("fk_payment_batch_items_order_id_money_orders")
        ),
        sa.PrimaryKeyConstraint("batch_id", "order_id", name=op.f("pk_payment_batch_items")),
    )
    op.create_index(
        "ix_payment_batch_items_order_id",
        "payment_batch_items",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text("dropped_at IS NULL"),
    )
