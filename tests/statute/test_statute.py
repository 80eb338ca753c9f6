"""Each file beside this one is an article of law told as a story; each is one test."""

from __future__ import annotations

from pathlib import Path

import pytest

from auction.edges.scenario.databases import Template
from auction.edges.scenario.running import run_file
from auction.foundation.database.embedded import EmbeddedServer

STORIES = sorted(Path(__file__).parent.glob("*.yaml"))


@pytest.fixture
def template(server: EmbeddedServer) -> Template:
    return Template(server=server.url("postgres"), name="auction")


@pytest.mark.statute
@pytest.mark.parametrize("story", STORIES, ids=[path.stem for path in STORIES])
def test_the_law_holds(story: Path, template: Template) -> None:
    report = run_file(story, template=template)
    assert report.malformed is None
    assert list(report.lines())[1:] == []


def test_there_are_stories() -> None:
    assert STORIES


def test_every_story_says_what_the_article_asks() -> None:
    for story in STORIES:
        assert story.read_text(encoding="utf-8").startswith("# "), story.name
