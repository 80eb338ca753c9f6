"""Reading values: from the plain form in which they are written to the type a rule uses.

Both directions matter: the same plain form stands in the file, in the API and in an
exported docket, so an exported lot can be replayed from its own numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TypeVar, get_type_hints

from auction.rulebook.model import ByKind, FeeBracket, Json, Value
from auction.rulebook.numbers import Numbers

_Group = TypeVar("_Group")


class RulebookMalformedError(ValueError):
    """The rulebook cannot be relied on; the message names the place. The program must not start."""


def read_value(unit: str, plain: object) -> Value:
    """Read a value written in the given unit.

    :raises RulebookMalformedError: for an unknown unit or a value that does not fit it
    """
    reader = _READERS.get(unit)
    if reader is None:
        msg = f"unknown unit {unit!r}; known: {', '.join(sorted(_READERS))}"
        raise RulebookMalformedError(msg)
    return reader(plain)


def fields_of_numbers() -> Mapping[str, type]:
    """Return every key ``group.field`` a rulebook must give, with the type it must have."""
    return dict(_EXPECTED)


def check_unit(key: str, unit: str, value: Value) -> None:
    """Check that a value has the type of its attribute, and the unit its name ends with.

    A group that is no part of the numbers is a special regime: in force only from its own day, asked for by key.

    :raises RulebookMalformedError: when the attribute does not exist or means something else
    """
    expected = _EXPECTED.get(key)
    if expected is None and key.partition(".")[0] in _GROUPS:
        msg = "no such attribute in auction/rulebook/numbers.py"
        raise RulebookMalformedError(msg)
    if expected is not None and type(value) is not expected:
        msg = f"must be {expected.__name__}, unit {unit!r} gives {type(value).__name__}"
        raise RulebookMalformedError(msg)
    suffix = _SUFFIXES.get(unit)
    if suffix is not None and not key.endswith(suffix):
        msg = f"a value in {unit} needs a key ending in {suffix}"
        raise RulebookMalformedError(msg)


def numbers_from(values: Mapping[str, Value]) -> Numbers:
    """Put values with keys ``group.field`` in their typed places.

    :raises RulebookMalformedError: when one is missing
    """
    missing = sorted(_EXPECTED.keys() - values.keys())
    if missing:
        msg = f"missing: {', '.join(missing)}"
        raise RulebookMalformedError(msg)
    groups: dict[str, object] = {name: _group(group, name, values) for name, group in _GROUPS.items()}
    return _construct(Numbers, groups)


def numbers_from_json(plain: object, *, rest: Numbers | None = None) -> Numbers:
    """Read the numbers out of an exported docket: ``{key: {"unit", "value", …}}``.

    :param rest: where a key comes from that nobody had written down yet when the docket was exported
    :raises RulebookMalformedError: naming the key that is missing or does not fit
    """
    if not isinstance(plain, Mapping):
        msg = "numbers: must be an object"
        raise RulebookMalformedError(msg)
    values: dict[str, Value] = {}
    for key in _EXPECTED:
        if rest is not None and key not in plain:
            group, _, name = key.partition(".")
            values[key] = getattr(getattr(rest, group), name)
            continue
        match plain.get(key):
            case {"unit": str() as unit, "value": written}:
                try:
                    values[key] = read_value(unit, written)
                    check_unit(key, unit, values[key])
                except RulebookMalformedError as fault:
                    msg = f"{key}: {fault}"
                    raise RulebookMalformedError(msg) from fault
            case _:
                msg = f"{key}: needs `unit` and `value`"
                raise RulebookMalformedError(msg)
    return numbers_from(values)


def plain_of(value: object) -> Json:
    """Return a written value as JSON has it.

    :raises RulebookMalformedError: for what no value is written with, such as a fraction
    """
    match value:
        case bool() | int() | str():
            return value
        case dict():
            return {str(key): plain_of(item) for key, item in value.items()}
        case list() | tuple():
            return [plain_of(item) for item in value]
        case _:
            msg = f"no value is written as {type(value).__name__}"
            raise RulebookMalformedError(msg)


def _whole(plain: object) -> int:
    if type(plain) is not int or plain < 0:
        msg = f"must be a whole number, not negative: {plain!r}"
        raise RulebookMalformedError(msg)
    return plain


def _by_kind(plain: object) -> ByKind:
    kinds = ("movable", "immovable", "other_right")
    if not isinstance(plain, dict) or set(plain) != set(kinds):
        msg = f"must give a number for each of {', '.join(kinds)}"
        raise RulebookMalformedError(msg)
    return ByKind(*(_whole(plain[kind]) for kind in kinds))


def _brackets(plain: object) -> tuple[FeeBracket, ...]:
    if not isinstance(plain, list) or not plain:
        msg = "must be a list of brackets"
        raise RulebookMalformedError(msg)
    found = tuple(_bracket(one) for one in plain)
    limits = [one.up_to_minor for one in found]
    bounded = [limit for limit in limits[:-1] if limit is not None]
    if limits[-1] is not None or len(bounded) != len(limits) - 1 or bounded != sorted(set(bounded)):
        msg = "brackets rise, and only the last has no upper end"
        raise RulebookMalformedError(msg)
    return found


def _bracket(plain: object) -> FeeBracket:
    if not isinstance(plain, dict) or not {"per_mille"} <= set(plain) <= {"per_mille", "up_to_minor"}:
        msg = "a bracket has `per_mille` and, but for the last, `up_to_minor`"
        raise RulebookMalformedError(msg)
    limit = plain.get("up_to_minor")
    return FeeBracket(None if limit is None else _whole(limit), _whole(plain["per_mille"]))


_READERS: Mapping[str, Callable[[object], Value]] = {
    "count": _whole,
    "pct": _whole,
    "days": _whole,
    "working_days": _whole,
    "months": _whole,
    "years": _whole,
    "minor": _whole,
    "per_million_a_day": _whole,
    "hours": lambda plain: timedelta(hours=_whole(plain)),
    "minutes": lambda plain: timedelta(minutes=_whole(plain)),
    "seconds": lambda plain: timedelta(seconds=_whole(plain)),
    "days_by_kind": _by_kind,
    "years_by_kind": _by_kind,
    "fee_brackets": _brackets,
}

_SUFFIXES: Mapping[str, str] = {
    "pct": "_pct",
    "days": "_days",
    "working_days": "_working_days",
    "months": "_months",
    "years": "_years",
    "minor": "_minor",
    "per_million_a_day": "_per_million_a_day",
    "days_by_kind": "_days",
    "years_by_kind": "_years",
    "fee_brackets": "_brackets",
}

_GROUPS: Mapping[str, type] = get_type_hints(Numbers)
_HINTS = {name: get_type_hints(group) for name, group in _GROUPS.items()}
_EXPECTED: Mapping[str, type] = {
    f"{name}.{field}": getattr(hint, "__origin__", hint)
    for name, hints in _HINTS.items()
    for field, hint in hints.items()
}


def _group(group: type[_Group], name: str, values: Mapping[str, Value]) -> _Group:
    return _construct(group, {one: values[f"{name}.{one}"] for one in _HINTS[name]})


def _construct(group: type[_Group], values: Mapping[str, object]) -> _Group:
    """Make a dataclass from fields whose types were checked against its annotations before."""
    return group(**values)
