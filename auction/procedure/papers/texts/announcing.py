"""The announcement of an auction or a sale (网拍规定第12、13、14条; 衔接通知第2条): what the public may rely on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from auction.foundation.kernel.calendar import day_of
from auction.procedure.lots import corrections, readiness
from auction.procedure.papers import words
from auction.procedure.papers.blocks import Block, Content, Items, Pairs, Paragraph, Text
from auction.procedure.papers.texts import terms
from auction.procedure.papers.texts.builder import not_yet
from auction.procedure.papers.texts.folder import ROUNDS, Folder, folder, things
from auction.procedure.papers.texts.law import cite
from auction.procedure.papers.texts.outline import sections
from auction.procedure.papers.words import say
from auction.rulebook import rulebook

KIND = "announcement"
#: Said by the paper itself, so not quoted from the disclosure.
_OWN_BLOCKS = frozenset({"announcement"})


def announcement(session: Session, *, subject: str, now: datetime) -> Content:
    """Return the announcement of a lot in its round; a corrected one says what was corrected.

    :raises PaperNotYet: before the panel has decided on the terms
    """
    found = folder(session, subject, now=now)
    lot = found.lot
    if lot.approved_at is None:
        raise not_yet(KIND, terms.UNDECIDED)
    blocks = [
        Paragraph(_opening(found)),
        *sections(
            (Text("标的物", "The property"), [Items(things(found))]),
            (Text("价格和保证金", "Prices and deposit"), [Pairs(terms.prices(found))]),
            (Text("时间和竞价规则", "Time and bidding rules"), [Items(terms.bidding(found))]),
            (Text("竞买人条件", "Who may bid"), [Items(terms.qualification(found))]),
            (Text("优先购买权", "Priority to purchase"), [Items(terms.priority(found))]),
            (Text("款项支付", "Payment"), [Items(terms.payment(found))]),
            (Text("公示事项", "Matters disclosed"), _disclosed(session, found, now=now)),
            (Text("更正", "Corrections"), _corrected(session, found)),
            (Text("特别提示", "Special reminders"), _reminders(found, now=now)),
            (Text("咨询、看样和监督", "Enquiries, viewing and supervision"), [Pairs(terms.contact(found))]),
        ),
        Paragraph(Text("特此公告。", "So announced.")),
    ]
    return Content(
        kind=KIND,
        court=lot.court_name,
        title=_title(found),
        number=None,
        to=None,
        blocks=tuple(blocks),
        signers=(),
        dated=lot.announced_at or now,
    )


def _title(found: Folder) -> Text:
    if found.lot.round == "sale":
        return Text("变卖公告", "Announcement of a sale")
    return say("拍卖公告（{round}）", "Announcement of an auction ({round})", round=ROUNDS[found.lot.round])


def _opening(found: Folder) -> Text:
    lot = found.lot
    why = {
        "first": Text("", ""),
        "second": Text("因第一次拍卖流拍，", ", after a first auction that found no bidder,"),
        "sale": Text("因第二次拍卖流拍，", ", after a second auction that found no bidder,"),
    }[lot.round]
    return say(
        "{court}在执行申请执行人{applicants}与被执行人{debtor}一案（案号{number}）中，{why}依照{law}的规定，"
        "将自{opens}起至{closes}止（延时除外），在人民法院网络司法拍卖平台上对下列财产公开进行{kind}，现公告如下。",
        "In the enforcement case {number}, {applicants} against {debtor}, the {court}{why} will hold a public {kind} "
        "of "
        "the property below on the online judicial auction platform, from {opens} to {closes} (extensions apart), "
        "under {law}.",
        court=lot.court_name,
        applicants=found.applicants_masked,
        debtor=found.case.debtor.masked,
        number=lot.case_number,
        why=why,
        law=cite(("civil_procedure", (258,)), ("online_auction", (12, 13, 14))),
        opens=words.instant(lot.opens_at),
        closes=words.instant(lot.closes_at),
        kind=found.kind,
    )


def _disclosed(session: Session, found: Folder, *, now: datetime) -> list[Block]:
    """Return what the court discloses, in its own words as they were announced."""
    lot = found.lot
    day = day_of(lot.announced_at or now)
    wanted = readiness.wanted_blocks(session, lot=lot, rules_of_day=rulebook().on(day))
    announced = (lot.terms or {}).get("disclosure", lot.disclosure)
    rows = [
        (Text(one.title.zh, one.title.en), Text.same(announced[one.key]))
        for one in wanted
        if one.key not in _OWN_BLOCKS and announced.get(one.key, "").strip()
    ]
    if not rows:
        return []
    return [
        Paragraph(
            Text(
                "法院查明并公示的情况如下。",
                "What the court has found and discloses, in its own words; the Chinese wording binds.",
            )
        ),
        Pairs(tuple(rows)),
    ]


def _corrected(session: Session, found: Folder) -> list[Block]:
    made = corrections.corrections(session, lot=found.lot.id)
    titles = {one.key: one.title for one in (*rulebook().disclosure_blocks, *rulebook().special_blocks)}
    points = tuple(
        say(
            "{at}更正“{block}”：{after}（理由：{why}）",
            "On {at}, “{block}” was corrected to: {after} (reason: {why})",
            at=words.day(one.at),
            block=Text(titles[one.block].zh, titles[one.block].en) if one.block in titles else one.block,
            after=one.after,
            why=one.why,
        )
        for one in made
    )
    return [Items(points)] if points else []


def _reminders(found: Folder, *, now: datetime) -> list[Block]:
    law = Paragraph(
        say(
            "依照{law}，请竞买人注意：",
            "Under {law}, bidders are reminded:",
            law=cite(("online_auction", (14,))),
        )
    )
    return [law, *(Paragraph(one, strong=True) for one in terms.reminders(found, now=now))]
