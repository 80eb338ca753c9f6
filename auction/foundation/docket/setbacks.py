"""What failed among the reactions of this process, so that a fault harms only the subject it belongs to.

Whatever is being done is noted before and struck off after its commit: what breaks off, however it does, leaves its
trace. What failed among others goes alone from then on; what failed alone rests for a while, and its chain with it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

#: A reaction that failed alone is tried again so late, lest its fault take the time of others.
REST = timedelta(seconds=60)


@dataclass(slots=True)
class Setbacks:
    """The chains whose reactions failed in this process."""

    underway: set[str] = field(default_factory=set)
    alone: set[str] = field(default_factory=set)
    rests: dict[str, datetime] = field(default_factory=dict)

    def resting(self, now: datetime) -> set[str]:
        """Draw the lesson from what broke off since, and return the chains that rest as of now."""
        if len(self.underway) == 1:
            self.rests |= dict.fromkeys(self.underway, now + REST)
        self.alone |= self.underway
        self.underway = set()
        self.rests = {chain: until for chain, until in self.rests.items() if until > now}
        return set(self.rests)

    def begin(self, chains: Collection[str]) -> None:
        """Note what is being done."""
        self.underway = set(chains)

    def over(self) -> None:
        """Strike off what was done and committed."""
        self.alone -= self.underway
        self.underway = set()
