"""Title passes: the notice that asks the registry for its transfer (民事诉讼法第262条; 民诉解释第491、500条)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from auction.foundation.docket import queries as docket
from auction.procedure.assets import queries as assets
from auction.procedure.cases import queries as cases
from auction.procedure.papers import words
from auction.procedure.papers.blocks import Block, Content, Items, Pairs, Paragraph, Table, Text
from auction.procedure.papers.texts import parties
from auction.procedure.papers.texts.builder import not_yet
from auction.procedure.papers.texts.folder import (
    Buyer,
    Folder,
    buyers,
    control,
    details,
    folder,
    names_of,
    right,
)
from auction.procedure.papers.texts.law import cite
from auction.procedure.papers.texts.outline import headed, orders
from auction.procedure.papers.texts.ruling import standing
from auction.procedure.papers.words import say
from auction.procedure.settlement.queries import SettlementRecord

KIND = "assistance_notice"
NOT_SERVED = Text("裁定尚未送达，权利尚未转移", "the ruling is not served, so title has not passed")
#: Who registers the title to things of a category.
_REGISTRIES: Mapping[str, Text] = {
    "home": Text("不动产登记机构", "land registry"),
    "shop": Text("不动产登记机构", "land registry"),
    "land": Text("不动产登记机构", "land registry"),
    "vehicle": Text("公安机关交通管理部门", "vehicle office of the traffic police"),
    "vessel": Text("船舶登记机关", "ship registry"),
    "equity": Text("市场监督管理部门", "company registry"),
}
_OTHERS = Text("有关协助执行单位", "authorities and persons concerned")


def passed(session: Session, found: Folder, *, kind: str) -> SettlementRecord:
    """Return the settlement of a lot whose ruling has been served, by auction or in kind.

    :raises PaperNotYet: before the service, and when the sale was revoked
    """
    deal = standing(session, found, kind=kind)
    if deal is None or deal.ruling_served_at is None:
        raise not_yet(kind, NOT_SERVED)
    return deal


def assistance_notice(session: Session, *, subject: str, now: datetime) -> Content:
    """Return the notice that asks the registry to transfer the title, and to cancel what the sale has ended.

    :raises PaperNotYet: before title has passed
    """
    found = folder(session, subject, now=now)
    deal = passed(session, found, kind=KIND)
    who = takers(session, deal)
    to = words.joined(dict.fromkeys(_registry(one.category, city=one.city) for one in found.things), en="; ")
    law = cite(("civil_procedure", (262,)), ("civil_procedure_interpretation", (491, 500)))
    blocks = (
        Paragraph(_reason(found, deal)),
        Paragraph(say("依照{law}的规定，请协助执行以下事项：", "Under {law} you are asked to assist:", law=law)),
        *orders(_asked(found, who=who)),
        *headed(
            (Text("财产和权利人", "Property and holder of the title"), _transfers(found, who=who)),
            (Text("应予注销、解除的登记", "Entries to be cancelled"), _cancelled(session, found)),
            (Text("其他权利负担", "Other burdens on record"), _burdens(found)),
            (Text("附件", "Annexes"), [Items(_annexes(deal))]),
            (Text("联系方式", "Contact"), [Pairs(_contact(found))]),
        ),
        Paragraph(
            Text(
                "请在收到本通知书后依法及时办理，并将办理结果以送达回证告知本院。",
                "Please act on this notice as the law asks and report the result to the court on the return slip.",
            )
        ),
    )
    return Content(
        kind=KIND,
        court=found.lot.court_name,
        title=Text("协助执行通知书", "Notice of assistance in enforcement"),
        number=None,
        to=to,
        blocks=blocks,
        signers=(),
        dated=deal.ruling_served_at or now,
    )


def _registry(category: str, *, city: str) -> Text:
    office = _REGISTRIES.get(category, _OTHERS)
    return say("{city}{office}", "{office}, {city}", city=city, office=office) if city else office


def takers(session: Session, deal: SettlementRecord) -> tuple[Buyer, ...]:
    """Return who gets the title: the buyer, or those who bought together, or the creditor who takes in kind."""
    return buyers(session, lot=deal.lot, person=deal.buyer_person, together=deal.way == "auction")


def _reason(found: Folder, deal: SettlementRecord) -> Text:
    return say(
        "本院在执行申请执行人{applicants}与被执行人{debtor}一案（案号{number}）中，作出的{ruling}执行裁定书已于{served}送达并"
        "发生法律效力。",
        "In the enforcement case {number}, {applicants} against {debtor}, the ruling {ruling} was served on {served} "
        "and has taken effect.",
        applicants=found.applicants,
        debtor=found.case.debtor.name,
        number=found.lot.case_number,
        ruling=deal.ruling_number or "",
        served=words.day(deal.ruling_served_at or deal.confirmed_at),
    )


def _asked(found: Folder, *, who: tuple[Buyer, ...]) -> tuple[Text, ...]:
    return (
        say(
            "将原登记在{owners}名下的下列财产的{right}过户登记至{buyers}名下；",
            "register the {right} of the property below, now in the name of {owners}, in the name of {buyers};",
            owners=found.owners,
            right=right(found),
            buyers=names_of(who),
        ),
        say(
            "解除{court}在{number}一案中对下列财产的{control}；在其后轮候的查封、冻结不再生效，一并注销；",
            "cancel the {control} by the {court} in case {number}; those that wait behind it never take effect and are "
            "cancelled too;",
            court=found.lot.court_name,
            number=found.lot.case_number,
            control=control(found),
        ),
        Text(
            "注销下列财产上因处置而消灭的抵押权等担保物权登记。",
            "cancel the mortgages and other security registered on the property that ended with its disposal.",
        ),
    )


def _transfers(found: Folder, *, who: tuple[Buyer, ...]) -> list[Block]:
    rows = tuple((Text.same(str(place)), details(one)) for place, one in enumerate(found.things, start=1))
    return [
        Table(head=(Text("序号", "No."), Text("财产", "Property")), rows=rows),
        Pairs(tuple(parties.bought(Text("登记权利人", "Holder to be registered"), who))),
    ]


def _cancelled(session: Session, found: Folder) -> list[Block]:
    """Return the seizures and securities to cancel: our own, those that wait, and what the service has ended."""
    rows: list[tuple[Text, Text, Text]] = []
    for thing in found.things:
        name = Text.same(thing.title)
        since = say("自{day}起", "since {day}", day=words.day(thing.seized_at))
        own = say("{control}，案号{case}", "{control}, case {case}", control=control(found), case=found.lot.case_number)
        rows.append((name, own, since))
        known = cases.summaries(session, ids=[one.case for one in assets.queue(session, thing.id)])
        for place in assets.queue(session, thing.id):
            other = known.get(place.case)
            if place.status == "waiting" and other is not None and other.id != found.case.id:
                waits = say("轮候查封，案号{case}", "waiting seizure, case {case}", case=other.number)
                rows.append((name, waits, say("自{day}起", "since {day}", day=words.day(place.queued_at))))
    for claim in _ended(session, found):
        secured = next((one.title for one in found.things if one.id == claim.property), found.lot.title)
        mine = say("{creditor}的优先受偿权", "the prior right of {creditor}", creditor=claim.creditor)
        rows.append((Text.same(secured), mine, Text("因处置消灭", "ended by the disposal")))
    head = (Text("财产", "Property"), Text("登记", "Entry"), Text("情况", "Since, or why"))
    return [Table(head=head, rows=tuple(rows))]


def _burdens(found: Folder) -> list[Block]:
    """Return what else is on record against the things: security has ended, a lease or usufruct goes on (第28条)."""
    points = tuple(
        say("{thing}：{burden}", "{thing}: {burden}", thing=thing.title, burden=_burden(one))
        for thing in found.things
        for one in thing.encumbrances
    )
    if not points:
        return []
    law = say(
        "依照{law}，其中的担保物权及其他优先受偿权消灭；租赁权及其他用益物权继续存在，不予注销。",
        "Under {law}, security and other prior rights among them have ended; leases and usufructs go on and are not "
        "cancelled.",
        law=cite(("auction_and_sale", (28,))),
    )
    return [Paragraph(law), Items(points)]


def _burden(kept: object) -> str:
    """Return a burden as it was recorded: a text, or named facts."""
    if isinstance(kept, Mapping):
        return "；".join(f"{name}：{value}" for name, value in kept.items())
    return str(kept)


def _ended(session: Session, found: Folder) -> list[cases.ClaimRecord]:
    served = docket.of_kinds(session, f"lot:{found.lot.id}", ["ruling.served"])
    ended = served[-1].public["security_ended"] if served else []
    return [one for one in found.case.claims if one.id in ended]


def _annexes(deal: SettlementRecord) -> tuple[Text, ...]:
    return (
        say("{ruling}执行裁定书", "ruling {ruling}", ruling=deal.ruling_number or ""),
        Text("裁定书送达回证", "proof of service of the ruling"),
        Text("本通知书回执", "return slip of this notice"),
    )


def _contact(found: Folder) -> tuple[tuple[Text, Text], ...]:
    court = found.court
    phone = ((Text("电话", "Telephone"), Text.same(court.phone)),) if court.phone else ()
    return ((Text("法院", "Court"), Text.same(court.name)), *phone)
