"""A plan's row: found and locked, written from what was computed, moved along; shared by the verbs of distribution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from sqlalchemy import delete, select

from auction.foundation.database.acts import Act
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import NotFound
from auction.procedure.cases import bankruptcy
from auction.procedure.cases.queries import CaseRecord
from auction.procedure.distribution import queries, refusals
from auction.procedure.distribution.models import Plan, PlanLot
from auction.procedure.distribution.queries import PlanRecord
from auction.procedure.distribution.refusals import PlanStatus
from auction.procedure.distribution.rules import Waterfall
from auction.procedure.inputs import Checks
from auction.procedure.settlement import claims
from auction.procedure.settlement.rules import NotThisCourt


def open_plan(act: Act, *, case: str) -> Plan | None:
    """Return the plan of a case that is not paid yet, locked, or None."""
    query = select(Plan).where(Plan.case_id == case, Plan.status != PlanStatus.PAID.value).with_for_update()
    return act.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def locked(act: Act, case: str) -> Plan:
    """Lock the case and return its open plan, or its last one when all are paid.

    :raises NotFound: when it has none
    """
    checks = Checks()
    wanted = checks.identifier("case", case)
    checks.refuse()
    lock(act, f"case:{wanted}")
    row = open_plan(act, case=wanted)
    if row is None:
        query = select(Plan).where(Plan.case_id == wanted).order_by(Plan.drafted_at.desc(), Plan.id.desc()).limit(1)
        row = act.session.scalars(query).one_or_none()
    if row is None:
        raise NotFound(what="plan", name=wanted)
    return row


def keep(act: Act, row: Plan | None, *, case: str, found: Waterfall) -> Plan:
    """Keep the plan, and what its claims were when it was made: a new row, or the draft drawn up anew."""
    kept = {
        "lines": [asdict(line) for line in found.lines],
        "surplus": [asdict(draw) for draw in found.surplus],
        "surplus_minor": found.surplus_minor,
        "total_minor": sum(line.amount_minor for line in found.lines) + found.surplus_minor,
        "claims": claims.uncredited(act.session, case=case),
        "drafted_at": act.now,
    }
    if row is None:
        row = Plan(id=new_id("plan"), case_id=case, status=PlanStatus.DRAFTED.value, **kept)
        act.session.add(row)
    else:
        for name, value in kept.items():
            setattr(row, name, value)
    act.session.flush()
    act.session.execute(delete(PlanLot).where(PlanLot.plan_id == row.id))
    draws = [draw for line in found.lines for draw in line.draws] + list(found.surplus)
    act.session.add_all(
        [PlanLot(plan_id=row.id, lot_id=lot) for lot in sorted({draw.lot for draw in draws if draw.lot})]
    )
    act.session.flush()
    return row


def entered(act: Act, row: Plan, *, kind: str, public: Mapping[str, object]) -> PlanRecord:
    """Enter an act on a plan in the case's docket and return the plan."""
    append(act, f"case:{row.case_id}", kind, {"plan": row.id, **public})
    act.session.flush()
    return queries.plan_record(act.session, row)


def move(row: Plan, target: PlanStatus) -> None:
    """Move a plan to a state it may go to."""
    row.status = refusals.moved(PlanStatus(row.status), target).value


def court_only(act: Act, case: CaseRecord) -> None:
    """Refuse an officer of another court.

    :raises NotThisCourt: for him
    """
    if act.actor is not None and act.actor.court not in {None, case.court}:
        raise NotThisCourt


def refuse_pending(act: Act, *, case: str) -> None:
    """Refuse to divide money while it is open whether a claim was satisfied by taking a thing.

    :raises CreditPending: naming the lots whose takers still owe a part of the price
    """
    pending = claims.pending_credits(act.session, case=case)
    if pending:
        raise refusals.CreditPending(lots=pending)


def refuse_referred(act: Act, *, case: str, basis: str = "order") -> None:
    """Refuse to distribute what is, or may go, to the bankruptcy court; what is handed over to it is paid all the same.

    :raises CaseReferred: while the answer is awaited, and once the case was taken over
    """
    found = bankruptcy.reference(act.session, case=case)
    if found is not None and found.bars and not (found.accepted and basis == "bankruptcy"):
        raise refusals.CaseReferred(since=found.referred_at)
