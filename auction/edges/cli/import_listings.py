"""`auction import-listings`: listings from a file, each made lawful and given a life."""

import json
import sys
from pathlib import Path

import click

from auction.edges.cli.opening import data_option, open_platform


@click.command("import-listings")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
def import_listings(*, file: Path, data: Path) -> None:
    """Import listings from FILE (a JSON list of objects, as in demo/listings.json); demo data only.

    Figures that are missing or unlawful are replaced by the nearest lawful ones and reported; rows that
    cannot be read are listed and the others kept. Exit 1 when a row was left out.

    \b
    Example:
      auction import-listings demo/listings.json
    """
    rows = read_rows(file)
    from auction.edges.cli.demo import begin_invented
    from auction.edges.inbox.listing_import import import_rows

    with open_platform(data=data, demo=True) as platform:
        begin_invented(platform)
        done = import_rows(platform, rows, progress=show_progress)
    for one in done:
        for note in one.notes:
            click.echo(f"row {one.row}: {note}")
    bad = [one for one in done if one.error]
    for one in bad:
        click.echo(f"row {one.row}: left out: {one.error}", err=True)
    click.echo(f"{len(done) - len(bad)} listings imported, {len(bad)} left out")
    if bad:
        sys.exit(1)


def read_rows(file: Path) -> list[dict[str, object]]:
    """Return the rows of a listings file, or end the command with exit 2 and where it is wrong."""
    try:
        rows = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as fault:
        raise click.UsageError(f"{file}: {fault.strerror}") from fault
    except (ValueError, RecursionError) as fault:
        raise click.UsageError(f"{file}: not JSON in UTF-8: {fault}") from fault
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise click.UsageError(f"{file}: expected a list of objects")
    return rows


def show_progress(done: int, of: int) -> None:
    """Tell on stderr how far the import is, every tenth row."""
    if done % 10 == 0 or done == of:
        click.echo(f"  {done}/{of} listings", err=True)
