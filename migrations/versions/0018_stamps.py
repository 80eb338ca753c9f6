"""Time stamps of an authority outside under the signed roots of the log."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "log_stamps",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["size"], ["log_heads.size"], name=op.f("fk_log_stamps_size_log_heads")),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_log_stamps")),
    )
    op.execute(
        "CREATE TRIGGER log_stamps_only_grows BEFORE UPDATE OR DELETE ON log_stamps "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER log_stamps_is_never_emptied BEFORE TRUNCATE ON log_stamps "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("log_stamps")
