"""Verbs of what goes on after a failed or broken sale: taking in kind, set-off, default and its money."""

from __future__ import annotations

from auction.edges.scenario.given import Given
from auction.edges.scenario.stage import Stage
from auction.edges.scenario.verbs import verb
from auction.foundation.kernel.roles import Role
from auction.procedure.settlement import asking, default, in_kind, queries, set_off, top_up


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


@verb("ask_in_kind")
def ask_in_kind(stage: Stage, given: Given) -> object:
    """Record that the creditors were asked whether they take a failed lot in kind; all of them unless named."""
    lot, claims = given.text("lot"), given.texts("claims") if given.has("claims") else None
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        asked = asking.ask_in_kind(act, lot=lot, claims=claims)
    return {"lot": lot, "asked": list(asked)}


@verb("decline_in_kind")
def decline_in_kind(stage: Stage, given: Given) -> object:
    """Say that one does not take a failed lot in kind; the creditor says so."""
    lot, claim = given.text("lot"), given.text("claim")
    given.done()
    with stage.act(stage.party(stage.person(claim))) as act:
        asking.decline_in_kind(act, lot=lot, claim=claim)
    return {"lot": lot, "claim": claim}


@verb("ask_set_off")
def ask_set_off(stage: Stage, given: Given) -> object:
    """Ask the panel to count one's own claim against the balance; the buyer asks."""
    lot, claim = given.text("lot"), given.text("claim")
    given.done()
    with stage.act(stage.party(stage.person(claim))) as act:
        set_off.ask_set_off(act, lot=lot, claim=claim)
    return {"lot": lot, "claim": claim}


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


@verb("pay_top_up")
def pay_top_up(stage: Stage, given: Given) -> object:
    """Pay what was ordered beyond the forfeited deposit; the defaulting buyer pays."""
    lot, amount = given.text("lot"), given.minor("amount_minor", least=0)
    given.done()
    with stage.read() as session:
        there = queries.forfeit(session, lot)
    payer = stage.party(there.person) if there else stage.official(Role.BIDDER)
    with stage.act(payer) as act:
        top_up.pay_top_up(act, lot=lot, amount_minor=amount)
    stage.settle()
    with stage.read() as session:
        paid = top_up.paid_order(session, lot)
    return {"lot": lot, "amount_minor": amount, "paid": paid is not None}
