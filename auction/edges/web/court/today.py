"""Today: what the law wants done at this court, by urgency, each with the one button that leads to it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auction.edges.web import visitor
from auction.edges.web.court import desk
from auction.edges.web.visitor import ANY_ACCOUNT, open_to, platform
from auction.foundation.kernel.due import DueAct
from auction.foundation.kernel.roles import Role
from auction.procedure.assets import queries as assets
from auction.procedure.bidding import queries as bidding
from auction.procedure.cases import queries as cases
from auction.procedure.cases.queries import CaseSummary
from auction.procedure.deposits import queries as deposits
from auction.procedure.distribution import queries as distribution
from auction.procedure.lots import desk as desk_queries
from auction.procedure.lots import queries as lots
from auction.procedure.lots import stays
from auction.procedure.objections import queries as objections
from auction.procedure.settlement import queries as settlement
from auction.procedure.valuation import queries as valuation

pages = Blueprint("today", __name__)

#: Where each due act is done, whose it is, and what its button says.
_PLACES: dict[str, tuple[str, Role, str, str]] = {
    "renew_control": ("/court/property/{on}", Role.OFFICER, "续行查封", "Renew"),
    "start_valuation": ("/court/property/{on}", Role.OFFICER, "确定参考价", "Value it"),
    "start_disposal": ("/court/cases/{case}/draft?properties={on}", Role.OFFICER, "拟定拍卖", "Draft the lot"),
    "draft_lot": ("/court/cases/{case}/draft?after={on}", Role.OFFICER, "拟定下一轮", "Draft the next round"),
    "take_in_kind": ("/court/lots/{on}/terms", Role.OFFICER, "查看拍品", "See the lot"),
    "resume": ("/court/lots/{on}/live", Role.PANEL, "恢复拍卖", "Let it go on"),
    "release": ("/court/property/{on}", Role.OFFICER, "解除查封", "Release it"),
    "pay_balance": ("/court/lots/{on}/settlement", Role.OFFICER, "查看交割", "See the settlement"),
    "rule": ("/court/lots/{on}/settlement", Role.OFFICER, "作出裁定", "Make the ruling"),
    "serve_ruling": ("/court/lots/{on}/settlement", Role.OFFICER, "送达裁定", "Serve the ruling"),
    "hand_over": ("/court/lots/{on}/settlement", Role.OFFICER, "交付财产", "Hand it over"),
    "plan_distribution": ("/court/cases/{case}/distribution", Role.OFFICER, "制作分配方案", "Draw up the plan"),
    "serve_plan": ("/court/cases/{case}/distribution", Role.OFFICER, "送达方案", "Serve the plan"),
    "pay_out": ("/court/cases/{case}/distribution", Role.FINANCE, "提交付款", "Propose the payment"),
    "release_payout": ("/court/cases/{case}/distribution", Role.HEAD, "审批付款", "Release the payment"),
    "release_deposit": ("/court/cases/{case}/money", Role.FINANCE, "查看退款", "See the return"),
    "apply_deposit": ("/court/cases/{case}/money", Role.FINANCE, "查看转款", "See the transfer"),
    "retry_order": ("/court/cases/{case}/money", Role.FINANCE, "重新发送", "Send again"),
}
#: More cases than one court has open at a time.
_CASES_MAX = 20_000
_ELSEWHERE = ("/court/cases/{case}", Role.OFFICER, "打开案件", "Open the case")


@dataclass(frozen=True, slots=True)
class Task:
    """A due act of this court with its place and the button's words."""

    act: DueAct
    case: CaseSummary
    href: str
    role: Role
    zh: str
    en: str
    mine: bool


@pages.get("/desk")
@open_to(ANY_ACCOUNT)
def desk_of_mine() -> ResponseReturnValue:
    """Send everyone to the desk of his office."""
    actor = visitor.known_visitor()
    if actor.roles & desk.COURT:
        return redirect("/court")
    if actor.has(Role.ADMINISTRATOR):
        return redirect("/admin")
    return redirect("/supervision" if actor.has(Role.SUPERVISOR) else "/my")


@pages.get("/court")
@open_to(desk.COURT)
def index() -> str:
    """List what is due, the most urgent first; ``of=mine`` leaves out what others do."""
    with platform().read() as session:
        tasks = tasks_of(session, court=desk.own_court())
        drafts = desk_queries.of_court(session, court=desk.own_court(), statuses=("draft", "approved"), limit=20)
        running = desk_queries.of_court(session, court=desk.own_court(), statuses=("open",), limit=20)
        prices = bidding.prices(session, [lot.id for lot in running])
    shown = [task for task in tasks if task.mine] if request.args.get("of") == "mine" else tasks
    return desk.page(
        "court/today.html", rail="today", tasks=shown, number=len(tasks), of=request.args.get("of", ""),
        mine=sum(task.mine for task in tasks), drafts=drafts, running=running, prices=prices,
    )  # fmt: skip


def due_acts(session: Session) -> list[DueAct]:
    """Return what is due everywhere, from every capability, soonest first."""
    now = visitor.now()
    found = [
        *assets.due(session, now),
        *valuation.due(session, now),
        *lots.due(session),
        *stays.due(session, now),
        *objections.due(session),
        *settlement.due(session, now),
        *distribution.due(session, now),
        *deposits.due(session, now),
    ]
    return sorted(found, key=lambda act: (act.by, act.what, act.on))


def tasks_of(session: Session, *, court: str) -> list[Task]:
    """Return what is due at a court, soonest first."""
    own = {case.id: case for case in cases.cases(session, court=court, limit=_CASES_MAX)}
    return [_task(act, own[act.case]) for act in due_acts(session) if act.case in own]


def _task(act: DueAct, case: CaseSummary) -> Task:
    where, role, zh, en = _PLACES.get(act.what, _ELSEWHERE)
    return Task(
        act=act, case=case, href=where.format(on=act.on, case=act.case), role=role, zh=zh, en=en, mine=desk.may(role)
    )
