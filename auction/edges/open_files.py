"""The limit of open files: each connection is one, and many systems begin with a thousand."""

from __future__ import annotations

import resource


def allow_open_files(wanted: int) -> int:
    """Raise this process's limit of open files as far as it may, and return what it is then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return wanted if soft == resource.RLIM_INFINITY else soft
