"""The clerk's verbs of distribution: draw up, serve, propose the payment, release it."""

from __future__ import annotations

from datetime import date

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.calendar import day_of, within_days
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.roles import Role
from auction.foundation.ledger.commands import book
from auction.foundation.ledger.rules import Account, move
from auction.gateways.port import OrderKind
from auction.procedure.cases import payments
from auction.procedure.cases import queries as cases
from auction.procedure.cases.queries import CaseRecord
from auction.procedure.deposits.queries import PAID_KIND
from auction.procedure.distribution import basis, disputed, escrow, outdated, plans, queries, refusals, rules
from auction.procedure.distribution.models import Plan
from auction.procedure.distribution.pools import Draw
from auction.procedure.distribution.queries import PlanRecord
from auction.procedure.distribution.refusals import PlanStatus
from auction.procedure.distribution.rules import Line, Part
from auction.procedure.distribution.unreconciled import refuse_unreconciled
from auction.procedure.inputs import Checks
from auction.procedure.settlement.claims import payout_subject
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury import ways
from auction.procedure.treasury.orders import answers, request_order
from auction.procedure.treasury.queries import OrderRecord
from auction.procedure.treasury.rules import OrderStatus
from auction.procedure.treasury.ways_rules import Purpose
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
    :raises CreditPending: while it is open whether a claim was satisfied by taking a thing
    """
    checks = Checks()
    wanted = checks.identifier("case", case)
    with_fee = checks.truth("enforcement_fee", enforcement_fee)
    until = checks.day_or_none("interest_until", interest_until)
    checks.refuse()
    lock(act, f"case:{wanted}")
    record = cases.case(act.session, wanted)
    plans.court_only(act, record)
    plans.refuse_referred(act, case=wanted)
    row = plans.open_plan(act, case=wanted)
    if row is not None and row.status != PlanStatus.DRAFTED.value:
        if outdated.holds(act, row):
            raise refusals.PlanServed(plan=row.id, status=row.status)
        escrow.begin_anew(act, row)
        plans.move(row, PlanStatus.DRAFTED)
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
    plans.refuse_pending(act, case=wanted)
    found = basis.queued(act.session, case=wanted, plan=rules.waterfall(file))
    row = plans.keep(act, row, case=wanted, found=found)
    return plans.entered(act, row, kind="plan.drafted", public=escrow.public_of(row))


@command("serve_plan", by={Role.OFFICER})
def serve_plan(act: Act, *, case: str) -> PlanRecord:
    """Record the service on creditors and debtor; objections may come within 15 days (法释〔2015〕5号 第509条).

    :raises PlanNotDrafted: when no draft waits
    :raises PlanOutdated: ClaimsChanged: as for its payment
    """
    row = plans.locked(act, case)
    plans.court_only(act, cases.case(act.session, row.case_id))
    if row.status != PlanStatus.DRAFTED.value:
        raise refusals.PlanNotDrafted(status=row.status)
    outdated.refuse_outdated(act, row)
    days = rulebook().on(day_of(act.now)).distribution.plan_objection_days
    plans.move(row, PlanStatus.SERVED)
    row.served_at = act.now
    row.objection_until = within_days(act.now, days)
    return plans.entered(act, row, kind="plan.served", public={"objection_until": instant_text(row.objection_until)})


@command("pay_out", by={Role.FINANCE})
def pay_out(act: Act, *, case: str, claim: str | None = None) -> PlanRecord:
    """Propose the payment of a plan whose objection period has ended; nothing leaves before its release.

    An objection that nobody opposed corrects the plan; over one that was opposed and sued on, the disputed part is
    kept in escrow and the rest is paid (法释〔2015〕5号 第509、510条).

    :param claim: whose share is meant to be paid, where it is not the whole plan that is asked for
    :raises PlanOpen: before service, and while objections may still come
    :raises PlanDisputed: while an objection may still be opposed or sued on, for a part that is disputed, and when
        nothing is left but that
    :raises PlanOutdated: ClaimsChanged: when its money has gone back, or a claim has changed since
    :raises Unreconciled: while the books of the case and the outside differ
    """
    row = plans.locked(act, case)
    status = PlanStatus(row.status)
    plans.refuse_referred(act, case=row.case_id, basis=row.basis)
    if row.basis == "order":
        # What a judgment has divided, or the bankruptcy court takes over, is open to no objection.
        refusals.check_payment(status=status, objection_until=row.objection_until, now=act.now)
    escrow.refuse_disputed(act, row, claim=claim)
    outdated.refuse_outdated(act, row)
    refuse_unreconciled(act, case=row.case_id)
    if status is not PlanStatus.SERVED:
        return queries.plan_record(act.session, row)
    escrow.settle_disputes(act, row)
    plans.move(row, PlanStatus.FINAL)
    row.proposed_at, row.proposed_by = act.now, act.by
    public = {"total_minor": row.total_minor, "escrow_minor": queries.escrow_minor(row)}
    return plans.entered(act, row, kind="plan.payout_proposed", public=public)


@command("release_payout", by={Role.HEAD})
def release_payout(act: Act, *, case: str) -> PlanRecord:
    """Release a proposed payment as the second person; each line becomes an order (法发〔2017〕6号).

    :raises PayoutNotProposed: when none waits
    :raises SecondPersonNeeded: for who proposed it
    :raises PlanOutdated: ClaimsChanged: when its money has gone back, or a claim has changed since
    :raises Unreconciled: while the books of the case and the outside differ
    :raises WayNotOffered: when none of the ways the court has named pays out so much at once
    """
    row = plans.locked(act, case)
    plans.refuse_referred(act, case=row.case_id, basis=row.basis)
    refusals.check_release(status=PlanStatus(row.status), proposed_by=row.proposed_by, released_by=act.by)
    outdated.refuse_outdated(act, row)
    refuse_unreconciled(act, case=row.case_id)
    plans.move(row, PlanStatus.RELEASED)
    row.released_at, row.released_by = act.now, act.by
    record = cases.case(act.session, row.case_id)
    escrow.keep_in_escrow(act, row)
    for place, line in enumerate(_payments(row)):
        request_order(
            act.as_platform(),
            kind=OrderKind.PAYOUT,
            purpose=PURPOSE,
            subject=payout_subject(plan=row.id, place=place, to=line.to),
            case=row.case_id,
            lot=None,
            party=_payee(record, line),
            amount_minor=line.amount_minor,
            way=_way(act, record, line),
        )
    released = {"total_minor": row.total_minor, "escrow_minor": queries.escrow_minor(row)}
    entered = plans.entered(act, row, kind="plan.released", public=released)
    if not _payments(row):
        _mark_paid(act, row)
        return queries.plan_record(act.session, row)
    return entered


def _refused(act: Act, *, order: OrderRecord) -> None:
    """Do nothing but keep the order's own word: it is shown as due, and finance sends it again."""


