"""The catalogue: every filter in the address, chips that can be removed, numbers that say what a click would find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from auction.edges.web import shown
from auction.edges.web.reading import yuan_or_none
from auction.edges.web.visitor import ANYONE, open_to, platform, t
from auction.foundation.kernel.calendar import start_of_day
from auction.foundation.kernel.refusal import InputMalformed
from auction.procedure.lots import catalogue as listed_lots
from auction.procedure.lots.catalogue import LotFilter

pages = Blueprint("search", __name__)

_PAGE = 24
_TEXT_MAX = 100
_CITIES_SHOWN = 16
_PLAIN = ("q", "status", "outcome", "kind", "category", "round", "court", "city")
_ASKABLE = (*_PLAIN, "price_min", "price_max", "opens_from", "closes_before", "sort", "cursor")
#: How the pages call the orders the catalogue knows.
_SORTS: Mapping[str, str] = {
    "closes": "ends",
    "opens": "opens",
    "newest": "newest",
    "price": "price",
    "-price": "-price",
}

STATUSES: Mapping[str, tuple[str, str]] = {
    "open": ("竞价中", "Open for bids"),
    "announced": ("公告中", "Announced"),
    "closed": ("已结束", "Closed"),
    "deferred": ("暂缓", "Deferred"),
    "suspended": ("中止", "Suspended"),
    "withdrawn": ("撤回", "Withdrawn"),
    "revoked": ("撤销", "Revoked"),
}
OUTCOMES: Mapping[str, tuple[str, str]] = {"sold": ("已成交", "Sold"), "unsold": ("流拍", "Unsold")}
CATEGORIES: Mapping[str, tuple[str, str]] = {
    "home": ("住宅用房", "Home"),
    "shop": ("商业用房", "Commercial premises"),
    "land": ("土地", "Land"),
    "vehicle": ("机动车", "Vehicle"),
    "vessel": ("船舶", "Vessel"),
    "equity": ("股权", "Equity"),
    "food": ("食品", "Food"),
    "machinery": ("机器设备", "Machinery"),
    "other": ("其他", "Other"),
}
ROUNDS: Mapping[str, tuple[str, str]] = {
    "first": ("第一次拍卖", "First auction"),
    "second": ("第二次拍卖", "Second auction"),
    "sale": ("变卖", "Sale"),
}
KINDS: Mapping[str, tuple[str, str]] = {
    "movable": ("动产", "Movable"),
    "immovable": ("不动产", "Immovable"),
    "other_right": ("其他财产权", "Other right"),
}
_WORDS = {"status": STATUSES, "outcome": OUTCOMES, "category": CATEGORIES, "round": ROUNDS, "kind": KINDS}


@pages.get("/lots")
@open_to(ANYONE)
def catalogue() -> tuple[str, int]:
    """Show the lots that meet every condition; a condition that cannot be read is named and left out."""
    asked = {name: value[:_TEXT_MAX] for name in _ASKABLE if (value := request.args.get(name, "").strip())}
    wanted, refusal = _wanted(asked)
    with platform().read() as session:
        counted = listed_lots.facets(session, wanted=wanted)
        try:
            found = _read(session, wanted, cursor=asked.get("cursor"), total=counted.total)
        except InputMalformed as unknown_cursor:
            refusal = refusal or unknown_cursor
            asked.pop("cursor", None)
            found = _read(session, wanted, cursor=None, total=counted.total)
        page = render_template(
            "public/search.html",
            section="lots",
            found=_page(session, found, asked),
            asked=asked,
            facets=_facets(counted),
            names=_names(asked),
            link=lambda **changes: _link(asked, **changes),
            refusal=refusal,
        )
    return page, 400 if refusal else 200


@dataclass(frozen=True, slots=True)
class Found:
    """One page of results; ``next`` is the address of the following one. The browser itself goes back."""

    items: list[shown.LotCard]
    total: int
    next: str | None
    previous: None = None


def _read(session: Session, wanted: LotFilter, *, cursor: str | None, total: int) -> listed_lots.LotPage:
    return listed_lots.page(session, wanted=wanted, limit=_PAGE, cursor=cursor, total=total)


def _page(session: Session, found: listed_lots.LotPage, asked: Mapping[str, str]) -> Found:
    following = _link(asked, cursor=found.next) if found.next else None
    return Found(items=shown.cards(session, found.items), total=found.total, next=following)


def _wanted(asked: dict[str, str]) -> tuple[LotFilter, InputMalformed | None]:
    errors: dict[str, str] = {}

    def read(name: str, reader: Any) -> Any:  # noqa: ANN401 - each condition has its own type
        try:
            return reader(asked.get(name))
        except InputMalformed as fault:
            errors[name] = next(iter(fault.facts["errors"].values()))  # type: ignore[attr-defined]
            asked.pop(name, None)
            return None

    sort = _SORTS.get(asked.get("sort", "closes"))
    if sort is None:
        asked.pop("sort")
    wanted = LotFilter(
        **{name: asked.get(name, "") for name in _PLAIN},
        price_min=read("price_min", lambda text: yuan_or_none(text, field="price_min")),
        price_max=read("price_max", lambda text: yuan_or_none(text, field="price_max")),
        opens_from=read("opens_from", _day),
        closes_before=read("closes_before", lambda text: _day(text, whole=True)),
        sort=sort or "ends",
    )
    return wanted, InputMalformed(errors=errors) if errors else None


def _day(text: str | None, *, whole: bool = False) -> datetime | None:
    """Read a day of the court's calendar; ``whole`` means its end."""
    if not text:
        return None
    try:
        start = start_of_day(datetime.fromisoformat(text).date())
        return start + timedelta(days=1) if whole else start
    except (ValueError, OverflowError) as fault:
        raise InputMalformed(errors={"date": "日期格式为 2025-01-31 / a date like 2025-01-31"}) from fault


def _facets(counted: listed_lots.Facets) -> dict[str, list[tuple[str, str, int]]]:
    found = {}
    for name, words in (("status", STATUSES), ("category", CATEGORIES), ("round", ROUNDS)):
        numbers = dict(counted.by[name])
        known = [key for key in words if key in numbers] + [key for key in numbers if key not in words]
        found[name] = [(key, t(*words.get(key, (key, key))), numbers[key]) for key in known]
    found["city"] = [(city, city, number) for city, number in counted.by["city"][:_CITIES_SHOWN] if city]
    return found


def _names(asked: Mapping[str, str]) -> dict[str, str]:
    """Return how the conditions in force are called on their chips."""
    names = {}
    for name, value in asked.items():
        words = _WORDS.get(name, {})
        names[f"{name}:{value}"] = t(*words[value]) if value in words else value
    for name, zh, en in (
        ("price_min", "不低于", "from"),
        ("price_max", "不高于", "to"),
        ("opens_from", "开始于", "opens from"),
        ("closes_before", "结束于", "closes by"),
    ):
        if name in asked:
            names[f"{name}:{asked[name]}"] = f"{t(zh, en)} {asked[name]}"
    return names


def _link(asked: Mapping[str, str], **changes: str | None) -> str:
    kept = {name: value for name, value in {**asked, "cursor": None, **changes}.items() if value}
    return f"/lots?{urlencode(kept)}" if kept else "/lots"
