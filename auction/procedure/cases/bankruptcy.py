"""A case against an enterprise goes to the bankruptcy court, and its answer (法释〔2015〕5号 第511-513条)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.database.narrowing import Cases, of_cases
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.calendar import day_of, within_days
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import Refusal
from auction.foundation.kernel.roles import Role
from auction.procedure.cases import queries
from auction.procedure.cases.models import BankruptcyReference
from auction.procedure.inputs import Checks
from auction.rulebook import rulebook


class NotAnEnterprise(Refusal):
    """Only an enterprise with legal personality goes bankrupt."""

    code = "cases.not_an_enterprise"
    article = "法释〔2015〕5号 第511条"
    title_zh, title_en = "被执行人不是企业法人", "Not an enterprise"
    zh = "被执行人不是企业法人，不能移送破产审查。"
    en = "The debtor is no enterprise; the case is not sent to a bankruptcy court."


class ConsentNeeded(Refusal):
    """One of the applicants or the debtor must agree."""

    code = "cases.consent_needed"
    article = "法释〔2015〕5号 第511条"
    title_zh, title_en = "须有申请执行人或者被执行人同意", "Somebody must agree"
    zh = "移送破产审查须经申请执行人之一或者被执行人同意。"
    en = "The case is sent only when one of the applicants or the debtor agrees."


class AlreadyReferred(Refusal):
    """The case is with the bankruptcy court, or was taken over by it."""

    code = "cases.already_referred"
    article = "法释〔2015〕5号 第511-513条"
    title_zh, title_en = "已移送破产审查", "Already referred"
    zh = "本案已于 {since:instant} 移送破产审查。"
    en = "The case was sent to the bankruptcy court at {since:instant}."


class NotReferred(Refusal):
    """There is nothing for the bankruptcy court to answer."""

    code = "cases.not_referred"
    article = "法释〔2015〕5号 第512条"
    title_zh, title_en = "没有待答复的移送", "Nothing to answer"
    zh = "本案没有待受移送法院答复的移送。"
    en = "No reference of the case waits for an answer."


@dataclass(frozen=True, slots=True)
class ReferenceRecord:
    """A reference to the bankruptcy court; ``accepted`` is None until it has answered."""

    case: str
    referred_at: datetime
    reply_by: datetime
    answered_at: datetime | None
    accepted: bool | None

    @property
    def bars(self) -> bool:
        """Whether nothing is sold or paid: the answer is awaited, or the case was taken over."""
        return self.accepted is not False


@command("refer_bankruptcy", by={Role.PANEL})
def refer_bankruptcy(act: Act, *, case: str, by: str) -> ReferenceRecord:
    """Send a case against an enterprise to the bankruptcy court; selling and paying stop meanwhile.

    :param by: the person who agrees: an applicant or the debtor
    :raises NotAnEnterprise: ConsentNeeded, AlreadyReferred: in this order
    """
    checks = Checks()
    wanted, who = checks.identifier("case", case), checks.identifier("by", by)
    checks.refuse()
    found = queries.case(act.session, wanted)
    if found.debtor.kind != "enterprise":
        raise NotAnEnterprise
    if who not in {found.debtor.person, *(one.creditor_person for one in found.claims if one.applicant)}:
        raise ConsentNeeded
    lock(act, f"case:{wanted}")
    last = reference(act.session, case=wanted)
    if last is not None and last.bars:
        raise AlreadyReferred(since=last.referred_at)
    days = rulebook().on(day_of(act.now)).distribution.bankruptcy_reply_days
    row = BankruptcyReference(
        id=new_id("notice"), case_id=wanted, consented_by=who, referred_at=act.now,
        reply_by=within_days(act.now, days), answered_at=None, accepted=None,
    )  # fmt: skip
    act.session.add(row)
    act.session.flush()
    append(act, f"case:{wanted}", "case.referred", {"reply_by": instant_text(row.reply_by)}, seal={"by": who})
    return _record(row)


@command("answer_bankruptcy", by={Role.OFFICER})
def answer_bankruptcy(act: Act, *, case: str, accepted: bool) -> ReferenceRecord:
    """Record what the bankruptcy court answered: accepted, everything is handed over; refused, enforcement goes on.

    :raises NotReferred: when no reference waits for an answer
    """
    checks = Checks()
    wanted, yes = checks.identifier("case", case), checks.truth("accepted", accepted)
    checks.refuse()
    queries.case(act.session, wanted)
    lock(act, f"case:{wanted}")
    query = select(BankruptcyReference).where(
        BankruptcyReference.case_id == wanted, BankruptcyReference.answered_at.is_(None)
    )
    row = act.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotReferred
    row.answered_at, row.accepted = act.now, yes
    act.session.flush()
    append(act, f"case:{wanted}", "case.bankruptcy_answered", {"accepted": yes})
    return _record(row)


def reference(session: Session, *, case: str) -> ReferenceRecord | None:
    """Return the newest reference of a case to the bankruptcy court, or None."""
    query = select(BankruptcyReference).where(BankruptcyReference.case_id == case)
    row = session.scalars(query.order_by(BankruptcyReference.referred_at.desc()).limit(1)).one_or_none()
    return _record(row) if row else None


def references(session: Session, *, case: Cases) -> list[ReferenceRecord]:
    """Return every reference of some cases, oldest first."""
    query = select(BankruptcyReference).where(of_cases(BankruptcyReference.case_id, case))
    return [_record(row) for row in session.scalars(query.order_by(BankruptcyReference.referred_at))]


def _record(row: BankruptcyReference) -> ReferenceRecord:
    return ReferenceRecord(
        case=row.case_id,
        referred_at=row.referred_at,
        reply_by=row.reply_by,
        answered_at=row.answered_at,
        accepted=row.accepted,
    )
