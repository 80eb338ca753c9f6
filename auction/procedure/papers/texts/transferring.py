"""How title goes over, as a ruling on a sale and one on taking in kind tell it (拍卖变卖规定第20、26、28条)."""

from __future__ import annotations

from dataclasses import dataclass

from auction.procedure.papers import words
from auction.procedure.papers.blocks import Content, Text
from auction.procedure.papers.texts.builder import not_yet
from auction.procedure.papers.texts.folder import Buyer, Folder, control, names_of, right, things
from auction.procedure.papers.texts.ruling import ruling
from auction.procedure.papers.words import say
from auction.procedure.settlement.queries import SettlementRecord


@dataclass(frozen=True, slots=True)
class Transfer:
    """What the two differ in: the paper, how who gets the property is called, the law, and what is lacking before."""

    kind: str
    taker: Text
    law: Text
    not_ruled: Text


def transfer(
    found: Folder,
    deal: SettlementRecord,
    *,
    how: Transfer,
    who: tuple[Buyer, ...],
    course: Text,
    first: tuple[Text, ...] = (),
) -> Content:
    """Return the ruling that passes title; ``first`` is ordered before that.

    :raises PaperNotYet: before the court has ruled
    """
    if deal.ruled_at is None or deal.ruling_number is None:
        raise not_yet(how.kind, how.not_ruled)
    return ruling(
        found,
        kind=how.kind,
        number=deal.ruling_number,
        dated=deal.ruled_at,
        role=Text(how.taker.zh, how.taker.en.capitalize()),
        who=who,
        course=course,
        law=how.law,
        ordered=(*first, *_passing(found, who=who, taker=how.taker)),
        closing=Text("本裁定送达后即发生法律效力。", "This ruling takes effect when it is served."),
    )


def _passing(found: Folder, *, who: tuple[Buyer, ...], taker: Text) -> tuple[Text, ...]:
    """Return what a ruling that passes title orders, for a buyer as for a creditor who takes in kind."""
    listed = words.joined(things(found), zh="；", en="; ")
    return (
        say(
            "{owners}名下的{things}的{right}归{taker}{name}所有，自本裁定送达{taker}时起转移。",
            "The {right} of {things}, held by {owners}, goes to the {taker} {name} and passes when this ruling is "
            "served "
            "on the {taker}.",
            owners=found.owners,
            things=listed,
            right=right(found),
            taker=taker,
            name=names_of(who),
        ),
        say(
            "解除{court}对上述财产的{control}；上述财产上原有的担保物权及其他优先受偿权因{kind}消灭。",
            "The {control} of the property by the {court} is lifted; security and other prior rights on it end with "
            "the {kind}.",
            court=found.lot.court_name,
            control=control(found),
            kind=found.kind,
        ),
        say(
            "{taker}{name}可持本裁定书到登记机构办理产权过户登记手续。",
            "With this ruling the {taker} {name} may have the title registered.",
            taker=taker,
            name=names_of(who),
        ),
    )


def paid(found: Folder, deal: SettlementRecord) -> Text:
    """Return how the price came together: deposit, balance, and a claim of the taker's own that counts for it."""
    parts = [
        (Text("已缴款项抵作价款", "paid before the close"), deal.deposit_minor),
        (Text("其债权抵作价款", "set off against the claim in this case"), deal.credit_minor),
        (Text("余款", "the balance"), deal.balance_minor),
    ]
    told = words.joined(
        (say("{name}{sum}", "{name} {sum}", name=name, sum=words.amount(minor)) for name, minor in parts if minor),
        zh="，",
        en="; ",
    )
    when = found.lot.closed_at if deal.paid_at is None else deal.paid_at
    return say(
        "价款已于{at}全部付清（{told}）。",
        "The price was paid in full on {at} ({told}).",
        at=words.day(when or deal.confirmed_at),
        told=told,
    )
