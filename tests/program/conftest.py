"""One running program for the tests that only look at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.program.running import Place, a_place


@pytest.fixture
def place() -> Iterator[Place]:
    with a_place() as fresh:
        yield fresh


@pytest.fixture(scope="session")
def serving() -> Iterator[Place]:
    """A program that serves; who uses it leaves it serving."""
    with a_place() as fresh:
        fresh.start()
        yield fresh
        fresh.stop()
