"""`auction seed-bench`: lots that are open now and bidders admitted to all of them, for load generators."""

import json
from pathlib import Path

import click

from auction.edges.cli.opening import data_option, open_platform


@click.command("seed-bench")
@click.option("--lots", type=click.IntRange(1, 5000), required=True, help="How many lots.")
@click.option("--bidders", type=click.IntRange(1, 5000), required=True, help="How many bidders, admitted to every lot.")
@click.option("--minutes", type=click.IntRange(1, 1400), required=True, help="In how many minutes the lots close.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where ids and tokens go.")
@data_option
def seed_bench(*, lots: int, bidders: int, minutes: int, out: Path, data: Path) -> None:
    """Make movable lots, open now, announced and opened by the ordinary commands at past instants; demo mode only.

    \b
    Example:
      auction seed-bench --lots 1 --bidders 64 --minutes 30 --out bench.json
    """
    from auction.edges.cli.demo import begin_invented
    from auction.edges.inbox.bench_seed import seed

    _refuse_unwritable(out)
    with open_platform(data=data, demo=True) as platform:
        begin_invented(platform)
        made = seed(platform, lots=lots, bidders=bidders, minutes=minutes, tell=lambda line: click.echo(line, err=True))
    out.write_text(json.dumps(made, ensure_ascii=False) + "\n", encoding="utf-8")
    click.echo(f"{lots} lots and {bidders} bidders written to {out}")


def _refuse_unwritable(out: Path) -> None:
    """Refuse a file that cannot be written before anything is made: the tokens are told only once."""
    try:
        with out.open("a", encoding="utf-8"):
            pass
    except OSError as error:
        raise click.UsageError(f"Cannot write {out}: {error.strerror}") from error
