"""A sale on paper: its confirmation (网拍规定第22条), and the ruling that passes title (拍卖变卖规定第20条)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from auction.foundation.docket import queries as docket
from auction.foundation.docket.rules import Entry
from auction.procedure.bidding import queries as bidding
from auction.procedure.papers import words
from auction.procedure.papers.blocks import Block, Content, Items, Pairs, Paragraph, Text
from auction.procedure.papers.texts.builder import not_yet
from auction.procedure.papers.texts.folder import (
    ROUNDS,
    Buyer,
    Folder,
    buyers,
    folder,
    names_of,
    things,
)
from auction.procedure.papers.texts.law import cite
from auction.procedure.papers.texts.ruling import standing
from auction.procedure.papers.texts.transferring import Transfer, paid, transfer
from auction.procedure.papers.words import say
from auction.procedure.settlement.queries import SettlementRecord

CONFIRMATION, RULING = "confirmation", "sale_ruling"
NOT_SOLD = Text("该拍品没有成交", "the lot was not sold")
NOT_RULED = Text("价款付清后法院尚未作出裁定", "the court has not ruled yet, which it does once paid")


def sold(session: Session, found: Folder, *, kind: str) -> SettlementRecord:
    """Return the settlement of a lot that was sold by auction and stands.

    :raises PaperNotYet: when it was not sold, or the sale was revoked
    """
    deal = standing(session, found, kind=kind)
    if deal is None or deal.way != "auction":
        raise not_yet(kind, NOT_SOLD)
    return deal


def confirmation(session: Session, *, subject: str, now: datetime) -> Content:
    """Return the confirmation of a sale in the buyer's real name, as it was confirmed at the close.

    It is public: of a resident's number a part stands on it.

    :raises PaperNotYet: before a sale, and when it was revoked
    """
    found = folder(session, subject, now=now)
    deal = sold(session, found, kind=CONFIRMATION)
    entry = docket.of_kinds(session, f"lot:{subject}", ["settlement.confirmed"])[-1]
    who = buyers(session, lot=subject, person=deal.buyer_person)
    told = words.joined((one.told(full=False) for one in who), zh="；", en="; ")
    identified = ((Text("买受人身份", "Identity of the buyer"), told),) if any(one.number for one in who) else ()
    blocks: tuple[Block, ...] = (
        Paragraph(_confirmed(session, found, deal, who=who)),
        Pairs(
            (
                (Text("标的物", "Property"), words.joined(things(found), zh="；", en="; ")),
                (Text("执行案号", "Case"), Text.same(found.lot.case_number)),
                (Text("买受人", "Buyer"), names_of(who)),
                *identified,
                *_figures(found, entry),
            )
        ),
        Items(_notes(found, entry)),
    )
    return Content(
        kind=CONFIRMATION,
        court=found.lot.court_name,
        title=say("网络司法{kind}成交确认书", "Confirmation of the online judicial {kind}", kind=found.kind),
        number=deal.confirmation_number,
        to=None,
        blocks=blocks,
        signers=(),
        dated=deal.confirmed_at,
    )


def _confirmed(session: Session, found: Folder, deal: SettlementRecord, *, who: tuple[Buyer, ...]) -> Text:
    result = bidding.outcome(session, found.lot.id)
    return say(
        "在{court}于人民法院网络司法拍卖平台开展的{title}（{round}）项目公开竞价中，竞买人{buyer}以竞买代码{code}，"
        "经过{bids}次出价，于{closed}以最高价{price}竞得。",
        "In the public bidding for {title} ({round}) held by the {court} on the online judicial auction platform, "
        "{buyer}, under the bidding code {code}, won at {closed} with the highest bid of "
        "{price}; bids made in all: {bids}.",
        court=found.lot.court_name,
        title=found.title,
        round=ROUNDS[found.lot.round],
        buyer=names_of(who),
        code=result.winner_code or "",
        bids=result.bids,
        closed=words.instant(result.closed_at or deal.confirmed_at),
        price=words.amount(deal.price_minor),
    )


def _figures(found: Folder, entry: Entry) -> tuple[tuple[Text, Text], ...]:
    """Return the sums as they were confirmed, whatever has been paid or set off since."""
    public = entry.public
    paid = Text("已缴变卖预缴款", "Paid beforehand") if found.lot.round == "sale" else Text(
        "已缴保证金（抵作价款）", "Deposit, counted toward the price"
    )  # fmt: skip
    return (
        (Text("竞买代码", "Bidding code"), Text.same(str(public["code"]))),
        (Text("成交价", "Price"), words.amount(public["price_minor"])),
        (paid, words.amount(public["deposit_minor"])),
        (Text("应付余款", "Balance"), words.amount(public["balance_minor"])),
        (Text("余款付清期限", "Balance due by"), words.day(datetime.fromisoformat(public["balance_due_by"]))),
    )


def _notes(found: Folder, entry: Entry) -> tuple[Text, ...]:
    notes = [
        say(
            "标的物最终成交以{court}出具的裁定为准，所有权自裁定送达买受人时起转移。",
            "The sale is final with the ruling of the {court}; title passes when it is served on the buyer.",
            court=found.lot.court_name,
        ),
        say(
            "本确认书由平台依照{law}自动生成并公示。",
            "This confirmation is made and published by the platform itself under {law}.",
            law=cite(("online_auction", (22,))),
        ),
    ]
    if entry.public["balance_minor"]:
        notes.insert(
            0,
            Text(
                "请按公告要求在期限内付清余款；逾期不付的，保证金不予退还，并不得参加重新拍卖。",
                "Pay the balance in time as announced; who does not, loses the deposit and may not bid again for it.",
            ),
        )
    return tuple(notes)


def sale_ruling(session: Session, *, subject: str, now: datetime) -> Content:
    """Return the ruling on a sale, with the parties' full particulars: it is what a title is registered by.

    :raises PaperNotYet: before the ruling is made, and when the sale was revoked
    """
    found = folder(session, subject, now=now)
    deal = sold(session, found, kind=RULING)
    who = buyers(session, lot=subject, person=deal.buyer_person)
    how = Transfer(
        kind=RULING,
        taker=Text("买受人", "buyer"),
        law=cite(("civil_procedure", (258, 262)), ("online_auction", (22,)), ("auction_and_sale", (20, 26, 28))),
        not_ruled=NOT_RULED,
    )
    return transfer(found, deal, how=how, who=who, course=_course(session, found, deal, who=who))


def _course(session: Session, found: Folder, deal: SettlementRecord, *, who: tuple[Buyer, ...]) -> Text:
    result = bidding.outcome(session, found.lot.id)
    held = found.lot.announced_at or found.lot.opens_at
    return say(
        "本院在执行申请执行人{applicants}与被执行人{debtor}一案（案号{number}）中，于{announced}公告，自{opens}起在"
        "人民法院网络司法拍卖平台上对{title}公开进行{kind}（{round}）。{closed}，买受人{buyer}以最高价{price}竞得。{paid}",
        "In the enforcement case {number}, {applicants} against {debtor}, the court announced on {announced} and from "
        "{opens} held a public {kind} of {title} ({round}) on the online judicial auction platform. At {closed} the "
        "buyer {buyer} won with the highest bid of {price}. {paid}",
        applicants=found.applicants,
        debtor=found.case.debtor.name,
        number=found.lot.case_number,
        announced=words.day(held),
        opens=words.instant(found.lot.opens_at),
        title=found.title,
        kind=found.kind,
        round=ROUNDS[found.lot.round],
        closed=words.instant(result.closed_at or deal.confirmed_at),
        buyer=names_of(who),
        price=words.amount(deal.price_minor),
        paid=paid(found, deal),
    )
