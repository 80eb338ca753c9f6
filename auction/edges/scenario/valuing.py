"""Verbs of the reference price: the four modes."""

from __future__ import annotations

from auction.edges.scenario.given import Given
from auction.edges.scenario.stage import Stage
from auction.edges.scenario.verbs import verb
from auction.edges.stories.instants import instant
from auction.foundation.kernel.roles import Role
from auction.procedure.valuation import commands as valuation
from auction.procedure.valuation.recording import ValuationResult


@verb("value_by_negotiation")
def value_by_negotiation(stage: Stage, given: Given) -> object:
    """Record what the parties say a thing is worth."""
    thing, offers, until = given.text("property"), given.objects("offers"), given.end_or_none("valid_until")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        return _price(valuation.value_by_negotiation(act, property=thing, offers=offers, valid_until=until))


@verb("value_by_directed_inquiry")
def value_by_directed_inquiry(stage: Stage, given: Given) -> object:
    """Record what an authority answered."""
    thing, authority = given.text("property"), given.text("authority")
    amount, agreed, reason = given.minor_or_none("amount_minor"), given.truth("agreed"), given.text_or_none("reason")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        return _price(
            valuation.value_by_directed_inquiry(
                act, property=thing, authority=authority, amount_minor=amount, agreed=agreed, reason=reason
            )
        )


@verb("value_by_online_inquiry")
def value_by_online_inquiry(stage: Stage, given: Given) -> object:
    """Record what the inquiry platforms delivered."""
    thing, sent, results = given.text("property"), given.instant_or_none("sent_at"), given.objects("results")
    agreed, reason = given.truth("agreed"), given.text_or_none("reason")
    given.done()
    delivered = [_with_instants(one, "delivered_at") for one in results]
    with stage.act(stage.official(Role.OFFICER)) as act:
        return _price(
            valuation.value_by_online_inquiry(
                act, property=thing, results=delivered, sent_at=sent, agreed=agreed, reason=reason
            )
        )


@verb("value_by_appraisal")
def value_by_appraisal(stage: Stage, given: Given) -> object:
    """Record an appraisal."""
    thing, agency, amount = given.text("property"), given.text("agency"), given.minor("amount_minor")
    delivered, until = given.instant_or_none("delivered_at"), given.end_or_none("valid_until")
    agreed, reason = given.truth("agreed"), given.text_or_none("reason")
    if until is None:
        given.wrong("valid_until", "缺少该字段 / is missing")
    given.done()
    assert until is not None  # noqa: S101 - `done` has refused it
    with stage.act(stage.official(Role.OFFICER)) as act:
        return _price(
            valuation.value_by_appraisal(
                act, property=thing, agency=agency, amount_minor=amount, valid_until=until, delivered_at=delivered,
                agreed=agreed, reason=reason,
            )
        )  # fmt: skip


def _price(result: ValuationResult) -> dict[str, object]:
    return {
        "property": result.property,
        "reference_price_minor": result.reference_price_minor,
        "method": result.method,
        "valid_until": result.valid_until,
        "next": result.next,
    }


def _with_instants(fields: dict[str, object], *names: str) -> dict[str, object]:
    """Return an object with its times read; what is no time stays as it is, for the command to refuse."""
    return {name: (instant(value) or value) if name in names else value for name, value in fields.items()}
