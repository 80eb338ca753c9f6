"""The clerk's verbs of distribution: draw up, serve, propose the payment, release it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date

from sqlalchemy import delete, select

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.calendar import day_of, within_days
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import NotFound
from auction.foundation.kernel.roles import Role
from auction.foundation.ledger.commands import book
from auction.foundation.ledger.rules import Account, move
from auction.gateways.port import OrderKind
from auction.procedure.cases import queries as cases
from auction.procedure.cases.queries import CaseRecord
from auction.procedure.deposits import queries as deposits
from auction.procedure.deposits.orders import answers, request_order
from auction.procedure.deposits.queries import PAID_KIND, OrderRecord
from auction.procedure.deposits.rules import OrderStatus
from auction.procedure.distribution import basis, disputed, escrow, queries, refusals, rules
from auction.procedure.distribution.models import Plan, PlanLot
from auction.procedure.distribution.queries import PlanRecord
from auction.procedure.distribution.refusals import PlanStatus
from auction.procedure.distribution.rules import Draw, Line, Part, Waterfall
from auction.procedure.inputs import Checks
from auction.procedure.settlement.rules import NotThisCourt
from auction.rulebook import rulebook

PURPOSE = "distribution"
_SURPLUS = "surplus"


@command("plan_distribution", by={Role.OFFICER})
def plan_distribution(
    act: Act, *, case: str, enforcement_fee: bool = False, interest_until: date | None = None
) -> PlanRecord:
    """Draw up the plan for the money that is there; a draft may be drawn up again (法释〔2015〕5号 第509条).

    :raises NothingToDistribute: when no lot is paid in full and undistributed
    :raises PlanServed: when a plan of the case is served and not yet paid
    """
    checks = Checks()
    wanted = checks.identifier("case", case)
    with_fee = checks.truth("enforcement_fee", enforcement_fee)
    until = checks.day_or_none("interest_until", interest_until)
    checks.refuse()
    lock(act, f"case:{wanted}")
    record = cases.case(act.session, wanted)
    _court_only(act, record)
    row = _open_plan(act, case=wanted)
    if row is not None and row.status != PlanStatus.DRAFTED.value:
        if not escrow.missing(act, row):
            raise refusals.PlanServed(plan=row.id, status=row.status)
        escrow.begin_anew(act, row)
        _move(row, PlanStatus.DRAFTED)
    paid = [plan for plan in queries.plans(act.session, case=wanted) if plan.status is PlanStatus.PAID]
    file = basis.file_of(
        act.session,
        case=record,
        earlier=paid,
        numbers=rulebook().on(day_of(act.now)).distribution,
        enforcement_fee=with_fee,
        interest_until=until,
    )
    if not file.pools:
        raise refusals.NothingToDistribute
    row = _keep(act, row, case=wanted, found=rules.waterfall(file))
    return _entered(act, row, kind="plan.drafted", public=escrow.public_of(row))


@command("serve_plan", by={Role.OFFICER})
def serve_plan(act: Act, *, case: str) -> PlanRecord:
    """Record the service on creditors and debtor; objections may come within 15 days (法释〔2015〕5号 第509条).

    :raises PlanNotDrafted: when no draft waits
    """
    row = _locked(act, case)
    _court_only(act, cases.case(act.session, row.case_id))
    if row.status != PlanStatus.DRAFTED.value:
        raise refusals.PlanNotDrafted(status=row.status)
    days = rulebook().on(day_of(act.now)).distribution.plan_objection_days
    _move(row, PlanStatus.SERVED)
    row.served_at = act.now
    row.objection_until = within_days(act.now, days)
    return _entered(act, row, kind="plan.served", public={"objection_until": instant_text(row.objection_until)})


@command("pay_out", by={Role.FINANCE})
def pay_out(act: Act, *, case: str, claim: str | None = None) -> PlanRecord:
    """Propose the payment of a plan whose objection period has ended; nothing leaves before its release.

    An objection that nobody opposed corrects the plan; over one that was opposed and sued on, the disputed part is
    kept in escrow and the rest is paid (法释〔2015〕5号 第509、510条).

    :param claim: whose share is meant to be paid, where it is not the whole plan that is asked for
    :raises PlanOpen: before service, and while objections may still come
    :raises PlanDisputed: while an objection may still be opposed or sued on, for a part that is disputed, and when
        nothing is left but that
    """
    row = _locked(act, case)
    status = PlanStatus(row.status)
    refusals.check_payment(status=status, objection_until=row.objection_until, now=act.now)
    escrow.refuse_disputed(act, row, claim=claim)
    escrow.refuse_outdated(act, row)
    if status is not PlanStatus.SERVED:
        return queries.plan_record(act.session, row)
    escrow.settle_disputes(act, row)
    _move(row, PlanStatus.FINAL)
    row.proposed_at, row.proposed_by = act.now, act.by
    public = {"total_minor": row.total_minor, "escrow_minor": queries.escrow_minor(row)}
    return _entered(act, row, kind="plan.payout_proposed", public=public)


@command("release_payout", by={Role.HEAD})
def release_payout(act: Act, *, case: str) -> PlanRecord:
    """Release a proposed payment as the second person; each line becomes an order (法发〔2017〕6号).

    :raises PayoutNotProposed: when none waits
    :raises SecondPersonNeeded: for who proposed it
    """
    row = _locked(act, case)
    refusals.check_release(status=PlanStatus(row.status), proposed_by=row.proposed_by, released_by=act.by)
    _move(row, PlanStatus.RELEASED)
    row.released_at, row.released_by = act.now, act.by
    escrow.refuse_outdated(act, row)
    record = cases.case(act.session, row.case_id)
    escrow.keep_in_escrow(act, row)
    for place, line in enumerate(_payments(row)):
        request_order(
            act.as_platform(),
            kind=OrderKind.PAYOUT,
            purpose=PURPOSE,
            subject=f"{row.id}:{place}",
            case=row.case_id,
            lot=None,
            party=_payee(record, line),
            amount_minor=line.amount_minor,
        )
    released = {"total_minor": row.total_minor, "escrow_minor": queries.escrow_minor(row)}
    entered = _entered(act, row, kind="plan.released", public=released)
    if not _payments(row):
        _mark_paid(act, row)
        return queries.plan_record(act.session, row)
    return entered


def _refused(act: Act, *, order: OrderRecord) -> None:
    """Do nothing but keep the order's own word: it is shown as due, and finance sends it again."""


