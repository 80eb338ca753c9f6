"""Verbs after the hammer: the balance, the ruling, its service, the hand-over."""

from __future__ import annotations

from auction.edges.scenario.given import Given
from auction.edges.scenario.stage import Stage
from auction.edges.scenario.verbs import verb
from auction.foundation.kernel.roles import Role
from auction.procedure.lots import queries as lots
from auction.procedure.settlement import claims
from auction.procedure.settlement import commands as settlement
from auction.procedure.settlement import queries as settlements
from auction.procedure.settlement.queries import SettlementRecord


@verb("pay_balance")
def pay_balance(stage: Stage, given: Given) -> object:
    """Pay what is left of the price; the buyer pays."""
    lot, amount = given.text("lot"), given.minor("amount_minor", least=0)
    given.done()
    with stage.read() as session:
        lots.lot(session, lot)
        there = settlements.settlement(session, lot)
    payer = stage.party(there.buyer_person) if there else stage.official(Role.BIDDER)
    with stage.act(payer) as act:
        settlement.pay_balance(act, lot=lot, amount_minor=amount)
    stage.settle()
    with stage.read() as session:
        there = settlements.settlement(session, lot)
    return _outcome(there) if there else {}


@verb("rule")
def rule(stage: Stage, given: Given) -> object:
    """Make the ruling on a sale."""
    lot = given.text("lot")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        return _outcome(settlement.rule(act, lot=lot))


@verb("serve_ruling")
def serve_ruling(stage: Stage, given: Given) -> object:
    """Serve the ruling on the buyer."""
    lot = given.text("lot")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        served = _outcome(settlement.serve_ruling(act, lot=lot))
    with stage.read() as session:
        ended = claims.security_ended(session, lot=lots.lot(session, lot))
    return served | {"security_ended": ended}


@verb("hand_over")
def hand_over(stage: Stage, given: Given) -> object:
    """Hand the thing over to the buyer."""
    lot = given.text("lot")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        return _outcome(settlement.hand_over(act, lot=lot))


def _outcome(record: SettlementRecord) -> dict[str, object]:
    return {
        "lot": record.lot,
        "settlement": record.status.value,
        "due_minor": record.due_minor,
        "due_by": record.due_by,
        "paid_late": record.paid_late,
        "title_passed_at": record.title_passed_at,
    }
