"""Today: what the law wants done at this court, by urgency, each with the one button that leads to it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auction.edges.due import due_acts
from auction.edges.web import visitor
from auction.edges.web.court import desk
from auction.edges.web.visitor import ANY_ACCOUNT, open_to, platform
from auction.foundation.kernel.due import DueAct
from auction.foundation.kernel.roles import Role
from auction.procedure.bidding import queries as bidding
from auction.procedure.cases import queries as cases
from auction.procedure.cases.queries import CaseSummary
from auction.procedure.lots import desk as desk_queries
from auction.procedure.treasury import claiming

pages = Blueprint("today", __name__)

#: Where each due act is done, whose it is, and what its button says.
_PLACES: dict[str, tuple[str, Role, str, str]] = {
    "renew_control": ("/court/property/{on}#control", Role.OFFICER, "续行查封", "Renew"),
    "ask_renewal": ("/court/property/{on}#control", Role.OFFICER, "续行保全", "Renew"),
    "transfer_disposal": ("/court/property/{on}#queue", Role.OFFICER, "出具移送函", "Issue the letter"),
    "answer_bankruptcy": ("/court/cases/{case}/things", Role.OFFICER, "记录答复", "Record the answer"),
    "start_valuation": ("/court/property/{on}", Role.OFFICER, "确定参考价", "Value it"),
    "value_by_online_inquiry": ("/court/property/{on}#mode-online_inquiry", Role.OFFICER, "记录询价结果", "Record it"),
    "value_by_appraisal": ("/court/property/{on}#mode-appraisal", Role.OFFICER, "记录评估报告", "Record it"),
    "replace_agency": ("/court/property/{on}#valuation-steps", Role.OFFICER, "更换评估机构", "Ask the next one"),
    "send_report": ("/court/property/{on}#valuation-steps", Role.OFFICER, "送达报告", "Send the report"),
    "forward_objection": ("/court/property/{on}#valuation-steps", Role.OFFICER, "转交异议", "Pass it on"),
    "explain_objection": ("/court/property/{on}#valuation-steps", Role.OFFICER, "记录说明", "Record it"),
    "conclude_review": ("/court/property/{on}#valuation-steps", Role.OFFICER, "记录评审结论", "Record it"),
    "start_disposal": ("/court/cases/{case}/draft?properties={on}", Role.OFFICER, "拟定拍卖", "Draft the lot"),
    "draft_lot": ("/court/lots/{on}/settlement", Role.OFFICER, "拟定下一轮", "Draft the next round"),
    "take_in_kind": ("/court/lots/{on}/in-kind", Role.OFFICER, "询问债权人", "Ask the creditors"),
    "decide_objection": ("/court/objections/{on}", Role.PANEL, "审查异议", "Decide it"),
    "accept_objection": ("/court/objections/{on}", Role.OFFICER, "异议立案", "File it as a case"),
    "supplement_objection": ("/court/objections/{on}", Role.OFFICER, "查看异议", "See it"),
    "notify_objection": ("/court/objections/{on}", Role.OFFICER, "登记通知", "Tell the parties"),
    "send_up_objection": ("/court/objections/{on}", Role.OFFICER, "报送案卷", "Send it up"),
    "decide_reconsideration": ("/court/objections/{on}", Role.PANEL, "登记复议裁定", "Enter the ruling"),
    "withdraw": ("/court/cases/{case}/objections", Role.PANEL, "撤回拍品", "Withdraw the lot"),
    "resume": ("/court/lots/{on}/live", Role.PANEL, "恢复拍卖", "Let it go on"),
    "release": ("/court/property/{on}", Role.OFFICER, "解除查封", "Release it"),
    "pay_balance": ("/court/lots/{on}/settlement", Role.OFFICER, "查看交割", "See the settlement"),
    "rule": ("/court/lots/{on}/settlement", Role.OFFICER, "作出裁定", "Make the ruling"),
    "serve_ruling": ("/court/lots/{on}/settlement", Role.OFFICER, "送达裁定", "Serve the ruling"),
    "hand_over": ("/court/lots/{on}/settlement", Role.OFFICER, "交付财产", "Hand it over"),
    "plan_distribution": ("/court/cases/{case}/distribution", Role.OFFICER, "制作分配方案", "Draw up the plan"),
    "serve_plan": ("/court/cases/{case}/distribution", Role.OFFICER, "送达方案", "Serve the plan"),
    "oppose": ("/court/cases/{case}/distribution", Role.OFFICER, "查看争议", "See the dispute"),
    "sue": ("/court/cases/{case}/distribution", Role.OFFICER, "查看争议", "See the dispute"),
    "insist": ("/court/cases/{case}", Role.OFFICER, "登记申请", "Enter the request"),
    "pay_out": ("/court/cases/{case}/distribution", Role.FINANCE, "提交付款", "Propose the payment"),
    "release_payout": ("/court/cases/{case}/distribution", Role.HEAD, "审批付款", "Release the payment"),
    "release_deposit": ("/court/cases/{case}/money", Role.FINANCE, "查看退款", "See the return"),
    "tell_of_lapse": ("/court/lots/{on}/settlement", Role.FINANCE, "通知买受人", "Tell the buyer"),
    "apply_deposit": ("/court/cases/{case}/money", Role.FINANCE, "查看转款", "See the transfer"),
    "resolve_difference": ("/court/ledger/differences#{on}", Role.FINANCE, "查清差异", "Resolve it"),
    "payment_disputed": ("/court/cases/{case}/payment-matters", Role.FINANCE, "核对争议", "Look at it"),
    "payment_return_failed": ("/court/cases/{case}/payment-matters", Role.FINANCE, "核对退回", "Look at it"),
    "payment_returned_outside": ("/court/cases/{case}/payment-matters", Role.FINANCE, "核对退款", "Look at it"),
    "claim_money": ("/court/bank/lines/{on}", Role.FINANCE, "查明款项", "Claim it"),
    "retry_order": ("/court/cases/{case}/money", Role.FINANCE, "重新发送", "Send again"),
}
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
    """List what is due, the most urgent first; ``of=mine`` leaves out what others do, ``of=cases`` others' cases."""
    of = request.args.get("of", "")
    with platform().read() as session:
        tasks = tasks_of(session, court=desk.own_court())
        drafts = desk_queries.of_court(session, court=desk.own_court(), statuses=("draft", "approved"), limit=20)
        running = desk_queries.of_court(session, court=desk.own_court(), statuses=("open",), limit=20)
        prices = bidding.prices(session, [lot.id for lot in running])
        unclaimed = claiming.due_at(session, court=desk.own_court())
    carried = [task for task in tasks if task.case.officer == visitor.known_visitor().id]
    shown = {"mine": [task for task in tasks if task.mine], "cases": carried}.get(of, tasks)
    return desk.page(
        "court/today.html", rail="today", tasks=shown, number=len(tasks), carried=len(carried), of=of,
        mine=sum(task.mine for task in tasks), drafts=drafts, running=running, prices=prices,
        unclaimed=unclaimed,
    )  # fmt: skip


def tasks_of(session: Session, *, court: str) -> list[Task]:
    """Return what is due at a court, soonest first."""
    acts = due_acts(session, visitor.now(), case=cases.ids(court=court))
    known = cases.summaries(session, ids={act.case for act in acts})
    return [_task(act, known[act.case]) for act in acts]


def _task(act: DueAct, case: CaseSummary) -> Task:
    where, role, zh, en = _PLACES.get(act.what, _ELSEWHERE)
    return Task(
        act=act, case=case, href=where.format(on=act.on, case=act.case), role=role, zh=zh, en=en, mine=desk.may(role)
    )
