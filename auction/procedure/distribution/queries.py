"""Read models of distribution plans, and what is due about them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from auction.foundation.database.narrowing import Cases, of_cases
from auction.foundation.kernel.calendar import day_of, within_days
from auction.foundation.kernel.due import DueAct
from auction.procedure.cases import bankruptcy
from auction.procedure.cases.bankruptcy import ReferenceRecord
from auction.procedure.distribution.disputed import Objection, Stand
from auction.procedure.distribution.models import Plan, PlanLot, PlanObjection
from auction.procedure.distribution.pools import Draw
from auction.procedure.distribution.refusals import PlanStatus
from auction.procedure.distribution.rules import Line, Part
from auction.procedure.settlement import queries as settlements
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury.rules import OrderStatus
from auction.rulebook import rulebook
from auction.rulebook.carried import carries_out

_OPEN = [PlanStatus.DRAFTED.value, PlanStatus.SERVED.value, PlanStatus.FINAL.value, PlanStatus.RELEASED.value]


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """A plan as the desk and the parties read it."""

    id: str
    case: str
    status: PlanStatus
    lines: tuple[Line, ...]
    surplus: tuple[Draw, ...]
    surplus_minor: int
    total_minor: int
    drafted_at: datetime
    served_at: datetime | None
    objection_until: datetime | None
    proposed_at: datetime | None
    proposed_by: str | None
    released_at: datetime | None
    released_by: str | None
    paid_at: datetime | None
    paid_minor: int
    escrow_minor: int
    basis: str
    settled: tuple[Line, ...]

    def lines_json(self) -> list[dict[str, Any]]:
        """Return the lines in the contract's form."""
        return [
            {
                "to": line.to,
                "part": line.part.value,
                "amount_minor": line.amount_minor,
                "rank": line.rank,
                "article": line.article,
            }
            for line in self.lines
        ]


def plan(session: Session, *, case: str) -> PlanRecord | None:
    """Return the newest plan of a case, or None."""
    query = select(Plan).where(Plan.case_id == case).order_by(Plan.drafted_at.desc(), Plan.id.desc()).limit(1)
    row = session.scalars(query).one_or_none()
    return plan_record(session, row) if row else None


def plans(session: Session, *, case: str) -> list[PlanRecord]:
    """Return every plan of a case, oldest first."""
    query = select(Plan).where(Plan.case_id == case).order_by(Plan.drafted_at, Plan.id)
    return [plan_record(session, row) for row in session.scalars(query)]


@dataclass(frozen=True, slots=True)
class ObjectionRecord:
    """An objection to a plan as the desk and the parties read it."""

    id: str
    plan: str
    objector: str
    objection: Objection
    raised_at: datetime
    opposed_by: str | None
    sued_at: datetime | None


def objections(session: Session, *, plan: str) -> list[ObjectionRecord]:
    """Return the objections to a plan, in the order raised."""
    query = select(PlanObjection).where(PlanObjection.plan_id == plan).order_by(PlanObjection.raised_at)
    return [
        ObjectionRecord(
            id=row.id,
            plan=row.plan_id,
            objector=row.objector_person_id,
            objection=Objection(
                claim=row.claim_id,
                amount_minor=row.amount_minor,
                opposition_until=row.opposition_until,
                suit_until=row.suit_until,
                sued=row.sued_at is not None,
            ),
            raised_at=row.raised_at,
            opposed_by=row.opposed_by,
            sued_at=row.sued_at,
        )
        for row in session.scalars(query.execution_options(populate_existing=True))
    ]


def escrow_minor(row: Plan) -> int:
    """Return what of a plan is kept in escrow."""
    return sum(line.amount_minor for line in kept_lines(row))


def kept_lines(row: Plan) -> list[Line]:
    """Return what a plan keeps in escrow and nobody has decided about yet."""
    return [line_of(one) for one in row.escrow if not one.get("settled")]


@carries_out("distribution.payout_days", "distribution.payout_after_obstacle_days")
def due(session: Session, now: datetime, *, case: Cases = None) -> list[DueAct]:
    """Return what is due as of now: a plan for money that has arrived, service, payment (法发〔2017〕6号 第10条)."""
    known = bankruptcy.references(session, case=case)
    stopped = {one.case: one for one in known if one.bars}
    gone_on = {one.case: one.answered_at for one in known if one.accepted is False and one.answered_at is not None}
    planned = set(session.scalars(select(PlanLot.lot_id)))
    acts = [
        _due("plan_distribution", case=sold.case, on=sold.lot, start=sold.paid_at)
        for sold in settlements.paid(session, by=now, case=case)
        if sold.lot not in planned and sold.paid_at is not None and sold.price_minor > sold.credit_minor
    ]
    query = select(Plan).where(Plan.status.in_(_OPEN), Plan.drafted_at <= now).order_by(Plan.drafted_at, Plan.id)
    handed_over: list[DueAct] = []
    for row in session.scalars(query.where(of_cases(Plan.case_id, case))):
        found = _due_of_plan(session, row, now=now, since=gone_on.get(row.case_id))
        (handed_over if row.basis == "bankruptcy" else acts).extend(found)
    return [
        *(_reply(one) for one in known if one.answered_at is None),
        *handed_over,
        *(act for act in acts if act.case not in stopped),
    ]


