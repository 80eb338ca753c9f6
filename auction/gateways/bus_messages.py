"""What the processes of one platform tell each other over the bus, written and read.

A message is a hint, never a fact: the docket in PostgreSQL is the truth. So whatever comes that is not one of ours
is left aside, and what is believed wrongly costs a look at a docket's head or a wrong number of watchers for seconds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from auction.foundation.kernel.ids import may_name_lot

#: A message beyond this is not read; ours stay below it.
MESSAGE_MAX_BYTES = 64 * 1024
_LOTS_MAX = 400
_WATCHERS_MAX = 10_000_000
_PROCESS = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Moved:
    """Lots whose docket has grown, told by the process that committed."""

    process: str
    lots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Watching:
    """How many watch lots in one process at this moment."""

    process: str
    watchers: Mapping[str, int]


def written_moved(process: str, lots: Sequence[str]) -> Iterator[bytes]:
    """Yield the messages that tell which lots have moved, each of a size that is read."""
    for start in range(0, len(lots), _LOTS_MAX):
        yield _written({"process": process, "moved": list(lots[start : start + _LOTS_MAX])})


def written_watching(process: str, watchers: Mapping[str, int]) -> Iterator[bytes]:
    """Yield the messages that tell how many watch."""
    told = list(watchers.items())
    for start in range(0, len(told), _LOTS_MAX):
        yield _written({"process": process, "watching": dict(told[start : start + _LOTS_MAX])})


def read(message: object) -> Moved | Watching | None:
    """Return what a message says, or None where it is none of ours: wrong type, size, form, names or numbers."""
    if not isinstance(message, bytes) or len(message) > MESSAGE_MAX_BYTES:
        return None
    try:
        body = json.loads(message)
    except (ValueError, RecursionError):
        return None
    if not isinstance(body, dict) or len(body) != len(("process", "what")):
        return None
    process = body.get("process")
    if not isinstance(process, str) or not _PROCESS.fullmatch(process):
        return None
    return _moved(process, body.get("moved")) or _watching(process, body.get("watching"))


def _moved(process: str, lots: object) -> Moved | None:
    if not isinstance(lots, list) or len(lots) > _LOTS_MAX or not all(map(may_name_lot, lots)):
        return None
    return Moved(process, tuple(lots))


def _watching(process: str, watchers: object) -> Watching | None:
    if not isinstance(watchers, dict) or len(watchers) > _LOTS_MAX or not all(map(may_name_lot, watchers)):
        return None
    # A truth value is a number to Python, and none to us.
    if not all(type(count) is int and 0 <= count <= _WATCHERS_MAX for count in watchers.values()):
        return None
    return Watching(process, watchers)


def _written(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
