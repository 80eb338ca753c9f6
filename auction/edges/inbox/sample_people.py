"""The invented people of sample data: a court's staff, debtors and creditors, a crowd that bids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auction.edges.inbox.listings import Listing
from auction.edges.platform import Platform
from auction.foundation.database.acts import Act
from auction.foundation.kernel.money import grouped
from auction.foundation.kernel.roles import PLATFORM, Actor, Role
from auction.procedure.cases import queries as cases
from auction.procedure.identity import commands as identity
from auction.procedure.identity import queries as people
from auction.rulebook import rulebook

_FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
_GIVEN = ("建国", "晓梅", "志强", "丽华", "海燕", "永福", "文静", "国栋", "雨桐", "俊杰")
_BANKS = ("江南商业银行", "长江农村信用合作社", "华夏资产管理有限公司", "东吴小额贷款有限公司")
_CROWD = 6
_FIRST_SERIAL = 1001

#: The court whose desk the demo accounts sit at.
DEMO_COURT = "南京市玄武区人民法院"


@dataclass(frozen=True, slots=True)
class People:
    """A court and those of its staff who act in a history."""

    court: str
    officer: Actor
    panel: tuple[Actor, Actor, Actor]
    finance: Actor
    head: Actor


def name_of(number: int) -> str:
    """Return an invented name; the same number gives the same name."""
    return _FAMILY[number % len(_FAMILY)] + _GIVEN[number // len(_FAMILY) % len(_GIVEN)]


class Bench:
    """Gives a history its people; courts, staff and bidders are made on first mention."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._staff: dict[str, People] = {}
        self._crowd: list[Actor] = []
        self._serials: dict[tuple[str, int], int] = {}

    def staff(self, listing: Listing) -> People:
        """Return the staff of the listing's court."""
        if listing.court not in self._staff:
            self._staff[listing.court] = self._make_staff(listing)
        return self._staff[listing.court]

    def debtor(self, row: int) -> Mapping[str, Any]:
        """Return a debtor; every fifth is a company."""
        if row % 5 == 4:  # noqa: PLR2004 - every fifth
            return {"name": f"{name_of(row)[:1]}氏实业有限公司", "kind": "enterprise"}
        return {"name": name_of(row * 7 + 3), "kind": "natural_person"}

    def claims(self, row: int, *, amount_minor: int) -> list[Mapping[str, Any]]:
        """Return the applicant's claim and, now and then, another creditor's."""
        made: list[Mapping[str, Any]] = [
            {"creditor": _BANKS[row % len(_BANKS)], "amount_minor": amount_minor, "kind": "ordinary", "applicant": True}
        ]
        if row % 3 == 0:
            made.append({"creditor": name_of(row * 11 + 5), "amount_minor": amount_minor // 4, "kind": "ordinary"})
        return made

    def next_number(self, act: Act, *, court: str, code: str, year: int) -> str:
        """Return the next free case number of the court and year (法〔2015〕137号)."""
        serial = self._serials.get((court, year), _FIRST_SERIAL)
        while cases.by_number(act.session, f"（{year}）{code}执{serial}号") is not None:
            serial += 1
        self._serials[court, year] = serial + 1
        return f"（{year}）{code}执{serial}号"

    def disclosure(self, listing: Listing) -> dict[str, str]:
        """Return every block that is wanted of such a thing, told of this listing; the reminders in standing words."""
        book = rulebook()
        special = (one for one in book.special_blocks if listing.category in one.categories)
        blocks = {one.key: one.text.zh for one in (*book.disclosure_blocks, *special, *book.reminders)}
        area = listing.facts.get("area_m2")
        size = f"建筑面积 {area} 平方米。" if area else ""
        told = {
            "announcement": f"{listing.court}在本平台公开拍卖“{listing.title}”，时间、价格和条件以本页为准。",
            "enforcement_basis": "已经发生法律效力的民事判决书，执行案号见本页；当事人个人信息已作处理。",
            "pricing_basis": f"四家询价平台网络询价结果的算术平均值：¥{grouped(listing.reference_minor)}。",
            "bidding_rules": f"增价竞拍，加价幅度 ¥{grouped(listing.increment_minor)} 的整数倍；"
            "结束前五分钟内有人出价的，自该出价时起顺延五分钟。",
            "property_state": f"{listing.title}。{size}以实物现状为准，欢迎预约看样。",
            "priority_holders": "没有已知优先购买权人。",
            "notices": "已依法通知当事人。",
            "payment": f"保证金在本平台报名后缴纳；余款于成交后付入{listing.court}案款账户。请勿向个人账户付款。",
            "taxes": "过户产生的税费依照法律规定由买卖双方各自负担。",
            "court_contact": f"{listing.court}执行局，联系电话 12368，工作日 9:00–17:00。",
        }
        return {**blocks, **told}

    def crowd(self, row: int, *, count: int) -> tuple[Actor, ...]:
        """Return some of the invented bidders."""
        if not self._crowd:
            self._crowd = [self._bidder(number) for number in range(_CROWD)]
        return tuple(self._crowd[(row + number) % _CROWD] for number in range(count))

    def _bidder(self, number: int) -> Actor:
        login = f"sample-bidder-{number + 1}"
        with self._platform.act() as act:
            known = people.find_account(act.session, login=login)
            if known is None:
                name = name_of(number * 13 + 7)
                person = identity.enrol_person(act, name=name)
                known = identity.open_account(
                    act, login=login, password=None, name=name, roles=[Role.BIDDER], person=person.id
                )
        return Actor(id=known.id, name=known.name, roles=known.roles, person=known.person)

    def _make_staff(self, listing: Listing) -> People:
        with self._platform.act(PLATFORM) as act:
            found = people.find_court(act.session, listing.court)
            court = found or identity.add_court(
                act, name=listing.court, code=listing.court_code, city=listing.city, phone="12368"
            )
            base = len(people.courts(act.session)) * 17
            actors = {
                login: self._account(
                    act, login=f"{login}-{listing.court_code}", roles=roles, court=court.id, name=name_of(base + n)
                )
                for n, (login, roles) in enumerate(_OFFICES)
            }
        panel = (actors["panel1"], actors["panel2"], actors["panel3"])
        return People(
            court=court.id, officer=actors["officer"], panel=panel, finance=actors["finance"], head=actors["head"]
        )

    def _account(self, act: Act, *, login: str, roles: list[Role], court: str, name: str) -> Actor:
        login = login.lower().translate({ord("苏"): "js", ord("川"): "sc"})
        known = people.find_account(act.session, login=login) or identity.open_account(
            act, login=login, password=None, name=name, roles=roles, court=court
        )
        return Actor(id=known.id, name=known.name, roles=known.roles, court=known.court)


_OFFICES: tuple[tuple[str, list[Role]], ...] = (
    ("officer", [Role.OFFICER]),
    ("panel1", [Role.PANEL]),
    ("panel2", [Role.PANEL]),
    ("panel3", [Role.PANEL]),
    ("finance", [Role.FINANCE]),
    ("head", [Role.HEAD]),
)
