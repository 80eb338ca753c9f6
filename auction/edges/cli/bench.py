"""`auction bench`: what the platform carries on this machine, each figure beside a yardstick of the same run."""

import json
from pathlib import Path

import click


@click.command()
@click.option("--quick", is_flag=True, help="Small sizes, within a minute: to see that everything is there.")
@click.option("--only", multiple=True, help="Only this part; may be repeated.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the result to a file as well.")
def bench(*, quick: bool, only: tuple[str, ...], out: Path | None) -> None:
    """Measure bids, watchers, closings and growth on data of its own, and print one JSON object.

    Nothing of a running platform is touched; leave the machine alone meanwhile.

    \b
    Example:
      auction bench --quick
    """
    from auction.edges.bench.place import BenchFailedError
    from auction.edges.bench.run import PARTS, run
    from auction.edges.bench.size import QUICK, WHOLE

    unknown = sorted(set(only) - PARTS.keys())
    if unknown:
        raise click.UsageError(f"No part {', '.join(unknown)}; the parts are {', '.join(PARTS)}.")
    wanted = [name for name in PARTS if not only or name in only]
    try:
        result = run(QUICK if quick else WHOLE, parts=wanted, tell=lambda line: click.echo(line, err=True))
    except BenchFailedError as failed:
        raise click.ClickException(str(failed)) from failed
    text = json.dumps(result, ensure_ascii=False, indent=1)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    click.echo(text)
