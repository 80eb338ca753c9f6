"""Listings from outside: each row read, mended to the nearest lawful figures, and told what was changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from auction.foundation.kernel.money import MINOR_MAX, ceil_pct
from auction.procedure.lots.rules import deposit_range
from auction.rulebook import Kind, Numbers, Round

#: Words of a title that tell the kind and category of the thing; the first that fits wins.
_WORDS: tuple[tuple[str, Kind, str], ...] = (
    (r"汽车|轿车|客车|货车|[A-Z]\w{5,6}.*车一辆", "movable", "vehicle"),
    (r"集装箱", "movable", "other"),
    (r"船", "movable", "vessel"),
    (r"股权", "other_right", "equity"),
    (r"土地使用权及在建工程|国有土地", "immovable", "land"),
    (r"厂房|工业房地产|工业用地", "immovable", "land"),
    (r"商铺|非住宅|商场|大厦|商业|装饰城|食品商城|广场", "immovable", "shop"),
    (r"车位$|车库$", "immovable", "other"),
    (r"机器设备", "movable", "machinery"),
)

#: A court for each city whose listings name none: name, code of the division.
COURTS: Mapping[str, tuple[str, str]] = {
    "南京市": ("南京市玄武区人民法院", "苏0102"),
    "无锡市": ("无锡市梁溪区人民法院", "苏0213"),
    "徐州市": ("徐州市鼓楼区人民法院", "苏0302"),
    "常州市": ("常州市天宁区人民法院", "苏0402"),
    "苏州市": ("苏州市姑苏区人民法院", "苏0508"),
    "南通市": ("南通市崇川区人民法院", "苏0602"),
    "连云港市": ("连云港市海州区人民法院", "苏0706"),
    "淮安市": ("淮安市清江浦区人民法院", "苏0812"),
    "扬州市": ("扬州市广陵区人民法院", "苏1002"),
    "镇江市": ("镇江市京口区人民法院", "苏1102"),
    "泰州市": ("泰州市海陵区人民法院", "苏1202"),
    "宿迁市": ("宿迁市宿城区人民法院", "苏1302"),
    "成都市": ("成都市青羊区人民法院", "川0105"),
    "南充市": ("南充市顺庆区人民法院", "川1302"),
}
_NAMED_COURTS: Mapping[str, str] = {
    "都江堰市人民法院": "川0181",
    "成都市青羊区人民法院": "川0105",
    "成都市金牛区人民法院": "川0106",
    "南充市顺庆区人民法院": "川1302",
}
_TITLE_LONGEST = 200
_INCREMENT_SHARE = 200
_SECOND_FLOOR_PCT = 56


class ListingUnreadableError(ValueError):
    """The row cannot become a lot; the text says which field and why."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A row made lawful; ``start_minor`` is the start price of ``round``, ``notes`` what was changed."""

    row: int
    title: str
    city: str
    court: str
    court_code: str
    kind: Kind
    category: str
    round: Round
    reference_minor: int
    start_minor: int
    deposit_minor: int
    increment_minor: int
    bids: int
    sample: bool
    facts: Mapping[str, Any]
    notes: tuple[str, ...] = field(default=())

    @property
    def earlier_starts(self) -> tuple[tuple[Round, int], ...]:
        """The rounds that must have failed before this one, with start prices lawful for each."""
        if self.round == "first":
            return ()
        first = max(ceil_pct(self.reference_minor, 70), self.start_minor)
        if self.round == "second":
            return (("first", first),)
        return (("first", first), ("second", self.start_minor))


def read_listing(row: Mapping[str, Any], *, number: int, numbers: Numbers) -> Listing:
    """Return the listing with the nearest lawful figures and a note for each figure that was replaced.

    :raises ListingUnreadableError: when title, city or any price is missing or no figure at all
    """
    notes: list[str] = []
    title, city = _text(row, "title"), _text(row, "city")
    court, code = _court(row, city)
    kind, category = _kind(title)
    given = _price(row)
    reference = _reference(row, given, notes)
    round_ = _round(row, given, reference)
    start = _start(given, reference, round_, notes)
    deposit = _deposit(row, start, numbers, notes)
    increment = _increment(row, start, notes)
    return Listing(
        row=number,
        title=title,
        city=city,
        court=court,
        court_code=code,
        kind=kind,
        category=category,
        round=round_,
        reference_minor=reference,
        start_minor=start,
        deposit_minor=deposit,
        increment_minor=increment,
        bids=_count(row),
        sample="judicial" not in str(row.get("source", "")),
        facts=_facts(row, title),
        notes=tuple(notes),
    )


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip() or "\x00" in value or len(value) > _TITLE_LONGEST:
        msg = f"{name}: text of 1 to {_TITLE_LONGEST} characters is needed"
        raise ListingUnreadableError(msg)
    return value.strip()


