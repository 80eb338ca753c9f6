"""Whether a result contains what a step expects."""

from __future__ import annotations

from collections.abc import Mapping

from auction.edges.stories.instants import instant


def differences(expected: object, result: object, *, where: str = "") -> list[str]:
    """Return what the result lacks, one sentence each; nothing when it contains all that is expected.

    An object matches when each named field matches; a list when its items match items of the result in the same
    order, others may stand between; times are compared as instants.
    """
    match expected, result:
        case Mapping(), Mapping():
            return [fault for name, item in expected.items() for fault in _field(name, item, result, where=where)]
        case list(), list():
            return _items(expected, result, where=where)
        case _:
            if _same(expected, result):
                return []
            return [f"{where or 'the result'}: expected {_shown(expected)}, got {_shown(result)}"]


def _field(name: object, expected: object, result: Mapping[object, object], *, where: str) -> list[str]:
    path = f"{where}.{name}" if where else str(name)
    if name not in result:
        return [f"{path}: expected {_shown(expected)}, but the result has no such field"]
    return differences(expected, result[name], where=path)


def _items(expected: list[object], result: list[object], *, where: str) -> list[str]:
    # The earliest match leaves the most for what follows, so no other choice could succeed where this fails.
    rest = iter(result)
    for n, wanted in enumerate(expected):
        if not any(not differences(wanted, item) for item in rest):
            return [f"{where}[{n}]: nothing in the result matches {_shown(wanted)}; got {_shown(result)}"]
    return []


def _same(expected: object, result: object) -> bool:
    if isinstance(expected, bool) or isinstance(result, bool):
        return expected is result
    moment, other = instant(expected), instant(result)
    if moment is not None and other is not None:
        return moment == other
    return type(expected) is type(result) and expected == result


def _shown(value: object) -> str:
    text = repr(value)
    longest = 300
    return text if len(text) <= longest else f"{text[:longest]}…"
