"""The whole run: one part after another, so that none disturbs the other; what makes the database large comes last."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from auction.edges.bench import bidding, catalogue, closings, growth, watching
from auction.edges.bench.machine import machine, versions
from auction.edges.bench.measures import Measure
from auction.edges.bench.place import Place, a_place
from auction.edges.bench.size import Size

Part = Callable[[Place, Size], Iterator[Measure]]
PARTS: dict[str, Part] = {
    "bids": bidding.measure,
    "watchers": watching.measure,
    "closings": closings.measure,
    "growth": growth.measure,
    "catalogue": catalogue.measure,
}
_BIDDERS = 64


def run(size: Size, *, parts: list[str], tell: Callable[[str], None]) -> dict[str, Any]:
    """Measure and return the contract's object; ``tell`` hears each figure as it comes."""
    began = time.monotonic()
    measures: list[Measure] = []
    on = machine()
    with a_place() as place:
        made_of = versions(place.platform.database)
        place.seed(lots=size.lots, bidders=_BIDDERS)
        for name in parts:
            tell(f"{name} …")
            for measure in PARTS[name](place, size):
                measures.append(measure)
                tell(told(measure))
    return {
        "machine": on,
        "versions": made_of,
        "seconds": round(time.monotonic() - began, 1),
        "measures": [measure.as_json() for measure in measures],
    }


def told(measure: Measure) -> str:
    """Return a measure in one line."""
    ratio = f", {measure.ratio:g} × {measure.yardstick_name} ({measure.yardstick:g})" if measure.ratio else ""
    word = "met" if measure.met else "NOT MET"
    return f"  {measure.name}: {measure.value:g} {measure.unit}{ratio}; {measure.kind} {measure.target:g}: {word}"
