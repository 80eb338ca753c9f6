"""A judgment decides who gets what a plan has kept in escrow (法释〔2015〕5号 第510条; 法释〔2016〕6号 第4条)."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import lock
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.refusal import InputMalformed
from auction.foundation.kernel.roles import Role
from auction.foundation.ledger.commands import book
from auction.foundation.ledger.rules import Account, move
from auction.procedure.assets import transfer
from auction.procedure.cases import queries as cases
from auction.procedure.distribution import basis, disputed, escrow, plans, queries, refusals, sharing
from auction.procedure.distribution.models import Plan
from auction.procedure.distribution.pools import Draw, Pool
from auction.procedure.distribution.queries import PlanRecord
from auction.procedure.distribution.refusals import PlanStatus
from auction.procedure.distribution.rules import File, Line, Waterfall, waterfall
from auction.procedure.inputs import Checks
from auction.procedure.lots import queries as lots
from auction.rulebook import rulebook


@command("settle_suit", by={Role.OFFICER})
def settle_suit(act: Act, *, case: str, claim: str, amount_minor: int) -> PlanRecord:
    """Record the judgment over a claim's share in escrow; what it does not get goes to the others in order.

    The result is a plan that needs no new period for objections; finance and head pay it as any other.

    :param amount_minor: over a disputed share, what of it the claim keeps; over a reserved one, what was confirmed of
        the claim itself
    :raises NothingInEscrow: when nothing is kept for the claim
    :raises PlanUnpaid: while another plan waits for its payment
    :raises CreditPending: while it is open whether a claim was satisfied by taking a thing
    :raises InputMalformed: for more than is kept, or was claimed
    """
    checks = Checks()
    wanted, named = checks.identifier("case", case), checks.identifier("claim", claim)
    minor = checks.minor("amount_minor", amount_minor, least=0)
    checks.refuse()
    lock(act, f"case:{wanted}")
    plans.court_only(act, cases.case(act.session, wanted))
    plans.refuse_pending(act, case=wanted)
    before = _keeping(act, case=wanted, claim=named)
    open_one = plans.open_plan(act, case=wanted)
    if open_one is not None:
        raise refusals.PlanUnpaid(plan=open_one.id, status=open_one.status)
    kept = [line for line in queries.kept_lines(before) if line.to == named]
    gets = _gets(act, before, case=wanted, claim=named, minor=minor)
    _take_out(act, before, claim=named, kept=kept)
    row = plans.keep(act, None, case=wanted, found=_divided(act, case=wanted, claim=named, kept=kept, gets=gets))
    row.status, row.basis = PlanStatus.SERVED.value, "judgment"
    row.served_at = row.objection_until = act.now
    public = {"claim": named, "amount_minor": gets, "of_minor": sum(line.amount_minor for line in kept)}
    return plans.entered(act, row, kind="plan.judged", public=public | escrow.public_of(row))


def _keeping(act: Act, *, case: str, claim: str) -> Plan:
    """Return the paid plan of a case that keeps a claim's share in escrow, the oldest first."""
    query = select(Plan).where(Plan.case_id == case, Plan.status == PlanStatus.PAID.value).order_by(Plan.paid_at)
    for row in act.session.scalars(query.with_for_update().execution_options(populate_existing=True)):
        if any(line.to == claim for line in queries.kept_lines(row)):
            return row
    raise refusals.NothingInEscrow(claim=claim)


def _gets(act: Act, row: Plan, *, case: str, claim: str, minor: int) -> int:
    """Return what of the kept share its claim gets.

    :raises InputMalformed: for more than is kept, or was claimed
    """
    reserved = claim in basis.reserved(act.session, case=case)
    kept = disputed.share_of(queries.kept_lines(row), claim=claim)
    most = cases.claim(act.session, claim).amount_minor if reserved else kept
    if minor > most:
        raise InputMalformed(errors={"amount_minor": f"不得超过{most} / at most {most}"})
    if not reserved:
        return minor
    transfer.confirm_reserved(act.as_platform(), case=case, claim=claim, amount_minor=minor)
    lines = [queries.line_of(one) for one in row.lines]
    return sharing.confirmed_share(lines, claim=claim, claimed_minor=most, confirmed_minor=minor)


def _take_out(act: Act, row: Plan, *, claim: str, kept: list[Line]) -> None:
    """Book the share back among the proceeds, and note that it was decided."""
    postings = [
        posting
        for line in kept
        for draw in line.draws
        for posting in move(
            case=row.case_id,
            minor=draw.minor,
            source=Account.ESCROW,
            target=Account.PROCEEDS,
            lot=draw.lot,
            holder=claim,
        )
    ]
    book(act, kind="distribution.escrow_decided", reference=f"{row.id}:decided:{claim}", postings=postings)
    row.escrow = [{**one, "settled": True} if one["to"] == claim else one for one in row.escrow]
    act.session.flush()


def _divided(act: Act, *, case: str, claim: str, kept: list[Line], gets: int) -> Waterfall:
    """Return who gets the share: first the claim itself, the rest the others in the order of the law."""
    rest, own = disputed.cut(kept, claim=claim, minor=gets)
    freed: dict[str | None, int] = {}
    for draw in (draw for line in rest for draw in line.draws):
        freed[draw.lot] = freed.get(draw.lot, 0) + draw.minor
    record = cases.case(act.session, case)
    file = basis.file_of(
        act.session,
        case=record,
        earlier=[one for one in queries.plans(act.session, case=case) if one.status is PlanStatus.PAID],
        numbers=rulebook().on(day_of(act.now)).distribution,
        enforcement_fee=False,
        interest_until=None,
    )
    things = {lot.id: frozenset(lot.properties) for lot in lots.of_case(act.session, case=case)}
    again = waterfall(
        File(
            pools=[Pool(lot=lot, properties=things.get(lot or "", frozenset()), minor=m) for lot, m in freed.items()],
            claims=[replace(one, interest_minor=0) for one in file.claims if one.id != claim],
            enterprise=file.enterprise,
        )
    )
    found = basis.queued(act.session, case=case, plan=again)
    mine = _merged(own)
    return Waterfall(lines=(*mine, *_ranked(found.lines, after=len(mine))), surplus=found.surplus)


def _merged(own: list[Line]) -> list[Line]:
    if not own:
        return []
    draws: dict[str | None, int] = {}
    for draw in (draw for line in own for draw in line.draws):
        draws[draw.lot] = draws.get(draw.lot, 0) + draw.minor
    parts = tuple(Draw(lot=lot, minor=minor) for lot, minor in draws.items())
    return [replace(own[0], amount_minor=sum(draws.values()), rank=1, draws=parts)]


def _ranked(lines: tuple[Line, ...], *, after: int) -> list[Line]:
    return [replace(line, rank=line.rank + after) for line in lines]
