"""From article to code: which function or refusal carries a rule, and by which entries of a docket that is seen.

Words: to *carry out* a rule is to decide by it, refuse by it, or keep it by how something is built. A carrier says so
where it stands, so that the rule can name it: ``@carries_out("auction.start_price_min_pct")``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

_CARRIERS: dict[str, dict[str, Carrier]] = {}


@dataclass(frozen=True, slots=True)
class Carrier:
    """A function or refusal that carries a rule; ``seen_in`` are the kinds of docket entries that show it at work."""

    path: str
    promise: str
    seen_in: tuple[str, ...] = ()

    def as_json(self) -> Mapping[str, str]:
        """Return where it stands and what it promises."""
        return {"path": self.path, "promise": self.promise}


def carries_out(*keys: str, seen_in: tuple[str, ...] = ()) -> Callable[[T], T]:
    """Declare that a function or refusal carries rules of the rulebook; it is returned as it is.

    :param keys: the keys of the rules
    :param seen_in: the kinds of docket entries by which the rule is seen at work
    """

    def declare(carrier: T) -> T:
        found = _carrier(carrier, seen_in=seen_in)
        for key in keys:
            _CARRIERS.setdefault(key, {})[found.path] = found
        return carrier

    return declare


def carriers(key: str) -> tuple[Carrier, ...]:
    """Return who carries a rule, in the order of their names; of the modules imported so far."""
    return tuple(found for _, found in sorted(_CARRIERS.get(key, {}).items()))


def carried_keys() -> frozenset[str]:
    """Return every key somebody says to carry."""
    return frozenset(_CARRIERS)


def kinds_seen(key: str) -> frozenset[str]:
    """Return the kinds of docket entries that show a rule at work."""
    return frozenset(kind for found in carriers(key) for kind in found.seen_in)


def _carrier(carrier: object, *, seen_in: tuple[str, ...]) -> Carrier:
    module, name = getattr(carrier, "__module__", ""), getattr(carrier, "__qualname__", "")
    first = (inspect.getdoc(carrier) or "").split("\n\n", 1)[0]
    return Carrier(path=f"{module}.{name}", promise=" ".join(first.split()), seen_in=seen_in)
