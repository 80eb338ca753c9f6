"""What a command is given to read, a file or an address: read whole, and never more than it may hold."""

from __future__ import annotations

import time
from pathlib import Path

_PATIENCE_SECONDS = 30.0
_WHOLE_SECONDS = 600.0


class SourceUnreadableError(Exception):
    """What was given cannot be read; the message says why."""


def read(given: str, *, most_bytes: int, who: str = "the address") -> bytes:
    """Return what a file or an address holds.

    :param who: who answers at an address, as a reader is told of it
    :raises SourceUnreadableError: no such file, no answer within half a minute or one other than 200, or too large
    """
    if given.lower().startswith(("http://", "https://")):
        return _fetched(given, most_bytes=most_bytes, who=who)
    try:
        with Path(given).open("rb") as file:
            content = file.read(most_bytes + 1)
    except OSError as fault:
        raise SourceUnreadableError(str(fault.strerror)) from fault
    if len(content) > most_bytes:
        raise _too_large(most_bytes)
    return content


def _fetched(url: str, *, most_bytes: int, who: str) -> bytes:
    import httpx

    until = time.monotonic() + _WHOLE_SECONDS
    content = bytearray()
    try:
        with httpx.stream("GET", url, timeout=_PATIENCE_SECONDS, follow_redirects=False) as answer:
            if answer.status_code != httpx.codes.OK:
                raise SourceUnreadableError(f"{who} answered {answer.status_code}")
            for part in answer.iter_bytes():
                content += part
                if len(content) > most_bytes:
                    raise _too_large(most_bytes)
                if time.monotonic() > until:
                    raise SourceUnreadableError(f"{who} sends too slowly")
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        raise SourceUnreadableError(f"{who} does not answer: {type(fault).__name__}") from fault
    return bytes(content)


def _too_large(most_bytes: int) -> SourceUnreadableError:
    return SourceUnreadableError(f"larger than the {most_bytes // 1_000_000} MB that are read at once")
