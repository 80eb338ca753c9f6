"""Case records from a registry's address: fetched whole into a file, then read as one."""

from __future__ import annotations

import time
from pathlib import Path

import httpx

from auction.edges.cli.case_files import SIZE_MAX_BYTES, FileUnreadableError

_PATIENCE_SECONDS = 30.0
_WHOLE_SECONDS = 600.0


def is_address(given: str) -> bool:
    """Say whether what was given names an address rather than a file."""
    return given.startswith(("http://", "https://"))


def fetch(url: str, folder: Path) -> Path:
    """Fetch an address into a file and return its path.

    :raises FileUnreadableError: no answer within half a minute, an answer other than 200, more than a file may hold
    """
    target = folder / "registry"
    until = time.monotonic() + _WHOLE_SECONDS
    try:
        with httpx.stream("GET", url, timeout=_PATIENCE_SECONDS, follow_redirects=False) as answer:
            if answer.status_code != httpx.codes.OK:
                raise FileUnreadableError(f"the registry answered {answer.status_code}")
            size = 0
            with target.open("wb") as out:
                for part in answer.iter_bytes():
                    size += out.write(part)
                    if size > SIZE_MAX_BYTES:
                        raise FileUnreadableError(
                            f"larger than {SIZE_MAX_BYTES // 1_000_000} MB; ask for less at a time"
                        )
                    if time.monotonic() > until:
                        raise FileUnreadableError("the registry sends too slowly")
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        raise FileUnreadableError(f"the registry does not answer: {type(fault).__name__}") from fault
    return target
