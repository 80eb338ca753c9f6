"""A table of the rulebook file that knows its place and takes note of what has been read."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NoReturn

from auction.rulebook.reading import RulebookMalformedError


def read_toml(name: str, text: str) -> dict[str, object]:
    """Return what a file holds; the name says in a complaint which file it is.

    :raises RulebookMalformedError: when it is no TOML
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        msg = f"{name}: {fault}"
        raise RulebookMalformedError(msg) from fault


class Table:
    """Typed reading with the place in every complaint; keys nobody asked for are a mistake too."""

    def __init__(self, place: str, raw: Mapping[str, object]) -> None:
        self._place = place
        self._raw = raw
        self._left = set(raw)

    def fail(self, why: str) -> NoReturn:
        """Stop with the place and the reason.

        :raises RulebookMalformedError: always
        """
        msg = f"{self._place}: {why}"
        raise RulebookMalformedError(msg)

    def take(self, key: str) -> object:
        """Return what stands under the key, or None."""
        self._left.discard(key)
        return self._raw.get(key)

    def text(self, key: str, *, default: str | None = None) -> str:
        """Return a text that is not empty; the default, if any, when the key is absent.

        :raises RulebookMalformedError: when it is missing, empty or no text
        """
        found = self.take(key)
        if found is None and default is not None:
            return default
        if not isinstance(found, str) or not found.strip():
            self.fail(f"`{key}` must be a text")
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; none when the key is absent.

        :raises RulebookMalformedError: when it is no list of texts, or an empty one
        """
        found = self.take(key)
        if found is None:
            return ()
        if not isinstance(found, list) or not found or not all(isinstance(one, str) and one for one in found):
            self.fail(f"`{key}` must be a list of texts")
        return tuple(str(one) for one in found)

    def day(self, key: str, *, default: date | None = None) -> date:
        """Return a date; the default, if any, when the key is absent.

        :raises RulebookMalformedError: when it is missing or no date
        """
        found = self.take(key)
        if found is None and default is not None:
            return default
        if not isinstance(found, date) or isinstance(found, datetime):
            self.fail(f"`{key}` must be a date")
        return found

    def number(self, key: str) -> int | None:
        """Return a whole number from 1 on, or None when the key is absent.

        :raises RulebookMalformedError: when it is something else
        """
        found = self.take(key)
        if found is None:
            return None
        if type(found) is not int or found < 1:
            self.fail(f"`{key}` must be a whole number from 1 on")
        return found

    def tables(self, key: str) -> Iterator[Table]:
        """Yield the tables of a list; none when the key is absent.

        :raises RulebookMalformedError: when it is no list of tables
        """
        found = self.take(key)
        if found is None:
            return
        if not isinstance(found, list):
            self.fail(f"`{key}` must be a list of tables")
        for number, one in enumerate(found, start=1):
            if not isinstance(one, dict):
                self.fail(f"`{key}` must be a list of tables")
            name = one.get("key", f"number {number}")
            yield Table(f"{self._place}, {key} {name}", one)

    def tables_by_key(self, key: str) -> Iterator[tuple[str, Table]]:
        """Yield the named tables under a key.

        :raises RulebookMalformedError: when there is none, or something else
        """
        found = self.take(key)
        if not isinstance(found, dict):
            self.fail(f"`{key}` must hold tables")
        for name, one in found.items():
            if not isinstance(one, dict):
                self.fail(f"`{key}.{name}` must be a table")
            yield str(name), Table(f"{self._place}, {key}.{name}", one)

    def done(self) -> None:
        """Check that every key was understood.

        :raises RulebookMalformedError: naming the keys nobody asked for
        """
        if self._left:
            self.fail(f"unknown: {', '.join(sorted(self._left))}")
