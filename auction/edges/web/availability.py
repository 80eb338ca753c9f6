"""The page that shows how a lot's bidding was served: a bar along its time, a histogram, and the same as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, render_template

from auction.edges.web.visitor import ANYONE, open_to, platform, t
from auction.foundation.docket.rules import Entry
from auction.procedure.bidding import certifying
from auction.procedure.bidding.certificate import stretches
from auction.procedure.lots import queries as lots

pages = Blueprint("availability", __name__)

#: How wide the bar along the time of bidding is drawn, and how narrow a part of it may get and still be seen.
_WIDE = 1000
_SEEN = 4
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the bar: ``served``, ``gap``, ``stayed`` or ``unmeasured``, from where and how wide."""

    sort: str
    x: int
    width: int


@pages.get("/lots/<lot>/availability")
@open_to(ANYONE)
def availability_page(lot: str) -> str:
    """Show how a lot's bidding was served: its certificate once it is made, and each outage it was deferred for."""
    with platform().read() as session:
        found = lots.public_lot(session, lot)
        told = certifying.availability(session, lot)
    certificate = told.certificate
    return render_template(
        "public/availability.html",
        section="lots",
        lot=found,
        measured=told.measured,
        entry=certificate,
        told=_told(certificate, course=told.course) if certificate else None,
        outages=[_outage(one) for one in told.deferrals],
    )


def _told(entry: Entry, *, course: Sequence[Entry]) -> dict[str, Any]:
    public = entry.public
    begin, end, since = (datetime.fromisoformat(public[name]) for name in ("from", "to", "measured_from"))
    missing = [_gap(one) for one in public["gaps"]]
    counts, bounds = public["histogram"]["counts"], public["histogram"]["bounds_ms"]
    return {
        "begin": begin,
        "end": end,
        "since": since if since > begin else None,
        "share": share(public["served_ms"], of=public["measured_ms"]),
        "bidding": duration(public["bidding_ms"]),
        "served": duration(public["served_ms"]),
        "floor": duration(public["floor_ms"]),
        "decided": public["decided"],
        "longest": duration(public["longest_ms"]),
        "gaps": missing,
        "parts": parts(stretches(course), missing=missing, since=since),
        "stood": len(stretches(course)) > 1,
        "steps": steps(counts, bounds),
    }


def _gap(told: Mapping[str, Any]) -> dict[str, Any]:
    begin, end = datetime.fromisoformat(told["from"]), datetime.fromisoformat(told["to"])
    return {"from": begin, "to": end, "lasted": duration(told["ms"])}


def _outage(entry: Entry) -> dict[str, Any]:
    told = entry.public["outage"]
    window = {name: datetime.fromisoformat(told["window"][name]) for name in ("from", "to")}
    spans = [
        {
            "process": one["process"],
            "from": datetime.fromisoformat(one["from"]),
            "to": datetime.fromisoformat(one["to"]),
        }
        for one in told["spans"]
    ]
    return {"entry": entry, "gap": _gap(told["gap"]), "window": window, "spans": spans}


def parts(
    ran: Sequence[tuple[datetime, datetime]], *, missing: Sequence[Mapping[str, Any]], since: datetime
) -> list[Part]:
    """Return the parts of the bar, those that matter most painted last."""
    begin, end = ran[0][0], ran[-1][1]

    def part(sort: str, left: datetime, right: datetime) -> Part:
        whole = max(end - begin, _MILLISECOND)
        x = _WIDE * (left - begin) // whole
        width = max(_SEEN, _WIDE * (right - begin) // whole - x)
        return Part(sort, min(x, _WIDE - _SEEN), width)

    drawn = [Part("stayed", 0, _WIDE)]
    drawn += [part("served", left, right) for left, right in ran]
    drawn += [part("unmeasured", left, min(right, since)) for left, right in ran if left < since]
    return drawn + [part("gap", one["from"], one["to"]) for one in missing]


def steps(counts: Sequence[int], bounds: Sequence[int]) -> list[dict[str, Any]]:
    """Return the steps of the histogram in words up to the last that holds a bid, each with how tall it is of 100."""
    most = max(counts, default=0)
    names = [f"≤ {duration(bound)}" for bound in bounds]
    names.append(f"> {duration(bounds[-1])}")
    last = max((number for number, count in enumerate(counts, start=1) if count), default=0)
    return [
        {
            "name": name,
            "count": count,
            "share": share(count, of=sum(counts)),
            "tall": max(2, 100 * count // most) if count else 0,
        }
        for name, count in list(zip(names, counts, strict=True))[:last]
    ]


def share(part: int, *, of: int) -> str:
    """Return a share in per cent, rounded down: nothing that lacks a moment is told as whole."""
    if not of:
        return "—"
    hundredths = part * 10_000 // of
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d} %" if rest else f"{whole} %"


def duration(ms: int) -> str:
    """Return a length of time in words, in the two greatest units that say something."""
    if ms < 1000:  # noqa: PLR2004 - a second
        return t(f"{ms}毫秒", f"{ms} ms")
    seconds, rest = divmod(ms, 1000)
    if seconds < 60 and rest:  # noqa: PLR2004 - a minute
        text = f"{ms / 1000:.3f}".rstrip("0")
        return t(f"{text}秒", f"{text} s")
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days == 1 and not hours and not minutes:
        days, hours = 0, 24
    units = ((days, "天", "d"), (hours, "小时", "h"), (minutes, "分", "min"), (seconds, "秒", "s"))
    told = [(number, zh, en) for number, zh, en in units if number][:3]
    return t("".join(f"{number}{zh}" for number, zh, _ in told), " ".join(f"{number} {en}" for number, _, en in told))
