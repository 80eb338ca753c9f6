"""The parties at the head of a ruling or record, each by role with the particulars on record."""

from __future__ import annotations

from collections.abc import Sequence

from auction.procedure.papers.blocks import Block, Paragraph, Text
from auction.procedure.papers.texts.folder import Buyer, Folder
from auction.procedure.papers.words import say


def applicants(found: Folder) -> list[tuple[Text, Text]]:
    """Return those who applied for enforcement, with all their particulars; every creditor where none is marked."""
    rows = [
        (
            Text("申请执行人", "Applicant for enforcement"),
            found.named(one.creditor_person, name=one.creditor, kind=one.creditor_kind, full=True),
        )
        for one in found.asking
    ]
    return list(dict.fromkeys(rows))


def debtor(found: Folder) -> tuple[Text, Text]:
    """Return the debtor with all his particulars."""
    one = found.case.debtor
    return Text("被执行人", "Debtor"), found.named(one.person, name=one.name, kind=one.kind, full=True)


def bought(role: Text, buyers: Sequence[Buyer]) -> list[tuple[Text, Text]]:
    """Return the buyers with all their particulars, and their shares where there are several."""
    if len(buyers) == 1:
        return [(role, buyers[0].told(full=True))]
    return [
        (role, say("{who}（份额{share}）", "{who} (share {share})", who=one.told(full=True), share=one.share))
        for one in buyers
    ]


def head(rows: Sequence[tuple[Text, Text]]) -> tuple[Block, ...]:
    """Return the parties as the lines a ruling begins with."""
    return tuple(Paragraph(say("{role}：{who}。", "{role}: {who}.", role=role, who=who)) for role, who in rows)