@answers(PURPOSE, refused=_refused)
def _paid(act: Act, *, order: OrderRecord) -> None:
    """Book what left the court's account; the plan is paid with its last line."""
    plan_id, place, *_ = order.subject.split(":")
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
    _credit_other_case(act, row, line=line, order=order.id)
    append(act, f"case:{row.case_id}", "distribution.paid", {"to": line.to, "amount_minor": line.amount_minor})
    orders = treasury.orders_of_prefix(act.session, prefix=f"{row.id}:")
    if all(one.status is OrderStatus.DONE for one in orders):
        _mark_paid(act, row)
    act.session.flush()


def _credit_other_case(act: Act, row: Plan, *, line: Line, order: str) -> None:
    """Book what was paid for another case into its own account: one case, one account (法发〔2017〕6号 第4条)."""
    other = line.to if line.part is Part.QUEUE else cases.case_of_claim(act.session, line.to)
    if other is None or other == row.case_id:
        return
    debtor = cases.case(act.session, other).debtor.person
    payments.record_payment(
        act.as_platform(), case=other, by=debtor, amount_minor=line.amount_minor, id=f"from-{order}"
    )


def _mark_paid(act: Act, row: Plan) -> None:
    plans.move(row, PlanStatus.PAID)
    row.paid_at = act.now
    append(act, f"case:{row.case_id}", "plan.paid", {"plan": row.id, "total_minor": row.total_minor})
    act.session.flush()


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


def _way(act: Act, case: CaseRecord, line: Line) -> str | None:
    return ways.chosen(act.session, court=case.court, purpose=Purpose.PAYOUT, amount_minor=line.amount_minor, way=None)


def _payee(case: CaseRecord, line: Line) -> str | None:
    """Return who is paid: a creditor, or the debtor; costs and fee stay with the court, which names no person."""
    if line.to in {_SURPLUS, Part.LIVING_SETASIDE.value}:
        return case.debtor.person
    return next((claim.creditor_person for claim in case.claims if claim.id == line.to), None)
