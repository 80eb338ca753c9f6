"""The shelf: every story this program ships with, read once, found by its name or by a rule it tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from auction.edges.stories.reading import Scenario, read
from auction.resources import stories_dir


@dataclass(frozen=True, slots=True)
class Story:
    """A story under its name, which is its file's; ``text`` is the file as it can be played."""

    name: str
    told: Scenario
    text: str


@lru_cache(maxsize=1)
def stories() -> Mapping[str, Story]:
    """Return every story by its name, in the order of their names.

    :raises FileMalformed: when one cannot be read, so that a broken shelf is never half shown
    """
    found = sorted(stories_dir().glob("*.yaml"))
    return {path.stem: Story(name=path.stem, told=read(path), text=path.read_text(encoding="utf-8")) for path in found}


def telling(key: str) -> tuple[Story, ...]:
    """Return the stories that tell a rule, in the order of their names."""
    return _by_rule().get(key, ())


@lru_cache(maxsize=1)
def _by_rule() -> Mapping[str, tuple[Story, ...]]:
    found: dict[str, tuple[Story, ...]] = {}
    for story in stories().values():
        for key in story.told.rules:
            found[key] = (*found.get(key, ()), story)
    return found
