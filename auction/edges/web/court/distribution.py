"""Distribution at the desk: the plan as a picture and a table, its service, its payment and release."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auction.edges.web import disputes, statements, visitor
from auction.edges.web.court import cases as files
from auction.edges.web.court import desk, fields
from auction.edges.web.court import waterfall as glance
from auction.edges.web.court.parts import OTHER_CASE, PARTS
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import Refusal
from auction.procedure.cases.queries import CaseRecord
from auction.procedure.distribution import commands, judgments, outdated, queries
from auction.procedure.distribution.queries import PlanRecord
from auction.procedure.identity import queries as identity
from auction.procedure.treasury import queries as treasury

pages = Blueprint("distribution", __name__, url_prefix="/court/cases/<case>/distribution")

#: The width of the picture in its own units.
_WIDE = 1000

_VERBS = {
    "serve": (commands.serve_plan, "分配方案已送达", "The plan is served"),
    "pay_out": (commands.pay_out, "付款已提交审批", "The payment is proposed"),
    "release": (commands.release_payout, "付款已批准，正在发放", "The payment is released and under way"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the waterfall: who gets how much, of how much wanted, and where its bar lies."""

    name: str
    part: str
    amount_minor: int
    wanted_minor: int | None
    rank: int | None
    article: str
    left: int
    wide: int

    @property
    def full(self) -> bool:
        """Say whether it is paid whole."""
        return self.wanted_minor is None or self.amount_minor >= self.wanted_minor


@pages.get("")
@open_to(desk.COURT)
def show(case: str) -> str:
    """Show the plan of a case and its next step."""
    return shown(case)


def shown(case: str, *, refusal: Refusal | None = None) -> str:
    """Render the plan with its disputes, and the forms of its next step."""
    with platform().read() as session:
        file = files.file_of(session, case)
        plan = queries.plan(session, case=case)
        every = queries.plans(session, case=case)
        quarrel = {
            "disputes": disputes.disputes_of(session, file["case"], plan, now=visitor.now()),
            "shares": disputes.shares_of(file["case"], plan),
            "escrow_minor": sum(one.escrow_minor for one in every),
        }
        steps = waterfall(file["case"], plan) if plan else []
        stale = outdated.why_outdated(session, plan=plan.id) if plan else None
        orders = treasury.orders_of_prefix(session, prefix=f"{plan.id}:") if plan else []
        names = _names(session, plan)
        ahead = glance.of_case(session, case, wish=glance.asked())
        booked = statements.booked(session, [order.id for order in orders])
    context = (
        file
        | quarrel
        | {
            "plan": plan,
            "stale": stale,
            "steps": steps,
            "orders": orders,
            "names": names,
            "booked": booked,
            "ahead": ahead,
        }
    )
    return desk.page("court/case_distribution.html", rail="cases", tab="distribution", refusal=refusal, **context)


def _names(session: Session, plan: PlanRecord | None) -> dict[str, str]:
    """Return the names of who proposed and who released the payment."""
    asked = [who for who in (plan.proposed_by, plan.released_by) if who] if plan else []
    return {who: actor.name for who in asked if (actor := identity.actor(session, account=who)) is not None}


def waterfall(case: CaseRecord, plan: PlanRecord) -> list[Step]:
    """Return the plan's steps in the order of payment, each beginning where the one before ends."""
    claims = {claim.id: claim for claim in case.claims}
    rows: list[tuple[str, str, int, int | None, int | None, str]] = [
        (
            claims[line.to].creditor if line.to in claims else t(*PARTS.get(line.to, OTHER_CASE)),
            line.part.value,
            line.amount_minor,
            claims[line.to].amount_minor if line.to in claims and line.part.value != "doubled_interest" else None,
            line.rank,
            line.article,
        )
        for line in plan.lines
    ]
    if plan.surplus_minor:
        rows.append((case.debtor.name, "surplus", plan.surplus_minor, None, None, "法释〔1998〕15号 第34条"))
    steps, before = [], 0
    for name, part, amount, wanted, rank, article in rows:
        left, right = (_place(minor, plan.total_minor) for minor in (before, before + amount))
        before += amount
        words = t(*PARTS.get(part, (part, part)))
        steps.append(Step(name, words, amount, wanted, rank, article, left, max(right - left, 2)))
    return steps


def _place(minor: int, total: int) -> int:
    return minor * _WIDE // total if total else 0


@pages.post("")
@open_to(desk.COURT)
def plan(case: str) -> ResponseReturnValue:
    """Draw up the plan for the money that is there."""

    def draw_up(act: Act) -> PlanRecord:
        form = fields.form()
        until = form.day_or_none("interest_until")
        form.refuse()
        return commands.plan_distribution(
            act, case=case, enforcement_fee=form.ticked("enforcement_fee"), interest_until=until
        )

    return _run(case, draw_up, said=t("分配方案已制作", "The plan is drawn up"))


@pages.post("/<any(serve, pay_out, release):verb>")
@open_to(desk.COURT)
def act_on(case: str, verb: str) -> ResponseReturnValue:
    """Serve the plan, propose its payment, or release it as the second person."""
    run, zh, en = _VERBS[verb]

    def do(act: Act) -> PlanRecord:
        return run(act, case=case)

    return _run(case, do, said=t(zh, en))


@pages.post("/settle")
@open_to(desk.COURT)
def settle(case: str) -> ResponseReturnValue:
    """Enter the judgment over a claim's share in escrow: a plan for it follows, to be paid as any other."""

    def judge(act: Act) -> PlanRecord:
        form = fields.form()
        claim, minor = form.text("claim", longest=80), 0 if form.raw("amount") == "0" else form.yuan("amount")
        form.refuse()
        return judgments.settle_suit(act, case=case, claim=claim, amount_minor=minor)

    return _run(case, judge, said=t("判决已登记", "The judgment is entered"))


def _run(case: str, do: Callable[[Act], PlanRecord], *, said: str) -> ResponseReturnValue:
    with platform().read() as session:
        desk.case_of(session, case)
    return desk.perform(
        do,
        to=lambda _: f"/court/cases/{case}/distribution",
        said=said,
        otherwise=lambda refusal: shown(case, refusal=refusal),
    )
