"""`auction replay`: the dispute simulator, from an exported docket alone."""

import json
import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from auction.edges.cli.verify import read_export

if TYPE_CHECKING:
    from auction.procedure.publicity.supposing import Result, Supposed

_MINUTES_MAX = 1440


@click.command()
@click.argument("export", metavar="EXPORT")
@click.option("--without", multiple=True, metavar="CODE", help="As if this bidding code had never bid; repeatable.")
@click.option(
    "--outage", nargs=2, multiple=True, metavar="FROM TO", help="As if nothing had arrived from then until then."
)
@click.option(
    "--extension", type=click.IntRange(0, _MINUTES_MAX), metavar="MINUTES",
    help="As if a bid within so many minutes of the end had moved it by as many; 0 for never.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of words.")
def replay(
    *, export: str, without: tuple[str, ...], outage: tuple[tuple[str, str], ...], extension: int | None, as_json: bool
) -> None:
    """Decide the bids of an exported docket once more under a supposition, and show what changes.

    It decides the bids that were made. What people would have done at another price or another end, nobody knows.
    Exit 0 whatever changes, 1 when the export does not hold, 2 when the supposition is malformed.

    \b
    Example:
      auction replay docket.json --without 4821 --outage 2026-03-02T09:55:00+08:00 2026-03-02T09:57:00+08:00
    """
    from auction.procedure.publicity.rules import DocketWrongError
    from auction.procedure.publicity.supposing import Supposition, UnknownCodeError, suppose

    supposition = Supposition(
        without=frozenset(without),
        outages=tuple(_outage(begin, end) for begin, end in outage),
        extension=timedelta(minutes=extension) if extension is not None else None,
    )
    document = read_export(export)
    try:
        found = suppose(document, supposition)
    except UnknownCodeError as unknown:
        raise click.UsageError(f"--without: the docket has no bidding code {unknown}") from unknown
    except DocketWrongError as fault:
        click.echo(f"WRONG: {export}: {fault}", err=True)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps(_json(found), ensure_ascii=False))
    else:
        _say(found)


def _outage(begin: str, end: str) -> tuple[datetime, datetime]:
    try:
        first, last = datetime.fromisoformat(begin), datetime.fromisoformat(end)
    except ValueError as fault:
        raise click.UsageError(f"--outage: {fault}") from fault
    if first.tzinfo is None or last.tzinfo is None or first >= last:
        raise click.UsageError("--outage: two instants with their offset, the earlier first")
    return first, last


def _say(found: "Supposed") -> None:
    click.echo(f"lot {found.lot}")
    click.echo(f"  recorded  {_line(found.recorded)}")
    click.echo(f"  supposed  {_line(found.supposed)}")
    for fate in found.fates:
        told = f"{_fate(fate.recorded)} → {_fate(fate.supposed)}"
        click.echo(f"  entry {fate.seq}: {fate.code} {_yuan(fate.amount_minor)}  {told}")
    click.echo("The outcome changes." if found.changed else "The outcome stays.")


def _line(result: "Result") -> str:
    if result.price_minor is None:
        return f"{result.outcome}, end {result.ends_at.isoformat()}"
    return (
        f"{result.outcome} to {result.code} at {_yuan(result.price_minor)}, "
        f"balance {_yuan(result.balance_minor or 0)}, "
        f"{result.bids} bids, {result.extensions} extensions, end {result.ends_at.isoformat()}"
    )


def _fate(code: str | None) -> str:
    return "accepted" if code is None else code


def _yuan(minor: int) -> str:
    from auction.foundation.kernel.money import grouped

    return f"¥{grouped(minor)}"


def _json(found: "Supposed") -> dict[str, Any]:
    from dataclasses import asdict

    plain = asdict(found)
    for name in ("recorded", "supposed"):
        plain[name]["ends_at"] = plain[name]["ends_at"].isoformat()
        plain[name]["rises"] = [{**rise, "at": rise["at"].isoformat()} for rise in plain[name]["rises"]]
    return {**plain, "changed": found.changed}
