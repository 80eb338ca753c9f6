"""The dispute simulator on a page: what a closed lot's bids would have given under a supposition, and what changes.

The same function as `auction replay` reads the same export; nothing is written, and the address is the whole question,
so that two people look at the same thing. Before the close there is no outcome and the page says nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from auction.edges.web.court import curves, desk, lots, waterfall
from auction.edges.web.court.fields import Form
from auction.edges.web.court.picture import Frame
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.docket.rules import Entry
from auction.foundation.kernel.refusal import InputMalformed, Refusal
from auction.procedure.bidding import rules as bidding
from auction.procedure.bidding.receipts import REFUSALS
from auction.procedure.lots.queries import LotRecord
from auction.procedure.publicity.queries import export
from auction.procedure.publicity.rules import DocketWrongError, entries_of
from auction.procedure.publicity.supposing import NotClosedError, Supposed, Supposition, codes_of, suppose

pages = Blueprint("replaying", __name__, url_prefix="/court/lots")

_FRAMES = (Frame("wide", 900, 320, top=20, bottom=30), Frame("narrow", 360, 260, left=54, top=16, bottom=28))
_OUTAGES_MAX = 5
_MINUTES_MAX = 1440
_SHOWN_MAX = 40
#: What a bid may come to under a supposition: whatever the docket names, and that its bidder was never admitted.
_FATES: Mapping[str, type[Refusal]] = {**REFUSALS, bidding.NotAdmitted.code: bidding.NotAdmitted}


@dataclass(frozen=True, slots=True)
class Bidding:
    """What may be supposed of a lot: its codes with the number of their bids, and from when until when it ran."""

    codes: Mapping[str, int]
    opens_at: datetime
    ends_at: datetime


@pages.get("/<lot>/replay")
@open_to(desk.COURT)
def show(lot: str) -> ResponseReturnValue:
    """Show a closed lot of one's own court beside what a supposition would have made of it."""
    with platform().read() as session:
        found = desk.lot_of(session, lot)
        context = lots.common(session, found) | story(session, found, money=True)
    return rendered("court/lot_replay.html", tab="replay", **context)


def rendered(template: str, **context: Any) -> ResponseReturnValue:  # noqa: ANN401 - templates take any value
    """Answer the page; a malformed supposition is a malformed request, with every fault beside its field."""
    page = desk.page(template, rail="lots", **context)
    return make_response(page, 400 if context["refusal"] else 200)


def story(session: Session, lot: LotRecord, *, money: bool) -> dict[str, Any]:
    """Return what the page shows: the lot's bidding, the supposition in the address, and what it would have changed."""
    wish: dict[str, Any] = {"without": request.args.getlist("without"), "outages": _outages(), "most": _OUTAGES_MAX}
    context: dict[str, Any] = {"wish": wish, "lot": lot, "found": None, "wrong": None, "refusal": None}
    if lot.closed_at is None:
        return context
    document = export(session, lot.id, signer=platform().settings.signer)
    try:
        there = _bidding(entries_of(document))
        supposition = Supposition()
        try:
            supposition = _supposed(there)
        except InputMalformed as refusal:
            context["refusal"] = refusal
        found = suppose(document, supposition)
    except NotClosedError:
        return context
    except DocketWrongError as fault:
        return context | {"wrong": str(fault)}
    return context | {
        "bidding": there,
        "found": found,
        "supposed": supposition != Supposition(),
        "command": _command(supposition),
        "curves": [_curves(found, frame=frame, start_minor=lot.start_price_minor) for frame in _FRAMES],
        "fate": _fate,
        "shares": waterfall.shares(session, lot, prices=_prices(found)) if money else [],
    }


