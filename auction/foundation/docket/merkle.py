"""The log's tree, as pure arithmetic: RFC 9162 hashing, inclusion and consistency proofs, and how each is checked.

A tree of n leaves is split at the largest power of two below n. Hashes are SHA-256, lower-case hex; a leaf is hashed
behind a zero byte and a node behind a one, so that neither passes for the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

#: The root of a log nobody has written to.
EMPTY = hashlib.sha256(b"").hexdigest()

#: Returns the hash of the full subtree ``(level, index)``: of the leaves from ``index * 2**level`` on, ``2**level``.
Node = Callable[[int, int], str]


def leaf_hash(content: bytes) -> str:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + content).hexdigest()


def node_hash(left: str, right: str) -> str:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right)).hexdigest()


def completed(leaf: str, *, index: int, node: Node) -> list[tuple[int, int, str]]:
    """Return the full subtrees that a new leaf completes: itself and each above it, as level, index, hash."""
    found = [(0, index, leaf)]
    level, place, value = 0, index, leaf
    while place % 2 == 1:
        value = node_hash(node(level, place - 1), value)
        level, place = level + 1, place // 2
        found.append((level, place, value))
    return found


def root(size: int, *, node: Node) -> str:
    """Return the root of a log of that many leaves."""
    return _range(0, size, node) if size else EMPTY


def inclusion(index: int, size: int, *, node: Node) -> list[str]:
    """Return the proof that leaf ``index`` is in the log of ``size`` leaves (RFC 9162, 2.1.3.1).

    :raises ValueError: unless the leaf is in the log
    """
    if not 0 <= index < size:
        msg = f"no leaf {index} in a log of {size}"
        raise ValueError(msg)
    return _path(index, 0, size, node)


def consistency(first: int, second: int, *, node: Node) -> list[str]:
    """Return the proof that the log of ``second`` leaves begins with that of ``first`` (RFC 9162, 2.1.4.1).

    :raises ValueError: unless ``0 < first <= second``
    """
    if not 0 < first <= second:
        msg = f"no proof from {first} to {second} leaves"
        raise ValueError(msg)
    return _subproof(first, 0, second, node, whole=True)


def included(*, leaf: str, index: int, size: int, proof: Sequence[str], root: str) -> bool:
    """Say whether a proof shows that a leaf is in the log with that root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or not _hashes([leaf, root, *proof]):
        return False
    place, last, value = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place % 2 or place == last:
            value = node_hash(step, value)
            while place % 2 == 0 and place:
                place, last = place // 2, last // 2
        else:
            value = node_hash(value, step)
        place, last = place // 2, last // 2
    return last == 0 and value == root


def consistent(*, first: int, second: int, proof: Sequence[str], first_root: str, second_root: str) -> bool:
    """Say whether a proof shows that one log is the beginning of the other (RFC 9162, 2.1.4.2)."""
    if not 0 < first <= second or not _hashes([first_root, second_root, *proof]):
        return False
    if first == second:
        return not proof and first_root == second_root
    steps = list(proof) if first & (first - 1) else [first_root, *proof]
    return bool(steps) and _climbed(first - 1, second - 1, steps) == (first_root, second_root)


def _climbed(place: int, last: int, steps: Sequence[str]) -> tuple[str, str] | None:
    """Return the roots of the beginning and of the whole that a consistency proof leads to."""
    while place % 2:
        place, last = place // 2, last // 2
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if place % 2 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while place % 2 == 0 and place:
                place, last = place // 2, last // 2
        else:
            new = node_hash(new, step)
        place, last = place // 2, last // 2
    return (old, new) if last == 0 else None


def _split(count: int) -> int:
    """Return the largest power of two below a count of at least two."""
    return 1 << (count - 1).bit_length() - 1


def _range(start: int, count: int, node: Node) -> str:
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, start >> level)
    left = _split(count)
    return node_hash(_range(start, left, node), _range(start + left, count - left, node))


def _path(index: int, start: int, count: int, node: Node) -> list[str]:
    if count == 1:
        return []
    left = _split(count)
    if index < left:
        return [*_path(index, start, left, node), _range(start + left, count - left, node)]
    return [*_path(index - left, start + left, count - left, node), _range(start, left, node)]


def _subproof(first: int, start: int, count: int, node: Node, *, whole: bool) -> list[str]:
    if first == count:
        return [] if whole else [_range(start, count, node)]
    left = _split(count)
    if first <= left:
        below = _subproof(first, start, left, node, whole=whole)
        return [*below, _range(start + left, count - left, node)]
    below = _subproof(first - left, start + left, count - left, node, whole=False)
    return [*below, _range(start, left, node)]


def _hashes(values: Sequence[str]) -> bool:
    width = len(EMPTY)
    return all(len(value) == width and not set(value) - set("0123456789abcdef") for value in values)
