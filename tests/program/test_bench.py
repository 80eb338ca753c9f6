"""`auction bench`: a figure is judged by its ratio, and the quick run has every measure within a minute."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest
from click.testing import CliRunner

from auction.edges.bench.measures import Measure
from auction.edges.bench.wire import Line
from auction.edges.cli.bench import bench
from tests.program.running import AUCTION

PATIENCE_SECONDS = 300


def measure(**given: Any) -> Measure:  # noqa: ANN401 - any of its fields
    return Measure(
        **{"name": "bids", "value": 50.0, "unit": "bids/s", "target": 0.5, "kind": "ratio at least", **given}
    )


@pytest.mark.parametrize(
    ("given", "ratio", "met"),
    [
        ({"yardstick": 100.0}, 0.5, True),
        ({"yardstick": 100.3}, 0.499, False),
        ({"yardstick": None}, None, False),
        ({"yardstick": 0.0}, None, False),
        ({"kind": "ratio at most", "target": 1.2, "yardstick": 40.0}, 1.25, False),
        ({"kind": "ratio at most", "target": 1.2, "yardstick": 45.0}, 1.111, True),
        ({"kind": "at most", "target": 50.0}, None, True),
        ({"kind": "at most", "target": 49.9, "yardstick": 1.0}, 50.0, False),
    ],
)
def test_a_figure_meets_its_target_or_not(given: dict[str, Any], ratio: float | None, met: object) -> None:
    told = measure(**given).as_json()
    assert (told["ratio"], told["met"]) == (ratio, met)
    assert {"name", "value", "unit", "yardstick", "ratio", "target", "met"} <= told.keys()


def test_a_part_nobody_knows_is_refused_with_the_ones_there_are() -> None:
    done = CliRunner().invoke(bench, ["--only", "nothing"])
    assert done.exit_code == 2
    assert "bids, watchers, closings, growth, catalogue" in done.output


def test_the_players_take_frames_apart_however_they_arrive() -> None:
    line = object.__new__(Line)
    whole = b"\x81\x02hi" + b"\x81\x7e\x00\xc8" + b"x" * 200 + b"\x81\x01!"
    for cut in range(len(whole)):
        line._held = whole[:cut]
        found = line._whole()
        line._held += whole[cut:]
        assert found + line._whole() == [b"hi", b"x" * 200, b"!"]


@pytest.mark.slow
def test_the_quick_run_has_every_measure() -> None:
    done = subprocess.run(
        [*AUCTION, "bench", "--quick"], capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told.keys() >= {"machine", "versions", "measures"}
    assert len(told["measures"]) >= 7
    assert all(one["value"] > 0 for one in told["measures"])
