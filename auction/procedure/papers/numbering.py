"""The numbers of papers: a series by court, year and kind without gaps; what the record numbers keeps that number."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act
from auction.foundation.kernel.calendar import day_of
from auction.procedure.cases import queries as cases
from auction.procedure.papers import rules
from auction.procedure.papers.blocks import Content
from auction.procedure.papers.kinds import KINDS
from auction.procedure.papers.models import Paper, PaperSeries
from auction.procedure.papers.rules import PaperStatus


def next_number(session: Session, *, case: str, content: Content) -> str:
    """Return the number the paper would get if it were made final now; nothing is taken."""
    if content.number is not None:
        return rules.corrected_number(content.number, earlier=_earlier(session, content.number))
    word, year = _series(content)
    found = cases.case(session, case)
    row = session.get(PaperSeries, (found.court, year, word), populate_existing=True)
    serial = (row.last if row else 0) + 1
    return rules.series_number(year=year, court_code=found.court_code, word=word, serial=serial)


def take_number(act: Act, *, case: str, content: Content) -> str:
    """Take the number for good: the series is locked until the end of the transaction, so that none is left out."""
    if content.number is not None:
        return next_number(act.session, case=case, content=content)
    word, year = _series(content)
    found = cases.case(act.session, case)
    fresh = upsert(PaperSeries).values(court_id=found.court, year=year, word=word, last=1)
    serial = act.session.execute(
        fresh.on_conflict_do_update(
            index_elements=["court_id", "year", "word"], set_={"last": PaperSeries.last + 1}
        ).returning(PaperSeries.last)
    ).scalar_one()
    return rules.series_number(year=year, court_code=found.court_code, word=word, serial=serial)


def _earlier(session: Session, number: str) -> int:
    """Return how many final papers carry a number of the record already, itself or corrected."""
    of_it = Paper.number.in_([number]) | Paper.number.startswith(f"{number}（更正", autoescape=True)
    query = select(func.count()).where(Paper.status == PaperStatus.FINAL.value, of_it)
    return session.execute(query).scalar_one()


def _series(content: Content) -> tuple[str, int]:
    kind = KINDS[content.kind]
    return kind.word or kind.key, day_of(content.dated).year
