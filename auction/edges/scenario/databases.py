"""Scratch databases: one migrated template, an empty copy for each scenario, and nothing left of them afterwards."""

from __future__ import annotations

import contextlib
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from auction.foundation.database.embedded import scratch
from auction.foundation.database.emptying import SCRATCH, empty, shape
from auction.foundation.database.migrate import DatabaseUnreachable, migrate
from auction.resources import migrations_dir
from auction.settings import read_settings

#: Copies this process has emptied, to be used again, by their server and template.
_SHELVES: dict[tuple[str, str], list[str]] = {}


@dataclass(frozen=True, slots=True)
class Template:
    """A migrated database without data, and the server it lies on; a plain value, so that workers may be told of it.

    ``server`` is any database of that server; only ``CREATE DATABASE`` and ``DROP DATABASE`` are said to it. Copies are
    emptied and used again, and dropped with the template.
    """

    server: str
    name: str

    @contextlib.contextmanager
    def copy(self) -> Iterator[str]:
        """Yield the address of an empty copy, emptied or dropped afterwards whatever happens."""
        shelf = _SHELVES.setdefault((self.server, self.name), [])
        name = shelf.pop() if shelf else self._fresh()
        url = address(self.server, database=name)
        kept = False
        try:
            yield url
            kept = empty(url, like=_shape(address(self.server, database=self.name)))
        finally:
            if kept:
                shelf.append(name)
            else:
                _say(self.server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _fresh(self) -> str:
        name = f"{SCRATCH}{self.name.removeprefix(SCRATCH)}_{secrets.token_hex(8)}"
        _say(self.server, "CREATE DATABASE {} TEMPLATE {}", name, self.name)
        return name


@contextlib.contextmanager
def template(env: Mapping[str, str]) -> Iterator[Template]:
    """Yield a template: on the server of ``DATABASE_URL``, beside whatever it holds, else on a scratch server.

    :raises EmbeddedUnavailable: where no scratch server can run
    :raises DatabaseUnreachable: when the server of ``DATABASE_URL`` does not answer or lets no database be made
    """
    with _server(env) as server:
        name = f"{SCRATCH}{secrets.token_hex(8)}"
        _say(server, "CREATE DATABASE {}", name)
        try:
            migrate(url=address(server, database=name), migrations=migrations_dir())
            yield Template(server=server, name=name)
        finally:
            for copy in [*_copies(server, name), name]:
                _say(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", copy)


@cache
def _shape(template_url: str) -> str:
    return shape(template_url)


def _copies(server: str, name: str) -> list[str]:
    """Return the copies of a template, whichever process made them."""
    with psycopg.connect(_plain(server)) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [f"{name}_"])
        return [row[0] for row in rows.fetchall()]


def address(server: str, *, database: str) -> str:
    """Return the address of another database of the same server."""
    return make_url(server).set(database=database).render_as_string(hide_password=False)


@contextlib.contextmanager
def _server(env: Mapping[str, str]) -> Iterator[str]:
    given = {"DATABASE_URL": env["DATABASE_URL"]} if env.get("DATABASE_URL") else {}
    if given:
        with tempfile.TemporaryDirectory() as folder:
            url = read_settings(given, data=Path(folder), demo=True).database_url
        if url is not None:
            yield url
            return
    with scratch() as running:
        yield running.url()


def _say(server: str, statement: str, *names: str) -> None:
    try:
        with psycopg.connect(_plain(server), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))
    except psycopg.errors.InsufficientPrivilege as fault:
        raise DatabaseUnreachable(
            f"The account of DATABASE_URL may not create scratch databases: {fault}. Unset DATABASE_URL to use an "
            "embedded server, or grant CREATEDB."
        ) from fault
    except psycopg.OperationalError as fault:
        raise DatabaseUnreachable(f"The database server does not answer: {fault}") from fault


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
