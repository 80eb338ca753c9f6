"""One program and one browser for all journeys."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import launch
from tests.journeys.people import Crowd
from tests.journeys.site import Site, a_site


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    with a_site() as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = launch(playwright)
        yield opened
        opened.close()


@pytest.fixture
def crowd(site: Site, browser: Browser) -> Iterator[Crowd]:
    gathered = Crowd(site, browser)
    yield gathered
    gathered.leave()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show beside a failed journey what every page said last."""
    report = yield
    crowd = getattr(item, "funcargs", {}).get("crowd")
    if report.failed and report.when == "call" and isinstance(crowd, Crowd):
        report.sections += [(one.at, one.words()) for one in crowd.people]
    return report
