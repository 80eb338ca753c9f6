"""What is due while a price is being found and after it came, derived from where each valuation stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from auction.foundation.kernel.due import DueAct
from auction.procedure.valuation import periods
from auction.procedure.valuation.rules import Mode
from auction.procedure.valuation.standing import Contest, Entrusted, Standing
from auction.rulebook.numbers import ValuationNumbers

_PURPOSES = {
    "report": ("出具报告", "report"),
    "reissue": ("重新出具报告", "report anew"),
    "correction": ("补正报告", "correct it"),
}
_ARTICLES = {
    (Mode.ONLINE_INQUIRY, "report"): "法释〔2018〕15号 第11条",
    (Mode.ONLINE_INQUIRY, "reissue"): "法释〔2018〕15号 第11条第4款",
    (Mode.ONLINE_INQUIRY, "correction"): "法释〔2018〕15号 第12条",
    (Mode.APPRAISAL, "report"): "法释〔2018〕15号 第19条",
    (Mode.APPRAISAL, "reissue"): "法释〔2018〕15号 第19条第4款",
    (Mode.APPRAISAL, "correction"): "法释〔2018〕15号 第20条",
}


def of_standing(numbers: ValuationNumbers, now: Standing, *, thing: str, case: str, at: datetime) -> Iterator[DueAct]:
    """Return what a valuation owes: reports, the next agency, the way of objections. While it rests, nothing is."""
    if now.entrusted is not None and now.deferred_since is None:
        yield from _of_entrusted(numbers, now.entrusted, thing=thing, case=case, at=at)
    if now.replace_by is not None:
        yield _replace(now.replace_by, thing=thing, case=case)
    for contest in now.contests.values():
        if contest.decided_at is None and contest.ground in periods.PROFESSIONAL:
            yield from _of_contest(contest, thing=thing, case=case)


def to_send(
    numbers: ValuationNumbers, now: Standing, *, thing: str, case: str, parties: frozenset[str]
) -> Iterator[DueAct]:
    """Return the sending that is due while a party has not got the report yet (第21条)."""
    if now.report is None or now.report.void or parties <= now.received.keys():
        return
    days = numbers.send_report_days
    yield DueAct(
        what="send_report",
        on=thing,
        by=periods.send_by(numbers, now.report),
        case=case,
        article="法释〔2018〕15号 第21条",
        zh=f"收到报告后{days}日内发送当事人和利害关系人",
        en=f"send the report to the parties within {days} days",
    )


def _of_entrusted(
    numbers: ValuationNumbers, entrusted: Entrusted, *, thing: str, case: str, at: datetime
) -> Iterator[DueAct]:
    zh, en = _PURPOSES[entrusted.purpose]
    yield DueAct(
        what=f"value_by_{entrusted.mode.value}",
        on=thing,
        by=entrusted.until,
        case=case,
        article=_ARTICLES[entrusted.mode, entrusted.purpose],
        zh=f"{'、'.join(entrusted.to)}应{zh}",
        en=f"{', '.join(entrusted.to)} is to {en}",
    )
    if entrusted.mode is Mode.APPRAISAL and at > entrusted.until:
        yield _replace(periods.return_by(numbers, since=entrusted.until), thing=thing, case=case)


def _replace(by: datetime, *, thing: str, case: str) -> DueAct:
    return DueAct(
        what="replace_agency",
        on=thing,
        by=by,
        case=case,
        article="法释〔2018〕15号 第19条第3款、第23条",
        zh="应收回评估材料，另行委托下一顺序评估机构",
        en="take the materials back and entrust the next agency",
    )


def _of_contest(contest: Contest, *, thing: str, case: str) -> Iterator[DueAct]:
    found = _next_for(contest)
    if found is not None:
        by, what, zh, en = found
        article = "法释〔2018〕15号 第23条"
        yield DueAct(what=what, on=thing, by=by, case=case, article=article, zh=zh, en=en)


def _next_for(contest: Contest) -> tuple[datetime, str, str, str] | None:
    name = contest.objection
    if contest.forwarded_at is None and contest.forward_by is not None:
        return contest.forward_by, "forward_objection", f"异议 {name} 应转交评估机构", f"pass {name} to the agency"
    if contest.review_by is not None and contest.wrong is None:
        zh = f"行业协会应就异议 {name} 作出评审"
        return contest.review_by, "conclude_review", zh, f"the association reviews {name}"
    if contest.explained_at is None and contest.explain_by is not None and contest.review_by is None:
        return contest.explain_by, "explain_objection", f"评估机构应说明异议 {name}", f"the agency explains {name}"
    return None
