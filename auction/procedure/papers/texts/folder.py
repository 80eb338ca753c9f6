"""What a paper on a lot is written from: the lot with its case, court, things and persons, read once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from auction.foundation.kernel.calendar import day_of
from auction.procedure.assets import queries as assets
from auction.procedure.assets.queries import PropertyRecord
from auction.procedure.bidding import joint
from auction.procedure.cases import queries as cases
from auction.procedure.cases.queries import CaseRecord, ClaimRecord
from auction.procedure.identity import particulars
from auction.procedure.identity import queries as identity
from auction.procedure.identity.queries import CourtRecord
from auction.procedure.lots import queries as lots
from auction.procedure.lots.queries import LotRecord
from auction.procedure.papers import words
from auction.procedure.papers.blocks import Text
from auction.rulebook import Numbers, Round, frozen_numbers, rulebook

ROUNDS: Mapping[Round, Text] = {
    "first": Text("第一次拍卖", "first auction"),
    "second": Text("第二次拍卖", "second auction"),
    "sale": Text("变卖", "sale"),
}
CATEGORIES: Mapping[str, Text] = {
    "home": Text("住宅用房", "home"),
    "shop": Text("商业用房", "commercial premises"),
    "land": Text("土地", "land"),
    "vehicle": Text("机动车", "vehicle"),
    "vessel": Text("船舶", "vessel"),
    "equity": Text("股权", "equity"),
    "food": Text("食品", "food"),
    "machinery": Text("机器设备", "machinery"),
    "other": Text("其他财产", "other property"),
}
#: What passes with a thing of each kind, and what the court did to hold it.
RIGHTS: Mapping[str, Text] = {
    "movable": Text("所有权", "ownership"),
    "immovable": Text("所有权及相应的其他权利", "ownership and the rights that go with it"),
    "other_right": Text("相应财产权利", "right"),
}
CONTROLS: Mapping[str, Text] = {
    "movable": Text("查封（扣押）", "seizure"),
    "immovable": Text("查封", "seizure"),
    "other_right": Text("冻结", "freezing"),
}
#: What is known of a thing, in the order people ask for it, with the unit behind the value.
_FACTS: Mapping[str, tuple[Text, Text]] = {
    "address": (Text("坐落", "address"), Text("", "")),
    "certificate": (Text("权属证号", "title certificate"), Text("", "")),
    "area_m2": (Text("建筑面积", "floor area"), Text("平方米", " m²")),
    "land_area_m2": (Text("土地面积", "land area"), Text("平方米", " m²")),
    "rooms": (Text("户型", "rooms"), Text("", "")),
    "floor": (Text("楼层", "floor"), Text("", "")),
    "use": (Text("用途", "use"), Text("", "")),
    "year": (Text("年份", "year"), Text("", "")),
    "make": (Text("品牌型号", "make"), Text("", "")),
    "plate": (Text("号牌", "number plate"), Text("", "")),
    "mileage_km": (Text("行驶里程", "mileage"), Text("公里", " km")),
    "quantity": (Text("数量", "quantity"), Text("", "")),
    "share_pct": (Text("股权比例", "share"), Text("%", " %")),
}


@dataclass(frozen=True, slots=True)
class Folder:
    """A lot with all its papers name; ``numbers`` are those it is frozen to, else the day's; ``ids`` the persons'."""

    lot: LotRecord
    case: CaseRecord
    court: CourtRecord
    things: tuple[PropertyRecord, ...]
    numbers: Numbers
    ids: Mapping[str, str]
    owners: Text

    @property
    def title(self) -> Text:
        """The lot's title in quotation marks, as a name."""
        return Text(f"“{self.lot.title}”", f"“{self.lot.title}”")

    @property
    def kind(self) -> Text:
        """Auction or sale: what is held."""
        return Text("变卖", "sale") if self.lot.round == "sale" else Text("拍卖", "auction")

    @property
    def revoked(self) -> bool:
        """Whether the sale of the lot was revoked; what it led to is undone in the moments after."""
        return self.lot.status == "revoked"

    @property
    def asking(self) -> tuple[ClaimRecord, ...]:
        """The claims of those who applied for enforcement; every claim where none is marked."""
        return tuple(one for one in self.case.claims if one.applicant) or self.case.claims

    @property
    def applicants(self) -> Text:
        """The names of those who applied for enforcement."""
        return words.joined(Text.same(name) for name in dict.fromkeys(one.creditor for one in self.asking))

    @property
    def applicants_masked(self) -> Text:
        """The same as strangers may read them."""
        return words.joined(Text.same(name) for name in dict.fromkeys(one.creditor_masked for one in self.asking))

    def named(self, person: str, *, name: str, kind: str, full: bool) -> Text:
        """Return a person with the particulars a paper of its kind shows."""
        return words.person(name, kind=kind, number=self.ids.get(person), full=full)


