"""`auction scenario`: the law as stories, each on a scratch database with a clock that only the file moves."""

import os
import signal
import sys
from pathlib import Path
from types import FrameType

import click

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("files", metavar="FILE…", type=_FILE, nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON for each file.")
def scenario(*, files: tuple[Path, ...], as_json: bool) -> None:
    """Play scenario files and say which expectations failed.

    Exit 0 when every expectation held, 1 when one failed, 2 when a file is malformed. Each file is played on a scratch
    database of its own, on the server of DATABASE_URL or an embedded one; no data of a running platform is touched.

    \b
    Example:
      auction scenario tests/statute/*.yaml
    """
    from auction.edges.scenario.running import run
    from auction.foundation.database.embedded import EmbeddedUnavailable
    from auction.foundation.database.migrate import DatabaseUnreachable
    from auction.settings import SettingsRefused

    # The scratch databases are dropped on the way out, so a polite end must be one.
    signal.signal(signal.SIGTERM, _leave)
    worst = 0
    try:
        for report in run(files, env=os.environ):
            worst = max(worst, report.exit_code)
            if trouble := report.malformed or report.fault:
                click.echo(trouble, err=True)
            if as_json:
                click.echo(report.as_json())
            else:
                for line in report.lines():
                    click.echo(line)
    except SettingsRefused as refused:
        raise click.UsageError(str(refused)) from refused
    except (EmbeddedUnavailable, DatabaseUnreachable) as unavailable:
        raise click.UsageError(str(unavailable)) from unavailable
    sys.exit(worst)


def _leave(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)
