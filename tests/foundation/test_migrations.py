from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect

from auction.capabilities import metadata
from auction.resources import migrations_dir


@pytest.fixture
def config() -> Config:
    found = Config()
    found.set_main_option("script_location", str(migrations_dir()))
    return found


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def test_migrations_go_up_down_and_up_again(config: Config, database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        full = _tables(connection)
        connection.commit()
        command.downgrade(config, "base")
        assert _tables(connection) == {"alembic_version"}
        connection.commit()
        command.upgrade(config, "head")
        assert _tables(connection) == full
    engine.dispose()


def test_the_models_are_what_the_migrations_make(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata()) == []
    engine.dispose()


def test_there_is_one_head_and_it_is_written_down(config: Config) -> None:
    head = (Path(migrations_dir()) / "HEAD").read_text(encoding="ascii").strip()
    assert ScriptDirectory.from_config(config).get_heads() == [head]
