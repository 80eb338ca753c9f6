"""Whether a plan still holds: its money is there, and its claims are what they were."""

from __future__ import annotations

from collections import Counter

from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act
from auction.foundation.ledger import queries as ledger
from auction.foundation.ledger.rules import Account
from auction.procedure.distribution import refusals
from auction.procedure.distribution.models import Plan
from auction.procedure.distribution.refusals import PlanStatus
from auction.procedure.settlement import claims as settled_claims


def refuse_outdated(act: Act, row: Plan) -> None:
    """Refuse to pay a plan that no longer holds.

    :raises PlanOutdated: naming the lots whose money has gone back
    :raises ClaimsChanged: naming the claims that joined since, or were satisfied in another way, or no longer are
    """
    found = _why(act.session, row)
    if found is not None:
        raise found


def holds(act: Act, row: Plan) -> bool:
    """Say whether a plan may still be paid as it was drawn up."""
    return _why(act.session, row) is None


def why_outdated(session: Session, *, plan: str) -> refusals.PlanOutdated | None:
    """Return why a plan must be drawn up anew before it is paid, or None."""
    return _why(session, session.get_one(Plan, plan))


def _why(session: Session, row: Plan) -> refusals.PlanOutdated | None:
    if row.status in {PlanStatus.RELEASED.value, PlanStatus.PAID.value}:
        return None
    gone = _missing(session, row)
    if gone:
        return refusals.PlanOutdated(lots=gone)
    changed = _changed(session, row)
    return refusals.ClaimsChanged(claims=changed) if changed else None


def _missing(session: Session, row: Plan) -> list[str]:
    """Return the lots of which a plan distributes more than the court still holds."""
    wanted: Counter[str] = Counter()
    draws = [draw for line in row.lines for draw in line["draws"]] + list(row.surplus)
    for draw in draws:
        if draw["lot"] is not None:
            wanted[draw["lot"]] += int(draw["minor"])
    return sorted(
        lot
        for lot, minor in wanted.items()
        if ledger.owed(session, account=Account.PROCEEDS, case=row.case_id, lot=lot) < minor
    )


def _changed(session: Session, row: Plan) -> list[str]:
    """Return the claims that are not what they were when the plan was drawn up."""
    now, then = settled_claims.uncredited(session, case=row.case_id), row.claims
    if then is None:
        return []  # what goes to the administrator in bankruptcy is no claim's share
    # Who joins later has no part in what a judgment has divided.
    shared = {*now, *then} if row.basis == "order" else set(then)
    return sorted(claim for claim in shared if now.get(claim) != then.get(claim))
