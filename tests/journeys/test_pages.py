"""Every page a visitor can reach opens, and none is closed to who cannot see well."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import urljoin, urlsplit

import pytest

from tests.journeys.people import Crowd, Person

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("browser")]

_LINK = re.compile(r'(?:href|src)="([^"#]+)')
_VARIANTS = 3
_PAGES_MAX = 400


def test_public_and_desk_pages_have_no_grave_fault(crowd: Crowd) -> None:
    visitor = crowd.person().go("/").inspect("home", dark=True)
    for name, path in PUBLIC.items():
        visitor.go(path).inspect(name)
    officer = crowd.person("officer")
    for name, path in COURT.items():
        officer.go(path).inspect(name)


PUBLIC = {
    "search": "/lots", "search-none": "/lots?q=没有这样的东西", "login": "/login", "signup": "/signup", "rules": "/rules",
    "glossary": "/glossary", "help": "/help",
}  # fmt: skip
COURT = {"court-cases": "/court/cases", "court-case-new": "/court/cases/new", "court-lots": "/court/lots"}


@pytest.mark.parametrize("login", [None, "bidder1", "officer", "admin", "supervisor"])
def test_no_link_leads_nowhere(crowd: Crowd, login: str | None) -> None:
    person = crowd.person(login)
    begin = ["/", crowd.site.closing_soon, "/account" if login else "/login"]
    broken = crawl(person, [*begin, "/court"] if login == "officer" else begin)
    assert not broken, "\n".join(broken)


def crawl(person: Person, begin: list[str]) -> list[str]:
    """Follow every link of this site from these pages; return those that lead nowhere, with where they stand."""
    waiting = [(path, "—") for path in begin]
    seen, variants, broken = set(begin), Counter[str](), []
    while waiting and len(seen) < _PAGES_MAX:
        path, on = waiting.pop(0)
        answer = person.context.request.get(person.site.url + path, max_redirects=0)
        if answer.status not in {200, 302, 303, 304, 308}:
            broken.append(f"{answer.status} {path} on {on}")
        text = answer.text() if "html" in answer.headers.get("content-type", "") else ""
        for link in _LINK.findall(text):
            target = urlsplit(urljoin(path, link.replace("&amp;", "&")))
            full = target.path + (f"?{target.query}" if target.query else "")
            if target.netloc or target.scheme or full in seen or variants[target.path] >= _VARIANTS:
                continue
            variants[target.path] += 1
            seen.add(full)
            waiting.append((full, path))
    return broken
