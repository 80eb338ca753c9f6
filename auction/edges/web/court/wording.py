"""The first draft of an announcement: each block said with what is on record, for the officer to check and change.

The rulebook says what a block must tell; where the record knows it, the draft tells it, so that nobody publishes a
description of a text in place of the text (法释〔2016〕18号 第13条).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from auction.edges.web import printing, visitor
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.money import grouped, in_capitals
from auction.procedure.assets import queries as assets
from auction.procedure.assets.queries import PropertyRecord
from auction.procedure.cases import queries as cases
from auction.procedure.identity import queries as identity
from auction.procedure.identity.queries import CourtRecord
from auction.procedure.lots.queries import LotRecord, PriorityRecord
from auction.procedure.valuation import queries as valuation
from auction.rulebook import rulebook

_METHODS = {
    "negotiation": "当事人议价",
    "directed_inquiry": "定向询价",
    "online_inquiry": "网络询价",
    "appraisal": "委托评估",
}

#: Which fact of a thing tells which block of its kind, with the words around it.
_FACTS = (
    ("floor_plan", "rooms", "户型为", "，户型图附于本公告"),
    ("occupancy", "occupancy", "经现场调查，", ""),
    ("vehicle_mileage", "mileage_km", "勘查当日仪表显示行驶里程", "公里"),
    ("vehicle_emission", "emission", "排放标准为", ""),
    ("equity_capital", "share_pct", "股权比例", "%"),
)


def proposed(session: Session, lot: LotRecord) -> dict[str, str]:
    """Return the draft of every block that the record can tell, by the block's key, in the language of publication."""
    things = [assets.property_record(session, name, now=visitor.now()) for name in lot.properties]
    court = identity.court(session, lot.court)
    debtor = cases.case(session, lot.case).debtor.masked
    standing = {one.key: one.text.zh for one in rulebook().on(day_of(visitor.now())).disclosure_blocks}
    return {
        "announcement": f"{court.name}在执行{lot.case_number}案中，将于{_at(lot.opens_at)}至{_at(lot.closes_at)}"
        f"在本平台公开拍卖“{lot.title}”。",
        "enforcement_basis": f"执行案号{lot.case_number}，被执行人{debtor}。{standing['enforcement_basis']}",
        "pricing_basis": _pricing(session, things),
        "bidding_rules": f"起拍价{_sum(lot.start_price_minor)}，加价幅度¥{grouped(lot.increment_minor)}。"
        f"{standing['bidding_rules']}",
        "property_state": "\n".join(_state(thing) for thing in things),
        "priority_holders": _priority(lot),
        "payment": _payment(lot, court),
        "court_contact": _contact(court),
        **_special(things),
    }


def _at(moment: datetime) -> str:
    return printing.instant(moment, language="zh")


def _sum(minor: int) -> str:
    return f"¥{grouped(minor)}（{in_capitals(minor)}）"


def _pricing(session: Session, things: list[PropertyRecord]) -> str:
    lines = []
    for thing in things:
        price = valuation.reference_price(session, thing.id)
        if price is not None:
            how = _METHODS.get(price.method, price.method)
            lines.append(
                f"{thing.title}：参考价¥{grouped(price.amount_minor)}，以{how}方式确定，有效期至{_at(price.valid_until)}。"
            )
    return "\n".join(lines)


def _state(thing: PropertyRecord) -> str:
    used = thing.facts.get("occupancy") or "占有使用情况未登记，以现场查看为准"
    burdens = "、".join(str(one) for one in thing.encumbrances) or "未登记权利负担"
    return f"{thing.title}：{used}；{burdens}。"


def _special(things: list[PropertyRecord]) -> dict[str, str]:
    """Return the blocks of a kind of thing that the record of the things can tell (法〔2024〕238号 第1条)."""
    said: dict[str, list[str]] = {}
    for thing in things:
        for block, fact, before, after in _FACTS:
            value = thing.facts.get(fact)
            if isinstance(value, str | int) and not isinstance(value, bool):
                said.setdefault(block, []).append(f"{thing.title}：{before}{value}{after}。")
    return {block: "\n".join(lines) for block, lines in said.items()}


def _priority(lot: LotRecord) -> str:
    if not lot.priority:
        return "没有已知优先购买权人。"
    return "；".join(_right(one) for one in lot.priority) + "。"


def _right(one: PriorityRecord) -> str:
    """Return a priority as block 6 tells it: rank, nature of the right and ground, never who (article 13)."""
    parts = [f"第{one.rank}顺位优先购买权人"]
    if one.nature:
        parts.append(f"权利性质：{one.nature}")
    if one.reason:
        parts.append(f"理由：{one.reason}")
    return "，".join(parts)


def _payment(lot: LotRecord, court: CourtRecord) -> str:
    return (
        f"保证金{_sum(lot.deposit_minor)}，在本平台报名后缴纳；余款于成交后{lot.balance_days}日内付入{court.name}案款账户。"
        "未竞得者的保证金依法退还。请勿向任何个人账户付款。"
    )


def _contact(court: CourtRecord) -> str:
    phones = [("联系电话", court.phone), ("监督电话", court.supervision_phone)]
    return "，".join([court.name, *(f"{name}{number}" for name, number in phones if number)]) + "。"
