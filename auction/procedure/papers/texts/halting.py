"""An auction stands still, goes on or is taken back, on paper: each with its ground and its article."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from auction.foundation.docket import queries as docket
from auction.foundation.docket.rules import Entry
from auction.procedure.papers import words
from auction.procedure.papers.blocks import Content, Items, Pairs, Paragraph, Text
from auction.procedure.papers.texts import terms
from auction.procedure.papers.texts.builder import not_yet
from auction.procedure.papers.texts.folder import ROUNDS, Folder, folder
from auction.procedure.papers.texts.law import cite, cited
from auction.procedure.papers.words import say

STAY, RESUMPTION, WITHDRAWAL = "suspension_notice", "resumption_notice", "withdrawal_notice"
_STAYED = frozenset({"deferred", "suspended"})
_STAYS: Mapping[str, Text] = {
    "lot.deferred": Text("暂缓", "deferred"),
    "lot.suspended": Text("中止", "suspended"),
}
GROUNDS: Mapping[str, Text] = {
    "platform_fault": Text("平台发生故障", "of a fault of the platform"),
    "panel": Text("合议庭认为有依法应当停止的情形", "the panel found that the law asks for it"),
    "outsider_objection": Text("案外人对标的物提出异议", "an outsider claims the property"),
    "act_objection": Text("当事人、利害关系人对执行行为提出异议", "an act of the enforcement is objected to"),
    "retrial": Text("据以执行的法律文书进入再审", "the judgment enforced is being retried"),
    "settlement_talks": Text("当事人正在协商和解", "the parties are negotiating a settlement"),
    "debtor_own_sale": Text("被执行人申请自行变卖", "the debtor is to sell the property himself"),
    "bankruptcy": Text("案件移送破产审查或者破产申请已被受理", "of the debtor's bankruptcy"),
    "proceeds_suffice": Text(
        "已成交财产的价款足以清偿债务和费用", "the price of what was sold covers the debt and the costs"
    ),
    "debtor_paid": Text("被执行人已清偿全部债务和费用", "the debtor has paid the whole debt and the costs"),
    "settlement": Text("当事人达成执行和解，不需要拍卖", "the parties have settled and nothing need be sold"),
    "applicant_withdrew": Text("申请执行人撤回执行申请", "the applicant has withdrawn"),
    "basis_revoked": Text("据以执行的法律文书被撤销", "the judgment enforced was revoked"),
    "outsider_upheld": Text("案外人对标的物的异议成立", "an outsider's claim to the property was upheld"),
    "collusion": Text("竞买人之间恶意串通", "of collusion among bidders"),
}
#: Which articles a withdrawal rests on, where it is not 第17条 alone.
_WITHDRAWN_BY: Mapping[str, tuple[int, ...]] = {"debtor_paid": (17, 19), "proceeds_suffice": (14,)}
_ORDERED: Mapping[str, Text] = {
    "security": Text("当事人提供了担保", "security was given"),
    "superior": Text("上级法院责令暂缓", "the higher court ordered it"),
}


def suspension_notice(session: Session, *, subject: str, now: datetime) -> Content:
    """Return the notice that an auction stands still, while it does.

    :raises PaperNotYet: unless it does
    """
    found = folder(session, subject, now=now)
    entries = docket.of_kinds(session, f"lot:{subject}", [*_STAYS, "lot.stay_ordered"])
    stops = [one for one in entries if one.kind in _STAYS]
    if found.lot.status not in _STAYED or not stops:
        raise not_yet(STAY, Text("该拍品并未暂缓或者中止", "the lot does not stand still"))
    stop = stops[-1]
    word = _STAYS[stop.kind]
    ordered = [one for one in entries if one.kind == "lot.stay_ordered" and one.seq > stop.seq]
    price = stop.public.get("price_minor")
    rows = [
        (Text("停止时间", "Stopped at"), words.instant(stop.at)),
        (Text("当时的最高价", "Highest bid then"), words.amount(price) if price else words.NOTHING),
        (
            Text("原定结束时间", "End at that time"),
            words.instant(datetime.fromisoformat(stop.public["ends_at"])),
        ),
        *terms.contact(found),
    ]
    return _public(
        found,
        kind=STAY,
        title=say("{word}{kind}公告", "Notice that the {kind} is {word}", word=word, kind=found.kind),
        at=stop.at,
        blocks=(
            Paragraph(_stopped(found, stop, word=word)),
            *(Paragraph(_limited(one)) for one in ordered[-1:]),
            Pairs(tuple(rows)),
            Items(_while_it_stands(found)),
        ),
    )


def _stopped(found: Folder, stop: Entry, *, word: Text) -> Text:
    return say(
        "本院在执行{number}一案中，于{announced}公告{kind}的{title}（{round}），因{ground}，依照{law}，决定自{at}起{word}{kind}。",
        "In case {number} the court announced on {announced} a {kind} of {title} ({round}). Because {ground}, it is "
        "{word} as of {at}, under {law}.",
        number=found.lot.case_number,
        announced=words.day(found.lot.announced_at or stop.at),
        kind=found.kind,
        title=found.title,
        round=ROUNDS[found.lot.round],
        ground=_ground(stop),
        law=cited(str(stop.public["article"])),
        at=words.instant(stop.at),
        word=word,
    )


def _limited(entry: Entry) -> Text:
    return say(
        "因{why}，停止期间至{until}止。",
        "Because {why}, it lasts until {until}.",
        why=_ORDERED.get(str(entry.public["ordered"]), Text.same(str(entry.public["ordered"]))),
        until=words.day(datetime.fromisoformat(entry.public["until"])),
    )


def _while_it_stands(found: Folder) -> tuple[Text, ...]:
    return (
        Text(
            "停止期间不接受出价；已作出的出价和已缴纳的保证金继续有效。",
            "While it stands still no bid is taken; bids made and deposits paid stay as they are.",
        ),
        say(
            "停止的原因消除后，本院将在{days}日内恢复，恢复时间另行公告。",
            "When the cause is gone the court goes on within {days} days and gives notice of it.",
            days=found.numbers.auction.resume_within_days,
        ),
    )


def resumption_notice(session: Session, *, subject: str, now: datetime) -> Content:
    """Return the notice that an auction that stood still goes on.

    :raises PaperNotYet: unless it stood still and goes on
    """
    found = folder(session, subject, now=now)
    entries = docket.of_kinds(session, f"lot:{subject}", ["lot.resumed"])
    if not entries or found.lot.status in _STAYED:
        raise not_yet(RESUMPTION, Text("该拍品没有恢复", "the lot has not gone on"))
    entry = entries[-1]
    ends = datetime.fromisoformat(entry.public["ends_at"])
    opens = datetime.fromisoformat(entry.public["opens_at"])
    rows = [
        (Text("恢复时间", "Goes on from"), words.instant(entry.at)),
        *(((Text("开始时间", "Bidding opens"), words.instant(opens)),) if opens > entry.at else ()),
        (Text("结束时间（延时除外）", "Bidding ends (extensions apart)"), words.instant(ends)),
        *terms.contact(found),
    ]
    text = say(
        "本院在执行{number}一案中暂缓或者中止{kind}的{title}（{round}），停止的原因已经消除，依照{law}的规定，自{at}起恢复{kind}。",
        "The {kind} of {title} ({round}) in case {number} stood still. What stopped it is gone, and under {law} it "
        "goes "
        "on from {at}.",
        number=found.lot.case_number,
        kind=found.kind,
        title=found.title,
        round=ROUNDS[found.lot.round],
        law=cite(("online_auction", (28,))),
        at=words.instant(entry.at),
    )
    return _public(
        found,
        kind=RESUMPTION,
        title=say("恢复{kind}公告", "Notice that the {kind} goes on", kind=found.kind),
        at=entry.at,
        blocks=(Paragraph(text), Pairs(tuple(rows))),
    )


def withdrawal_notice(session: Session, *, subject: str, now: datetime) -> Content:
    """Return the notice that an announced auction is taken back, on which ground, and when deposits go back.

    :raises PaperNotYet: unless it was announced and taken back
    """
    found = folder(session, subject, now=now)
    entries = docket.of_kinds(session, f"lot:{subject}", ["lot.withdrawn"])
    if not entries or found.lot.announced_at is None:
        raise not_yet(WITHDRAWAL, Text("该拍品没有在公告后撤回", "no announced lot was withdrawn"))
    entry = entries[-1]
    ground = str(entry.public["ground"])
    text = say(
        "本院在执行{number}一案中，于{announced}公告{kind}的{title}（{round}），因{ground}，依照{law}的规定，决定自{at}起撤回{kind}。",
        "In case {number} the court announced on {announced} a {kind} of {title} ({round}). Because {ground}, it is "
        "withdrawn as of {at}, under {law}.",
        number=found.lot.case_number,
        announced=words.day(found.lot.announced_at),
        kind=found.kind,
        title=found.title,
        round=ROUNDS[found.lot.round],
        ground=_ground(entry),
        law=cite(("auction_and_sale", _WITHDRAWN_BY.get(ground, (17,)))),
        at=words.instant(entry.at),
    )
    back = say(
        "竞买人已缴纳的保证金于{by}前全部退还。",
        "Every deposit goes back by {by}.",
        by=words.instant(datetime.fromisoformat(entry.public["deposits_back_by"])),
    )
    return _public(
        found,
        kind=WITHDRAWAL,
        title=say("撤回{kind}公告", "Notice that the {kind} is withdrawn", kind=found.kind),
        at=entry.at,
        blocks=(Paragraph(text), Paragraph(back, strong=True), Pairs(terms.contact(found))),
    )


def _ground(entry: Entry) -> Text:
    ground = str(entry.public["ground"])
    return GROUNDS.get(ground, Text.same(ground))


def _public(
    found: Folder, *, kind: str, title: Text, at: datetime, blocks: tuple[Paragraph | Pairs | Items, ...]
) -> Content:
    return Content(
        kind=kind,
        court=found.lot.court_name,
        title=title,
        number=None,
        to=None,
        blocks=(*blocks, Paragraph(Text("特此公告。", "So announced."))),
        signers=(),
        dated=at,
    )
