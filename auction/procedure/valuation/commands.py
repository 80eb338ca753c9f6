"""Taking one of the four modes; each attempt is recorded, whatever it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from auction.foundation.database.acts import Act, command
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.refusal import InputMalformed
from auction.foundation.kernel.roles import Role
from auction.procedure.cases import queries as cases
from auction.procedure.inputs import Checks
from auction.procedure.valuation import journal, periods, refusals, registers, rules
from auction.procedure.valuation.recording import (
    Outcome,
    ValuationResult,
    check_order,
    ground_of,
    held,
    numbers_of,
    record,
)
from auction.procedure.valuation.rules import Mode
from auction.procedure.valuation.standing import Entrusted
from auction.rulebook.carried import carries_out

_OFFER_FIELDS = frozenset({"party", "amount_minor"})
_RESULT_FIELDS = frozenset({"platform", "amount_minor", "delivered_at", "extension_requested"})
_PARTS_MAX = 100


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
    thing = held(act, property)
    case = cases.case(act.session, thing.case)
    creditors = {name for claim in case.claims for name in (claim.id, claim.creditor_person)}
    strangers = sorted({offer.party for offer in read} - creditors - {case.debtor.person})
    if strangers:
        raise InputMalformed(errors={"offers": f"不是本案当事人 / not a party of the case: {', '.join(strangers)}"})
    if len({offer.party for offer in read}) != len(read):
        raise InputMalformed(errors={"offers": "同一当事人报价两次 / a party is named twice"})
    amount = rules.negotiated(read, debtor=case.debtor.person, creditors=creditors)
    details = {"offers": [{"party": offer.party, "amount_minor": offer.amount_minor} for offer in read]}
    return record(act, thing, Mode.NEGOTIATION, Outcome(amount, details, asked=asked))


@carries_out("valuation.directed_inquiry")
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
    details = {"authority": checks.text("authority", authority), **ground_of(checks, agreed=agreed, reason=reason)}
    amount = None if amount_minor is None else checks.minor("amount_minor", amount_minor)
    checks.refuse()
    thing = held(act, property)
    check_order(act, property, Mode.DIRECTED_INQUIRY, agreed=agreed, reason=reason)
    return record(act, thing, Mode.DIRECTED_INQUIRY, Outcome(amount, details))


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

    Where the request was sent through ``send_inquiry``, its instant, its platforms and its period count.

    :raises OutOfOrder: an earlier mode has not failed, and there is no agreement and no legal reason
    :raises NotEntrustedTo: a platform was not asked
    :raises TimeLeft: a platform has not answered and still has time
    :raises Deferred: the inquiry rests
    """
    checks = Checks()
    ground = ground_of(checks, agreed=agreed, reason=reason)
    told = checks.instant_or_none("sent_at", sent_at)
    checks.refuse()
    thing = held(act, property)
    asked = _asked(act, property, Mode.ONLINE_INQUIRY)
    sent = told or (asked.since if asked else act.now)
    if sent > act.now:
        checks.wrong("sent_at", "不能晚于现在 / lies in the future")
    if asked is not None and sent != asked.since:
        checks.wrong("sent_at", "与记录的发出时间不符 / is not when it was sent")
    read = _results(checks, results, sent=sent, now=act.now)
    checks.refuse()
    if asked is None:
        check_order(act, property, Mode.ONLINE_INQUIRY, agreed=agreed, reason=reason)
    else:
        read = _all_asked(read, asked, now=act.now)
    found = rules.inquired(
        read, sent_at=sent, now=act.now, numbers=numbers_of(act), by=asked.by if asked else None,
        extendable=asked is None or asked.purpose == "report",
    )  # fmt: skip
    details = {
        **ground,
        "sent_at": instant_text(sent),
        "results": [_result_detail(one, counted=one.platform in found.counted) for one in read],
    }
    counted = [(one.platform, one.amount_minor or 0) for one in read if one.platform in found.counted]
    if asked is not None and found.pending_until is None:
        registers.note_late(act.as_platform(), [one.platform for one in read if _without_reason(one, found)])
    return record(
        act, thing, Mode.ONLINE_INQUIRY,
        Outcome(found.amount_minor, details, pending_until=found.pending_until, results=counted),
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

    Where an agency was entrusted through ``entrust_appraisal``, it is that one's report, and in time.

    :raises OutOfOrder: an earlier mode has not failed, and there is no agreement and no legal reason
    :raises NotEntrustedTo: another agency was entrusted
    :raises ReportLate: after the agency's time
    :raises Deferred: the appraisal rests
    :raises ValidityTooLong: for more than a year from the report
    """
    checks = Checks()
    name = checks.text("agency", agency)
    details = {"agency": name, **ground_of(checks, agreed=agreed, reason=reason)}
    amount = checks.minor("amount_minor", amount_minor)
    asked = checks.instant("valid_until", valid_until)
    delivered = checks.instant_or_none("delivered_at", delivered_at) or act.now
    if delivered > act.now:
        checks.wrong("delivered_at", "不能晚于现在 / lies in the future")
    checks.refuse()
    thing = held(act, property)
    entrusted = _asked(act, property, Mode.APPRAISAL)
    if entrusted is None:
        check_order(act, property, Mode.APPRAISAL, agreed=agreed, reason=reason)
    else:
        periods.check_makers([name], entrusted=entrusted)
        if delivered < entrusted.since:
            raise InputMalformed(errors={"delivered_at": "早于委托 / lies before it was entrusted"})
        periods.check_in_time(entrusted, delivered=delivered)
    details["delivered_at"] = instant_text(delivered)
    outcome = Outcome(amount, details, asked=asked, issued_at=delivered, results=[(name, amount)])
    return record(act, thing, Mode.APPRAISAL, outcome)


def _asked(act: Act, thing: str, mode: Mode) -> Entrusted | None:
    """Return what was entrusted in that mode and is running, or None where the file names none.

    :raises Deferred: when it rests
    """
    found = journal.standing_of(act.session, thing)
    if found.entrusted is None or found.entrusted.mode is not mode:
        return None
    periods.check_moving(found)
    return found.entrusted


def _all_asked(read: Sequence[rules.Result], asked: Entrusted, *, now: datetime) -> list[rules.Result]:
    """Return a result for each platform that was asked; who said nothing is late once the time is over."""
    periods.check_makers([one.platform for one in read], entrusted=asked)
    answers = {one.platform: one for one in read}
    silent = [name for name in asked.to if name not in answers]
    if silent and now <= asked.until:
        raise refusals.TimeLeft(to=silent, by=asked.until)
    dated = {
        name: rules.Result(name, one.amount_minor, one.delivered_at or now, one.extension_requested)
        for name, one in answers.items()
    }
    return [dated.get(name, rules.Result(name, None)) for name in asked.to]


def _without_reason(one: rules.Result, found: rules.Inquiry) -> bool:
    return one.platform not in found.counted and not one.extension_requested


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


def _results(checks: Checks, given: object, *, sent: datetime, now: datetime) -> list[rules.Result]:
    parts = _parts(checks, "results", given)
    read = [_result(checks, f"results[{n}]", one, sent=sent, now=now) for n, one in enumerate(parts)]
    if len({one.platform for one in read}) != len(read):
        checks.wrong("results", "同一平台出现两次 / a platform is named twice")
    return read


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
