"""A real Valkey for the tests of what several processes share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.program.programs import Valkey


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """A server that stays up; who stops one starts his own."""
    server = Valkey(tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server
    server.kill()
