"""How much is measured: the whole, or as much as a minute allows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """The sizes of one run."""

    seconds: float
    warm_up: float
    turns: int
    lots: int
    rooms: int
    room_of: int
    watchers: tuple[int, ...]
    rounds: int
    closings: int
    rows_few: int
    rows_many: int
    catalogue: int


WHOLE = Size(
    seconds=8, warm_up=2, turns=3, lots=9, rooms=8, room_of=1_000, watchers=(1_000, 10_000), rounds=30, closings=5_000,
    rows_few=100_000, rows_many=10_000_000, catalogue=1_000_000,
)  # fmt: skip
QUICK = Size(
    seconds=0.7, warm_up=0.3, turns=1, lots=4, rooms=4, room_of=700, watchers=(100,), rounds=4, closings=50,
    rows_few=1_000, rows_many=20_000, catalogue=0,
)  # fmt: skip