@answers(PURPOSE, refused=_refused)
def _paid(act: Act, *, order: OrderRecord) -> None:
    """Book what left the court's account; the plan is paid with its last line."""
    plan_id, _, place = order.subject.partition(":")
    row = act.session.get_one(Plan, plan_id, with_for_update=True, populate_existing=True)
    line = _payments(row)[int(place)]
    postings = [
        posting
        for draw in line.draws
        for posting in move(
            case=row.case_id,
            minor=draw.minor,
            source=Account.PROCEEDS,
            target=Account.OUTSIDE,
            lot=draw.lot,
            holder=line.to,
        )
    ]
    book(act, kind=PAID_KIND, reference=order.id, postings=postings)
    append(act, f"case:{row.case_id}", "distribution.paid", {"to": line.to, "amount_minor": line.amount_minor})
    orders = deposits.orders_of_prefix(act.session, prefix=f"{row.id}:")
    if all(one.status is OrderStatus.DONE for one in orders):
        _mark_paid(act, row)
    act.session.flush()


def _mark_paid(act: Act, row: Plan) -> None:
    _move(row, PlanStatus.PAID)
    row.paid_at = act.now
    append(act, f"case:{row.case_id}", "plan.paid", {"plan": row.id, "total_minor": row.total_minor})
    act.session.flush()


def _keep(act: Act, row: Plan | None, *, case: str, found: Waterfall) -> Plan:
    """Keep the plan: a new row, or the draft drawn up anew."""
    kept = {
        "lines": [asdict(line) for line in found.lines],
        "surplus": [asdict(draw) for draw in found.surplus],
        "surplus_minor": found.surplus_minor,
        "total_minor": sum(line.amount_minor for line in found.lines) + found.surplus_minor,
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


def _payments(row: Plan) -> list[Line]:
    """Return what is paid by a plan in order: its lines without what is kept in escrow, then the surplus."""
    lines = [queries.line_of(one) for one in row.lines]
    for kept in (queries.line_of(one) for one in row.escrow):
        lines = disputed.cut(lines, claim=kept.to, minor=kept.amount_minor)[0]
    if row.surplus_minor:
        draws: tuple[Draw, ...] = tuple(queries.draw_of(one) for one in row.surplus)
        last = lines[-1].rank + 1 if lines else 1
        surplus = Line(
            to=_SURPLUS,
            part=Part.ORDINARY,
            amount_minor=row.surplus_minor,
            rank=last,
            article=rules.SURPLUS_ARTICLE,
            draws=draws,
        )
        lines.append(surplus)
    return lines


def _payee(case: CaseRecord, line: Line) -> str | None:
    """Return who is paid: a creditor, or the debtor; costs and fee stay with the court, which names no person."""
    if line.to in {_SURPLUS, Part.LIVING_SETASIDE.value}:
        return case.debtor.person
    return next((claim.creditor_person for claim in case.claims if claim.id == line.to), None)


def _entered(act: Act, row: Plan, *, kind: str, public: Mapping[str, object]) -> PlanRecord:
    append(act, f"case:{row.case_id}", kind, {"plan": row.id, **public})
    act.session.flush()
    return queries.plan_record(act.session, row)


def _open_plan(act: Act, *, case: str) -> Plan | None:
    query = select(Plan).where(Plan.case_id == case, Plan.status != PlanStatus.PAID.value).with_for_update()
    return act.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _locked(act: Act, case: str) -> Plan:
    """Lock the case and return its open plan, or its last one when all are paid."""
    checks = Checks()
    wanted = checks.identifier("case", case)
    checks.refuse()
    lock(act, f"case:{wanted}")
    row = _open_plan(act, case=wanted)
    if row is None:
        query = select(Plan).where(Plan.case_id == wanted).order_by(Plan.drafted_at.desc(), Plan.id.desc()).limit(1)
        row = act.session.scalars(query).one_or_none()
    if row is None:
        raise NotFound(what="plan", name=wanted)
    return row


def _court_only(act: Act, case: CaseRecord) -> None:
    if act.actor is not None and act.actor.court not in {None, case.court}:
        raise NotThisCourt


def _move(row: Plan, target: PlanStatus) -> None:
    row.status = refusals.moved(PlanStatus(row.status), target).value
