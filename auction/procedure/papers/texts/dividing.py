"""The distribution plan (民诉解释第508至510条; 执行规定第34条): who gets what of the money that is there, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from auction.foundation.kernel.calendar import day_of
from auction.procedure.cases import queries as cases
from auction.procedure.cases.queries import CaseRecord, ClaimRecord
from auction.procedure.distribution import queries as distribution
from auction.procedure.distribution.queries import PlanRecord
from auction.procedure.distribution.rules import Line, Part
from auction.procedure.lots import queries as lots
from auction.procedure.papers import words
from auction.procedure.papers.blocks import Block, Content, Items, Paragraph, Table, Text
from auction.procedure.papers.texts.builder import not_yet
from auction.procedure.papers.texts.law import cite, cited
from auction.procedure.papers.texts.outline import sections
from auction.procedure.papers.words import say
from auction.rulebook import rulebook

KIND = "distribution_plan"
EVERYBODY = Text("各债权人、被执行人", "All creditors, and the debtor")
NO_PLAN = Text("尚未制作分配方案", "no plan has been drawn up")
PARTS: Mapping[Part, Text] = {
    Part.COSTS: Text("执行费用", "costs of enforcement"),
    Part.ENFORCEMENT_FEE: Text("申请执行费", "enforcement fee"),
    Part.LIVING_SETASIDE: Text("被执行人生活保障", "set aside for the debtor's living"),
    Part.MEDICAL: Text("人身损害医疗费用", "medical costs of a victim"),
    Part.CONSTRUCTION: Text("建设工程价款优先受偿权", "price of construction work"),
    Part.PRIORITY: Text("优先受偿权", "prior right"),
    Part.RESTITUTION: Text("退赔", "restitution"),
    Part.ORDINARY: Text("普通债权", "ordinary claim"),
    Part.DOUBLED_INTEREST: Text("加倍迟延履行利息", "doubled interest for late performance"),
    Part.FINE: Text("罚金", "fine"),
    Part.CONFISCATION: Text("没收财产", "confiscation"),
    Part.QUEUE: Text("轮候查封案件", "case with a waiting seizure"),
    Part.BANKRUPTCY: Text("移交破产程序", "handed over to the bankruptcy proceedings"),
}
_COURT = Text("执行法院", "the enforcing court")
_ADMINISTRATOR = Text("破产管理人", "the bankruptcy administrator")


def distribution_plan(session: Session, *, subject: str, now: datetime) -> Content:
    """Return the newest plan of a case, line by line, with what is left over and how long it may be objected to.

    :raises PaperNotYet: before a plan is drawn up
    """
    case = cases.case(session, subject)
    plan = distribution.plan(session, case=case.id)
    if plan is None:
        raise not_yet(KIND, NO_PLAN)
    claims = _taking_part(session, case, plan)
    blocks = (
        Paragraph(_opening(case, plan)),
        *sections(
            (Text("可供分配的款项", "The money to distribute"), _money(session, plan)),
            (Text("债权", "The claims"), [_claims(claims)]),
            (Text("分配", "The distribution"), [_lines(session, case, plan, claims=claims), *_sums(case, plan)]),
            (Text("异议", "Objections"), [Items(_objections(plan, now=now))]),
        ),
    )
    return Content(
        kind=KIND,
        court=case.court_name,
        title=Text("财产分配方案", "Distribution plan"),
        number=None,
        to=words.addressed(
            (Text.same(name) for name in (*(one.creditor for one in claims), case.debtor.name)), otherwise=EVERYBODY
        ),
        blocks=blocks,
        signers=(),
        dated=plan.served_at or plan.drafted_at,
    )


def _taking_part(session: Session, case: CaseRecord, plan: PlanRecord) -> tuple[ClaimRecord, ...]:
    """Return the claims of the case, and those of other cases that have a share (法释〔2016〕6号 第4条)."""
    own = {one.id for one in case.claims}
    others = dict.fromkeys(line.to for line in plan.lines if line.to not in own)
    found = (one for one in others if cases.case_of_claim(session, one) is not None)
    return (*case.claims, *(cases.claim(session, one) for one in found))


def _opening(case: CaseRecord, plan: PlanRecord) -> Text:
    laws = [("civil_procedure_interpretation", (508, 509, 510)), ("enforcement", (34,))]
    if plan.basis == "bankruptcy":
        laws = [("civil_procedure_interpretation", (513,))]
    if plan.basis == "judgment":
        laws = [("civil_procedure_interpretation", (510,))]
    return say(
        "本院执行的被执行人{debtor}一案（案号{number}），执行所得款项共{total}。依照{law}的规定，制作分配方案如下。",
        "In case {number} against the debtor {debtor}, {total} are in the case account. Under {law} the court draws up "
        "this plan.",
        debtor=case.debtor.name,
        number=case.number,
        total=words.amount(plan.total_minor),
        law=cite(*laws),
    )


def _money(session: Session, plan: PlanRecord) -> list[Block]:
    """Return what the plan gives out by where it comes from: each lot, and what belongs to none."""
    sums: dict[str | None, int] = {}
    for draw in (*(one for line in plan.lines for one in line.draws), *plan.surplus):
        sums[draw.lot] = sums.get(draw.lot, 0) + draw.minor
    rows = tuple(
        (
            Text.same(lots.lot(session, lot).title) if lot else Text("案款账户其他款项", "other money of the case"),
            words.figures(minor),
        )
        for lot, minor in sums.items()
    )
    head = (Text("来源", "From"), Text("金额（元）", "Amount (CNY)"))
    total = (Text("合计", "Total"), words.figures(plan.total_minor))
    return [Table(head=head, rows=(*rows, total), money=frozenset({1}))]


def _claims(claims: Sequence[ClaimRecord]) -> Table:
    rows = tuple(
        (
            Text.same(one.creditor),
            PARTS[Part.ORDINARY] if one.kind == "ordinary" else _kind(one.kind),
            Text.same(one.title) if one.title else Text("本案执行依据", "the title of this case"),
            words.figures(one.amount_minor),
        )
        for one in claims
    )
    head = (
        Text("债权人", "Creditor"),
        Text("性质", "Kind"),
        Text("执行依据", "Title"),
        Text("债权数额（元）", "Claim (CNY)"),
    )
    return Table(head=head, rows=rows, money=frozenset({3}))


def _kind(kind: str) -> Text:
    known = {
        "secured": Text("担保债权", "secured claim"),
        "tax": Text("税款", "tax"),
        "construction": PARTS[Part.CONSTRUCTION],
        "medical": PARTS[Part.MEDICAL],
        "restitution": PARTS[Part.RESTITUTION],
        "fine": PARTS[Part.FINE],
        "confiscation": PARTS[Part.CONFISCATION],
    }
    return known.get(kind, Text.same(kind))


def _lines(session: Session, case: CaseRecord, plan: PlanRecord, *, claims: Sequence[ClaimRecord]) -> Table:
    """Return the lines in the order of payment; equal places share, a smaller one is full before the next."""
    places = sorted({line.rank for line in plan.lines})
    rows = tuple(
        (
            Text.same(str(places.index(line.rank) + 1)),
            _payee(session, case, line, claims=claims),
            PARTS[line.part],
            cited(line.article, short=True),
            words.figures(line.amount_minor),
        )
        for line in plan.lines
    )
    head = (
        Text("顺位", "Place"),
        Text("受偿人", "Paid to"),
        Text("项目", "For"),
        Text("依据", "Basis"),
        Text("分配金额（元）", "Share (CNY)"),
    )
    return Table(head=head, rows=rows, money=frozenset({4}))


def _payee(session: Session, case: CaseRecord, line: Line, *, claims: Sequence[ClaimRecord]) -> Text:
    if line.part in {Part.COSTS, Part.ENFORCEMENT_FEE}:
        return _COURT
    if line.part is Part.LIVING_SETASIDE:
        return Text.same(case.debtor.name)
    if line.part is Part.BANKRUPTCY:
        return _ADMINISTRATOR
    if line.part is Part.QUEUE:
        other = cases.case(session, line.to)
        return say("{court}{number}案", "{court}, case {number}", court=other.court_name, number=other.number)
    return Text.same(next((one.creditor for one in claims if one.id == line.to), line.to))


def _sums(case: CaseRecord, plan: PlanRecord) -> list[Block]:
    paid = sum(line.amount_minor for line in plan.lines)
    told = [
        Paragraph(
            say(
                "以上分配金额合计{paid}。",
                "These shares come to {paid}.",
                paid=words.amount(paid),
            )
        )
    ]
    if plan.surplus_minor:
        left = say(
            "剩余{surplus}，退还被执行人{debtor}。",
            "{surplus} are left and go back to the debtor {debtor}.",
            surplus=words.amount(plan.surplus_minor),
            debtor=case.debtor.name,
        )
        told.append(Paragraph(left))
    else:
        told.append(Paragraph(Text("款项分配完毕，没有剩余。", "Nothing is left over.")))
    if plan.escrow_minor:
        kept = say(
            "其中有争议的{escrow}予以提存，待诉讼结果确定后分配。",
            "{escrow} of it are disputed and kept in escrow until the suit is decided.",
            escrow=words.amount(plan.escrow_minor),
        )
        told.append(Paragraph(kept))
    return list(told)


def _objections(plan: PlanRecord, *, now: datetime) -> tuple[Text, ...]:
    numbers = rulebook().on(day_of(plan.served_at or now)).distribution
    until = (
        say("（{day}前）", " (until {day})", day=words.day(plan.objection_until))
        if plan.objection_until is not None
        else Text("", "")
    )
    if plan.basis != "order":
        return (
            Text(
                "本方案依据生效裁判或者受理破产申请的裁定制作，不适用分配方案异议程序。",
                "This plan follows a judgment or the acceptance of the bankruptcy; it is not open to objection.",
            ),
        )
    return (
        say(
            "债权人或者被执行人对本方案有异议的，应当自收到之日起{days}日内{until}向本院提出书面异议。",
            "A creditor or the debtor who objects to this plan does so in writing within {days} days of "
            "receipt{until}.",
            days=numbers.plan_objection_days,
            until=until,
        ),
        say(
            "未提出异议的债权人、被执行人对异议提出反对意见的，应当自收到通知之日起{days}日内提出；"
            "异议人可以自收到反对意见的通知之日起{suit}日内，以提出反对意见的债权人、被执行人为被告提起诉讼。",
            "Who opposes an objection does so within {days} days of being told of it; the objector may sue who opposed "
            "within {suit} days of being told of that.",
            days=numbers.counter_objection_days,
            suit=numbers.plan_lawsuit_days,
        ),
        Text(
            "期限内无人提出异议的，本院按本方案发放款项。",
            "When nobody objects in time, the court pays by this plan.",
        ),
    )
