"""Every page says who may open it, and the ones for bidders open to nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from auction.app import create_app
from auction.edges.live import live_of
from auction.edges.platform import Platform
from auction.edges.web.visitor import ANYONE, DOORS

_OURS = "auction.edges.web."


@pytest.fixture
def app(platform: Platform) -> Iterator[Flask]:
    made = create_app(platform)
    yield made
    live_of(made).stop()


def test_every_page_declares_its_door(app: Flask) -> None:
    views = {f"{view.__module__}.{view.__name__}" for view in app.view_functions.values()}
    own = {name for name in views if name.startswith(_OURS)}
    assert own
    assert own - DOORS.keys() == set()


def test_no_locked_page_opens_to_a_stranger(app: Flask) -> None:
    stranger = app.test_client()
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        name = f"{view.__module__}.{view.__name__}"
        if DOORS.get(name, ANYONE) == ANYONE or "GET" not in (rule.methods or ()):
            continue
        path = re.sub(r"<[^>]*>", "X", re.sub(r"<any\(([^,)]+)[^>]*>", r"\1", rule.rule))
        answer = stranger.get(path)
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/login?next="), path
