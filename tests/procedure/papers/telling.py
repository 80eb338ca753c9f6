"""Reading a paper in tests: its words in one language, and whether it says everything in both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from auction.procedure.assets import queries as assets
from auction.procedure.bidding import joint
from auction.procedure.bidding import queries as bidding
from auction.procedure.cases import queries as cases
from auction.procedure.identity import queries as identity
from auction.procedure.lots import corrections
from auction.procedure.lots import queries as lots
from auction.procedure.papers.blocks import Content, Heading, Items, Pairs, Paragraph, Table, Text, content_json
from auction.procedure.papers.blocks import content_of as read_back
from auction.procedure.papers.texts import BUILDERS
from auction.procedure.settlement import queries as settlement

_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


def drawn(session: Session, kind: str, subject: str, *, now: datetime) -> Content:
    """Draw a paper up."""
    return BUILDERS[kind].draw(session, subject=subject, now=now)


def texts(content: Content) -> Iterator[Text]:
    """Yield every wording of a paper."""
    yield content.title
    yield from filter(None, (content.to, *content.signers))
    for block in content.blocks:
        match block:
            case Heading(text=text) | Paragraph(text=text):
                yield text
            case Items(points=points):
                yield from points
            case Pairs(rows=rows):
                yield from (text for row in rows for text in row)
            case Table(head=head, rows=rows):
                yield from (*head, *(text for row in rows for text in row))


def said(content: Content, language: str = "zh") -> str:
    """Return all that a paper says in a language."""
    return "\n".join(one.zh if language == "zh" else one.en for one in texts(content))


def rows_of(content: Content, table: int = 0) -> list[list[str]]:
    """Return the Chinese cells of a paper's tables, one table after the other."""
    found = [block for block in content.blocks if isinstance(block, Table)][table]
    return [[cell.zh for cell in row] for row in found.rows]


def pairs_of(content: Content) -> dict[str, str]:
    """Return the Chinese pairs of a paper."""
    found = [row for block in content.blocks if isinstance(block, Pairs) for row in block.rows]
    return {name.zh: what.zh for name, what in found}


def check_complete(session: Session, content: Content) -> None:
    """Assert that a paper is whole in both languages, and English but for what somebody wrote in Chinese."""
    for one in texts(content):
        assert one.zh.strip("\n "), content.kind
        assert one.en.strip(), (content.kind, one.zh)
        assert "None" not in one.zh + one.en, one
    left = said(content, "en")
    for name in sorted(as_written(session), key=len, reverse=True):
        left = left.replace(name, "")
    assert not _CHINESE.search(left), [line for line in left.splitlines() if _CHINESE.search(line)]
    assert read_back(content_json(content)) == content


def as_written(session: Session) -> set[str]:
    """Return every Chinese name, title and text of the record, which a paper repeats as it was written."""
    found = {one.name for one in identity.courts(session)}
    for summary in cases.cases(session, limit=100):
        case = cases.case(session, summary.id)
        found |= {case.number, case.debtor.name, case.debtor.masked}
        for claim in case.claims:
            found |= {claim.creditor, claim.creditor_masked, claim.title or ""}
        persons = [case.debtor.person, *(one.creditor_person for one in case.claims)]
        for thing in assets.properties(session, case.id):
            found |= {
                thing.title,
                thing.city,
                thing.district or "",
                *_strings(thing.facts),
                *_strings(thing.encumbrances),
            }
            persons.append(thing.owner_person)
        for lot in lots.of_case(session, case=case.id):
            found |= {lot.title, lot.city, lot.court_name, lot.case_number, *lot.panel, *_strings(lot.disclosure)}
            found |= {*_strings(lot.conditions.as_json()), *(one.nature for one in lot.priority)}
            found |= {*(one.reason for one in lot.priority), *_strings(lot.terms or {})}
            found |= {text for one in corrections.corrections(session, lot=lot.id) for text in (one.after, one.why)}
            persons += [*(one.person for one in lot.priority), *lot.conditions.persons_of_equity]
            for registered in bidding.registrations(session, lot.id):
                together = joint.buyers(session, lot=lot.id, person=registered.person)
                persons += [registered.person, *(one.person for one in together)]
            deal = settlement.settlement(session, lot.id)
            if deal is not None:
                found |= {deal.confirmation_number, deal.ruling_number or ""}
        found |= {one.name for one in identity.persons(session, ids=persons).values()}
    return {one for one in found if _CHINESE.search(one)}


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _strings(one)
