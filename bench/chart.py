"""Draw the ratios of one result of ``auction bench`` as a picture for the docs.

.venv/bin/python bench/chart.py bench/results/DATE.json docs/pictures/bench.svg
"""

from __future__ import annotations

import json
import sys
from html import escape
from pathlib import Path
from typing import Any

_WIDTH, _LEFT, _ROW, _TOP = 860, 380, 44, 56
_BAR = 16
_MOST = 2.5
_MET, _MISSED, _TEXT, _LINE = "#1f6f54", "#b3402a", "#1d2733", "#c9d0d8"


def reached(measure: dict[str, Any]) -> float:
    """Return how far a figure is on the way to its target: 1 is the target itself, more is better."""
    kind, _, number = str(measure["target"]).rpartition(" ")
    target = float(number)
    if kind == "at most":
        return target / float(measure["value"])
    ratio = float(measure["ratio"])
    return ratio / target if kind == "ratio at least" else target / ratio


def drawn(result: dict[str, Any]) -> str:
    """Return the picture: a bar a measure, as long as the target is reached, the line at 1."""
    measures = result["measures"]
    height = _TOP + _ROW * len(measures) + 30
    scale = (_WIDTH - _LEFT - 70) / _MOST
    one = _LEFT + scale
    size = f'viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" font-size="13"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img"><title>Measures against their targets</title>',
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="{one}" y="28" text-anchor="middle" fill="{_TEXT}">target</text>',
        f'<line x1="{one}" x2="{one}" y1="36" y2="{height - 20}" stroke="{_LINE}" stroke-width="2"/>',
    ]
    for row, measure in enumerate(measures):
        y, share = _TOP + row * _ROW, reached(measure)
        colour = _MET if measure["met"] else _MISSED
        ratio = "" if measure["ratio"] is None else f"; {measure['ratio']:g} × its yardstick"
        end = _LEFT + scale * min(share, _MOST)
        under = f'x="{_LEFT - 12}" text-anchor="end"'
        figure = f"{measure['value']:g} {escape(measure['unit'])}{ratio}"
        parts += [
            f'<text {under} y="{y + 8}" fill="{_TEXT}">{escape(measure["name"])}</text>',
            f'<text {under} y="{y + 24}" fill="#5b6672" font-size="11">{figure}</text>',
            f'<rect x="{_LEFT}" y="{y}" width="{end - _LEFT:.1f}" height="{_BAR}" fill="{colour}" rx="2"/>',
            f'<text x="{end + 6:.1f}" y="{y + 12}" fill="{_TEXT}" font-size="12">{share:.2f}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


def main() -> None:
    """Read a result and write its picture."""
    result, picture = Path(sys.argv[1]), Path(sys.argv[2])
    picture.write_text(drawn(json.loads(result.read_text(encoding="utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main()
