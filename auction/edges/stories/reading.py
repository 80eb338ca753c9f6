"""A scenario file read whole, before any step is played."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from pathlib import Path

import yaml

from auction.edges.stories.instants import instant, moved
from auction.edges.stories.nodes import FileMalformed, Values, compose, line_of
from auction.foundation.kernel.calendar import day_of
from auction.rulebook import rulebook

_SCENARIO_KEYS = ("title", "title_zh", "rules", "clock", "steps")
_STEP_KEYS = ("do", "with", "at", "as", "expect", "refused")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what is done at which instant, and what must come of it.

    ``acts_as`` names a role or a person; ``expects`` tells an expectation of nothing from none.
    """

    n: int
    line: int
    do: str
    at: datetime
    given: Mapping[str, object]
    acts_as: str | None = None
    expects: bool = False
    expected: object = None
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A file as read.

    ``rules`` are the keys of the rulebook's rules the story tells, ``about`` the comment it begins with.
    """

    title: str
    title_zh: str
    about: str
    rules: tuple[str, ...]
    clock: datetime
    steps: tuple[Step, ...]


def read(path: Path) -> Scenario:
    """Read a scenario file.

    :raises FileMalformed: with line and reason, when it is none
    """
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise FileMalformed(f"cannot be read: {fault.strerror}", line=1) from fault
    return scenario(content)


def scenario(content: bytes) -> Scenario:
    """Read a scenario from the bytes of a file.

    :raises FileMalformed: with line and reason, when it is none
    """
    root = compose(content)
    values = Values()
    fields = _object(values, root, what="a scenario", known=_SCENARIO_KEYS)
    title, title_zh = _title(values, fields, "title"), _title(values, fields, "title_zh")
    begins = _clock(values, root, fields)
    if "steps" not in fields:
        raise FileMalformed("steps are missing", line=line_of(root))
    listed = fields["steps"]
    if not isinstance(listed, yaml.SequenceNode) or not listed.value:
        raise FileMalformed("steps must be a list of at least one step", line=line_of(listed))
    steps: list[Step] = []
    before = begins
    for n, node in enumerate(listed.value, start=1):
        steps.append(_step(values, node, n=n, before=before))
        before = steps[-1].at
    return Scenario(
        title=title,
        title_zh=title_zh,
        about=_opening_comment(content),
        rules=_rules(values, fields),
        clock=begins,
        steps=tuple(steps),
    )


def _title(values: Values, fields: Mapping[str, yaml.Node], key: str) -> str:
    title = values.value(fields[key]) if key in fields else ""
    if not isinstance(title, str):
        raise FileMalformed(f"{key} must be text", line=line_of(fields[key]))
    return title


def _opening_comment(content: bytes) -> str:
    """Return the comment a file begins with, as one text; nothing when it begins otherwise."""
    lines = content.decode("utf-8-sig").splitlines()
    return " ".join(line.lstrip("# ").strip() for line in takewhile(lambda line: line.startswith("#"), lines))


def _rules(values: Values, fields: Mapping[str, yaml.Node]) -> tuple[str, ...]:
    """Return the rules a story names; one the rulebook does not know is a mistake, told with its line."""
    if "rules" not in fields:
        return ()
    named = values.value(fields["rules"])
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        raise FileMalformed("rules must be a list of the rulebook's keys", line=line_of(fields["rules"]))
    known = {one.key for one in rulebook().provisions}
    for one in named:
        if one not in known:
            raise FileMalformed(f"the rulebook has no rule {one!r}", line=line_of(fields["rules"]))
    return tuple(named)


def _object(values: Values, node: yaml.Node, *, what: str, known: Collection[str]) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        raise FileMalformed(f"{what} is an object with {', '.join(known)}", line=line_of(node))
    lines = {key.value: line_of(key) for key, _ in node.value if isinstance(key, yaml.ScalarNode)}
    fields = values.fields(node)
    for key in fields:
        if key not in known:
            raise FileMalformed(
                f"unknown key {key!r}; {what} has {', '.join(known)}", line=lines.get(key, line_of(node))
            )
    return fields


def _clock(values: Values, root: yaml.Node, fields: Mapping[str, yaml.Node]) -> datetime:
    if "clock" not in fields:
        raise FileMalformed("clock is missing: the instant the story begins", line=line_of(root))
    moment = instant(values.value(fields["clock"]))
    if moment is None:
        raise FileMalformed(
            "clock must be an instant with an offset, such as 2025-03-01T09:00:00+08:00", line=line_of(fields["clock"])
        )
    if day_of(moment) < rulebook().begins:
        raise FileMalformed(f"the rulebook begins on {rulebook().begins}", line=line_of(fields["clock"]))
    return moment


def _step(values: Values, node: yaml.Node, *, n: int, before: datetime) -> Step:
    fields = _object(values, node, what="a step", known=_STEP_KEYS)
    if "do" not in fields:
        raise FileMalformed("the step has no do", line=line_of(node))
    given = values.value(fields["with"]) if "with" in fields else None
    if given is not None and not isinstance(given, dict):
        raise FileMalformed("with must be an object", line=line_of(fields["with"]))
    return Step(
        n=n,
        line=line_of(node),
        do=_text(values, fields["do"], what="do"),
        at=_at(values, fields["at"], before=before) if "at" in fields else before,
        given=given or {},
        acts_as=_text(values, fields["as"], what="as") if "as" in fields else None,
        expects="expect" in fields,
        expected=values.value(fields["expect"]) if "expect" in fields else None,
        refused=_text(values, fields["refused"], what="refused") if "refused" in fields else None,
    )


def _text(values: Values, node: yaml.Node, *, what: str) -> str:
    found = values.value(node)
    if not isinstance(found, str) or not found.strip():
        raise FileMalformed(f"{what} must be text", line=line_of(node))
    return found.strip()


def _at(values: Values, node: yaml.Node, *, before: datetime) -> datetime:
    found = values.value(node)
    text = found.strip() if isinstance(found, str) else ""
    moment = moved(before, text) if text.startswith("+") else instant(text)
    if moment is None:
        raise FileMalformed(
            "at must be an offset such as +1d, +2h, +5m, +10s or +1ms, or an instant with an offset", line=line_of(node)
        )
    if moment < before:
        raise FileMalformed(f"at lies before the step before ({before.isoformat()})", line=line_of(node))
    return moment
