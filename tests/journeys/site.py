"""The program itself for the journeys: `auction serve --demo` in a place of its own, with a clock the test moves."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from auction.foundation.kernel.calendar import in_shanghai
from tests.program.running import Place, a_place

_PASSWORD = re.compile(r"password ([^)]+)\)")
_SOON = re.compile(r"Closes within ten minutes: (\S+)")


@dataclass(frozen=True)
class Site:
    """One running platform; its lots' times are reached by moving the clock, nothing else is different."""

    place: Place
    password: str
    closing_soon: str

    @property
    def url(self) -> str:
        return self.place.url

    @property
    def now(self) -> datetime:
        return in_shanghai(self.place.clock.now())

    def wait_until(self, moment: datetime) -> None:
        """Move the clock to a moment that lies ahead."""
        self.place.move_to(moment)

    def wait(self, length: timedelta) -> None:
        self.place.clock.move(by=length)


@contextlib.contextmanager
def a_site() -> Iterator[Site]:
    """Start the program with its demo accounts, and end it again."""
    with a_place() as place:
        place.start()
        yield read_site(place)
        place.stop()


def read_site(place: Place) -> Site:
    """Return the site of a program that serves, by what it said when it started."""
    return Site(place, password=_PASSWORD.findall(place.said)[0], closing_soon=_SOON.findall(place.said)[0])
