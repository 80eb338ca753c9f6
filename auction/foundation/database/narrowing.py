"""Narrowing a question to one case, or to the cases another question finds."""

from __future__ import annotations

from typing import TypeAlias

from sqlalchemy import ColumnElement, Select, true
from sqlalchemy.orm import InstrumentedAttribute

#: A case's id, a question that finds ids of cases (those of a court, of an officer), or None for every case.
Cases: TypeAlias = str | Select[str] | None


def of_cases(
    column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None], cases: Cases
) -> ColumnElement[bool]:
    """Return the condition that a row belongs to one of the cases."""
    if cases is None:
        return true()
    return column == cases if isinstance(cases, str) else column.in_(cases)
