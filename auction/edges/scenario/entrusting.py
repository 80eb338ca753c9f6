"""Verbs on the way to a price and after it: asking platforms or an agency, drawing lots, reports, objections, fees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from auction.edges.scenario.given import Given
from auction.edges.scenario.stage import Stage
from auction.edges.scenario.verbs import Play, verb
from auction.foundation.kernel.refusal import NotFound
from auction.foundation.kernel.roles import Role
from auction.procedure.settlement import valuation_fees
from auction.procedure.valuation import choosing, disputes, entrusting, queries, registers, reports
from auction.procedure.valuation.disputes import ContestRecord
from auction.procedure.valuation.entrusting import FACTS, EntrustedRecord
from auction.procedure.valuation.registers import PlatformRecord

_COUNT_MAX = 10_000


@verb("find_facts")
def find_facts(stage: Stage, given: Given) -> object:
    """Record what was found out about a thing before it is valued."""
    thing, found = given.text("property"), {name: given.text(name) for name in FACTS}
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        return {"property": thing, "found_at": entrusting.find_facts(act, property=thing, **found)}


def _asking(run: Callable[..., EntrustedRecord]) -> Play:
    """Return how platforms or an agency are asked."""

    def play(stage: Stage, given: Given) -> object:
        thing, purpose = given.text("property"), given.text_or_none("purpose") or "report"
        agreed, reason = given.truth("agreed"), given.text_or_none("reason")
        given.done()
        with stage.act(stage.official(Role.OFFICER)) as act:
            return _entrusted(run(act, property=thing, purpose=purpose, agreed=agreed, reason=reason))

    return play


def _plain(run: Callable[..., EntrustedRecord]) -> Play:
    """Return how a step is played that needs nothing but the thing."""

    def play(stage: Stage, given: Given) -> object:
        thing = given.text("property")
        given.done()
        with stage.act(stage.official(Role.OFFICER)) as act:
            return _entrusted(run(act, property=thing))

    return play


def _on_ground(run: Callable[..., EntrustedRecord]) -> Play:
    """Return how a step is played that needs a ground."""

    def play(stage: Stage, given: Given) -> object:
        thing, ground = given.text("property"), given.text("ground")
        given.done()
        with stage.act(stage.official(Role.OFFICER)) as act:
            return _entrusted(run(act, property=thing, ground=ground))

    return play


_PLAYS: Mapping[str, Play] = {
    "send_inquiry": _asking(entrusting.send_inquiry),
    "entrust_appraisal": _asking(entrusting.entrust_appraisal),
    "replace_agency": _plain(entrusting.replace_agency),
    "resume_valuation": _plain(entrusting.resume_valuation),
    "defer_valuation": _on_ground(entrusting.defer_valuation),
    "withdraw_valuation": _on_ground(entrusting.withdraw_valuation),
}
for _name, _play in _PLAYS.items():
    verb(_name)(_play)


@verb("extend_appraisal")
def extend_appraisal(stage: Stage, given: Given) -> object:
    """Give an agency the time it asked for."""
    thing, days = given.text("property"), given.whole_or_none("days", least=1, most=_COUNT_MAX)
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        return _entrusted(entrusting.extend_appraisal(act, property=thing, days=days or 0))


@verb("agree_agencies")
def agree_agencies(stage: Stage, given: Given) -> object:
    """Record the agencies the parties agreed on."""
    thing, agencies = given.text("property"), given.plain("agencies")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        return _chosen(choosing.agree_agencies(act, property=thing, agencies=_listed(agencies)))


@verb("commit_draw")
def commit_draw(stage: Stage, given: Given) -> object:
    """Enter the list and the digest of a seed."""
    thing, agencies = given.text("property"), given.plain("agencies")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        return _chosen(choosing.commit_draw(act, property=thing, agencies=_listed(agencies)))


@verb("draw_agencies")
def draw_agencies(stage: Stage, given: Given) -> object:
    """Draw the agencies and their order."""
    thing, words = given.text("property"), given.plain("words")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        return _chosen(choosing.draw_agencies(act, property=thing, words=_listed(words)))


@verb("check_draw")
def check_draw(stage: Stage, given: Given) -> object:
    """Recompute a draw from what is published; with a seed, from that one."""
    thing, seed = given.text("property"), given.text_or_none("seed")
    given.done()
    with stage.read() as session:
        draw = queries.standing_of(session, thing).draw
    if draw is None:
        raise NotFound(what="draw", name=thing)
    return {"property": thing, "holds": choosing.draw_holds(draw, seed=seed), "seed_revealed": draw.seed is not None}


@verb("return_report")
def return_report(stage: Stage, given: Given) -> object:
    """Return reports that are wrong to their makers."""
    thing, why, wrong = given.text("property"), given.text("why"), given.texts("wrong")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        record = reports.return_report(act, property=thing, why=why, wrong=wrong)
    return {
        "property": thing,
        "reference_price_minor": record.reference_price_minor,
        "to": list(record.to),
        "correct_by": record.correct_by,
    }


@verb("send_report")
def send_report(stage: Stage, given: Given) -> object:
    """Send the report to a party."""
    thing, name, how = given.text("property"), given.text("person"), given.text("how")
    given.done()
    person = stage.person(name)
    with stage.act(stage.official(Role.OFFICER)) as act:
        record = reports.send_report(act, property=thing, person=person, how=how)
    return {
        "property": thing,
        "person": name,
        "received_at": record.received_at,
        "objections_until": record.objections_until,
    }


@verb("forward_objection")
def forward_objection(stage: Stage, given: Given) -> object:
    """Pass an objection to the agency."""
    thing, objection = given.text("property"), given.text("objection")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        return _contest(disputes.forward_objection(act, property=thing, objection=objection))


@verb("explain_objection")
def explain_objection(stage: Stage, given: Given) -> object:
    """Record the agency's explanation."""
    thing, objection, accepted = given.text("property"), given.text("objection"), given.answer("accepted")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        return _contest(disputes.explain_objection(act, property=thing, objection=objection, accepted=accepted))


