"""A court with its staff, each signed in with a browser that keeps its cookies and sends each form's token."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape

from flask import Flask
from werkzeug.test import TestResponse

from auction.app import create_app
from auction.edges.jobs.sweep import fall_due
from auction.edges.live import live_of
from auction.edges.platform import Platform
from auction.foundation.kernel.calendar import in_shanghai
from auction.foundation.kernel.roles import Role
from auction.procedure.identity import commands as identity

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
Fields = Mapping[str, str | list[str]]


class Clerk:
    """A browser signed in as an account."""

    def __init__(self, app: Flask, account: str | None) -> None:
        self.client = app.test_client()
        self.token = ""
        if account is not None:
            with self.client.session_transaction() as session:
                session["_user_id"], session["_fresh"] = account, True

    def open(self, path: str) -> TestResponse:
        return self.client.get(path)

    def see(self, path: str) -> str:
        """Open a page that must be there and return its words."""
        response = self.client.get(path, follow_redirects=True)
        assert response.status_code == 200, f"{path}: {response.status_code}\n{said(response)}"
        return unescape(response.text)

    def send(self, path: str, fields: Fields | None = None) -> TestResponse:
        """Send a form with the token its page carries."""
        if not self.token:
            found = _TOKEN.search(self.client.get("/glossary").text)
            assert found is not None
            self.token = found[1]
        return self.client.post(path, data={"csrf_token": self.token, **(fields or {})})

    def do(self, path: str, fields: Fields | None = None) -> str:
        """Send a form that must succeed and return where it leads."""
        response = self.send(path, fields)
        assert response.status_code == 303, f"{path}: {response.status_code}\n{said(response)}"
        return response.headers["Location"]


def said(response: TestResponse) -> str:
    """Return a page's words without its tags."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", response.text, flags=re.DOTALL)
    main = text[text.find("<main") :]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))[:3000]


@dataclass
class Courthouse:
    """Court T1 with an officer, three members of a panel, finance and a head of bureau; everyone signed in."""

    platform: Platform
    court: str = "T1"
    name: str = "北京市朝阳区人民法院"
    staff: dict[str, Clerk] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.app = create_app(self.platform)
        with self.platform.act() as act:
            identity.add_court(act, id=self.court, name=self.name, city="北京市")
        people = {"officer": Role.OFFICER, "judge1": Role.PANEL, "judge2": Role.PANEL, "judge3": Role.PANEL}
        for login, role in {**people, "finance": Role.FINANCE, "head": Role.HEAD}.items():
            self.add(login, role, court=self.court)
        self.add("supervisor", Role.SUPERVISOR)
        self.add("administrator", Role.ADMINISTRATOR)

    def add(self, login: str, *roles: Role, court: str | None = None) -> Clerk:
        account = f"{self.court}-{login}"
        with self.platform.act() as act:
            identity.open_account(
                act, id=account, login=account, password=None, name=f"职员{login}", roles=roles, court=court
            )
        self.staff[login] = Clerk(self.app, account)
        return self.staff[login]

    @property
    def officer(self) -> Clerk:
        return self.staff["officer"]

    @property
    def now(self) -> datetime:
        return self.platform.clock.now()

    def wait(self, length: timedelta) -> None:
        fall_due(self.platform, until=self.now + length)


def courthouse(platform: Platform) -> Iterator[Courthouse]:
    """Give a test its courthouse and end the application's threads afterwards."""
    house = Courthouse(platform)
    yield house
    live_of(house.app).stop()


def typed_moment(moment: datetime) -> str:
    """Return a moment as a browser's date and time field sends it."""
    return in_shanghai(moment).strftime("%Y-%m-%dT%H:%M")
