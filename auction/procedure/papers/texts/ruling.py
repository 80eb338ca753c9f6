"""The form of a ruling in enforcement: parties, course, law, what is ordered, what follows; and the deal it is on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from auction.procedure.papers.blocks import Content, Paragraph, Text
from auction.procedure.papers.texts import parties
from auction.procedure.papers.texts.builder import not_yet
from auction.procedure.papers.texts.folder import Buyer, Folder, panel
from auction.procedure.papers.texts.outline import orders
from auction.procedure.papers.words import say
from auction.procedure.settlement import queries as settlement
from auction.procedure.settlement.queries import SettlementRecord

REVOKED = Text("该次成交已被撤销", "the sale was revoked")


def standing(session: Session, found: Folder, *, kind: str) -> SettlementRecord | None:
    """Return how a lot's sale or taking in kind stands, or None where nobody bought or took it.

    :raises PaperNotYet: when the sale was revoked
    """
    if found.revoked:
        raise not_yet(kind, REVOKED)
    return settlement.settlement(session, found.lot.id)


def ruling(
    found: Folder,
    *,
    kind: str,
    dated: datetime,
    role: Text,
    who: Sequence[Buyer],
    course: Text,
    law: Text,
    ordered: Iterable[Text],
    closing: Text,
    number: str | None = None,
) -> Content:
    """Return a ruling on a lot, with the full particulars of applicants, debtor and those who bought or took it.

    :param role: how those are called at its head
    """
    rows = [*parties.applicants(found), parties.debtor(found), *parties.bought(role, who)]
    return Content(
        kind=kind,
        court=found.lot.court_name,
        title=Text("执行裁定书", "Enforcement ruling"),
        number=number,
        to=None,
        blocks=(
            *parties.head(rows),
            Paragraph(course),
            Paragraph(say("依照{law}的规定，裁定如下：", "Under {law}, it is ruled:", law=law)),
            *orders(ordered),
            Paragraph(closing),
        ),
        signers=panel(found),
        dated=dated,
    )
