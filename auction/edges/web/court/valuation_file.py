"""What a property's page shows of its valuation: attempts, who was asked, what came, what is said against it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from auction.edges.web import visitor
from auction.edges.web.visitor import t
from auction.procedure.assets.queries import PropertyRecord
from auction.procedure.cases.queries import CaseRecord
from auction.procedure.lots import queries as lots
from auction.procedure.settlement import valuation_fees
from auction.procedure.valuation import choosing, queries, reasons, registers
from auction.procedure.valuation.rules import Mode

_PLATFORMS = 5


def context_of(session: Session, found: PropertyRecord, case: CaseRecord) -> dict[str, Any]:
    """Return what a property's page shows of its valuation."""
    history = queries.history(session, found.id)
    price = queries.reference_price(session, found.id)
    stands = price is not None and visitor.now() <= price.valid_until
    where = queries.standing_of(session, found.id)
    listed = registers.listed(session, visitor.now())
    return {
        "history": history,
        "voided": queries.voided(session, found.id),
        "price": price,
        "parties": parties_of(case),
        "following": "" if stands else _following(history),
        "platforms": max(_PLATFORMS, len(listed)),
        "listed": listed,
        "standing": where,
        "draw_holds": where.draw is not None and choosing.draw_holds(where.draw),
        "now": visitor.now(),
        "reason_words": dict(_options(reasons.SKIPS)),
        "fee_of": valuation_fees.owed_for(session, found.id),
        "reason_options": {mode.value: _options(reasons.skips_to(mode)) for mode in Mode},
        "defer_options": _options(reasons.DEFER),
        "withdraw_options": _options(reasons.WITHDRAW),
        "sold_options": _sold(session, found, case),
        "applicant_options": [(claim.id, claim.creditor) for claim in case.claims if claim.applicant],
    }


def _options(listed: tuple[reasons.Reason, ...]) -> list[tuple[str, str]]:
    """Return reasons for a select: what each is called in the visitor's language, with its article."""
    return [(one.key, f"{t(one.zh, one.en)}（{one.article}）") for one in listed]


def _sold(session: Session, found: PropertyRecord, case: CaseRecord) -> list[tuple[str, str]]:
    """Return the lots in which the thing was sold."""
    of_thing = (lot for lot in lots.of_case(session, case=case.id) if found.id in lot.properties)
    return [(lot.id, lot.title) for lot in of_thing if lot.outcome == "sold" and lot.defaulted_at is None]


def parties_of(case: CaseRecord) -> list[tuple[str, str]]:
    """Return the debtor and each creditor once: person and name."""
    named = {case.debtor.person: f"{case.debtor.name}（{t('被执行人', 'debtor')}）"}
    for claim in case.claims:
        named.setdefault(claim.creditor_person, claim.creditor)
    return list(named.items())


def _following(history: list[queries.ValuationRecord]) -> str:
    """Return the mode whose form stands open: the first that has not failed yet."""
    failed = {one.method for one in history if one.outcome == "failed"}
    return next((mode.value for mode in Mode if mode.value not in failed), Mode.APPRAISAL.value)
