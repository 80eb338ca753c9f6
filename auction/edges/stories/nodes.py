"""YAML as values with their lines; what cannot be read is malformed, with line and reason.

Stricter than YAML 1.1 where it would surprise: a key is always its own text (``on`` is no truth value), a key stands
once, times stay text, and only plain decimal numbers are whole numbers (``010`` is not eight, ``1:30`` not ninety).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

_TAG = "tag:yaml.org,2002:"
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9_]{0,399})")
_TRUE = {"yes", "true", "on"}
_DEPTH_MAX = 40
_VALUES_MAX = 100_000
_SIZE_MAX = 2_000_000


class FileMalformed(Exception):
    """The file cannot be played: the line (from 1) and the reason."""

    def __init__(self, reason: str, *, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def line_of(node: yaml.Node) -> int:
    """Return the line a node begins on, from 1."""
    return int(node.start_mark.line) + 1


def compose(content: bytes) -> yaml.Node:
    """Return the one document of a file.

    :raises FileMalformed: not UTF-8, not YAML, several documents, nothing in it, or beyond all measure
    """
    if len(content) > _SIZE_MAX:
        raise FileMalformed(f"larger than {_SIZE_MAX} bytes", line=1)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise FileMalformed("not UTF-8 text", line=content.count(b"\n", 0, fault.start) + 1) from fault
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.reader.ReaderError as fault:
        line = text.count("\n", 0, int(fault.position)) + 1
        raise FileMalformed("a character that YAML does not allow", line=line) from fault
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        reason = ", ".join(str(part) for part in (fault.context, fault.problem) if part)
        raise FileMalformed(f"not YAML: {reason}", line=int(mark.line) + 1 if mark else 1) from fault
    except RecursionError as fault:
        raise FileMalformed("nested too deeply", line=1) from fault
    if root is None:
        raise FileMalformed("the file is empty", line=1)
    return root


class Values:
    """Turns the nodes of one file into plain values."""

    def __init__(self) -> None:
        self._read = 0

    def value(self, node: yaml.Node, *, depth: int = 0) -> object:
        """Return a node's value: text, whole number, fraction, truth, nothing, list or object.

        :raises FileMalformed: for a tag, a repeated key or a size that no scenario needs
        """
        self._read += 1
        if depth > _DEPTH_MAX or self._read > _VALUES_MAX:
            raise FileMalformed("nested too deeply or too large", line=line_of(node))
        if isinstance(node, yaml.MappingNode) and node.tag == f"{_TAG}map":
            return {key: self.value(item, depth=depth + 1) for key, item in self.fields(node).items()}
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{_TAG}seq":
            return [self.value(item, depth=depth + 1) for item in node.value]
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        raise _unknown_tag(node)

    def fields(self, node: yaml.MappingNode) -> dict[str, yaml.Node]:
        """Return an object's fields by the text of their keys; ``<<`` brings in fields that are not given.

        :raises FileMalformed: for a key that stands twice or is no plain text
        """
        found: dict[str, yaml.Node] = {}
        merged: list[yaml.MappingNode] = []
        for key, item in node.value:
            self._read += 1
            if key.tag == f"{_TAG}merge":
                merged.extend(_merged(item))
            elif not isinstance(key, yaml.ScalarNode):
                raise FileMalformed("a key must be plain text", line=line_of(key))
            elif key.value in found:
                raise FileMalformed(f"the key {key.value!r} stands twice", line=line_of(key))
            else:
                found[key.value] = item
        for other in merged:
            if other is node or self._read > _VALUES_MAX:
                raise FileMalformed("nested too deeply or too large", line=line_of(node))
            for key_text, item in self.fields(other).items():
                found.setdefault(key_text, item)
        return found


def _merged(node: yaml.Node) -> Iterator[yaml.MappingNode]:
    for one in node.value if isinstance(node, yaml.SequenceNode) else [node]:
        if not isinstance(one, yaml.MappingNode):
            raise FileMalformed("<< brings in an object", line=line_of(one))
        yield one


def _scalar(node: yaml.ScalarNode) -> object:
    text = str(node.value)
    match node.tag.removeprefix(_TAG):
        case "str" | "timestamp" | "value":
            return text
        case "int":
            return int(text.replace("_", "")) if _WHOLE.fullmatch(text) else text
        case "float":
            return _fraction(text)
        case "bool":
            return text.lower() in _TRUE
        case "null":
            return None
        case _:
            raise _unknown_tag(node)


def _fraction(text: str) -> object:
    try:
        return float(text.replace("_", "").lower().replace(".inf", "inf").replace(".nan", "nan"))
    except ValueError:
        return text


def _unknown_tag(node: yaml.Node) -> FileMalformed:
    return FileMalformed(f"the tag {node.tag!r} has no place in a scenario", line=line_of(node))
