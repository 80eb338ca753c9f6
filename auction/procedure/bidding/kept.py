"""What a process has read of a lot, kept from one batch of bids to the next.

Every act on a lot is an entry in its docket, made under the lock of the docket's
head. So what was read under that lock is good as long as the head has not moved,
whoever else wrote meanwhile; when it has, everything is read anew. Only admitted
bidders are kept: of anybody else the database is asked each time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from auction.foundation.docket.rules import Head
from auction.procedure.bidding import queries
from auction.procedure.bidding.rules import Bidder, Standing
from auction.procedure.lots import queries as lots
from auction.procedure.lots.queries import LotRecord
from auction.rulebook import Numbers


@dataclass(slots=True)
class Reading:
    """A lot as it stood when its docket's head was ``head``."""

    head: Head
    lot: LotRecord
    standing: Standing
    numbers: Numbers | None
    bidders: dict[str, Bidder] = field(default_factory=dict)


class Kept:
    """Holds the last reading of one lot; not for two batches at a time."""

    __slots__ = ("_reading",)

    def __init__(self) -> None:
        self._reading: Reading | None = None

    def as_of(self, session: Session, *, lot: str, head: Head, persons: Collection[str]) -> Reading:
        """Return the lot as it stands at the head just locked, with those of the persons who are admitted.

        :raises NotFound: when there is no such lot
        """
        reading = self._reading
        if reading is None or reading.head != head:
            found = lots.lot(session, lot)
            standing = queries.standing(session, found)
            numbers = queries.numbers_of(found) if found.announced_at is not None else None
            reading = self._reading = Reading(head, found, standing, numbers)
        unknown = [person for person in persons if person not in reading.bidders]
        if unknown:
            reading.bidders.update(queries.admitted(session, lot=lot, persons=unknown))
        return reading

    def moved(self, *, head: Head, standing: Standing) -> None:
        """Take note of what a batch is about to write; should it never be committed, the head tells."""
        reading = self._reading
        if reading is not None:
            if standing.ends_at != reading.lot.ends_at:
                reading.lot = replace(reading.lot, ends_at=standing.ends_at)
            reading.head, reading.standing = head, standing
