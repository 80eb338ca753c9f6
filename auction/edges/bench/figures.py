"""Figures of many waits."""

from __future__ import annotations


def percentiles(seconds: list[float]) -> dict[str, float]:
    """Return the middle, the 99th part of a hundred and the longest, in milliseconds."""
    ordered = sorted(seconds) or [0.0]
    at = {part: ordered[min(len(ordered) - 1, len(ordered) * part // 100)] for part in (50, 99)}
    return {"p50_ms": ms(at[50]), "p99_ms": ms(at[99]), "max_ms": ms(ordered[-1])}


def ms(seconds: float) -> float:
    """Return milliseconds to the hundredth."""
    return round(seconds * 1000, 2)
