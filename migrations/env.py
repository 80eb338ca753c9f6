"""Alembic's environment: runs on the connection `auction` opened, with bounded waits for locks."""

from alembic import context
from sqlalchemy import text

from auction.capabilities import metadata

TARGET = metadata()


def run() -> None:
    """Run the migrations on the connection given."""
    connection = context.config.attributes["connection"]
    connection.execute(text("SET lock_timeout = '10s'"))
    connection.commit()
    context.configure(connection=connection, target_metadata=TARGET, compare_type=True, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


run()