def _bidding(entries: Sequence[Entry]) -> Bidding:
    bids = Counter(entry.public["code"] for entry in entries if entry.kind in {"bid.accepted", "bid.refused"})
    opened = [entry for entry in entries if entry.kind == "lot.opened"]
    closed = [entry for entry in entries if entry.kind == "lot.closed"]
    if not opened or not closed:
        raise NotClosedError
    return Bidding(
        codes={code: bids[code] for code in sorted(codes_of(entries), key=lambda code: (-bids[code], code))},
        opens_at=datetime.fromisoformat(opened[0].public["opens_at"]),
        ends_at=datetime.fromisoformat(closed[0].public["ends_at"]),
    )


def _outages() -> list[tuple[str, str]]:
    """Return the outages as typed, each begin with the end in its place; those left empty are none."""
    begins, ends = request.args.getlist("outage_from"), request.args.getlist("outage_to")
    length = max(len(begins), len(ends))
    typed = [
        (begins[at].strip() if at < len(begins) else "", ends[at].strip() if at < len(ends) else "")
        for at in range(length)
    ]
    return [pair for pair in typed if any(pair)]


def _supposed(there: Bidding) -> Supposition:
    """Read the supposition out of the address.

    :raises InputMalformed: naming every parameter that cannot be
    """
    form = Form(request.args)
    without = [code.strip() for code in request.args.getlist("without") if code.strip()]
    unknown = sorted({code for code in without if code not in there.codes})
    if unknown:
        told = "、".join(code[:_SHOWN_MAX] for code in unknown[:3])
        form.checks.wrong("without", f"卷宗中没有竞买代码 {told} / the docket has no bidding code {told}")
    minutes = form.whole_or_none("extension", least=0, most=_MINUTES_MAX)
    typed = _outages()
    if len(typed) > _OUTAGES_MAX:
        form.checks.wrong("outage_from", f"最多 {_OUTAGES_MAX} 段 / at most {_OUTAGES_MAX} of them")
    outages = [_outage(form, begin, end, there=there) for begin, end in typed[:_OUTAGES_MAX]]
    form.refuse()
    return Supposition(
        without=frozenset(without),
        outages=tuple(pair for pair in outages if pair is not None),
        extension=None if minutes is None else timedelta(minutes=minutes),
    )


def _outage(form: Form, begin: str, end: str, *, there: Bidding) -> tuple[datetime, datetime] | None:
    pair = Form(MultiDict([("outage_from", begin), ("outage_to", end)]))
    first, last = pair.moment("outage_from"), pair.moment("outage_to")
    if first is not None and last is not None:
        if first >= last:
            pair.checks.wrong("outage_to", "结束须晚于开始 / the end must come after the beginning")
        elif last <= there.opens_at or first >= there.ends_at:
            pair.checks.wrong("outage_from", "不在竞价期间内 / outside the bidding")
    for field, why in pair.checks.errors.items():
        form.checks.wrong(field, why)
    return (first, last) if first is not None and last is not None else None


def _curves(found: Supposed, *, frame: Frame, start_minor: int) -> curves.Curves:
    return curves.draw(
        found.recorded.rises,
        found.supposed.rises,
        frame=frame,
        start_minor=start_minor,
        parted_at=found.parted_at,
    )


def _prices(found: Supposed) -> list[int | None]:
    return [found.recorded.price_minor, found.supposed.price_minor]


def _fate(code: str | None) -> str:
    """Say what became of a bid."""
    if code is None:
        return t("接受", "accepted")
    if code == "absent":
        return t("未到达", "never arrived")
    if code == bidding.OwnLead.code:
        return t("已领先，不再受理", "led already")
    refusal = _FATES.get(code)
    return t(refusal.title_zh, refusal.title_en) if refusal else code


def _command(supposition: Supposition) -> str:
    """Return the command by which anybody finds the same from the export alone."""
    parts = [f"--without {code}" for code in sorted(supposition.without)]
    parts += [f"--outage {begin.isoformat()} {end.isoformat()}" for begin, end in supposition.outages]
    if supposition.extension is not None:
        parts.append(f"--extension {supposition.extension // timedelta(minutes=1)}")
    return " ".join(("auction replay docket.json", *parts))
