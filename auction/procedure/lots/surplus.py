"""An auction that would leave the applicant nothing: he is told, and has five days to ask for it (第6条)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.database.narrowing import Cases, of_cases
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.calendar import day_of, within_days
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.due import DueAct
from auction.foundation.kernel.refusal import InputMalformed, Refusal
from auction.foundation.kernel.roles import Role
from auction.procedure.assets import queries as assets
from auction.procedure.cases import queries as cases
from auction.procedure.inputs import Checks
from auction.procedure.lots import basis, rules
from auction.procedure.lots.models import Insistence, SurplusWarning
from auction.rulebook import rulebook
from auction.rulebook.carried import carries_out

_ARTICLE = "法释〔2004〕16号 第6条"


class ReplyTooLate(Refusal):
    """The applicant was told, and let his five days pass."""

    code = "terms.reply_too_late"
    article = _ARTICLE
    title_zh, title_en = "答复已逾期", "The reply comes too late"
    zh = "申请执行人应在 {reply_by:instant} 前要求继续拍卖，期限已过；该财产不再拍卖。"
    en = "The applicant had until {reply_by:instant} to ask to go on; the time is over and the thing is not auctioned."


@command("warn_no_surplus", by={Role.OFFICER})
def warn_no_surplus(act: Act, *, property: str) -> datetime:  # noqa: A002 - the law's word
    """Tell the applicants that nothing may be left for them; return until when they may ask to go on all the same.

    Again changes nothing: the period runs from the first telling.

    :raises InputMalformed: where the rule does not apply, as an applicant's claim is the first on the thing
    """
    checks = Checks()
    thing = checks.identifier("property", property)
    checks.refuse()
    record = assets.property_record(act.session, thing)
    case = cases.case(act.session, record.case)
    least = rules.least_with_surplus(basis.burden(case, things={thing}))
    if least is None:
        raise InputMalformed(errors={"property": "申请执行人优先受偿，不适用 / the applicant ranks first on it"})
    lock(act, f"property:{thing}")
    before = act.session.scalars(
        select(SurplusWarning.reply_by).where(SurplusWarning.property_id == thing).order_by(SurplusWarning.reply_by)
    ).first()
    if before is not None:
        return before
    days = rulebook().on(day_of(act.now)).auction.no_surplus_reply_days
    reply_by = within_days(act.now, days)
    act.session.add_all(
        [
            SurplusWarning(
                property_id=thing, claim_id=one.id, case_id=case.id, least_minor=least, warned_at=act.now,
                reply_by=reply_by,
            )
            for one in case.claims
            if one.applicant
        ]
    )  # fmt: skip
    act.session.flush()
    public = {"least_minor": least, "reply_by": instant_text(reply_by), "article": _ARTICLE}
    append(act, f"property:{thing}", "property.no_surplus", public)
    return reply_by


@carries_out("auction.no_surplus_reply_days")
def check_reply(session: Session, *, property: str, claim: str, now: datetime) -> None:  # noqa: A002 - the law's word
    """Refuse an applicant who was told and asks after his five days; who was not told may ask at any time.

    :raises ReplyTooLate: with the end of his period
    """
    warning = session.get(SurplusWarning, (property, claim))
    if warning is not None and now > warning.reply_by:
        raise ReplyTooLate(reply_by=warning.reply_by)


def due(session: Session, now: datetime, *, case: Cases = None) -> list[DueAct]:
    """Return the applicants' replies that are awaited, or whose time has passed while the thing is still held."""
    answered = select(Insistence.property_id)
    rows = session.scalars(
        select(SurplusWarning)
        .where(SurplusWarning.property_id.not_in(answered), of_cases(SurplusWarning.case_id, case))
        .order_by(SurplusWarning.reply_by, SurplusWarning.property_id, SurplusWarning.claim_id)
    ).all()
    first = {row.property_id: row for row in reversed(rows)}
    found = []
    for thing, row in sorted(first.items()):
        record = assets.property_record(session, thing, now=now)
        if record.status != "seized":
            continue
        days = rulebook().on(day_of(row.warned_at)).auction.no_surplus_reply_days
        found.append(
            DueAct(
                what="insist",
                on=thing,
                by=row.reply_by,
                case=row.case_id,
                article=_ARTICLE,
                zh=f"“{record.title}”可能无益拍卖，申请执行人应在 {days} 日内答复是否继续；逾期不答复的，不再拍卖",
                en=f"An auction of “{record.title}” may leave nothing: a reply within {days} days, or it is off",
            )
        )
    return found
