"""Reading what a client sent with an event."""

from __future__ import annotations

from typing import Any

from auction.foundation.kernel.refusal import InputMalformed

_SEQ_MAX = 2**31 - 1

Json = dict[str, Any]


def payload_of(args: tuple[object, ...]) -> Json:
    """Return the one JSON object an event came with, or an empty one.

    :raises InputMalformed: for anything else
    """
    if len(args) > 1 or not all(isinstance(arg, dict) for arg in args):
        raise InputMalformed(errors={"payload": "one JSON object"})
    return dict(args[0]) if args and isinstance(args[0], dict) else {}


def given(data: Json, field: str) -> Any:  # noqa: ANN401 - whoever asked for it checks what it is
    """Return a field that must be there.

    :raises InputMalformed: when it is missing
    """
    if field not in data:
        raise InputMalformed(errors={field: "missing"})
    return data[field]


def text_of(data: Json, field: str) -> str:
    """Return a field that must be a printable text.

    :raises InputMalformed: when it is none
    """
    value = given(data, field)
    if not isinstance(value, str) or not value or not value.isprintable():
        raise InputMalformed(errors={field: "text"})
    return value


def after_of(data: Json) -> int | None:
    """Return the docket number a watcher has, or None.

    :raises InputMalformed: for what is no such number
    """
    after = data.get("after")
    if after is None:
        return None
    if type(after) is not int or not 0 <= after <= _SEQ_MAX:
        raise InputMalformed(errors={"after": "a docket number"})
    return after
