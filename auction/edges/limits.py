"""What one source may ask of the edges; generous for people and programs, fatal only for floods."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The edge limits of one process; an app may carry its own under ``app.config["LIMITS"]``."""

    reads_per_minute: int = 60_000
    """Reads of the API from one address or key."""
    writes_per_minute: int = 12_000
    """Writes of the API from one address or key."""
    bids_per_second: int = 400
    """Bids of one live connection, sustained; a closed-loop program stays below it."""
    bids_burst: int = 800
    """Bids of one live connection at once, before the sustained rate holds."""
    bids_waiting: int = 64
    """Bids of one live connection without an answer yet."""
    events_per_second: int = 50
    """Anything else one live connection asks, sustained: watching, the clock."""
    events_burst: int = 400
    """Of these at once: a page that comes back watches all its lots again."""
    answers_unread: int = 512
    """Answers that may wait for one live connection to read them; then its line is ended."""
    lines_per_address: int = 2_000
    """Live connections from one address, as of a court hall behind one router; the machine's own are not counted."""
    watched_lots: int = 200
    """Lots that one connection watches at a time."""
    queue_per_lot: int = 20_000
    """Bids of one lot that may wait for their decision in one process."""