def folder(session: Session, lot: str, *, now: datetime) -> Folder:
    """Return what papers on a lot are written from.

    :raises NotFound: no such lot
    """
    record = lots.lot(session, lot)
    case = cases.case(session, record.case)
    things = tuple(assets.property_record(session, one) for one in record.properties)
    persons = {case.debtor.person, *(one.creditor_person for one in case.claims), *(one.owner_person for one in things)}
    owners = identity.persons(session, ids=sorted({one.owner_person for one in things}))
    frozen = record.rulebook
    return Folder(
        lot=record,
        case=case,
        court=identity.court(session, record.court),
        things=things,
        numbers=frozen_numbers(frozen) if frozen else rulebook().on(day_of(record.announced_at or now)),
        ids=particulars.numbers(session, persons=persons),
        owners=words.joined(Text.same(one.name) for one in owners.values()),
    )


def details(thing: PropertyRecord) -> Text:
    """Return a thing with what is on record of it: its title, where it is, what it is, its known facts."""
    told = [CATEGORIES.get(thing.category, Text.same(thing.category))]
    place = "".join(part for part in (thing.city, thing.district or "") if part)
    if place:
        told.append(words.say("所在地：{place}", "place: {place}", place=place))
    for key, (label, unit) in _FACTS.items():
        value = thing.facts.get(key)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            told.append(words.say("{label}：{value}{unit}", "{label}: {value}{unit}", label=label, value=str(value),
                                  unit=unit))  # fmt: skip
    return words.say(
        "{title}（{told}）", "{title} ({told})", title=thing.title, told=words.joined(told, zh="；", en="; ")
    )


def things(found: Folder) -> tuple[Text, ...]:
    """Return each thing of a lot with its details."""
    return tuple(details(one) for one in found.things)


def control(found: Folder) -> Text:
    """Return what the court did to hold the things: seizure, or the freezing of a right."""
    return words.joined(dict.fromkeys(CONTROLS[one.kind] for one in found.things), en=" and ")


def right(found: Folder) -> Text:
    """Return what passes to the buyer."""
    return words.joined(dict.fromkeys(RIGHTS[one.kind] for one in found.things), en=" and ")


@dataclass(frozen=True, slots=True)
class Buyer:
    """One of those a thing is sold to, with his share of it."""

    person: str
    name: str
    kind: str
    number: str | None
    share: str

    def told(self, *, full: bool) -> Text:
        """Return him with his particulars."""
        return words.person(self.name, kind=self.kind, number=self.number, full=full)


def buyers(session: Session, *, lot: str, person: str, together: bool = True) -> tuple[Buyer, ...]:
    """Return in whose names a person has bought: his own, or the confirmed group's with its shares.

    :param together: False for who takes in kind, which nobody does as one of a group
    """
    shares = (
        {one.person: one.share for one in joint.buyers(session, lot=lot, person=person)}
        if together
        else {person: "1/1"}
    )
    known = identity.persons(session, ids=list(shares))
    numbers = particulars.numbers(session, persons=list(shares))
    return tuple(
        Buyer(person=one, name=known[one].name, kind=known[one].kind, number=numbers.get(one), share=share)
        for one, share in shares.items()
        if one in known
    )


def names_of(bought: Iterable[Buyer]) -> Text:
    """Return the buyers by name, with their shares where there are several."""
    found = tuple(bought)
    if len(found) == 1:
        return Text.same(found[0].name)
    return words.joined(
        words.say("{name}（份额{share}）", "{name} (share {share})", name=one.name, share=one.share) for one in found
    )


def panel(found: Folder) -> tuple[Text, ...]:
    """Return who signs a ruling: the panel that decided on the lot, its first member presiding, and the clerk."""
    members = found.lot.panel
    judges = [
        words.say("审判长　{name}", "Presiding judge {name}", name=name)
        if place == 0
        else words.say("审判员　{name}", "Judge {name}", name=name)
        for place, name in enumerate(members)
    ]
    return (*judges, words.say("书记员　{name}", "Clerk {name}", name=words.TO_BE_FILLED_IN))
