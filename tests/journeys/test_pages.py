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

PUBLIC = {
    "search": "/lots",
    "search-none": "/lots?q=没有这样的东西",
    "login": "/login",
    "signup": "/signup",
    "rules": "/rules",
    "rule": "/rules/distribution.construction_priority_max_months",
    "rule-seen": "/rules/auction.bidding_min",
    "stories": "/rules/stories",
    "story": "/rules/stories/wangpai-10-floor-to-the-fen",
    "glossary": "/glossary",
    "help": "/help",
}
DESKS = {
    "officer": {
        "court-cases": "/court/cases",
        "court-lots": "/court/lots",
        "court-panel-list": "/court/panel",
        "court-objections": "/court/objections",
    },
    "supervisor": {"supervision": "/supervision"},
    "admin": {"admin": "/admin", "admin-partners": "/admin/partners", "admin-deliveries": "/admin/deliveries"},
}


def test_public_and_desk_pages_have_no_grave_fault(crowd: Crowd) -> None:
    visitor = crowd.person().go("/").inspect("home", dark=True)
    for name, path in PUBLIC.items():
        visitor.go(path).inspect(name)
    for login, desk in DESKS.items():
        clerk = crowd.person(login)
        for name, path in desk.items():
            clerk.go(path).inspect(name)


@pytest.mark.parametrize(
    "login",
    [None, "officer", *(pytest.param(one, marks=pytest.mark.slow) for one in ("bidder1", "admin", "supervisor"))],
)
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
        if answer.status in {302, 303} and (onward := urlsplit(answer.headers["location"]).path) not in seen:
            seen.add(onward)
            waiting.append((onward, path))
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
