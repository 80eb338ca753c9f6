"""The forms in which the API answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from auction.foundation.docket.rules import Entry
from auction.foundation.kernel.canonical import instant_text
from auction.procedure.bidding.queries import RegistrationRecord
from auction.procedure.lots.catalogue import ListedLot
from auction.procedure.lots.queries import LotRecord
from auction.procedure.treasury.ways_rules import Offer


def summary_json(lot: LotRecord | ListedLot) -> dict[str, Any]:
    """Return a lot as lists show it."""
    return {
        "id": lot.id,
        "lot": lot.id,
        "title": lot.title,
        "status": lot.status,
        "outcome": lot.outcome,
        "round": lot.round,
        "kind": lot.kind,
        "category": lot.category,
        "city": lot.city,
        "court": {"id": lot.court, "name": lot.court_name},
        "case_number": lot.case_number,
        "currency": lot.currency,
        "start_price_minor": lot.start_price_minor,
        "deposit_minor": lot.deposit_minor,
        "increment_minor": lot.increment_minor,
        "reference_price_minor": lot.reference_price_minor,
        "hammer_price_minor": lot.hammer_price_minor,
        "announced_at": instant_text(lot.announced_at) if lot.announced_at else None,
        "opens_at": instant_text(lot.opens_at),
        "closes_at": instant_text(lot.closes_at),
        "ends_at": instant_text(lot.ends_at),
        "sample": lot.sample,
    }


def lot_json(lot: LotRecord, *, rounds: Sequence[LotRecord], language: str) -> dict[str, Any]:
    """Return everything published about a lot; who holds a priority is told by rank only."""
    return summary_json(lot) | {
        "case": lot.case,
        "after": lot.after,
        "properties": list(lot.properties),
        "facts": dict(lot.facts),
        "floor_minor": lot.floor_minor,
        "balance_days": lot.balance_days,
        "terms": lot.terms,
        "rulebook": {"version": lot.rulebook["version"], "sha256": lot.rulebook["sha256"]} if lot.rulebook else None,
        "disclosure": dict(lot.disclosure),
        "priority_ranks": sorted(one.rank for one in lot.priority),
        "panel": list(lot.panel),
        "documents": [],
        "rounds": [_round_json(one) for one in rounds],
        "warnings": _warnings(lot, language=language),
        "conditions": lot.conditions.public(),
        "corrections": lot.corrections,
        "closed_at": instant_text(lot.closed_at) if lot.closed_at else None,
    }


def _round_json(lot: LotRecord) -> dict[str, Any]:
    return {
        "lot": lot.id,
        "round": lot.round,
        "status": lot.status,
        "outcome": lot.outcome,
        "start_price_minor": lot.start_price_minor,
        "hammer_price_minor": lot.hammer_price_minor,
        "currency": lot.currency,
        "opens_at": instant_text(lot.opens_at),
        "ends_at": instant_text(lot.ends_at),
    }


def _warnings(lot: LotRecord, *, language: str) -> list[dict[str, str]]:
    """Return what a bidder must know before anything else."""
    found = []
    if lot.sample:
        found.append(("sample", "演示数据，并非真实拍卖。", "Demonstration data, not a real auction."))
    if lot.priority:
        found.append(
            ("priority", "本拍品有优先购买权人，同等价格优先。", "Somebody has a priority to buy at an equal price.")
        )
    if lot.conditions.purchase_limited:
        found.append(("purchase_limited", "住房限购，竞买人须具备购房资格。", "Only who may buy a home here may bid."))
    if lot.corrections:
        found.append(("corrected", "公告有更正，请先阅读。", "The announcement was corrected; read what changed."))
    if lot.status in {"deferred", "suspended"}:
        found.append(("stayed", "竞价已暂停，恢复时另行公告。", "Bidding is stayed; its resumption will be announced."))
    if lot.status in {"withdrawn", "revoked"}:
        found.append(("ended", "本次拍卖已撤回或撤销。", "This auction was withdrawn or revoked."))
    return [{"code": code, "text": en if language == "en" else zh} for code, zh, en in found]


def entry_json(entry: Entry) -> dict[str, Any]:
    """Return a docket entry as it was hashed, with its hash."""
    return entry.as_json()


def ways_json(offers: Sequence[Offer], *, language: str) -> list[dict[str, Any]]:
    """Return the ways to pay an amount, with the reason why one is not open."""
    return [
        {
            "way": one.gateway,
            "up_to_minor": one.up_to_minor,
            "open": one.why_not is None,
            "why": (one.why[1] if language == "en" else one.why[0]) or None,
        }
        for one in offers
    ]


def registration_json(
    found: RegistrationRecord, *, paid_under: str, ways: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """Return a registration to its owner: code, deposit due, how to pay."""
    return {
        "registration": found.id,
        "lot": found.lot,
        "code": found.code,
        "priority_rank": found.rank,
        "status": found.status,
        "currency": "CNY",
        "deposit_minor": found.deposit_minor,
        "deposit_due_minor": found.deposit_due_minor,
        "pay": {"how": "page", "url": paid_under, "ways": list(ways)},
        "registered_at": instant_text(found.registered_at),
        "admitted_at": instant_text(found.admitted_at) if found.admitted_at else None,
    }
