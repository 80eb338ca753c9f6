"""The numbers that identify persons, for papers that must name them beyond doubt (a ruling, a notice to a registry)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from auction.procedure.identity.models import Person


def numbers(session: Session, *, persons: Collection[str]) -> dict[str, str]:
    """Return the identity number or social credit code of each of some persons who has one on record, by person.

    For papers alone: what is printed of it, a part or the whole, is decided by the kind of paper.
    """
    rows = session.execute(select(Person.id, Person.id_number).where(Person.id.in_(persons)))
    return {person: number for person, number in rows.all() if number is not None}
