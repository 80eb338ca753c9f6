"""A browser without script for the tests: it follows links, fills forms as they stand on the page, keeps cookies."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from auction.edges.platform import Platform
from auction.procedure.identity import commands as identity

PASSWORD = "a sentence to remember"
_CHECKS = "10X98765432"


def id_number(serial: int) -> str:
    """Return a resident number that can be right, another for each serial."""
    digits = f"11010519800101{serial:03d}"
    total = sum(pow(2, 17 - place, 11) * int(digit) for place, digit in enumerate(digits))
    return digits + _CHECKS[total % 11]


def sign_up(platform: Platform, login: str, *, serial: int) -> str:
    """Open a bidder's account and return the person behind it."""
    with platform.act(None) as act:
        opened = identity.sign_up(
            act, login=login, password=PASSWORD, name=f"竞买人{serial}", id_number=id_number(serial)
        )
    assert opened.person is not None
    return opened.person


@dataclass
class Browser:
    """One visitor."""

    app: Flask
    page: TestResponse | None = None
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        self.client.get("/", headers={"Accept-Language": "zh-CN"})

    @property
    def text(self) -> str:
        assert self.page is not None
        return self.page.get_data(as_text=True)

    @property
    def status(self) -> int:
        assert self.page is not None
        return self.page.status_code

    @property
    def at(self) -> str:
        """The address one has arrived at."""
        assert self.page is not None
        return urlsplit(self.page.request.url).path

    def get(self, path: str, **headers: str) -> Browser:
        self.page = self.client.get(path, follow_redirects=True, headers=headers)
        return self

    def fields(self, action: str) -> dict[str, str]:
        """Return the fields of a form of the page as they would be sent."""
        found = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', self.text, re.DOTALL)
        assert found, f"no form to {action} on {self.at}: {re.findall('action=.([^>]*?).[ >]', self.text)}"
        values = {}
        for control in re.findall(r"<input[^>]*>", found[1]):
            if " disabled" in control or ('type="radio"' in control and " checked" not in control):
                continue
            name, value = re.search(r'name="([^"]*)"', control), re.search(r'value="([^"]*)"', control)
            if name and not ('type="checkbox"' in control and "required" not in control):
                values[name[1]] = html.unescape(value[1]) if value else ""
        return values

    def send(self, action: str, **changes: str | None) -> Browser:
        """Fill the form to ``action`` and send it; None leaves a field out."""
        filled = {**self.fields(action), **changes}
        return self.post(action, {name: value for name, value in filled.items() if value is not None})

    def post(self, path: str, data: dict[str, str], **headers: str) -> Browser:
        self.page = self.client.post(path, data=data, follow_redirects=True, headers=headers)
        return self

    def sign_in(self, login: str) -> Browser:
        self.get("/login").send("/login", login=login, password=PASSWORD)
        assert self.at != "/login", self.text
        return self
