"""Taking one of the four modes; each attempt is recorded, whatever it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import InputMalformed
from auction.foundation.kernel.roles import Role
from auction.procedure.assets import commands as control
from auction.procedure.assets import queries as assets
from auction.procedure.assets.rules import NotUnderControl
from auction.procedure.cases import queries as cases
from auction.procedure.inputs import Checks
from auction.procedure.valuation import queries, rules
from auction.procedure.valuation.models import Valuation
from auction.procedure.valuation.rules import Mode
from auction.rulebook import rulebook
from auction.rulebook.numbers import ValuationNumbers

_OFFER_FIELDS = frozenset({"party", "amount_minor"})
_RESULT_FIELDS = frozenset({"platform", "amount_minor", "delivered_at", "extension_requested"})
_PARTS_MAX = 100


@dataclass(frozen=True, slots=True)
class ValuationResult:
    """What an attempt gave; ``next`` names the mode that follows when it gave no price."""

    property: str
    method: str
    reference_price_minor: int | None
    valid_until: datetime | None
    next: str | None


@command("value_by_negotiation", by={Role.OFFICER})
def value_by_negotiation(
    act: Act,
    *,
    property: str,  # noqa: A002 - the law's word
    offers: Sequence[Mapping[str, Any]],
    valid_until: datetime | None = None,
) -> ValuationResult:
    """Record what the parties say it is worth; identical figures of both sides are the price (第4条).

    :raises InputMalformed: a field cannot be read, or an offer is not by a party of the case
    :raises ValidityTooLong: for more than a year
    """
    checks = Checks()
    asked = checks.instant_or_none("valid_until", valid_until)
    read = [_offer(checks, f"offers[{n}]", one) for n, one in enumerate(_parts(checks, "offers", offers))]
    checks.refuse()
    thing = _open(act, property)
    case = cases.case(act.session, thing.case)
    creditors = {name for claim in case.claims for name in (claim.id, claim.creditor_person)}
    strangers = sorted({offer.party for offer in read} - creditors - {case.debtor.person})
    if strangers:
        raise InputMalformed(errors={"offers": f"不是本案当事人 / not a party of the case: {', '.join(strangers)}"})
    if len({offer.party for offer in read}) != len(read):
        raise InputMalformed(errors={"offers": "同一当事人报价两次 / a party is named twice"})
    amount = rules.negotiated(read, debtor=case.debtor.person, creditors=creditors)
    details = {"offers": [{"party": offer.party, "amount_minor": offer.amount_minor} for offer in read]}
    return _record(act, property, Mode.NEGOTIATION, amount=amount, asked=asked, details=details)


@command("value_by_directed_inquiry", by={Role.OFFICER})
def value_by_directed_inquiry(
    act: Act,
    *,
    property: str,  # noqa: A002 - the law's word
    authority: str,
    amount_minor: int | None,
    agreed: bool = False,
    reason: str | None = None,
) -> ValuationResult:
    """Record what the competent authority answered; an official price in time is the price (第5、6条).

    :raises OutOfOrder: negotiation has not failed, and there is no agreement and no legal reason
    """
    checks = Checks()
    details = {"authority": checks.text("authority", authority), **_ground(checks, agreed=agreed, reason=reason)}
    amount = None if amount_minor is None else checks.minor("amount_minor", amount_minor)
    checks.refuse()
    _open(act, property)
    _check_order(act, property, Mode.DIRECTED_INQUIRY, agreed=agreed, reason=reason)
    return _record(act, property, Mode.DIRECTED_INQUIRY, amount=amount, asked=None, details=details)


@command("value_by_online_inquiry", by={Role.OFFICER})
def value_by_online_inquiry(
    act: Act,
    *,
    property: str,  # noqa: A002 - the law's word
    results: Sequence[Mapping[str, Any]],
    sent_at: datetime | None = None,
    agreed: bool = False,
    reason: str | None = None,
) -> ValuationResult:
    """Record what the inquiry platforms delivered; the mean of those in time is the price (第7、11、13条).

    :raises OutOfOrder: an earlier mode has not failed, and there is no agreement and no legal reason
    """
    checks = Checks()
    ground = _ground(checks, agreed=agreed, reason=reason)
    sent = checks.instant_or_none("sent_at", sent_at) or act.now
    if sent > act.now:
        checks.wrong("sent_at", "不能晚于现在 / lies in the future")
    given = _parts(checks, "results", results)
    read = [_result(checks, f"results[{n}]", one, sent=sent, now=act.now) for n, one in enumerate(given)]
    if len({one.platform for one in read}) != len(read):
        checks.wrong("results", "同一平台出现两次 / a platform is named twice")
    checks.refuse()
    _open(act, property)
    _check_order(act, property, Mode.ONLINE_INQUIRY, agreed=agreed, reason=reason)
    found = rules.inquired(read, sent_at=sent, now=act.now, numbers=_numbers(act))
    details = {
        **ground,
        "sent_at": instant_text(sent),
        "results": [_result_detail(one, counted=one.platform in found.counted) for one in read],
    }
    return _record(
        act, property, Mode.ONLINE_INQUIRY, amount=found.amount_minor, asked=None, details=details,
        pending_until=found.pending_until,
    )  # fmt: skip


@command("value_by_appraisal", by={Role.OFFICER})
def value_by_appraisal(
    act: Act,
    *,
    property: str,  # noqa: A002 - the law's word
    agency: str,
    amount_minor: int,
    valid_until: datetime,
    delivered_at: datetime | None = None,
    agreed: bool = False,
    reason: str | None = None,
) -> ValuationResult:
    """Record an agency's report; its result is the price (第14、26条).

    :raises OutOfOrder: an earlier mode has not failed, and there is no agreement and no legal reason
    :raises ValidityTooLong: for more than a year from the report
    """
    checks = Checks()
    details = {"agency": checks.text("agency", agency), **_ground(checks, agreed=agreed, reason=reason)}
    amount = checks.minor("amount_minor", amount_minor)
    asked = checks.instant("valid_until", valid_until)
    delivered = checks.instant_or_none("delivered_at", delivered_at) or act.now
    if delivered > act.now:
        checks.wrong("delivered_at", "不能晚于现在 / lies in the future")
    checks.refuse()
    _open(act, property)
    _check_order(act, property, Mode.APPRAISAL, agreed=agreed, reason=reason)
    details["delivered_at"] = instant_text(delivered)
    return _record(act, property, Mode.APPRAISAL, amount=amount, asked=asked, details=details, issued_at=delivered)


def _parts(checks: Checks, field: str, given: object) -> Sequence[object]:
    if isinstance(given, str | bytes) or not isinstance(given, Sequence) or not 0 < len(given) <= _PARTS_MAX:
        checks.wrong(field, f"应为1至{_PARTS_MAX}项的列表 / must be a list of 1 to {_PARTS_MAX}")
        return ()
    return given


def _offer(checks: Checks, at: str, given: object) -> rules.Offer:
    fields = checks.known_fields(at, given, _OFFER_FIELDS)
    return rules.Offer(
        party=checks.identifier(f"{at}.party", fields.get("party")),
        amount_minor=checks.minor(f"{at}.amount_minor", fields.get("amount_minor")),
    )


def _result(checks: Checks, at: str, given: object, *, sent: datetime, now: datetime) -> rules.Result:
    fields = checks.known_fields(at, given, _RESULT_FIELDS)
    amount = fields.get("amount_minor")
    delivered = checks.instant_or_none(f"{at}.delivered_at", fields.get("delivered_at"))
    if delivered is not None and not sent <= delivered <= now:
        checks.wrong(f"{at}.delivered_at", "应在发出之后、现在之前 / must lie between sending and now")
    return rules.Result(
        platform=checks.text(f"{at}.platform", fields.get("platform"), longest=100),
        amount_minor=None if amount is None else checks.minor(f"{at}.amount_minor", amount),
        delivered_at=delivered,
        extension_requested=checks.truth(f"{at}.extension_requested", fields.get("extension_requested", False)),
    )


def _result_detail(one: rules.Result, *, counted: bool) -> dict[str, object]:
    return {
        "platform": one.platform,
        "amount_minor": one.amount_minor,
        "delivered_at": instant_text(one.delivered_at) if one.delivered_at else None,
        "extension_requested": one.extension_requested,
        "counted": counted,
    }


def _ground(checks: Checks, *, agreed: object, reason: object) -> dict[str, Any]:
    return {"agreed": checks.truth("agreed", agreed), "reason": checks.text_or_none("reason", reason)}


def _numbers(act: Act) -> ValuationNumbers:
    return rulebook().on(day_of(act.now)).valuation


def _open(act: Act, thing: str) -> assets.PropertyRecord:
    lock(act, f"property:{thing}")
    record = assets.property_record(act.session, thing)
    if record.control_until is None:
        raise NotUnderControl(status=record.status)
    return record


def _check_order(act: Act, thing: str, mode: Mode, *, agreed: bool, reason: str | None) -> None:
    newest = {Mode(one.method): one.outcome for one in queries.history(act.session, thing)}
    failed = {past for past, outcome in newest.items() if outcome == "failed"}
    rules.check_order(mode, failed=failed, taken=newest.keys(), agreed=agreed, reason=reason)


def _record(
    act: Act, thing: str, mode: Mode, *, amount: int | None, asked: datetime | None, details: Mapping[str, Any],
    pending_until: datetime | None = None, issued_at: datetime | None = None,
) -> ValuationResult:  # fmt: skip
    until = None if amount is None else rules.valid_until(_numbers(act), fixed_at=issued_at or act.now, asked=asked)
    outcome = "pending" if pending_until else "failed" if amount is None else "price"
    row = Valuation(
        id=new_id("valuation"), property_id=thing, method=mode.value, outcome=outcome, amount_minor=amount,
        valid_until=until, at=act.now, details=dict(details), article=rules.ARTICLES[mode],
    )  # fmt: skip
    act.session.add(row)
    act.session.flush()
    control.note_valuation(act.as_platform(), property=thing, fixed=amount is not None)
    public = {
        "method": mode.value,
        "outcome": outcome,
        "amount_minor": amount,
        "valid_until": instant_text(until) if until else None,
        "pending_until": instant_text(pending_until) if pending_until else None,
    }
    append(act, f"property:{thing}", "property.valued", public, seal={"details": dict(details)})
    follows = mode if pending_until else rules.NEXT.get(mode)
    return ValuationResult(
        property=thing,
        method=mode.value,
        reference_price_minor=amount,
        valid_until=until,
        next=follows.value if amount is None and follows else None,
    )