def _minor(row: Mapping[str, Any], name: str) -> int | None:
    value = row.get(name)
    if value is None:
        return None
    if type(value) is not int or value < 0 or value > MINOR_MAX:
        msg = f"{name}: a whole number of fen is needed, found {value!r}"
        raise ListingUnreadableError(msg)
    return value or None


def _price(row: Mapping[str, Any]) -> int:
    if row.get("currency", "CNY") != "CNY":
        msg = f"currency: only CNY is auctioned here, found {row.get('currency')!r}"
        raise ListingUnreadableError(msg)
    given = _minor(row, "start_price_minor") or _minor(row, "current_price_minor")
    if given is None:
        msg = "start_price_minor: neither a start price nor a current price is given"
        raise ListingUnreadableError(msg)
    return given


def _reference(row: Mapping[str, Any], given: int, notes: list[str]) -> int:
    reference = _minor(row, "reference_price_minor")
    if reference is None:
        notes.append("reference_price_minor: missing, the price itself was taken")
        return given
    return reference


def _round(row: Mapping[str, Any], given: int, reference: int) -> Round:
    wanted = row.get("round")
    if wanted in {"first", "second", "sale"}:
        return wanted  # type: ignore[no-any-return]  # one of the three words
    title = str(row.get("title", ""))
    if "变卖" in title and given * 100 >= reference * _SECOND_FLOOR_PCT:
        return "sale"
    return "second" if _SECOND_FLOOR_PCT * reference <= given * 100 < 70 * reference else "first"


def _start(given: int, reference: int, round_: Round, notes: list[str]) -> int:
    least = ceil_pct(reference, 70)
    if round_ != "first":
        least = ceil_pct(least, 80)
    if given < least:
        notes.append(f"start_price_minor: {given} is under the floor, {least} was taken")
        return least
    return given


def _deposit(row: Mapping[str, Any], start: int, numbers: Numbers, notes: list[str]) -> int:
    low, high = deposit_range(numbers, start_price_minor=start)
    deposit = _minor(row, "deposit_minor")
    lawful = min(max(deposit or low, low), high)
    if deposit != lawful:
        notes.append(f"deposit_minor: {deposit} is not 5 to 20 per cent, {lawful} was taken")
    return lawful


def _increment(row: Mapping[str, Any], start: int, notes: list[str]) -> int:
    increment = _minor(row, "increment_minor")
    if increment is None:
        increment = max(100, start // _INCREMENT_SHARE // 100 * 100)
        notes.append(f"increment_minor: missing, {increment} was taken")
    return increment


def _count(row: Mapping[str, Any]) -> int:
    count = row.get("bid_count", row.get("registrants", 0))
    return count if type(count) is int and 0 <= count <= 10_000 else 0  # noqa: PLR2004 - more is no count


def _court(row: Mapping[str, Any], city: str) -> tuple[str, str]:
    named = row.get("court")
    if isinstance(named, str) and named in _NAMED_COURTS:
        return named, _NAMED_COURTS[named]
    if city not in COURTS:
        msg = f"city: no court is known for {city}"
        raise ListingUnreadableError(msg)
    return COURTS[city]


def _kind(title: str) -> tuple[Kind, str]:
    for words, kind, category in _WORDS:
        if re.search(words, title):
            return kind, category
    return "immovable", "home"


def _facts(row: Mapping[str, Any], title: str) -> dict[str, Any]:
    facts: dict[str, Any] = {"source": str(row.get("source", ""))}
    area = re.search(r"(\d+(?:\.\d+)?)\s*(?:平方米|平方|平|㎡|m²)", title)
    if area:
        facts["area_m2"] = area.group(1)
    if isinstance(row.get("publisher"), str):
        facts["publisher"] = row["publisher"]
    if isinstance(row.get("district_code"), str):
        facts["district_code"] = row["district_code"]
    return facts
