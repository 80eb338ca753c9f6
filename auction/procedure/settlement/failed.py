"""What the court owes its creditors and the debtor for failed lots: asking about taking in kind, then release."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from auction.foundation.database.narrowing import Cases
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.calendar import within_days
from auction.foundation.kernel.due import DueAct
from auction.procedure.assets import queries as assets
from auction.procedure.bidding import queries as bidding
from auction.procedure.lots import queries as lots
from auction.procedure.lots.queries import LotRecord
from auction.procedure.settlement.asking import ASKED
from auction.rulebook.carried import carries_out

#: Where a thing still is the court's to release.
_HELD = {"seized", "disposing"}
_ASK_SALE = "法释〔2004〕16号 第16条；法明传〔2017〕455号 第2条"
_RELEASE = "查封规定 第28条；法释〔2004〕16号 第24、25条"


@carries_out("auction.sale_ask_in_kind_days")
def due(session: Session, now: datetime, *, case: Cases = None) -> list[DueAct]:
    """Return what is due on lots that failed the second time, or in the sale, and that nothing has followed."""
    acts: list[DueAct] = []
    for lot in lots.failed(session, now, case=case):
        if lot.round == "first":
            continue
        asked = docket.of_kinds(session, f"lot:{lot.id}", [ASKED])
        if not asked:
            acts.append(_ask(lot))
        elif lot.round == "sale":
            acts += _release(session, lot, asked_at=asked[0].at)
    return acts


def _ask(lot: LotRecord) -> DueAct:
    days = bidding.numbers_of(lot).auction.sale_ask_in_kind_days
    return DueAct(
        what="take_in_kind",
        on=lot.id,
        by=within_days(lot.closed_at or lot.ends_at, days),
        case=lot.case,
        article=_ASK_SALE if lot.round == "sale" else "法明传〔2017〕455号 第2条",
        zh=f"“{lot.title}”流拍，应在 {days} 日内询问申请执行人和其他执行债权人是否以物抵债",
        en=f"“{lot.title}” found no bidder; within {days} days ask the creditors whether they take it in kind",
    )


def _release(session: Session, lot: LotRecord, *, asked_at: datetime) -> Sequence[DueAct]:
    """Return what ends the road; the text names no days, so the creditors are given those they had to be asked in."""
    by = within_days(asked_at, bidding.numbers_of(lot).auction.sale_ask_in_kind_days)
    return [
        DueAct(
            what="release",
            on=thing,
            by=by,
            case=lot.case,
            article=_RELEASE,
            zh=f"“{lot.title}”变卖不成，无人抵债且无其他执行措施的，应解除查封，退还被执行人",
            en=f"“{lot.title}” could not be sold; if nobody takes it and nothing else can be done, release it",
        )
        for thing in lot.properties
        if assets.property_record(session, thing).status in _HELD
    ]
