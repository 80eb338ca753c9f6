"""A person at a browser: reads what is shown, fills by label, presses what is named; every fault of a page is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from auction.foundation.kernel.calendar import in_shanghai
from tests.journeys.looks import take, violations
from tests.journeys.site import Site

#: Long enough for a sweep and a push on two busy cores.
PATIENCE_MS = 15_000

#: Said by Chromium about the network that a journey itself cut, or about a refusal that the page then shows.
_EXPECTED = ("net::ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED", "status of 403", "status of 409", "status of 422")


@dataclass
class Person:
    """One browser context with one page."""

    site: Site
    context: BrowserContext
    page: Page
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        self.page.on("pageerror", lambda error: self.faults.append(f"{self.page.url}: {error}"))
        self.page.on("console", self._heard)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(words in message.text for words in _EXPECTED):
            self.faults.append(f"{self.page.url}: {message.text} {message.location.get('url', '')}")

    @property
    def at(self) -> str:
        """The path of the page one is on."""
        return self.page.url.removeprefix(self.site.url).partition("#")[0]

    def go(self, path: str) -> Person:
        answer = self.page.goto(self.site.url + path)
        status = 200 if answer is None else answer.status  # None: only the anchor of the page changed
        assert status < 400, f"{path}: {status}\n{self.words()}"
        return self

    def inspect(self, name: str, *, dark: bool = False) -> Person:
        """Note what axe finds on the page, and take its picture when pictures are asked for."""
        for scheme in ("light", "dark") if dark else ("light",):
            self.page.emulate_media(color_scheme=scheme)
            self.faults += [f"{self.at} ({scheme}): {fault}" for fault in violations(self.page)]
            take(self.page, f"{name}-{scheme}" if dark else name)
        self.page.emulate_media(color_scheme="light")
        return self

    def words(self) -> str:
        return self.page.locator("main, body").first.inner_text()

    def sign_in(self, login: str) -> Person:
        self.go("/login").fill("账号", login).fill("密码", self.site.password)
        self.page.get_by_role("main").get_by_role("button", name="登录", exact=True).click()
        self.page.wait_for_url(lambda url: "/login" not in url)
        return self

    def fill(self, label: str, text: str, *, nth: int = 0) -> Person:
        """Fill the field whose label begins with these words; optional fields say so after them."""
        self.page.get_by_label(label).nth(nth).fill(text)
        return self

    def fill_moment(self, label: str, moment: datetime) -> Person:
        return self.fill(label, in_shanghai(moment).strftime("%Y-%m-%dT%H:%M"))

    def choose(self, label: str, word: str, *, nth: int = 0) -> Person:
        self.page.get_by_label(label).nth(nth).select_option(label=word)
        return self

    def tick(self, label: str, *, nth: int = 0) -> Person:
        self.page.get_by_role("checkbox", name=label).nth(nth).check()
        return self

    def press(self, name: str, *, exact: bool = True) -> Person:
        """Press the button of this name and wait for the page it leads to."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=exact).first.click()
        return self

    def follow(self, name: str, *, within: str = "main") -> Person:
        with self.page.expect_navigation():
            self.page.locator(within).get_by_role("link", name=name).first.click()
        return self

    def confirm(self, name: str) -> Person:
        """Press a button that asks first, and say yes in its dialog."""
        self.page.get_by_role("button", name=name).first.click()
        dialog = self.page.locator("dialog[open]")
        expect(dialog).to_be_visible()
        with self.page.expect_navigation():
            dialog.get_by_role("button", name=name).click()
        return self

    def sees(self, *words: str) -> Person:
        """Wait until the page says each of these, as it changes by itself."""
        for word in words:
            expect(self.page.locator("main")).to_contain_text(word)
        return self

    def sees_after_reload(self, *words: str) -> Person:
        """Wait until the page says it, loading it again as a person does who waits for a sweep."""
        for word in words:
            found = self.page.locator("main").get_by_text(word)
            for _ in range(30):
                if found.count():
                    break
                self.page.wait_for_timeout(300)
                self.page.reload()
            assert found.count(), f"{word} not on {self.at}\n{self.words()}"
        return self

    def register_and_pay(self, lot: str, *, look: bool = False) -> Person:
        """Read, tick each reminder, register, pay the deposit; one is admitted then."""
        self.go(lot).follow("报名竞买")
        for box in self.page.locator("input[type=checkbox][required]").all():
            box.check()
        self.press("报名，取得竞买代码")
        if look:
            self.inspect("bidder-deposit")
        self.press("缴纳 ¥", exact=False)
        # Where the money takes a moment the page of the payment comes between, and tells when it is there.
        expect(self.page.locator("main")).to_contain_text(re.compile("您已取得竞买资格|款项已到账"))
        if self.page.get_by_role("link", name="继续", exact=True).count():
            self.follow("继续")
        return self.sees("您已取得竞买资格")

    def bid(self, yuan: str, *, far: bool = False) -> Person:
        """Type an amount, look at it in the dialog, confirm it (far above the least: as no error), hold the receipt."""
        self.page.get_by_label("我的出价（元）").fill(yuan)
        self.page.locator("[data-bid]").click()
        self.page.locator("dialog[open]").get_by_role("button", name="金额无误" if far else "确认出价").click()
        expect(self.page.locator("[data-receipt]")).to_contain_text(f"出价已接受：¥{yuan}")
        return self


@dataclass
class Crowd:
    """Everybody of one journey; none of their pages may have a fault."""

    site: Site
    browser: Browser
    people: list[Person] = field(default_factory=list)

    def person(self, login: str | None = None, **options: Any) -> Person:  # noqa: ANN401 - a browser's own options
        """Open a browser of somebody's own, signed in when a login is given."""
        asked = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": {"width": 1280, "height": 900}}
        context = self.browser.new_context(**{**asked, **options})
        one = Person(self.site, context, context.new_page())
        self.people.append(one)
        return one.sign_in(login) if login else one

    def leave(self) -> None:
        for one in self.people:
            one.context.close()
        faults = [fault for one in self.people for fault in one.faults]
        assert not faults, "\n".join(faults)
