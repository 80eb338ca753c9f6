"""A world that has begun, made once and copied for each run: half of a run's time was making it anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import create_engine, text

from auction.foundation.database.embedded import EmbeddedServer
from tests.machine_money.world import World

_BEGUN, _RUN = "money_begun", "money_run"


@dataclass(frozen=True, slots=True)
class Begun:
    """The database of a world that has begun, and the instant it stands at."""

    server: EmbeddedServer
    at: datetime

    @contextmanager
    def copy(self) -> Iterator[World]:
        """Give a world of one's own; always under the same name, so that compiled statements are kept."""
        _say(self.server, f'CREATE DATABASE "{_RUN}" TEMPLATE "{_BEGUN}"')
        try:
            world = World(url=self.server.url(_RUN), at=self.at)
            yield world
            world.platform.database.dispose()
        finally:
            _say(self.server, f'DROP DATABASE "{_RUN}" WITH (FORCE)')


@contextmanager
def begun(server: EmbeddedServer) -> Iterator[Begun]:
    """Make a world that has begun, and drop it afterwards."""
    _say(server, f'CREATE DATABASE "{_BEGUN}" TEMPLATE auction')
    try:
        world = World(url=server.url(_BEGUN))
        world.begin()
        world.platform.database.dispose()
        yield Begun(server=server, at=world.now)
    finally:
        _say(server, f'DROP DATABASE "{_BEGUN}" WITH (FORCE)')


def _say(server: EmbeddedServer, statement: str) -> None:
    engine = create_engine(server.url("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
