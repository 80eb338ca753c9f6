"""A buyer does not pay, on paper: the ruling on his default (网拍规定第24条), the order to make up the difference."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from auction.foundation.docket import queries as docket
from auction.procedure.lots import queries as lots
from auction.procedure.papers import words
from auction.procedure.papers.blocks import Content, Paragraph, Table, Text
from auction.procedure.papers.texts.builder import not_yet
from auction.procedure.papers.texts.folder import ROUNDS, Buyer, Folder, buyers, folder, names_of
from auction.procedure.papers.texts.law import cite
from auction.procedure.papers.texts.ruling import ruling
from auction.procedure.papers.words import say
from auction.procedure.settlement import queries as settlement
from auction.procedure.settlement.queries import ForfeitRecord, SettlementRecord
from auction.procedure.settlement.rules import SettlementStatus

DEFAULT, TOP_UP = "default_ruling", "top_up_order"
NO_DEFAULT = Text("没有认定悔拍", "no default was declared")
USES: Mapping[str, Text] = {
    "costs": Text("拍卖产生的费用损失", "costs of the auction"),
    "shortfall": Text("重新拍卖价款低于原价款的差价", "what the re-auction brought less"),
    "case_debt": Text("冲抵本案债务", "the debt in this case"),
    "linked_debt": Text("冲抵与拍卖财产相关的债务", "debts connected with the property"),
}


def default_ruling(session: Session, *, subject: str, now: datetime) -> Content:
    """Return the ruling on a buyer's or taker's default: what he loses, what goes back, and that he is barred.

    :raises PaperNotYet: before a default was declared
    """
    found = folder(session, subject, now=now)
    deal, lost = _defaulted(session, found, kind=DEFAULT)
    who = buyers(session, lot=subject, person=lost.person, together=deal.way == "auction")
    entry = docket.of_kinds(session, f"lot:{subject}", ["lot.defaulted"])[-1]
    returned = int(entry.public["returned_minor"])
    law = (
        cite(("online_auction", (24,)), ("auction_and_sale", (22,)))
        if deal.way == "auction"
        else cite(("auction_and_sale", (16, 22)))
    )
    return ruling(
        found,
        kind=DEFAULT,
        dated=lost.declared_at,
        role=_role(deal),
        who=who,
        course=_course(found, deal, who=who),
        law=law,
        ordered=_ruled(found, deal, lost, who=who, returned=returned),
        closing=Text(
            "本裁定送达后即发生法律效力。当事人、利害关系人认为本裁定违反法律规定的，可以依法提出异议。",
            "This ruling takes effect when it is served. Who holds that it breaks the law may object to it.",
        ),
    )


def _defaulted(session: Session, found: Folder, *, kind: str) -> tuple[SettlementRecord, ForfeitRecord]:
    deal, lost = settlement.settlement(session, found.lot.id), settlement.forfeit(session, found.lot.id)
    if found.revoked or deal is None or lost is None or deal.status is not SettlementStatus.DEFAULTED:
        raise not_yet(kind, NO_DEFAULT)
    return deal, lost


def _role(deal: SettlementRecord) -> Text:
    return Text("原买受人", "Former buyer") if deal.way == "auction" else Text("原承受人", "Former taker")


def _course(found: Folder, deal: SettlementRecord, *, who: tuple[Buyer, ...]) -> Text:
    if deal.way == "auction":
        how = say(
            "{closed}，{buyer}在网络司法{kind}（{round}）中以最高价{price}竞得{title}",
            "at {closed} {buyer} won {title} in the online judicial {kind} ({round}) with the highest bid of {price}",
            closed=words.instant(found.lot.closed_at or deal.confirmed_at),
            buyer=names_of(who),
            kind=found.kind,
            round=ROUNDS[found.lot.round],
            price=words.amount(deal.price_minor),
            title=found.title,
        )
    else:
        how = say(
            "{at}，{buyer}申请以{price}承受{title}抵偿债权",
            "on {at} {buyer} asked to take {title} for his claim at {price}",
            at=words.day(deal.confirmed_at),
            buyer=names_of(who),
            price=words.amount(deal.price_minor),
            title=found.title,
        )
    return say(
        "本院在执行申请执行人{applicants}与被执行人{debtor}一案（案号{number}）中，{how}，应于{due}前（含当日）付清{balance}，逾期未付清。",
        "In the enforcement case {number}, {applicants} against {debtor}, {how}. By {due} {balance} were to be paid, "
        "and they were not.",
        applicants=found.applicants,
        debtor=found.case.debtor.name,
        number=found.lot.case_number,
        how=how,
        due=words.day(deal.balance_due_by),
        balance=words.amount(deal.balance_minor),
    )


def _ruled(
    found: Folder, deal: SettlementRecord, lost: ForfeitRecord, *, who: tuple[Buyer, ...], returned: int
) -> tuple[Text, ...]:
    told = []
    if lost.forfeited_minor:
        told.append(
            say(
                "{buyer}缴纳的保证金{lost}不予退还，依次用于支付拍卖产生的费用损失、弥补重新拍卖价款低于原拍卖价款的差价、"
                "冲抵本案被执行人的债务以及与拍卖财产相关的被执行人的债务；",
                "the deposit of {lost} paid by {buyer} is not returned; it pays, in this order, the cost of the "
                "auction, "
                "what the re-auction brings less, the debtor's debt in this case and his debts connected with the "
                "property;",
                buyer=names_of(who),
                lost=words.amount(lost.forfeited_minor),
            )
        )
    if returned:
        told.append(
            say(
                "{buyer}已付的其余款项{sum}予以退还；",
                "the other {sum} that {buyer} has paid are given back;",
                buyer=names_of(who),
                sum=words.amount(returned),
            )
        )
    if deal.way == "auction":
        told.append(
            say(
                "对{title}重新{kind}，{buyer}不得参加竞买。",
                "the {kind} of {title} is held again, and {buyer} may not bid in it.",
                title=found.title,
                kind=found.kind,
                buyer=names_of(who),
            )
        )
    else:
        told.append(say("对{title}依法另行处置。", "{title} is disposed of otherwise.", title=found.title))
    return tuple(told)


def top_up_order(session: Session, *, subject: str, now: datetime) -> Content:
    """Return the order that a defaulting buyer pays what his deposit did not cover, with how it was reckoned.

    :raises PaperNotYet: before the panel has ordered it
    """
    found = folder(session, subject, now=now)
    deal, lost = _defaulted(session, found, kind=TOP_UP)
    if lost.ordered_at is None or lost.top_up_minor is None:
        raise not_yet(TOP_UP, Text("合议庭尚未责令补交差额", "the panel has ordered nothing"))
    who = buyers(session, lot=subject, person=lost.person)
    return Content(
        kind=TOP_UP,
        court=found.lot.court_name,
        title=Text("责令补交差额通知书", "Order to make up the difference"),
        number=None,
        to=names_of(who),
        blocks=(
            Paragraph(_why(session, found, deal, lost, who=who)),
            _reckoning(lost),
            Paragraph(_ordered(lost, who=who), strong=True),
            Paragraph(
                Text(
                    "逾期不缴纳的，本院依法强制执行；对本通知有异议的，可以依法向本院提出。",
                    "What is not paid the court enforces; who objects to this order may say so to the court.",
                )
            ),
        ),
        signers=(),
        dated=lost.ordered_at,
    )


def _why(
    session: Session, found: Folder, deal: SettlementRecord, lost: ForfeitRecord, *, who: tuple[Buyer, ...]
) -> Text:
    resold = lots.lot(session, lost.resold) if lost.resold else None
    again = (
        say(
            "经重新处置，该财产以{price}成交。",
            "Disposed of again, it brought {price}.",
            price=words.amount(resold.hammer_price_minor),
        )
        if resold is not None and resold.hammer_price_minor is not None
        else Text("经重新处置，该财产未能成交。", "Disposed of again, it found no buyer.")
    )
    return say(
        "在{number}一案中，{buyer}以{price}竞得{title}后未付清价款，本院已认定悔拍并重新处置该财产。{again}{buyer}所缴"
        "保证金{lost}不足以弥补拍卖费用损失和差价。",
        "In case {number}, {buyer} won {title} for {price} and did not pay; the court declared the default and "
        "disposed "
        "of the property again. {again} The deposit of {lost} does not cover costs and difference.",
        number=found.lot.case_number,
        buyer=names_of(who),
        price=words.amount(deal.price_minor),
        title=found.title,
        again=again,
        lost=words.amount(lost.forfeited_minor),
    )


def _reckoning(lost: ForfeitRecord) -> Table:
    """Return what the deposit was used for, and what of costs and shortfall it left open."""
    used = tuple((USES.get(to, Text.same(to)), words.figures(minor)) for to, minor in lost.lines)
    rest = (Text("保证金未能弥补的部分", "not covered by the deposit"), words.figures(lost.uncovered_minor or 0))
    head = (Text("保证金的用途", "The deposit was used for"), Text("金额（元）", "Amount (CNY)"))
    return Table(head=head, rows=(*used, rest), money=frozenset({1}))


def _ordered(lost: ForfeitRecord, *, who: tuple[Buyer, ...]) -> Text:
    return say(
        "依照{law}的规定，责令{buyer}收到本通知书后向本院案款账户补交差额{sum}。",
        "Under {law}, {buyer} is ordered to pay {sum} into the court's account on receipt of this order.",
        law=cite(("auction_and_sale", (22,))),
        buyer=names_of(who),
        sum=words.amount(lost.top_up_minor or 0),
    )
