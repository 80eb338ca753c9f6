"""Reading what a client sent: strict JSON, and fields that are checked one by one and refused together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NoReturn

from auction.edges.problems import BodyTooLarge, NotJson
from auction.foundation.kernel.money import MINOR_MAX
from auction.foundation.kernel.refusal import InputMalformed

#: No request of this API needs more.
BODY_MAX_BYTES = 64 * 1024
_DEPTH_MAX = 16
_TEXT_MAX = 2_000
_QUOTE, _BACKSLASH = ord('"'), ord("\\")

Kind = Literal["text", "whole", "truth", "instant"]


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a call, as it is checked and as the documents tell it."""

    name: str
    kind: Kind
    zh: str
    en: str
    required: bool = False
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = MINOR_MAX
    longest: int = _TEXT_MAX

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of the field."""
        match self.kind:
            case "whole":
                plain: dict[str, Any] = {"type": "integer", "minimum": self.least, "maximum": self.most}
            case "truth":
                plain = {"type": "boolean"}
            case "instant":
                plain = {"type": "string", "format": "date-time"}
            case _:
                plain = {"type": "string", "maxLength": self.longest}
        if self.required and self.kind == "text":
            plain["minLength"] = 1
        return plain | ({"enum": list(self.choices)} if self.choices else {})


def strict_json(raw: bytes, *, content_type: str) -> dict[str, Any]:
    """Return the object a body holds.

    :raises NotJson: when it is not declared as JSON
    :raises BodyTooLarge: beyond 64 kB
    :raises InputMalformed: when it is no JSON object, or one with fractions, repeated names or great depth
    """
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise NotJson
    if len(raw) > BODY_MAX_BYTES:
        raise BodyTooLarge(bytes_max=BODY_MAX_BYTES)
    _check_depth(raw)
    try:
        value = json.loads(
            raw.decode("utf-8"), parse_float=_no_fraction, parse_constant=_no_fraction, object_pairs_hook=_distinct
        )
    except ValueError as fault:
        raise InputMalformed(errors={"body": "not JSON / 不是有效的 JSON"}) from fault
    if not isinstance(value, dict):
        raise InputMalformed(errors={"body": "a JSON object / 应为 JSON 对象"})
    return value


def read_body(fields: Iterable[Field], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a body; absent ones are None.

    :raises InputMalformed: naming every field that is missing, unknown or of the wrong type
    """
    known = {field.name: field for field in fields}
    errors = {name[:80]: "unknown field / 未知字段" for name in given if name not in known}
    values: dict[str, Any] = {}
    for name, field in known.items():
        value = given.get(name)
        values[name] = value
        fault = _fault(field, value)
        if fault is not None:
            errors[name] = fault
        elif field.kind == "instant" and value is not None:
            values[name] = datetime.fromisoformat(value)
    if errors:
        raise InputMalformed(errors=errors)
    return values


def read_query(fields: Iterable[Field], given: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return the parameters of an address; absent ones are None, numbers are numbers.

    :raises InputMalformed: naming every parameter that is unknown, repeated or of the wrong form
    """
    plain: dict[str, Any] = {}
    errors: dict[str, str] = {}
    kinds = {field.name: field.kind for field in fields}
    for name, values in given.items():
        if len(values) > 1:
            errors[name[:80]] = "given more than once / 重复"
        elif values[0] != "":
            plain[name] = _from_text(values[0], kinds.get(name, "text"))
    if errors:
        raise InputMalformed(errors=errors)
    return read_body(fields, plain)


def _from_text(text: str, kind: Kind) -> str | int | bool:
    if kind == "whole" and text.removeprefix("-").isdecimal() and text.isascii() and len(text) <= len(str(MINOR_MAX)):
        return int(text)
    if kind == "truth" and text in {"true", "false"}:
        return text == "true"
    if kind == "instant":
        return text.replace(" ", "+")  # a plus sign that came unescaped
    return text


def _fault(field: Field, value: object) -> str | None:
    if value is None:
        return "missing / 缺少" if field.required else None
    match field.kind:
        case "whole":
            return _fault_of_whole(field, value)
        case "truth":
            return None if isinstance(value, bool) else "true or false / 应为 true 或 false"
        case "instant":
            return None if _is_instant(value) else "RFC 3339 with an offset / 应为带时区的时刻"
        case "text":
            return _fault_of_text(field, value)


def _fault_of_whole(field: Field, value: object) -> str | None:
    if type(value) is not int:
        return "a whole number / 应为整数"
    if not field.least <= value <= field.most:
        return f"between {field.least} and {field.most} / 应在此范围内"
    return None


def _fault_of_text(field: Field, value: object) -> str | None:
    if not isinstance(value, str):
        return "text / 应为文字"
    if field.choices and value not in field.choices:
        return f"one of: {', '.join(field.choices)} / 应为其中之一"
    if len(value) > field.longest or (field.required and not value):
        return f"1 to {field.longest} characters / 1 至 {field.longest} 字"
    if not all(char.isprintable() or char in "\n\t" for char in value):
        return "control characters / 含有不可见字符"
    return None


def _is_instant(value: object) -> bool:
    if not isinstance(value, str) or len(value) > len("2025-03-01T09:00:00.000000+08:00"):
        return False
    try:
        moment = datetime.fromisoformat(value)
        return "T" in value and moment.utcoffset() is not None and 1900 < moment.year < 2200  # noqa: PLR2004 - as inputs
    except ValueError:
        return False


def _check_depth(raw: bytes) -> None:
    """Refuse a body that nests deeper than any request does, before the parser recurses into it."""
    depth, quoted, escaped = 0, False, False
    for char in raw:
        if quoted:
            quoted, escaped = (char != _QUOTE or escaped), (char == _BACKSLASH and not escaped)
        elif char == _QUOTE:
            quoted = True
        elif char in b"[{":
            depth += 1
            if depth > _DEPTH_MAX:
                raise InputMalformed(errors={"body": "nested too deep / 嵌套过深"})
        elif char in b"]}":
            depth -= 1


def _no_fraction(text: str) -> NoReturn:
    raise InputMalformed(errors={"body": f"no whole number / 只接受整数: {text[:40]}"})


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InputMalformed(errors={"body": "a name given twice / 字段重复"})
    return found
