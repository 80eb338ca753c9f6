"""The notice to the parties and the priority purchasers (网拍规定第16条; 公司法第85条), before the announcement."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from auction.procedure.cases.rules import PRIOR_KINDS
from auction.procedure.identity import queries as identity
from auction.procedure.papers import words
from auction.procedure.papers.blocks import Content, Items, Pairs, Paragraph, Text
from auction.procedure.papers.texts import terms
from auction.procedure.papers.texts.builder import not_yet
from auction.procedure.papers.texts.folder import ROUNDS, Folder, folder, things
from auction.procedure.papers.texts.law import cite
from auction.procedure.papers.texts.outline import sections
from auction.procedure.papers.words import say

KIND = "notice"
EVERYBODY = Text("各受通知人（名单见下）", "Those notified, as listed below")


def notice(session: Session, *, subject: str, now: datetime) -> Content:
    """Return the notice of a coming auction or sale to everybody who must be told of it, each by role.

    :raises PaperNotYet: before the panel has decided on the terms
    """
    found = folder(session, subject, now=now)
    lot = found.lot
    if lot.approved_at is None:
        raise not_yet(KIND, terms.UNDECIDED)
    told = addressees(session, found)
    blocks = [
        Paragraph(_opening(found)),
        *sections(
            (Text("受通知人", "Those notified"), [Pairs(told)]),
            (Text("标的物", "The property"), [Items(things(found))]),
            (Text("价格和保证金", "Prices and deposit"), [Pairs(terms.prices(found))]),
            (Text("时间", "Time"), [Paragraph(_time(found))]),
            (Text("权利和期限", "Rights and time limits"), [Items(_rights(found))]),
            (Text("联系和监督", "Contact and supervision"), [Pairs(terms.contact(found))]),
        ),
        Paragraph(Text("特此通知。", "So notified.")),
    ]
    return Content(
        kind=KIND,
        court=lot.court_name,
        title=say("{kind}通知书", "Notice of the {kind}", kind=found.kind),
        number=None,
        to=words.addressed([name for _, name in told], otherwise=EVERYBODY),
        blocks=tuple(blocks),
        signers=(),
        dated=lot.approved_at,
    )


def addressees(session: Session, found: Folder) -> tuple[tuple[Text, Text], ...]:
    """Return whom the court must tell, by role and name: parties, secured creditors, priority purchasers, company."""
    rows: list[tuple[Text, Text]] = []
    for claim in found.case.claims:
        if claim.applicant:
            rows.append((Text("申请执行人", "Applicant"), Text.same(claim.creditor)))
        elif claim.kind in PRIOR_KINDS and claim.property in found.lot.properties:
            rows.append((Text("优先受偿权人", "Prior creditor"), Text.same(claim.creditor)))
    rows.append((Text("被执行人", "Debtor"), Text.same(found.case.debtor.name)))
    equity = found.lot.conditions.persons_of_equity
    known = identity.persons(session, ids=[*(one.person for one in found.lot.priority), *equity])
    for one in sorted(found.lot.priority, key=lambda one: one.rank):
        role = say("第{zh}顺位优先购买权人", "Priority purchaser of rank {en}", zh=words.numeral(one.rank), en=one.rank)
        rows.append((role, Text.same(known[one.person].name if one.person in known else one.reason or one.person)))
    company = found.lot.conditions.company
    for person in equity:
        role = Text("标的公司", "Company") if person == company else Text("其他股东", "Shareholder")
        rows.append((role, Text.same(known[person].name if person in known else person)))
    return tuple(dict.fromkeys(rows))


def _opening(found: Folder) -> Text:
    lot = found.lot
    return say(
        "本院在执行申请执行人{applicants}与被执行人{debtor}一案（案号{number}）中，决定依法在人民法院网络司法拍卖平台上对"
        "下列财产公开进行{kind}（{round}）。依照{law}的规定，现将有关事项通知如下。",
        "In the enforcement case {number}, {applicants} against {debtor}, the court will hold a public {kind} of the "
        "property below ({round}) on the online judicial auction platform. Under {law} you are notified as follows.",
        applicants=found.applicants,
        debtor=found.case.debtor.name,
        number=lot.case_number,
        kind=found.kind,
        round=ROUNDS[lot.round],
        law=cite(("online_auction", (16,))),
    )


def _time(found: Folder) -> Text:
    return say(
        "竞价自{opens}起至{closes}止（延时除外）。",
        "Bidding runs from {opens} to {closes}, extensions apart.",
        opens=words.instant(found.lot.opens_at),
        closes=words.instant(found.lot.closes_at),
    )


def _rights(found: Folder) -> tuple[Text, ...]:
    numbers = found.numbers.auction
    points = [
        Text(
            "优先购买权人应当在竞价程序开始前向本院提出，经本院确认后以优先竞买资格参加竞买；经通知未参加竞买的，"
            "视为放弃优先购买权。",
            "A priority purchaser comes to the court before bidding begins and bids as one when it has confirmed him; "
            "who was notified and does not take part has waived the right.",
        ),
        Text(
            "申请执行人和被执行人可以参加竞买；申请执行人的债权数额不小于保证金数额的，可以不交保证金。",
            "Applicant and debtor may bid; an applicant whose claim is not smaller than the deposit need not pay it.",
        ),
        Text(
            "被执行人在拍卖日之前清偿全部债务和费用的，可以申请停止拍卖；认为执行行为违反法律规定的，可以依法提出异议。",
            "A debtor who pays the whole debt and the costs before the day of the auction may have it stopped; who "
            "holds that an act breaks the law may object to it.",
        ),
        Text(
            "不愿参加的，可以书面声明放弃；请及时告知送达地址和联系方式的变更。",
            "Who does not want to take part may waive in writing; tell the court of any change of address.",
        ),
        say(
            "无法通知的，自在平台公示满{days}日视为已经通知。",
            "Who cannot be reached counts as notified after {days} full days of publicity on the platform.",
            days=numbers.deemed_notified_days,
        ),
    ]
    if found.lot.conditions.persons_of_equity:
        points.append(
            say(
                "标的为股权的，其他股东自通知之日起满{days}日不行使优先购买权的，视为放弃。",
                "Of equity: a shareholder who does not use his priority within {days} days of the notice has waived "
                "it.",
                days=numbers.shareholder_notice_days,
            )
        )
    return tuple(points)
