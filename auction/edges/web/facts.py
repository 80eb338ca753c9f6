"""The facts of a thing in the words of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auction.edges.web.visitor import t
from auction.foundation.kernel.money import grouped

#: Facts of a thing as courts record them, in the order people ask for them.
_FACTS: Mapping[str, tuple[str, str, str]] = {
    "address": ("坐落", "Address", ""),
    "area_m2": ("建筑面积", "Floor area", " m²"),
    "land_area_m2": ("土地面积", "Land area", " m²"),
    "rooms": ("户型", "Rooms", ""),
    "floor": ("楼层", "Floor", ""),
    "year": ("建成/出厂年份", "Year", ""),
    "use": ("用途", "Use", ""),
    "certificate": ("权属证号", "Title certificate", ""),
    "make": ("品牌型号", "Make", ""),
    "plate": ("号牌", "Number plate", ""),
    "mileage_km": ("行驶里程", "Mileage", " km"),
    "quantity": ("数量", "Quantity", ""),
    "share_pct": ("股权比例", "Share", " %"),
    "occupancy": ("占有使用", "Occupied by", ""),
    "arrears_minor": ("已知欠费", "Known arrears", ""),
    "publisher": ("原发布单位", "First listed by", ""),
}


def facts_in_words(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what is known of the thing, named for people; what has no name for people is not for them."""
    return [(t(zh, en), _fact(key, facts[key]) + unit) for key, (zh, en, unit) in _FACTS.items() if key in facts]


def _fact(key: str, value: object) -> str:
    if isinstance(value, bool):
        return t("是", "yes") if value else t("否", "no")
    if key.endswith("_minor") and isinstance(value, int):
        return f"¥{grouped(value)}"
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    return str(value)
