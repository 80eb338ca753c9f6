"""What the court does before and after the hammer, by clicking and typing: shared by the journeys."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.journeys.people import Crowd, Person

NOTICE = timedelta(days=20)
LENGTH = timedelta(hours=24)
MEMBERS = ("方审判", "陶审判", "贺审判")


@dataclass
class Court:
    """The court's people, each at a browser of his own, opened when first needed."""

    crowd: Crowd
    looks: bool = False
    desks: dict[str, Person] = field(default_factory=dict)

    def at(self, login: str) -> Person:
        if login not in self.desks:
            self.desks[login] = self.crowd.person(login)
        return self.desks[login]

    def look(self, one: Person, name: str) -> Person:
        """Inspect a page of the desk, in the one journey that does."""
        return one.inspect(name) if self.looks else one

    @property
    def officer(self) -> Person:
        return self.at("officer")

    def open_case(self, *, number: str, debtor: str, claims: list[dict[str, str]]) -> str:
        """Open a case from the desk's list and return its address."""
        officer = self.officer.go("/court").follow("案件", within=".desk__rail").follow("新建案件")
        officer.fill("案号", number, nth=0)
        officer.page.locator("#f-debtor_name").fill(debtor)
        for _ in claims[2:]:
            officer.press("再加一项债权")
        for n, claim in enumerate(claims):
            for part, text in claim.items():
                field_ = officer.page.locator(f"#f-claims-{n}-{part}")
                if part in {"on", "rank"} and not field_.is_visible():
                    officer.page.locator(".claimrow").nth(n).locator("summary").click()
                if part == "kind":
                    field_.select_option(label=text)
                else:
                    field_.fill(text)
        self.look(officer, "court-case-new")
        return self.look(officer.press("建立案件"), "court-case").at

    def seize(self, case: str, *, title: str, pledged: bool = False) -> str:
        """Seize a car and return the property's address."""
        officer = self.officer.go(f"{case}/things").follow("登记查封财产")
        officer.page.locator("#f-title").fill(title)
        officer.choose("类型", "动产").choose("类别", "机动车")
        if pledged:
            officer.page.locator("#f-pledged").select_option(index=1)
        self.look(officer, "court-seize")
        return officer.press("登记查封").at

    def value(self, thing: str, *, yuan: str, parties: int) -> None:
        """Value it by negotiation: every party names the same figure."""
        officer = self.officer.go(thing)
        for n in range(parties):
            officer.page.locator(f"#f-offers-{n}-amount").fill(yuan)
        self.look(officer.press("记录结果").sees("已确定"), "court-property")

    def draft(self, thing: str, *, start: str, deposit: str, increment: str, opens_at: datetime) -> str:
        """Draft the lot from the property's page and return the lot's address."""
        officer = self.officer.go(thing).follow("拟定拍卖")
        officer.fill("起拍价", start).fill("保证金", deposit).fill("加价幅度", increment)
        officer.fill_moment("开拍时间", opens_at)
        self.look(officer, "court-draft")
        return officer.press("拟定").at

    def announce(self, lot: str) -> str:
        """Disclose, let the panel decide, tell everybody, announce; return the public address."""
        self.look(self.officer.go(f"{lot}/disclosure"), "court-disclosure").press("保存公示内容").sees("公示内容完整")
        panel = self.at("panel").go("/court/panel")
        panel.page.locator(f"a[href='{lot}/panel']").last.click()
        for member in MEMBERS:
            panel.tick(member)
        self.look(panel, "court-panel")
        panel.fill("评议笔录", "三名成员一致同意拍卖条件。").press("同意拍卖条件").sees(MEMBERS[2])
        officer = self.officer.go(f"{lot}/notices")
        rows = officer.page.locator("tr[data-person]")
        for n in range(rows.count()):
            with officer.page.expect_navigation():
                rows.nth(n).get_by_role("button", name="书面放弃").click()
        self.look(officer, "court-notices").follow("核对并公告")
        self.look(officer, "court-announce").tick("我已核对全部内容").press("发布公告").sees("公告")
        return lot.replace("/court", "")

    def listed(self, *, serial: int, claims: list[dict[str, str]], title: str, start: str, opens_at: datetime) -> str:
        """Bring a car from the case to the announcement and return the case's and the lot's public address."""
        number = f"（2026）苏0102执{serial}号"
        case = self.open_case(number=number, debtor="赵某某", claims=claims)
        thing = self.seize(case, title=title, pledged=any("on" in claim for claim in claims))
        self.value(thing, yuan="1000000", parties=len(claims) + 1)
        lot = self.draft(thing, start=start, deposit="70000", increment="5000", opens_at=opens_at)
        return f"{case} {self.announce(lot)}"


def ten_o_clock(now: datetime) -> datetime:
    """Return ten in the morning once the shortest announcement is over."""
    return (now + NOTICE).replace(hour=10, minute=0, second=0, microsecond=0)
