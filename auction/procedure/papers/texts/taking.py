"""The ruling on taking in kind (拍卖变卖规定第16、20、26条): a creditor takes what nobody bought."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from auction.procedure.papers import words
from auction.procedure.papers.blocks import Content, Text
from auction.procedure.papers.texts.builder import not_yet
from auction.procedure.papers.texts.folder import ROUNDS, Buyer, Folder, buyers, folder, names_of
from auction.procedure.papers.texts.law import cite
from auction.procedure.papers.texts.ruling import standing
from auction.procedure.papers.texts.transferring import Transfer, paid, transfer
from auction.procedure.papers.words import say
from auction.procedure.settlement.queries import SettlementRecord

KIND = "in_kind_ruling"
NOT_TAKEN = Text("没有债权人以物抵债", "no creditor takes the lot in kind")
NOT_RULED = Text("差额付清后法院尚未作出裁定", "the court has not ruled yet, which it does once the difference is paid")


def in_kind_ruling(session: Session, *, subject: str, now: datetime) -> Content:
    """Return the ruling by which a failed lot passes to a creditor at its reserve.

    :raises PaperNotYet: unless a creditor has taken it and the ruling is made
    """
    found = folder(session, subject, now=now)
    deal = standing(session, found, kind=KIND)
    if deal is None or deal.way != "in_kind":
        raise not_yet(KIND, NOT_TAKEN)
    who = buyers(session, lot=subject, person=deal.buyer_person, together=False)
    how = Transfer(
        kind=KIND,
        taker=Text("承受人", "taker"),
        law=cite(
            ("civil_procedure", (258, 262)),
            ("civil_procedure_interpretation", (491,)),
            ("auction_and_sale", (16, 20, 26, 28)),
        ),
        not_ruled=NOT_RULED,
    )
    course = _course(found, deal, who=who)
    return transfer(found, deal, how=how, who=who, course=course, first=(_counted(found, deal, who=who),))


def _course(found: Folder, deal: SettlementRecord, *, who: tuple[Buyer, ...]) -> Text:
    return say(
        "本院在执行申请执行人{applicants}与被执行人{debtor}一案（案号{number}）中，在人民法院网络司法拍卖平台上对{title}"
        "公开进行{kind}（{round}），于{closed}因无人出价流拍。债权人{taker}申请以该次保留价{price}承受该财产抵偿债权。{paid}",
        "In the enforcement case {number}, {applicants} against {debtor}, the court held a public {kind} of {title} "
        "({round}) on the online judicial auction platform; at {closed} it ended without a bid. The creditor {taker} "
        "asked to take the property for his claim at its reserve of {price}. {paid}",
        applicants=found.applicants,
        debtor=found.case.debtor.name,
        number=found.lot.case_number,
        title=found.title,
        kind=found.kind,
        round=ROUNDS[found.lot.round],
        closed=words.instant(found.lot.closed_at or found.lot.ends_at),
        taker=names_of(who),
        price=words.amount(deal.price_minor),
        paid=paid(found, deal),
    )


def _counted(found: Folder, deal: SettlementRecord, *, who: tuple[Buyer, ...]) -> Text:
    return say(
        "被执行人{debtor}的{title}作价{price}，交付{taker}抵偿其在本案中的债权{counted}。",
        "{title} of the debtor {debtor} is given to {taker} at {price}, for {counted} of his claim in this case.",
        debtor=found.case.debtor.name,
        title=found.title,
        price=words.amount(deal.price_minor),
        taker=names_of(who),
        counted=words.amount(deal.credit_minor),
    )
