"""`auction export`: a lot's docket in one file that anybody can verify."""

import os
import tempfile
from pathlib import Path

import click

from auction.edges.cli.opening import data_option, demo_option, open_platform


@click.command()
@click.argument("lot")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@data_option
@demo_option
def export(*, lot: str, out: Path, data: Path, demo: bool) -> None:
    """Write the docket export of a lot: terms, rulebook and every public entry.

    \b
    Example:
      auction export L7K3M9QX2ABC --out docket.json
    """
    from auction.foundation.kernel.canonical import canonical
    from auction.foundation.kernel.refusal import NotFound
    from auction.procedure.publicity import queries as publicity

    with open_platform(data=data, demo=demo) as platform, platform.read() as session:
        try:
            whole = publicity.export(session, lot, signer=platform.settings.signer)
        except NotFound as unknown:
            raise click.UsageError(unknown.message("en")) from unknown
    try:
        _write(out, canonical(whole))
    except OSError as error:
        raise click.UsageError(f"Cannot write {out}: {error.strerror}") from error
    entries = len(whole["entries"])
    click.echo(f"{out}: {entries} entries of lot {lot}, up to {whole['checkpoints'][-1]['hash']}", err=True)


def _write(path: Path, content: bytes) -> None:
    """Write the whole file or none of it."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(draft).chmod(0o644)  # it holds only what is public
        Path(draft).replace(path)
    except OSError:
        Path(draft).unlink(missing_ok=True)
        raise
