"""`auction jobs`: the sweeps that carry out what is due, in a process of their own."""

import contextlib
import signal
import threading
from pathlib import Path

import click

from auction.edges.cli.child import child_options, end_with, log_to_stderr
from auction.edges.cli.opening import data_option, demo_option, open_database, settings_of


@click.command()
@data_option
@demo_option
@child_options
def jobs(*, data: Path, demo: bool, database_url: str | None, supervisor: int | None) -> None:
    """Open and close lots, release deposits, deliver and print: everything that falls due.

    \b
    Example:
      DATABASE_URL=postgresql://auction@db/auction auction jobs
    """
    end_with(supervisor=supervisor)
    settings = settings_of(data=data, demo=demo)
    log_to_stderr(level=settings.log_level)

    from auction.edges.jobs.runner import run
    from auction.edges.platform import create_platform

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with contextlib.ExitStack() as stack:
        url = database_url or stack.enter_context(open_database(settings))
        platform = create_platform(settings, url)
        stack.callback(platform.close)
        run(platform, stop=stop)
