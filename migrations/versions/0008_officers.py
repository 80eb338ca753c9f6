"""Which officer carries a case."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("officer_id", sa.Text(), nullable=True))
    op.create_index("ix_cases_officer_id", "cases", ["officer_id"])


def downgrade() -> None:
    op.drop_index("ix_cases_officer_id", table_name="cases")
    op.drop_column("cases", "officer_id")
