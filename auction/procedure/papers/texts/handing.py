"""The record of the hand-over (拍卖变卖规定第27条): what is handed over to whom; the rest is written in on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from auction.procedure.identity import queries as identity
from auction.procedure.papers import words
from auction.procedure.papers.blocks import Content, Items, Pairs, Paragraph, Table, Text
from auction.procedure.papers.texts import parties
from auction.procedure.papers.texts.folder import Buyer, Folder, details, folder, names_of
from auction.procedure.papers.texts.law import cite
from auction.procedure.papers.texts.outline import sections
from auction.procedure.papers.texts.passing import passed, takers
from auction.procedure.papers.words import say
from auction.procedure.settlement.queries import SettlementRecord

KIND = "hand_over_record"


def hand_over_record(session: Session, *, subject: str, now: datetime) -> Content:
    """Return the record of the hand-over: what is handed over to whom; what is found there is written in by hand.

    It may be drawn up for the occasion once title has passed; after the hand-over it carries its time.

    :raises PaperNotYet: before title has passed
    """
    found = folder(session, subject, now=now)
    deal = passed(session, found, kind=KIND)
    who = takers(session, deal)
    officer = _officer(session, found)
    blocks = (
        Pairs(_occasion(found, deal, officer=officer)),
        *parties.head([parties.debtor(found), *parties.bought(Text("买受人（承受人）", "Buyer or taker"), who)]),
        Paragraph(_handed(deal, who=who)),
        _inventory(found),
        *sections(
            (Text("移交情况", "How it was handed over"), [Items(_to_fill_in())]),
            (Text("在场人的意见", "What those present say"), [Paragraph(words.TO_BE_FILLED_IN)]),
        ),
        Paragraph(
            Text(
                "以上笔录经在场人阅看，无误后签名或者盖章。",
                "Those present have read this record, find it right, and sign or seal it.",
            )
        ),
    )
    return Content(
        kind=KIND,
        court=found.lot.court_name,
        title=Text("交接笔录", "Record of the hand-over"),
        number=None,
        to=None,
        blocks=blocks,
        signers=_hands(who, debtor=found.case.debtor.name, officer=officer),
        dated=deal.handed_over_at or now,
    )


def _officer(session: Session, found: Folder) -> str | None:
    """Return the name of the officer who carries the case, or None where no account of the court is his any more."""
    staff = identity.staff(session, found.court.id)
    return next((one.name for one in staff if one.id == found.case.officer), None)


def _occasion(found: Folder, deal: SettlementRecord, *, officer: str | None) -> tuple[tuple[Text, Text], ...]:
    at = words.instant(deal.handed_over_at) if deal.handed_over_at is not None else words.TO_BE_FILLED_IN
    known = dict.fromkeys(str(one.facts.get("address") or one.city or found.lot.city) for one in found.things)
    places = [Text.same(one) for one in known if one.strip()]
    return (
        (Text("时间", "Time"), at),
        (Text("地点", "Place"), words.joined(places) if places else words.TO_BE_FILLED_IN),
        (Text("案号", "Case"), Text.same(found.lot.case_number)),
        (Text("执行员", "Enforcement officer"), Text.same(officer) if officer else words.TO_BE_FILLED_IN),
        (Text("书记员", "Clerk"), words.TO_BE_FILLED_IN),
        (Text("见证人", "Witness"), words.TO_BE_FILLED_IN),
    )


def _handed(deal: SettlementRecord, *, who: tuple[Buyer, ...]) -> Text:
    return say(
        "本院作出的{ruling}执行裁定书已于{served}送达。依照{law}的规定，现将下列财产移交{buyers}。",
        "The ruling {ruling} was served on {served}. Under {law} the property below is now handed over to {buyers}.",
        ruling=deal.ruling_number or "",
        served=words.day(deal.ruling_served_at or deal.confirmed_at),
        law=cite(("auction_and_sale", (27,))),
        buyers=names_of(who),
    )


def _inventory(found: Folder) -> Table:
    rows = tuple(
        (Text.same(str(place)), details(one), words.TO_BE_FILLED_IN) for place, one in enumerate(found.things, start=1)
    )
    head = (Text("序号", "No."), Text("财产", "Property"), Text("移交时状况", "State when handed over"))
    return Table(head=head, rows=rows)


def _to_fill_in() -> tuple[Text, ...]:
    blank = words.TO_BE_FILLED_IN
    return tuple(
        say("{what}：{blank}", "{en}: {blank}", what=zh, en=en, blank=blank)
        for zh, en in (
            ("钥匙、证照、资料的名称和数量", "keys, certificates and papers, with their number"),
            ("水、电、燃气等计量表读数", "readings of the meters"),
            ("屋内或者随附物品的处理", "what became of things left there"),
            ("占有人腾退情况", "whether who used it has left"),
            ("其他需要记明的情况", "anything else to be recorded"),
        )
    )


def _hands(who: Sequence[Buyer], *, debtor: str, officer: str | None) -> tuple[Text, ...]:
    named = [say("买受人（承受人）　{name}", "Buyer or taker {name}", name=one.name) for one in who]
    return (
        say("执行员　{name}", "Enforcement officer {name}", name=officer or words.TO_BE_FILLED_IN),
        *named,
        say("被执行人　{name}", "Debtor {name}", name=debtor),
        say("书记员　{name}", "Clerk {name}", name=words.TO_BE_FILLED_IN),
    )
