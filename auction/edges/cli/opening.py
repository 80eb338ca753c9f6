"""What every command does first: read the settings, open the database, put the platform together."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

from auction.resources import migrations_dir
from auction.settings import Settings, SettingsRefused, read_settings

if TYPE_CHECKING:
    from auction.edges.platform import Platform
    from auction.foundation.database.embedded import EmbeddedServer

P = ParamSpec("P")
R = TypeVar("R")

type_of_data = click.Path(file_okay=False, path_type=Path)


def data_option(function: Callable[P, R]) -> Callable[P, R]:
    """Give a command `--data DIR`."""
    return click.option(
        "--data", type=type_of_data, default=Path("var"), show_default=True,
        help="The folder of the embedded database, keys and files. DATABASE_URL replaces the database.",
    )(function)  # fmt: skip


def demo_option(function: Callable[P, R]) -> Callable[P, R]:
    """Give a command `--demo`."""
    return click.option("--demo", is_flag=True, help="Allow the sandbox gateway and the demo accounts.")(function)


def settings_of(*, data: Path, demo: bool) -> Settings:
    """Return the settings, or end the command with exit 2 and what is wrong with them."""
    try:
        return read_settings(os.environ, data=data.resolve(), demo=demo)
    except SettingsRefused as refused:
        raise click.UsageError(str(refused)) from refused


@contextlib.contextmanager
def open_database(settings: Settings) -> Iterator[str]:
    """Yield the address of a migrated database: the operator's, or the embedded one, running or started for us."""
    with open_server(settings) as (url, _):
        yield url


@contextlib.contextmanager
def open_server(settings: Settings) -> Iterator[tuple[str, "EmbeddedServer | None"]]:
    """Yield what ``open_database`` does, and the embedded server where it is one."""
    from auction.foundation.database.embedded import EmbeddedUnavailable, start
    from auction.foundation.database.migrate import DatabaseUnreachable, migrate

    with contextlib.ExitStack() as stack:
        server = None
        try:
            url = settings.database_url
            if url is None:
                server = start(settings.data_dir)
                stack.callback(server.stop)
                url = server.url()
            migrate(url=url, migrations=migrations_dir())
        except (EmbeddedUnavailable, DatabaseUnreachable) as unavailable:
            raise click.ClickException(str(unavailable)) from unavailable
        yield url, server


@contextlib.contextmanager
def open_platform(*, data: Path, demo: bool = False) -> Iterator["Platform"]:
    """Yield the platform on its database, for a command that works beside a running server or alone."""
    from auction.edges.platform import create_platform

    settings = settings_of(data=data, demo=demo)
    with open_database(settings) as url:
        platform = create_platform(settings, url)
        try:
            yield platform
        finally:
            platform.close()
