"""`auction reconcile`: compares the ledger with every gateway and the bank, and names each difference."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auction.edges.cli.opening import data_option, demo_option, open_platform

if TYPE_CHECKING:
    from auction.edges.inbox.reconciling import Report
    from auction.procedure.treasury.reconciliation_rules import Difference

_HEADS = ("kind", "gateway", "order", "payment", "case", "inside", "outside", "since")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
@click.option("--keep", is_flag=True, help="Keep what is found as the daily run does; payouts of its cases then wait.")
@data_option
@demo_option
def reconcile(*, as_json: bool, keep: bool, data: Path, demo: bool) -> None:
    """Compare ledger, orders, gateways and bank to the fen; without --keep nothing is written.

    Progress goes to standard error, the result to standard output. Ends with 0 when
    everything agrees, with 1 when something differs or a gateway did not answer,
    naming each, with 2 on bad use.

    \b
    Example:
      auction reconcile --json
    """
    from auction.edges.inbox import reconciling

    with open_platform(data=data, demo=demo) as platform:
        report = reconciling.reconcile(platform, tell=lambda line: click.echo(line, err=True))
        if keep:
            reconciling.keep(platform, report)
    click.echo(json.dumps(_as_json(report), ensure_ascii=False, indent=2) if as_json else _as_table(report))
    sys.exit(0 if report.agrees else 1)


def _as_json(report: "Report") -> dict[str, object]:
    return {
        "at": report.at.isoformat(),
        "agrees": report.agrees,
        "orders": report.orders,
        "movements": report.movements,
        "gateways": list(report.gateways),
        "silent": report.silent,
        "differences": [
            {
                "kind": one.kind.value,
                "gateway": one.gateway,
                "payment": one.payment,
                "order": one.order,
                "case": one.case,
                "currency": one.currency,
                "inside_minor": one.inside_minor,
                "outside_minor": one.outside_minor,
                "since": one.since.isoformat(),
            }
            for one in report.differences
        ],
    }


def _as_table(report: "Report") -> str:
    lines = [
        f"{report.orders} done orders against {report.movements} movements of {', '.join(report.gateways) or 'nobody'}"
    ]
    lines += [f"not compared: {name}: {why}" for name, why in sorted(report.silent.items())]
    if not report.differences:
        return "\n".join([*lines, "everything agrees" if report.agrees else "nothing else differs"])
    rows = [_HEADS, *(_row(one) for one in report.differences)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(_HEADS))]
    lines += ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([*lines, f"{len(report.differences)} differences"])


def _row(one: "Difference") -> tuple[str, ...]:
    from auction.foundation.kernel.money import grouped

    return (
        one.kind.value,
        one.gateway or "ledger",
        one.order or "-",
        one.payment or "-",
        one.case or "-",
        grouped(one.inside_minor),
        grouped(one.outside_minor),
        one.since.isoformat(timespec="seconds"),
    )
