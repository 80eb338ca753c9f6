"""`auction import-bank`: a file of the bank, every line matched or laid on the desk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from auction.edges.cli.opening import data_option, demo_option, open_database, settings_of

if TYPE_CHECKING:
    from auction.procedure.treasury.bank_lines import ImportRecord


@click.command("import-bank")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
@demo_option
def import_bank(*, file: Path, data: Path, demo: bool) -> None:
    """Import what a bank says of a court's account: camt.053, camt.054, or a CSV with the documented columns.

    The court is found by the account in the file. Each line is matched with the payment or the order it belongs to;
    what fits nothing waits on the court's desk. The same file again changes nothing. Ends with 0, with 1 when some
    lines were not taken, with 2 when the file cannot be read.

    \b
    Example:
      auction import-bank statement.xml
    """
    settings = settings_of(data=data, demo=demo)
    from auction.edges.inbox.bank_import import import_file
    from auction.edges.platform import create_platform
    from auction.foundation.kernel.refusal import Refusal
    from auction.gateways.bank_files import reading

    try:
        with file.open("rb") as stream:
            content = reading.content_of(stream)
    except Refusal as refusal:
        raise click.UsageError(f"{file}: {refusal}") from refusal
    with open_database(settings) as url:
        platform = create_platform(settings, url)
        try:
            found = import_file(platform, content)
        except Refusal as refusal:
            raise click.UsageError(f"{file}: {refusal}") from refusal
        finally:
            platform.close()
    _tell(file, found)


def _tell(file: Path, found: ImportRecord) -> None:
    for one in found.bad:
        click.echo(f"{file}:{one['place']}: {one['why']}", err=True)
    click.echo(
        f"{found.form}: lines {found.lines}, matched {found.matched}, on the desk {found.desk}, "
        f"known already {found.known}, not booked yet {found.not_booked}, not taken {len(found.bad)}"
    )
    if found.bad:
        raise SystemExit(1)
