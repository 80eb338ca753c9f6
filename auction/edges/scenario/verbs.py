"""The register of verbs: what a step's ``do`` may be, and which words of the law's road are still to come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from auction.edges.scenario.given import Given
from auction.edges.scenario.stage import Stage

#: Plays a verb on the stage; reads what it needs of ``with``, and ends reading with ``given.done()``.
Play = Callable[[Stage, Given], object]
#: Says from ``with`` when an act arrived, where that may be before the step's instant, which is the third.
Arrival = Callable[[Stage, Given, datetime], datetime | None]


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb that can be played."""

    play: Play
    arrival: Arrival | None = None


VERBS: dict[str, Verb] = {}


def verb(name: str, *, arrival: Arrival | None = None) -> Callable[[Play], Play]:
    """Declare how a verb is played."""

    def declare(play: Play) -> Play:
        VERBS[name] = Verb(play=play, arrival=arrival)
        return play

    return declare
