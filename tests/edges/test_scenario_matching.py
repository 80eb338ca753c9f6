"""When a result contains what was expected."""

from __future__ import annotations

import pytest

from auction.edges.scenario.matching import differences


@pytest.mark.parametrize(
    ("expected", "result"),
    [
        ({}, {"a": 1}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": None}, {"a": None}),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}),
        ([], [1, 2]),
        ([1, 3], [1, 2, 3]),
        ([{"to": "K1"}, {"to": "K1"}], [{"to": "K1", "n": 1}, {"to": "K2"}, {"to": "K1", "n": 2}]),
        ("2025-03-01T09:00:00+08:00", "2025-03-01T01:00:00.000000Z"),
        ("text", "text"),
        (True, True),
        (1.5, 1.5),
    ],
)
def test_what_is_contained_matches(expected: object, result: object) -> None:
    assert differences(expected, result) == []


@pytest.mark.parametrize(
    ("expected", "result", "where"),
    [
        ({"a": 1}, {"a": 2}, "a: expected 1, got 2"),
        ({"a": None}, {}, "a: expected None, but the result has no such field"),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, "a.b: expected 1, got 2"),
        ({"a": 1}, [1], "the result"),
        ({"a": 1}, None, "the result"),
        ([1], {"a": 1}, "the result"),
        ([3, 1], [1, 2, 3], "[1]"),
        ([1, 1], [1], "[1]"),
        (True, 1, "the result"),
        (1, True, "the result"),
        (0, False, "the result"),
        (1, "1", "the result"),
        (float("nan"), float("nan"), "the result"),
        ("2025-03-01T09:00:00+08:00", "2025-03-01T09:00:00.000001+08:00", "the result"),
        ("2025-03-01T09:00:00+08:00", "2025-03-01T09:00:00Z", "the result"),
    ],
)
def test_what_is_missing_or_different_is_told(expected: object, result: object, where: str) -> None:
    (fault,) = differences(expected, result)
    assert fault.startswith(where)


def test_every_difference_is_told() -> None:
    assert len(differences({"a": 1, "b": 2, "c": 3}, {"a": 0, "b": 2})) == 2
