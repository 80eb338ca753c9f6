"""The refusals of distribution, and when a plan may be served, paid and released; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum

from auction.foundation.kernel.calendar import in_shanghai
from auction.foundation.kernel.refusal import Refusal
from auction.rulebook.carried import carries_out


class PlanStatus(StrEnum):
    """The life of a plan: ``final`` when finance has proposed the payment, ``released`` by a second person."""

    DRAFTED = "drafted"
    SERVED = "served"
    FINAL = "final"
    RELEASED = "released"
    PAID = "paid"


#: From which state a plan may go where; a draft may be drawn up anew, a served plan when its money has gone back.
TRANSITIONS: Mapping[PlanStatus, Collection[PlanStatus]] = {
    PlanStatus.DRAFTED: (PlanStatus.DRAFTED, PlanStatus.SERVED),
    PlanStatus.SERVED: (PlanStatus.FINAL, PlanStatus.DRAFTED),
    PlanStatus.FINAL: (PlanStatus.RELEASED, PlanStatus.DRAFTED),
    PlanStatus.RELEASED: (PlanStatus.PAID,),
    PlanStatus.PAID: (),
}


class NothingToDistribute(Refusal):
    """No lot of the case is paid in full, and no other money is there."""

    code = "distribution.nothing_there"
    article = "法发〔2017〕6号 第10条"
    title_zh, title_en = "尚无可分配的款项", "Nothing to distribute"
    zh = "本案没有已付清价款且尚未分配的拍品，暂无可分配款项。"
    en = "No lot of the case is paid in full and undistributed; there is nothing to distribute."


class PlanServed(Refusal):
    """A plan that was served is not drawn up again beside its objections."""

    code = "distribution.plan_served"
    article = "法释〔2015〕5号 第509条"
    title_zh, title_en = "分配方案已送达", "The plan was served"
    zh = "分配方案 {plan} 已送达（{status}），执行完毕前不能另行制作。"
    en = "Plan {plan} was served ({status}); no other is drawn up before it is paid."


class PlanUnpaid(Refusal):
    """A judgment over what is in escrow waits until the plan that is under way is paid."""

    code = "distribution.plan_unpaid"
    article = "法释〔2015〕5号 第510条"
    title_zh, title_en = "另有分配方案尚未执行完毕", "Another plan is not paid yet"
    zh = "分配方案 {plan}（{status}）尚未执行完毕，付清后再处理提存款。"
    en = "Plan {plan} is “{status}”; what is in escrow is divided when it is paid."


class NothingInEscrow(Refusal):
    """Nothing is kept for the claim that a judgment could decide about."""

    code = "distribution.nothing_in_escrow"
    article = "法释〔2015〕5号 第510条"
    title_zh, title_en = "没有提存款", "Nothing in escrow"
    zh = "债权 {claim} 没有提存的份额。"
    en = "Nothing is kept in escrow for {claim}."


class CaseReferred(Refusal):
    """The case is with the bankruptcy court, so nothing is distributed."""

    code = "distribution.referred"
    article = "法释〔2015〕5号 第511-513条"
    title_zh, title_en = "已移送破产审查", "With the bankruptcy court"
    zh = "本案已于 {since:instant} 移送破产审查，期间不得分配、发放案款。"
    en = "The case was sent to the bankruptcy court at {since:instant}; nothing is distributed meanwhile."


class NoParticipation(Refusal):
    """Against an enterprise ordinary creditors do not share; they are paid in the order of their seizures."""

    code = "distribution.no_participation"
    article = "法释〔2015〕5号 第506、514条"
    title_zh, title_en = "企业法人不适用参与分配", "No sharing against an enterprise"
    zh = "被执行人为企业法人，普通债权按查封顺序受偿，须先查封或轮候查封。"
    en = "Against an enterprise ordinary claims are paid in the order of seizure; seize, or wait in the queue, first."


@carries_out("distribution.participation")
def check_participation(without_seizure: Collection[object]) -> None:
    """Refuse ordinary claims against an enterprise that have no place in the order of seizures (第514条).

    :raises NoParticipation: when there is one
    """
    if without_seizure:
        raise NoParticipation


class PlanOutdated(Refusal):
    """Money the plan distributes has gone back since, because a sale was revoked."""

    code = "distribution.plan_outdated"
    article = "法释〔2016〕18号 第31条"
    title_zh, title_en = "分配方案已不适用", "The plan no longer holds"
    zh = "拍品 {lots} 的价款已不在案款账户，请重新制作分配方案。"
    en = "The money of {lots} is no longer in the case account; draw up the plan anew."


class ClaimsChanged(PlanOutdated):
    """A claim joined after the plan was drawn up, or was set off or satisfied in kind, or is so no longer."""

    article = "法释〔2015〕5号 第508条"
    zh = "债权 {claims} 在方案制作后有变（新加入、抵销、以物抵债或其失效），各方应得的份额随之变化，请重新制作方案。"
    en = "{claims} changed since (joined, set off, taken in kind, or no longer so); the shares change: draw it up anew."


class CreditPending(Refusal):
    """A creditor takes a thing for his claim and has not paid the difference: what is left of the claim is open."""

    code = "distribution.credit_pending"
    article = "法释〔2004〕16号 第16条"
    title_zh, title_en = "以债权抵价的拍品尚未付清", "A thing taken for a claim is not paid for"
    zh = "拍品 {lots} 的部分价款以债权抵充，差额尚未付清；付清或认定逾期后方可分配。"
    en = "A claim counts for a part of the price of {lots}, the rest is not paid; divide when it is, or lapsed."


class PlanNotDrafted(Refusal):
    """Only a draft is served."""

    code = "distribution.not_drafted"
    article = "法释〔2015〕5号 第509条"
    title_zh, title_en = "没有待送达的分配方案", "No plan to serve"
    zh = "分配方案当前为“{status}”，只有草案可以送达。"
    en = "The plan is “{status}”; only a draft is served."


@carries_out("distribution.plan_objection_days")
class PlanOpen(Refusal):
    """Objections may still come."""

    code = "distribution.plan_open"
    article = "法释〔2015〕5号 第509条"
    title_zh, title_en = "异议期未满", "The objection period runs"
    zh = "分配方案的异议期至 {until:instant} 届满，此后方可付款。"
    en = "Objections to the plan may come until {until:instant}; it is paid after that."


class PlanNotServed(PlanOpen):
    """The plan was not served, so its objection period has not begun."""

    title_zh, title_en = "分配方案尚未送达", "The plan was not served"
    zh = "分配方案尚未送达，送达后异议期届满方可付款。"
    en = "The plan was not served; it is paid when the objection period after service has ended."


@carries_out("distribution.escrow_disputed")
class PlanDisputed(Refusal):
    """A part of the plan is disputed, and that part is not paid."""

    code = "distribution.disputed"
    article = "法释〔2015〕5号 第509、510条"
    title_zh, title_en = "分配方案存在争议", "A part of the plan is disputed"
    zh = "分配方案中 {claims} 的份额存在争议（¥{disputed_minor:money}），争议解决前不得发放该部分。"
    en = "The share of {claims} is disputed (¥{disputed_minor:money}); that part is not paid before it is settled."


@carries_out(
    "distribution.plan_objection_days",
    "distribution.counter_objection_days",
    "distribution.plan_lawsuit_days",
)
class DisputeTooLate(Refusal):
    """The fifteen days for an objection, an opposition or a suit have ended."""

    code = "distribution.too_late"
    article = "法释〔2015〕5号 第509、510条"
    title_zh, title_en = "已逾法定期限", "The period has ended"
    zh = "期限已于 {until:instant} 届满。"
    en = "The period ended at {until:instant}."


class NothingToAnswer(Refusal):
    """There is no objection to oppose, or no opposition to sue over."""

    code = "distribution.nothing_to_answer"
    article = "法释〔2015〕5号 第509、510条"
    title_zh, title_en = "没有可以答复的异议", "Nothing to answer"
    zh = "没有您可以在此步骤中答复的异议。"
    en = "There is no objection that you could answer at this step."


class NotPartyToPlan(Refusal):
    """Only the creditors and the debtor of a case dispute its plan, each for himself."""

    code = "auth.forbidden"
    article = "法释〔2015〕5号 第509条"
    title_zh, title_en = "须由当事人本人提出", "For a party himself"
    zh = "只有本案债权人、被执行人本人可以对分配方案提出异议。"
    en = "Only a creditor or the debtor of the case, each for himself, disputes its plan."


class PayoutNotProposed(Refusal):
    """There is no payment waiting for a second person."""

    code = "distribution.not_proposed"
    article = "法发〔2017〕6号"
    title_zh, title_en = "没有待审批的付款", "No payment waits for release"
    zh = "分配方案当前为“{status}”，没有待审批的付款。"
    en = "The plan is “{status}”; no payment waits for release."


class SecondPersonNeeded(Refusal):
    """Who proposed a payment does not release it."""

    code = "auth.forbidden"
    article = "法发〔2017〕6号"
    title_zh, title_en = "须由另一人审批", "Another person must release it"
    zh = "付款须由提出人以外的人审批，请由执行局长办理。"
    en = "Who proposed the payment may not release it; the head of bureau does."


def check_payment(*, status: PlanStatus, objection_until: datetime | None, now: datetime) -> None:
    """Let finance propose the payment once the last objection period has ended (法释〔2015〕5号 第509条).

    :raises PlanNotServed: before service
    :raises PlanOpen: while objections may still come
    """
    if status is PlanStatus.DRAFTED or objection_until is None:
        raise PlanNotServed
    if now <= objection_until:
        raise PlanOpen(until=in_shanghai(objection_until))


def check_release(*, status: PlanStatus, proposed_by: str | None, released_by: str) -> None:
    """Let a second person release a proposed payment (法发〔2017〕6号).

    :raises PayoutNotProposed: when none waits
    :raises SecondPersonNeeded: when it is the same person
    """
    if status is not PlanStatus.FINAL:
        raise PayoutNotProposed(status=status.value)
    if proposed_by == released_by:
        raise SecondPersonNeeded


def moved(current: PlanStatus, target: PlanStatus) -> PlanStatus:
    """Return the target state.

    :raises ValueError: for a step a plan does not have; a fault of ours, never of a user
    """
    if target not in TRANSITIONS[current]:
        msg = f"a plan does not go from {current} to {target}"
        raise ValueError(msg)
    return target
