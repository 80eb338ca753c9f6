"""Disputes when a plan is to be paid: what is refused, corrected, or kept in escrow (法释〔2015〕5号 第510条)."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import delete

from auction.foundation.database.acts import Act
from auction.foundation.docket.commands import append
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.refusal import InputMalformed
from auction.foundation.ledger.commands import book
from auction.foundation.ledger.rules import Account, move
from auction.procedure.cases import queries as cases
from auction.procedure.distribution import basis, disputed, queries, refusals
from auction.procedure.distribution.disputed import Stand
from auction.procedure.distribution.models import Plan, PlanObjection
from auction.procedure.distribution.refusals import PlanStatus
from auction.procedure.distribution.rules import Line, Waterfall
from auction.rulebook import rulebook
from auction.rulebook.carried import carries_out


def refuse_disputed(act: Act, row: Plan, *, claim: str | None) -> None:
    """Refuse to pay what is disputed still, or kept in escrow already.

    :raises PlanDisputed: naming the claims whose shares are disputed
    """
    found = [one.objection for one in queries.objections(act.session, plan=row.id)]
    pending = disputed.parts(found, now=act.now, stands={Stand.RAISED, Stand.OPPOSED})
    sued = disputed.parts(found, now=act.now, stands={Stand.SUED})
    kept = sued if row.status == PlanStatus.PAID.value or (claim is not None and claim in sued) else {}
    refused = pending or kept
    if refused:
        raise refusals.PlanDisputed(claims=sorted(refused), disputed_minor=sum(refused.values()))
    if claim is not None and disputed.share_of([queries.line_of(one) for one in row.lines], claim=claim) == 0:
        raise InputMalformed(errors={"claim": f"方案中没有该债权的份额 / has no share in the plan: {claim}"})


def begin_anew(act: Act, row: Plan) -> None:
    """Forget service and objections of a plan that no longer holds; the docket keeps them."""
    act.session.execute(delete(PlanObjection).where(PlanObjection.plan_id == row.id))
    row.served_at = row.objection_until = row.proposed_at = row.proposed_by = None
    row.escrow = []


def settle_disputes(act: Act, row: Plan) -> None:
    """Correct the plan by what nobody opposed, and set aside what is in a suit."""
    found = [one.objection for one in queries.objections(act.session, plan=row.id)]
    accepted = disputed.parts(found, now=act.now, stands={Stand.ACCEPTED})
    if accepted:
        _correct(act, row, accepted=accepted)
    lines = [queries.line_of(one) for one in row.lines]
    kept: list[Line] = []
    wanted = disputed.parts(found, now=act.now, stands={Stand.SUED})
    for claim in basis.reserved(act.session, case=row.case_id):
        wanted[claim] = disputed.share_of(lines, claim=claim)
    for claim, minor in sorted(wanted.items()):
        kept += disputed.cut(lines, claim=claim, minor=minor)[1]
    row.escrow = [asdict(line) for line in kept]


def _correct(act: Act, row: Plan, *, accepted: dict[str, int]) -> None:
    record = cases.case(act.session, row.case_id)
    earlier = [one for one in queries.plans(act.session, case=row.case_id) if one.status is PlanStatus.PAID]
    file = basis.file_of(
        act.session,
        case=record,
        earlier=earlier,
        numbers=rulebook().on(day_of(row.drafted_at)).distribution,
        enforcement_fee=False,
        interest_until=None,
    )
    plan = Waterfall(
        lines=tuple(queries.line_of(one) for one in row.lines),
        surplus=tuple(queries.draw_of(one) for one in row.surplus),
    )
    found = disputed.corrected(
        plan,
        accepted=accepted,
        claims=file.claims,
        properties={pool.lot: pool.properties for pool in file.pools if pool.lot is not None},
        enterprise=file.enterprise,
    )
    found = basis.queued(act.session, case=row.case_id, plan=found)
    row.lines = [asdict(line) for line in found.lines]
    row.surplus = [asdict(draw) for draw in found.surplus]
    row.surplus_minor = found.surplus_minor
    act.session.flush()
    append(act, f"case:{row.case_id}", "plan.corrected", {"plan": row.id} | public_of(row))


@carries_out("distribution.escrow_disputed")
def keep_in_escrow(act: Act, row: Plan) -> None:
    """Book the disputed part of the money as kept for whoever wins the suit."""
    postings = [
        posting
        for line in (queries.line_of(one) for one in row.escrow)
        for draw in line.draws
        for posting in move(
            case=row.case_id,
            minor=draw.minor,
            source=Account.PROCEEDS,
            target=Account.ESCROW,
            lot=draw.lot,
            holder=line.to,
        )
    ]
    book(act, kind="distribution.escrowed", reference=f"{row.id}:escrow", postings=postings)


def public_of(row: Plan) -> dict[str, object]:
    """Return what everybody may read of a plan."""
    lines = [{key: one[key] for key in ("to", "amount_minor", "rank", "article")} for one in row.lines]
    return {"plan": row.id, "total_minor": row.total_minor, "surplus_minor": row.surplus_minor, "lines": lines}
