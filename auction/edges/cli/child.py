"""What the processes of `auction serve` share: its options for them, and that they end with it."""

import ctypes
import logging
import os
import signal
import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click

P = ParamSpec("P")
R = TypeVar("R")

#: Where `auction serve` tells its children the address of the database.
CHILD_DATABASE = "SUPERVISED_DATABASE_URL"
_PR_SET_PDEATHSIG = 1


def child_options(function: Callable[P, R]) -> Callable[P, R]:
    """Give a command what `auction serve` tells its children: the database it opened, and who it is."""
    url = click.option(
        "--database-url", hidden=True, envvar=CHILD_DATABASE, help="The database that the supervisor has opened."
    )
    supervisor = click.option("--supervisor", type=int, hidden=True, help="End with this process.")
    return url(supervisor(function))


def end_with(*, supervisor: int | None) -> None:
    """Have the system end this process when its supervisor is gone, however that happened (Linux only)."""
    if supervisor is None or sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != supervisor:  # it ended before we asked
        raise SystemExit(1)


def log_to_stderr(*, level: str) -> None:
    """Write the program's log to standard error, one line an event."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    for chatty in ("alembic", "fontTools", "httpx", "httpcore"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # It warns of each wake-up that finds the one before still at work, which is what is meant to happen.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
