"""Anybody checks a docket and a receipt in his own browser, without an account."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from playwright.sync_api import FilePayload, expect

from tests.journeys.people import Crowd, Person

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("browser")]


def asked(person: Person, path: str) -> str:
    answer = httpx.get(person.site.url + path, timeout=30)
    answer.raise_for_status()
    return answer.text


def drop(person: Person, content: str) -> None:
    payload: FilePayload = {"name": "file.json", "mimeType": "application/json", "buffer": content.encode()}
    person.page.get_by_label("案卷或回执文件").set_input_files([payload])


def says(person: Person, words: str) -> None:
    expect(person.page.locator("[data-answer]")).to_contain_text(words)


def test_a_docket_is_checked_in_the_browser(crowd: Crowd) -> None:
    visitor = crowd.person()
    whole = asked(visitor, f"/api/v1{visitor.site.closing_soon}/export")
    document: dict[str, Any] = json.loads(whole)
    visitor.go("/verify")
    drop(visitor, whole)
    says(visitor, f"{len(document['entries'])} 条记录前后相接")
    says(visitor, "签名有效")
    visitor.inspect("verify-genuine", dark=True)
    for changed in (whole.replace('"seq":2', '"seq":3', 1), whole + " ", whole.replace("a", "b", 1)):
        visitor.go("/verify")
        drop(visitor, changed)
        says(visitor, "✗")
    visitor.inspect("verify-changed")


def test_a_key_known_from_elsewhere_must_vouch(crowd: Crowd) -> None:
    visitor = crowd.person().go("/verify")
    whole = asked(visitor, f"/api/v1{visitor.site.closing_soon}/export")
    visitor.fill("您所知的平台公钥", json.loads(whole)["public_key"])
    drop(visitor, whole)
    says(visitor, "签名有效")
    visitor.go("/verify").fill("您所知的平台公钥", "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiM=")
    drop(visitor, whole)
    says(visitor, "✗")


@pytest.mark.parametrize("content", ["", "no json", "[]", '{"entries": 1}', '{"entry_hash": "x", "signature": 1}'])
def test_what_is_neither_is_said_to_be_neither(crowd: Crowd, content: str) -> None:
    visitor = crowd.person().go("/verify")
    drop(visitor, content)
    says(visitor, "✗")
