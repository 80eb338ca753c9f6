"""Real PostgreSQL for every test: one server a worker, one migrated template, an empty database a test."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from hypothesis import settings as hypothesis_settings
from jinja2 import FileSystemBytecodeCache

from auction.edges.platform import Platform, create_platform
from auction.edges.scenario.databases import Template
from auction.foundation.database.embedded import EmbeddedServer, scratch
from auction.foundation.database.engine import Database
from auction.foundation.database.migrate import migrate
from auction.foundation.kernel.roles import PLATFORM, Actor, Role
from auction.gateways.clock import ManualClock
from auction.procedure.identity.passwords import use_fast_hashing
from auction.resources import migrations_dir
from auction.settings import Settings

# No test asserts how long it takes. A gate tries the same examples each time; `make drill` looks for others.
hypothesis_settings.register_profile("gate", deadline=None, derandomize=True)
hypothesis_settings.register_profile("wander", deadline=None, print_blob=True)
hypothesis_settings.load_profile("gate")


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> None:
    use_fast_hashing()


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every test has an application of its own; each of a hundred templates is compiled once for all of them."""
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))}


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    with scratch() as running:
        migrate(url=running.url("auction"), migrations=migrations_dir())
        yield running


@pytest.fixture(scope="session")
def template(server: EmbeddedServer) -> Template:
    return Template(server=server.url("postgres"), name="auction")


@pytest.fixture
def database_url(template: Template) -> Iterator[str]:
    with template.copy() as url:
        yield url


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        database_url=None,
        data_dir=tmp_path,
        demo=True,
        secret_key=secrets.token_urlsafe(48),
        field_key=Fernet.generate_key().decode("ascii"),
        clock_file=None,
        log_level="WARNING",
    )


@pytest.fixture
def now() -> datetime:
    return datetime.fromisoformat("2025-03-03T09:00:00+08:00")


@pytest.fixture
def clock(now: datetime) -> ManualClock:
    return ManualClock(now)


@pytest.fixture
def platform(settings: Settings, database_url: str, clock: ManualClock) -> Iterator[Platform]:
    """The whole platform on a database of the test's own, with a clock the test moves."""
    running = create_platform(settings, database_url, clock=clock, scratch=True)
    yield running
    running.database.dispose()


@pytest.fixture
def database(platform: Platform) -> Database:
    return platform.database


def _actor(role: Role) -> Actor:
    return Actor(id=f"U-{role.value}", name=role.value, roles=frozenset({role}))


@pytest.fixture
def the_platform() -> Actor:
    return PLATFORM


@pytest.fixture
def officer() -> Actor:
    return _actor(Role.OFFICER)


@pytest.fixture
def panel() -> Actor:
    return _actor(Role.PANEL)


@pytest.fixture
def finance() -> Actor:
    return _actor(Role.FINANCE)


@pytest.fixture
def head() -> Actor:
    return _actor(Role.HEAD)


@pytest.fixture
def administrator() -> Actor:
    return _actor(Role.ADMINISTRATOR)


@pytest.fixture
def supervisor() -> Actor:
    return _actor(Role.SUPERVISOR)


@pytest.fixture
def bidder() -> Actor:
    return Actor(id="U-bidder", name="bidder", roles=frozenset({Role.BIDDER}), person="N-bidder")
