"""Opaque ids a person can read over the telephone."""

from __future__ import annotations

import re
import secrets

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_PREFIX = {
    "lot": "L",
    "case": "C",
    "claim": "K",
    "property": "P",
    "person": "N",
    "account": "U",
    "court": "T",
    "registration": "R",
    "deposit": "D",
    "order": "G",
    "entry": "E",
    "partner": "O",
    "endpoint": "W",
    "delivery": "Y",
    "key": "A",
    "valuation": "V",
    "measure": "M",
    "plan": "J",
    "notice": "B",
    "payment": "H",
    "line": "X",
    "file": "Z",
    "stay": "S",
    "hold": "Q",
    "objection": "F",
    "paper": "X",
    "difference": "Z",
    "run": "ZR",
    "process": "W",
}
_LOT_NAME = re.compile(r"[\w.:-]{1,80}")


def new_id(kind: str) -> str:
    """Return a fresh random id of a kind, e.g. ``L7K3M9QX2AB`` for a lot."""
    return _PREFIX[kind] + "".join(secrets.choice(_ALPHABET) for _ in range(12))


def may_name_lot(name: object) -> bool:
    """Say whether what came from outside may be a lot's name at all, before anything is looked up by it."""
    return isinstance(name, str) and _LOT_NAME.fullmatch(name) is not None


def bidding_code() -> str:
    """Return a random, non-sequential bidding code of four letters and digits (article 18)."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(5))
