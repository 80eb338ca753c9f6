"""How amounts and instants are printed for people, in either language; the browser's modules print the same way."""

from __future__ import annotations

from datetime import datetime, timedelta

from auction.foundation.kernel.calendar import in_shanghai

_WEEKDAYS_ZH = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_UNITS = (("天", "d", 86_400), ("小时", "h", 3_600), ("分钟", "min", 60))


def instant(moment: datetime | str, *, language: str) -> str:
    """Print an instant in full, on the court's clock: date, weekday, time and zone."""
    at = in_shanghai(datetime.fromisoformat(moment) if isinstance(moment, str) else moment)
    if language == "en":
        return f"{_WEEKDAYS_EN[at.weekday()]} {at:%Y-%m-%d %H:%M:%S} UTC+8"
    return f"{at:%Y-%m-%d} {_WEEKDAYS_ZH[at.weekday()]} {at:%H:%M:%S}（北京时间）"


def span(length: timedelta, *, language: str) -> str:
    """Say a length of time in its two largest units: ``3 小时 12 分钟``."""
    left = int(length.total_seconds())
    pieces: list[str] = []
    for zh, en, seconds in _UNITS:
        number, left = divmod(left, seconds)
        if number:
            pieces.append(f"{number} {en if language == 'en' else zh}")
        elif pieces:
            break
    return " ".join(pieces[:2])


def ago(moment: datetime, *, now: datetime, language: str) -> str:
    """Say how far away an instant is: ``3 小时 12 分钟后``, ``in 3 h 12 min``, ``2 d ago``."""
    ahead = moment >= now
    words = span(abs(moment - now), language=language)
    if language == "en":
        return (f"in {words}" if ahead else f"{words} ago") if words else ("in under a minute" if ahead else "just now")
    return (f"{words}后" if ahead else f"{words}前") if words else ("不到 1 分钟后" if ahead else "刚刚")