def _due_of_plan(session: Session, row: Plan, *, now: datetime, since: datetime | None) -> list[DueAct]:
    """Return what is due about a plan.

    :param since: when an obstacle to its payment was gone, which leaves ten days from then (法发〔2017〕6号)
    """
    match PlanStatus(row.status):
        case PlanStatus.DRAFTED:
            return [_due("serve_plan", case=row.case_id, on=row.id, start=row.drafted_at)]
        case PlanStatus.SERVED:
            return _due_served(session, row, now=now, since=since)
        case _:
            return [_payment("release_payout", row, start=row.proposed_at or row.drafted_at, since=since)]


def _payment(what: str, row: Plan, *, start: datetime, since: datetime | None) -> DueAct:
    act = _due(what, case=row.case_id, on=row.id, start=start)
    if since is None or since <= start:
        return act
    return replace(act, by=within_days(since, rulebook().on(day_of(since)).distribution.payout_after_obstacle_days))


def _reply(one: ReferenceRecord) -> DueAct:
    return DueAct(
        what="answer_bankruptcy",
        on=one.case,
        by=one.reply_by,
        case=one.case,
        article="法释〔2015〕5号 第512条",
        zh="受移送法院应自收到材料之日起三十日内答复是否受理",
        en="the bankruptcy court answers whether it takes the case over",
    )


def _due_served(session: Session, row: Plan, *, now: datetime, since: datetime | None) -> list[DueAct]:
    """Return the payment of a served plan, and what the parties may still do against it."""
    begins = row.objection_until or row.drafted_at
    acts: list[DueAct] = []
    for one in objections(session, plan=row.id):
        found = one.objection
        match found.stand(now):
            case Stand.RAISED:
                acts.append(_window("oppose", row, by=found.opposition_until))
            case Stand.OPPOSED:
                acts.append(_window("sue", row, by=found.suit_until or found.opposition_until))
            case _:
                pass
        begins = max(begins, one.sued_at or found.suit_until or found.opposition_until)
    return [*acts, _payment("pay_out", row, start=begins, since=since)]


def _window(what: str, row: Plan, *, by: datetime) -> DueAct:
    zh, en = _WORDS[what]
    article = "法释〔2015〕5号 第509、510条"
    return DueAct(what=what, on=row.id, by=by, case=row.case_id, article=article, zh=zh, en=en)


def plan_record(session: Session, row: Plan) -> PlanRecord:
    """Return a plan's row as a record, with what of it has been paid."""
    orders = treasury.orders_of_prefix(session, prefix=f"{row.id}:")
    return PlanRecord(
        id=row.id,
        case=row.case_id,
        status=PlanStatus(row.status),
        lines=tuple(line_of(one) for one in row.lines),
        surplus=tuple(draw_of(one) for one in row.surplus),
        surplus_minor=row.surplus_minor,
        total_minor=row.total_minor,
        drafted_at=row.drafted_at,
        served_at=row.served_at,
        objection_until=row.objection_until,
        proposed_at=row.proposed_at,
        proposed_by=row.proposed_by,
        released_at=row.released_at,
        released_by=row.released_by,
        paid_at=row.paid_at,
        paid_minor=sum(order.amount_minor for order in orders if order.status is OrderStatus.DONE),
        escrow_minor=escrow_minor(row),
        basis=row.basis,
        settled=tuple(line_of(one) for one in row.escrow if one.get("settled")),
    )


def line_of(kept: dict[str, Any]) -> Line:
    """Return a line as it was kept."""
    return Line(
        to=kept["to"],
        part=Part(kept["part"]),
        amount_minor=kept["amount_minor"],
        rank=kept["rank"],
        article=kept["article"],
        draws=tuple(draw_of(one) for one in kept["draws"]),
    )


def draw_of(kept: dict[str, Any]) -> Draw:
    """Return a draw as it was kept."""
    return Draw(lot=kept["lot"], minor=kept["minor"])


_WORDS = {
    "plan_distribution": ("拍卖款已到账，应制作分配方案", "the money has arrived: draw up the plan"),
    "serve_plan": ("应送达分配方案", "serve the distribution plan"),
    "oppose": ("其他当事人可对异议提出反对意见", "the other parties may oppose the objection"),
    "sue": ("异议人可提起分配方案异议之诉", "the objector may sue over what was opposed"),
    "pay_out": ("异议期届满后应发放案款", "pay out after the objection period"),
    "release_payout": ("付款待执行局长审批并发放", "the payment waits for release by the head of bureau"),
}


def _due(what: str, *, case: str, on: str, start: datetime) -> DueAct:
    days = rulebook().on(day_of(start)).distribution.payout_days
    zh, en = _WORDS[what]
    return DueAct(
        what=what, on=on, by=within_days(start, days), case=case, article="法发〔2017〕6号 第10条", zh=zh, en=en
    )
