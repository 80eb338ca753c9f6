"""The database brought to the program's own form, by one process at a time."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

_LOCK = 0x6175_6374  # any fixed number: every program that migrates takes this advisory lock first


class DatabaseUnreachable(Exception):
    """The database does not answer or lets nobody in; the text says what it said."""


def migrate(*, url: str, migrations: Path) -> None:
    """Bring the database to the newest migration, waiting while another process does the same.

    `migrations/env.py` finds the open connection in `config.attributes["connection"]`.

    :raises DatabaseUnreachable: if there is no connection
    """
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            # Held by the session, so it outlives the migrations' own transactions and ends with the connection.
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
            connection.commit()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
            connection.commit()
    except OperationalError as error:
        raise DatabaseUnreachable(f"The database does not answer: {error.orig}") from error
    finally:
        engine.dispose()
