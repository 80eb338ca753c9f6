"""Who vouches for an export: its checkpoints' signatures, the keys behind them, and their place in the log; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auction.foundation.docket import merkle
from auction.foundation.docket.rules import Entry
from auction.foundation.docket.signing import KeyMalformedError, PublicKey, endorsed
from auction.foundation.kernel.canonical import canonical

_PLAIN = frozenset({"lot", "rulebook", "terms", "entries", "checkpoints", "public_key"})
_LOGGED = _PLAIN | {"keys", "log"}
_POINT = frozenset({"lot", "seq", "hash", "at", "key", "signature"})
_KEY = frozenset({"id", "public_key", "since", "endorsed_by", "endorsement"})
_HEAD = frozenset({"size", "root", "at", "key", "signature"})
_PROOF = frozenset({"leaf", "seq", "path"})


class UnvouchedError(ValueError):
    """A signature, a key or a proof does not hold; ``seq`` is the entry it belongs to, 0 for the file as a whole."""

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(why)
        self.seq = seq
        self.why = why


@dataclass(frozen=True, slots=True)
class Vouched:
    """How many checkpoints are signed and how many of them lie in the log; whether the given key vouches for it all."""

    signed: int
    logged: int
    by_given_key: bool


def vouch(document: Mapping[str, Any], entries: Sequence[Entry], *, key: str | None) -> Vouched:
    """Check what signatures an export carries, against a public key the reader holds, or only against its own.

    :raises UnvouchedError: for the first thing that does not hold; when it is unsigned though a key was given
    """
    if set(document) not in (_PLAIN, _LOGGED):
        raise UnvouchedError(0, "the file holds other parts than an export has")
    points = _points(document, entries)
    if document["public_key"] is None:
        _refuse_half_signed(points, given=key)
        return Vouched(signed=0, logged=0, by_given_key=False)
    try:
        known, trusted = _keys(document, given=key)
    except KeyMalformedError as fault:
        raise UnvouchedError(0, f"a public key cannot be read: {fault}") from fault
    for point in points:
        _check_signature(point, known, seq=int(point["seq"]))
    if points[-1]["key"] != PublicKey(document["public_key"]).id:
        raise UnvouchedError(int(points[-1]["seq"]), "the last checkpoint is not signed by the file's public key")
    if key is not None and points[-1]["key"] not in trusted:
        raise UnvouchedError(0, "the key given does not vouch for the key this file is signed with")
    logged = _check_log(document["log"], points, known) if "log" in document else 0
    return Vouched(signed=len(points), logged=logged, by_given_key=key is not None)


def _points(document: Mapping[str, Any], entries: Sequence[Entry]) -> list[Mapping[str, Any]]:
    points = document["checkpoints"]
    last = entries[-1]
    if not isinstance(points, list) or not points:
        raise UnvouchedError(last.seq, "the last entry has no checkpoint")
    before = 0
    for point in points:
        if not isinstance(point, dict) or set(point) != _POINT or type(point["seq"]) is not int:
            raise UnvouchedError(0, "a checkpoint cannot be read")
        if not before < point["seq"] <= last.seq or point["lot"] != document["lot"]:
            raise UnvouchedError(0, "the checkpoints are not of this lot, in order")
        if point["hash"] != entries[point["seq"] - 1].hash:
            raise UnvouchedError(point["seq"], "the checkpoint binds another hash")
        before = point["seq"]
    if before != last.seq:
        raise UnvouchedError(last.seq, "the last checkpoint is not of the last entry")
    return points


def _refuse_half_signed(points: Sequence[Mapping[str, Any]], *, given: str | None) -> None:
    if any(point["signature"] is not None or point["key"] is not None for point in points):
        raise UnvouchedError(0, "signed checkpoints without a public key")
    if given is not None:
        raise UnvouchedError(0, "the file is not signed, so the key given vouches for nothing")


def _keys(document: Mapping[str, Any], *, given: str | None) -> tuple[dict[str, PublicKey], set[str]]:
    """Return the keys the file knows by id, and the ids that the given one vouches for, itself among them."""
    own = PublicKey(document["public_key"])
    known = {own.id: own}
    trusted = {PublicKey(given).id} if given is not None else set()
    listed = document.get("keys", [])
    if not isinstance(listed, list) or not all(_is_key(one) for one in listed):
        raise UnvouchedError(0, "the list of keys cannot be read")
    known |= {one["id"]: PublicKey(one["public_key"]) for one in listed}
    for one in listed:
        told = endorsed(key=one["id"], public_key=one["public_key"], since=one["since"])
        endorser = known.get(one["endorsed_by"])
        if known[one["id"]].id != one["id"] or endorser is None or not endorser.signed(told, one["endorsement"]):
            raise UnvouchedError(0, f"the key {one['id']} is endorsed by nobody")
        if one["endorsed_by"] in trusted:
            trusted.add(one["id"])
    return known, trusted


def _is_key(one: object) -> bool:
    return isinstance(one, dict) and set(one) == _KEY and all(isinstance(value, str) for value in one.values())


def _check_signature(told: Mapping[str, Any], known: Mapping[str, PublicKey], *, seq: int) -> None:
    key = known.get(told["key"]) if isinstance(told["key"], str) else None
    content = {name: value for name, value in told.items() if name != "signature"}
    if key is None or not key.signed(content, told["signature"]):
        raise UnvouchedError(seq, "the signature does not fit")


def _check_log(log: object, points: Sequence[Mapping[str, Any]], known: Mapping[str, PublicKey]) -> int:
    if not isinstance(log, dict) or set(log) != {"head", "proofs"}:
        raise UnvouchedError(0, "the part of the log cannot be read")
    head, proofs = log["head"], log["proofs"]
    if not isinstance(head, dict) or set(head) != _HEAD or not isinstance(proofs, list):
        raise UnvouchedError(0, "the part of the log cannot be read")
    _check_signature(head, known, seq=0)
    by_seq = {point["seq"]: point for point in points}
    for proof in proofs:
        if not _is_proof(proof):
            raise UnvouchedError(0, "a proof cannot be read")
        # Each checkpoint is proved once: what is left over at the end had no proof of its own.
        point = by_seq.pop(proof["seq"], None)
        if point is None or not _included(proof, point, head):
            raise UnvouchedError(0, f"the proof of checkpoint {proof['seq']} does not lead to the log's root")
    return len(proofs)


def _is_proof(one: object) -> bool:
    return isinstance(one, dict) and set(one) == _PROOF and type(one["seq"]) is int and isinstance(one["path"], list)


def _included(proof: Mapping[str, Any], point: Mapping[str, Any], head: Mapping[str, Any]) -> bool:
    index, size, path = proof["leaf"], head["size"], proof["path"]
    if type(index) is not int or type(size) is not int or not all(isinstance(one, str) for one in path):
        return False
    leaf = merkle.leaf_hash(canonical(dict(point)))
    return merkle.included(leaf=leaf, index=index, size=size, proof=path, root=str(head["root"]))
