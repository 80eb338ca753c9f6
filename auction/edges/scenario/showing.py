"""Verbs that look: ``show`` and ``wait``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict

from sqlalchemy.orm import Session

from auction.edges.due import due_acts
from auction.edges.scenario import publishing
from auction.edges.scenario.given import Given
from auction.edges.scenario.stage import Stage
from auction.edges.scenario.verbs import verb
from auction.foundation.docket.rules import Entry
from auction.foundation.kernel.refusal import InputMalformed
from auction.procedure.assets import queries as assets
from auction.procedure.bidding import queries as bidding
from auction.procedure.cases import payments
from auction.procedure.cases import queries as cases
from auction.procedure.deposits import queries as deposits
from auction.procedure.lots import queries as lots
from auction.procedure.lots import stays
from auction.procedure.objections import queries as objections
from auction.procedure.settlement import queries as settlements
from auction.procedure.valuation import queries as valuation

_SUBJECTS = ("lot", "property", "case", "money", "published", "docket", "verified")
_PUBLIC: Mapping[str, Callable[[Session, str], object]] = {
    "published": publishing.published,
    "docket": publishing.entries,
    "verified": publishing.verified,
}


@verb("wait")
def wait(stage: Stage, given: Given) -> object:
    """Let time pass, and say what happened meanwhile."""
    given.done()
    return [_happening(entry) for entry in stage.news()]


@verb("show")
def show(stage: Stage, given: Given) -> object:
    """Look at a lot, a property, a case, a case's money, at what is due, or at what anybody is shown of a lot."""
    subjects = {name: given.text(name) for name in _SUBJECTS if given.has(name)}
    due = given.truth("due")
    given.done()
    if len(subjects) + due != 1:
        raise InputMalformed(errors={"show": f"one of {', '.join(_SUBJECTS)} or due: true"})
    with stage.read() as session:
        if due:
            return _due(stage, session)
        ((what, subject),) = subjects.items()
        match what:
            case "lot":
                return _lot(stage, session, subject)
            case "property":
                return _property(stage, session, subject)
            case "case":
                return _case(stage, session, subject)
            case "money":
                return _money(session, subject)
            case _:
                return _PUBLIC[what](session, subject)


def _happening(entry: Entry) -> dict[str, object]:
    return {"what": entry.kind, "on": entry.chain.partition(":")[2], "at": entry.at}


def _lot(stage: Stage, session: Session, lot_id: str) -> dict[str, object]:
    lot = lots.lot(session, lot_id)
    standing = bidding.outcome(session, lot_id)
    leader = bidding.standing(session, lot).leader
    settled = settlements.settlement(session, lot_id)
    return {
        "lot": lot.id,
        "status": lot.status,
        "outcome": lot.outcome,
        "round": lot.round,
        "price_minor": standing.price_minor,
        "leader": stage.bidder_name(session, leader),
        "opens_at": lot.opens_at,
        "ends_at": standing.ends_at,
        "extensions": standing.extensions,
        "bids": standing.bids,
        "settlement": settled.status.value if settled else None,
        "start_price_minor": lot.start_price_minor,
        "deposit_minor": lot.deposit_minor,
        "increment_minor": lot.increment_minor,
        "floor_minor": lot.floor_minor,
        "announced_at": lot.announced_at,
        "closed_at": lot.closed_at,
        **_standing_still(session, lot_id),
    }


def _standing_still(session: Session, lot_id: str) -> dict[str, object]:
    stay = stays.stay(session, lot=lot_id)
    return {
        "stay_ground": stay.ground if stay else None,
        "stayed_at": stay.since if stay else None,
        "objections": [one.id for one in objections.against(session, lot_id)],
    }


def _property(stage: Stage, session: Session, thing: str) -> dict[str, object]:
    record = assets.property_record(session, thing, now=stage.now)
    price = valuation.reference_price(session, thing)
    return {
        "property": record.id,
        "case": record.case,
        "kind": record.kind,
        "category": record.category,
        "title": record.title,
        "status": record.status,
        "until": record.control_until,
        "reference_price_minor": price.amount_minor if price else None,
        "method": price.method if price else None,
        "valid_until": price.valid_until if price else None,
        "disposal_blocked": bool(record.holds),
        "sole_home": record.sole_home,
        "living_setaside_minor": record.living_setaside_minor,
        "objections": [one.id for one in objections.against(session, thing)],
    }


def _case(stage: Stage, session: Session, case_id: str) -> dict[str, object]:
    record = cases.case(session, case_id)
    return {
        "case": record.id,
        "number": record.number,
        "court": record.court_name,
        "status": record.status,
        "claimed_minor": record.claimed_minor,
        "costs_minor": record.costs_minor,
        "claims": [{"id": one.id, "kind": one.kind, "amount_minor": one.amount_minor} for one in record.claims],
        "lots": [lot.id for lot in lots.of_case(session, case=case_id)],
        "outstanding_minor": payments.outstanding(session, case=case_id),
        "paid_in_minor": payments.paid_in(session, case=case_id),
        "consents": [{"person": stage.name_of(who), "to": to} for who, to in payments.consents(session, case=case_id)],
        "objections": [
            {"objection": one.id, "kind": one.kind, "against": one.against, "status": one.status}
            for one in objections.of_case(session, case=case_id)
        ],
    }


def _money(session: Session, case_id: str) -> dict[str, object]:
    cases.case(session, case_id)
    return asdict(deposits.money(session, case=case_id))


def _due(stage: Stage, session: Session) -> list[dict[str, object]]:
    return [
        {
            "what": act.what,
            "on": act.on,
            "by": act.by,
            "case": act.case,
            "overdue": act.overdue(stage.now),
            "article": act.article,
            "why": {"zh": act.zh, "en": act.en},
        }
        for act in due_acts(session, stage.now)
    ]
