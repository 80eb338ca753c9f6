"""What every attempt at a price shares: the thing is held, the mode has its turn, the outcome is entered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auction.foundation.database.acts import Act
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.ids import new_id
from auction.procedure.assets import commands as control
from auction.procedure.assets import queries as assets
from auction.procedure.assets.rules import NotUnderControl
from auction.procedure.inputs import Checks
from auction.procedure.valuation import journal, queries, reasons, rules
from auction.procedure.valuation.models import Valuation
from auction.procedure.valuation.rules import Mode
from auction.rulebook import rulebook
from auction.rulebook.numbers import ValuationNumbers


@dataclass(frozen=True, slots=True)
class ValuationResult:
    """What an attempt gave; ``next`` names the mode that follows when it gave no price."""

    property: str
    method: str
    reference_price_minor: int | None
    valid_until: datetime | None
    next: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt came to: a price, none, or none yet; ``results`` are the reports it rests on."""

    amount: int | None
    details: Mapping[str, Any]
    asked: datetime | None = None
    pending_until: datetime | None = None
    issued_at: datetime | None = None
    results: Sequence[tuple[str, int]] = ()
    again_of: str | None = None


def numbers_of(act: Act) -> ValuationNumbers:
    """Return the numbers in force at the instant of the act."""
    return rulebook().on(day_of(act.now)).valuation


def held(act: Act, thing: str) -> assets.PropertyRecord:
    """Lock a property and return it while it is held.

    :raises NotUnderControl: when it is not any more
    """
    lock(act, f"property:{thing}")
    record = assets.property_record(act.session, thing)
    if record.control_until is None:
        raise NotUnderControl(status=record.status)
    return record


def ground_of(checks: Checks, *, agreed: object, reason: object) -> dict[str, Any]:
    """Read why a mode is taken out of its turn."""
    return {"agreed": checks.truth("agreed", agreed), "reason": checks.text_or_none("reason", reason)}


def check_order(act: Act, thing: str, mode: Mode, *, agreed: bool, reason: str | None) -> None:
    """Refuse a mode that is not its turn; one whose price was voided has failed (第5、7、14、23条).

    A reason of the law's list is none for a mode it does not lead to.

    :raises OutOfOrder: naming the mode that comes first
    """
    known = reasons.reason_of(reasons.SKIPS, reason) if reason else None
    if known is not None and mode not in known.leads_to:
        reason = None
    void = queries.voided(act.session, thing)
    newest = {Mode(one.method): one for one in queries.history(act.session, thing)}
    failed = {past for past, one in newest.items() if one.outcome == "failed" or one.id in void}
    rules.check_order(mode, failed=failed, taken=newest.keys(), agreed=agreed, reason=reason)


def record(act: Act, thing: assets.PropertyRecord, mode: Mode, outcome: Outcome) -> ValuationResult:
    """Enter an attempt, whatever it gave.

    :raises ValidityTooLong: for a price that is to stand more than a year
    """
    amount, fixed_at = outcome.amount, outcome.issued_at or act.now
    until = None if amount is None else rules.valid_until(numbers_of(act), fixed_at=fixed_at, asked=outcome.asked)
    said = "pending" if outcome.pending_until else "failed" if amount is None else "price"
    row = Valuation(
        id=new_id("valuation"), property_id=thing.id, method=mode.value, outcome=said, amount_minor=amount,
        valid_until=until, at=act.now, details=dict(outcome.details), article=rules.ARTICLES[mode],
    )  # fmt: skip
    act.session.add(row)
    act.session.flush()
    control.note_valuation(act.as_platform(), property=thing.id, fixed=amount is not None)
    public = {
        "method": mode.value,
        "outcome": said,
        "amount_minor": amount,
        "valid_until": instant_text(until) if until else None,
        "pending_until": instant_text(outcome.pending_until) if outcome.pending_until else None,
        "article": rules.ARTICLES[mode],
    }
    append(act, f"property:{thing.id}", "property.valued", public, seal={"details": dict(outcome.details)})
    _step(act, thing, row.id, public, outcome)
    follows = mode if outcome.pending_until else rules.NEXT.get(mode)
    return ValuationResult(
        property=thing.id,
        method=mode.value,
        reference_price_minor=amount,
        valid_until=until,
        next=follows.value if amount is None and follows else None,
    )


def _step(act: Act, thing: assets.PropertyRecord, row: str, public: Mapping[str, Any], outcome: Outcome) -> None:
    # The docket has the attempt already, under the name it has had from the beginning.
    details = {
        **public,
        "valuation": row,
        "results": [{"by": name, "amount_minor": minor} for name, minor in outcome.results],
        "delivered_at": instant_text(outcome.issued_at or act.now),
        "again_of": outcome.again_of,
    }
    article = rules.ARTICLES[Mode(public["method"])]
    journal.enter(act, "valued", thing=thing.id, case=thing.case, article=article, public=details, docket=False)
