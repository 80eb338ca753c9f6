"""The steps of a valuation on record: read and folded, or entered with their docket entry in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act
from auction.foundation.docket.commands import append
from auction.foundation.kernel.ids import new_id
from auction.procedure.valuation.models import ValuationStep
from auction.procedure.valuation.standing import Standing, Step, standing
from auction.rulebook.carried import carries_out


def steps(session: Session, thing: str) -> list[Step]:
    """Return a property's steps in their order."""
    return steps_of(session, [thing]).get(thing, [])


def steps_of(session: Session, things: Collection[str]) -> dict[str, list[Step]]:
    """Return the steps of several properties, each in their order."""
    query = select(ValuationStep).where(ValuationStep.property_id.in_(things)).order_by(ValuationStep.position)
    found: dict[str, list[Step]] = {}
    for row in session.scalars(query):
        found.setdefault(row.property_id, []).append(Step(kind=row.kind, at=row.at, details=row.details))
    return found


def standing_of(session: Session, thing: str) -> Standing:
    """Return where a property's valuation stands."""
    return standing(steps(session, thing))


@carries_out("valuation.data_immutable")
def enter(
    act: Act,
    kind: str,
    *,
    thing: str,
    case: str,
    article: str,
    public: Mapping[str, Any],
    private: Mapping[str, Any] | None = None,
    docket: bool = True,
) -> None:
    """Enter a step and, beside it, the docket entry of the same name: the private part is sealed there."""
    details = {**public, **(private or {})}
    row = ValuationStep(
        id=new_id("valuation"), property_id=thing, case_id=case, kind=kind, at=act.now, details=details, article=article
    )
    act.session.add(row)
    act.session.flush()
    if docket:
        seal = {"details": dict(private)} if private else None
        append(act, f"property:{thing}", f"property.{kind}", {**public, "article": article}, seal=seal)