@verb("order_review")
def order_review(stage: Stage, given: Given) -> object:
    """Give the association a period for its review."""
    thing, objection, until = given.text("property"), given.text("objection"), given.end_or_none("until")
    if until is None:
        given.wrong("until", "缺少该字段 / is missing")
    given.done()
    assert until is not None  # noqa: S101 - `done` has refused it
    with stage.act(stage.official(Role.OFFICER)) as act:
        return _contest(disputes.order_review(act, property=thing, objection=objection, until=until))


@verb("conclude_review")
def conclude_review(stage: Stage, given: Given) -> object:
    """Record what the association found."""
    thing, objection, wrong = given.text("property"), given.text("objection"), given.answer("wrong")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        return _contest(disputes.conclude_review(act, property=thing, objection=objection, wrong=wrong))


@verb("list_platform")
def list_platform(stage: Stage, given: Given) -> object:
    """Enter a platform in the list."""
    name = given.text("platform")
    kinds = given.whole_or_none("data_kinds", least=0, most=_COUNT_MAX)
    years = given.whole_or_none("retention_years", least=0, most=_COUNT_MAX)
    given.done()
    with stage.act(stage.official(Role.ADMINISTRATOR)) as act:
        return _platform(registers.list_platform(act, platform=name, data_kinds=kinds or 0, retention_years=years or 0))


@verb("strike_platform")
def strike_platform(stage: Stage, given: Given) -> object:
    """Strike a platform off the list."""
    name, ground = given.text("platform"), given.text("ground")
    given.done()
    with stage.act(stage.official(Role.ADMINISTRATOR)) as act:
        return _platform(registers.strike_platform(act, platform=name, ground=ground))


@verb("settle_fee")
def settle_fee(stage: Stage, given: Given) -> object:
    """Settle what platforms or an agency are paid for their report."""
    thing, lot, claim = given.text("property"), given.text_or_none("lot"), given.text("claim")
    fee, cost = given.minor_or_none("fee_minor"), given.minor_or_none("actual_cost_minor")
    rate = given.whole_or_none("rate_ppm", least=1, most=1_000_000)
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        record = valuation_fees.settle_fee(
            act, property=thing, claim=claim, lot=lot, fee_minor=fee, rate_ppm=rate, actual_cost_minor=cost
        )
    return {
        "property": thing,
        "base_minor": record.base_minor,
        "amount_minor": record.amount_minor,
        "lines": [{"to": to, "amount_minor": minor} for to, minor in record.lines],
        "advanced_by": claim,
        "borne_by": stage.name_of(record.borne_by),
    }


def _entrusted(record: EntrustedRecord) -> dict[str, object]:
    return {
        "property": record.property,
        "mode": record.mode,
        "purpose": record.purpose,
        "to": list(record.to),
        "report_by": record.report_by,
    }


def _chosen(record: choosing.ChoiceRecord) -> dict[str, object]:
    return {
        "property": record.property,
        "agencies": list(record.agencies),
        "number": len(record.agencies),
        "commitment": record.commitment,
    }


def _contest(record: ContestRecord) -> dict[str, object]:
    return {
        "property": record.property,
        "objection": record.objection,
        "explain_by": record.explain_by,
        "review_by": record.review_by,
        "wrong": record.wrong,
    }


def _platform(record: PlatformRecord) -> dict[str, object]:
    return {
        "platform": record.platform,
        "listed": record.listed,
        "late_in_a_year": record.late_in_a_year,
        "until": record.until,
    }


def _listed(given: object) -> Any:  # noqa: ANN401 - the command judges what it is
    return [] if given is None else given
