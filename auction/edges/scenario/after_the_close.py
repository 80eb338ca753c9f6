"""Verbs of what goes on after a failed or broken sale: taking in kind, set-off, default and its money."""

from __future__ import annotations

from auction.edges.scenario.given import Given
from auction.edges.scenario.stage import Stage
from auction.edges.scenario.verbs import verb
from auction.foundation.kernel.roles import Role
from auction.procedure.settlement import default, in_kind, set_off


@verb("take_in_kind")
def take_in_kind(stage: Stage, given: Given) -> object:
    """Take a failed lot in kind for a claim; the creditor asks."""
    lot, claim = given.text("lot"), given.text("claim")
    given.done()
    with stage.act(stage.party(stage.person(claim))) as act:
        taken = in_kind.take_in_kind(act, lot=lot, claim=claim)
    return {
        "lot": lot,
        "claim": claim,
        "taker": taken.taker,
        "status": taken.status,
        "price_minor": taken.price_minor,
        "difference_minor": taken.difference_minor,
    }


@verb("decide_set_off")
def decide_set_off(stage: Stage, given: Given) -> object:
    """Let the panel count the buying applicant's claim against the balance."""
    lot, claim = given.text("lot"), given.text("claim")
    given.done()
    with stage.act(stage.official(Role.PANEL)) as act:
        record = set_off.decide_set_off(act, lot=lot, claim=claim)
    return {
        "lot": lot,
        "claim": claim,
        "settlement": record.status.value,
        "set_off_minor": record.credit_minor,
        "due_minor": record.due_minor,
    }


@verb("declare_default")
def declare_default(stage: Stage, given: Given) -> object:
    """Declare that the buyer has not paid."""
    lot = given.text("lot")
    given.done()
    with stage.act(stage.official(Role.PANEL)) as act:
        declared = default.declare_default(act, lot=lot)
    stage.settle()
    return {
        "lot": lot,
        "settlement": declared.status.value,
        "forfeited_minor": declared.forfeited_minor,
        "barred": stage.name_of(declared.barred),
    }


@verb("apply_forfeit")
def apply_forfeit(stage: Stage, given: Given) -> object:
    """Use a forfeited deposit in the order of the law."""
    lot = given.text("lot")
    given.done()
    with stage.act(stage.official(Role.PANEL)) as act:
        applied = default.apply_forfeit(act, lot=lot)
    return {
        "lot": lot,
        "resold": applied.resold,
        "lines": [{"to": line.to, "amount_minor": line.amount_minor} for line in applied.lines],
        "uncovered_minor": applied.uncovered_minor,
    }


@verb("order_top_up")
def order_top_up(stage: Stage, given: Given) -> object:
    """Order the defaulting buyer to pay what his deposit does not cover."""
    lot = given.text("lot")
    given.done()
    with stage.act(stage.official(Role.PANEL)) as act:
        ordered = default.order_top_up(act, lot=lot)
    return {"lot": lot, "amount_minor": ordered.amount_minor}
