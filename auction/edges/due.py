"""The due board: what the law wants done, gathered from every capability, for a case, a court, an officer or all.

Nothing here is stored: each act is derived from what is on record (docs/decisions/deadlines-are-derived.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from auction.foundation.database.narrowing import Cases
from auction.foundation.kernel.due import DueAct
from auction.procedure.assets import queries as assets
from auction.procedure.deposits import queries as deposits
from auction.procedure.distribution import queries as distribution
from auction.procedure.lots import queries as lots
from auction.procedure.lots import stays, surplus
from auction.procedure.objections import queries as objections
from auction.procedure.settlement import queries as settlement
from auction.procedure.treasury import claiming, differences, payment_events
from auction.procedure.treasury import queries as treasury
from auction.procedure.valuation import queries as valuation


def due_acts(session: Session, now: datetime, *, case: Cases = None) -> list[DueAct]:
    """Return what is due and overdue as of an instant, soonest first.

    :param case: a case, the question for several (``cases.queries.ids``), or None for all
    """
    found = [
        *assets.due(session, now, case=case),
        *valuation.due(session, now, case=case),
        *lots.due(session, now, case=case),
        *stays.due(session, now, case=case),
        *surplus.due(session, now, case=case),
        *objections.due(session, now, case=case),
        *treasury.due(session, now, case=case),
        *claiming.due(session, now, case=case),
        *differences.due(session, now, case=case),
        *payment_events.due(session, now, case=case),
        *deposits.due(session, now, case=case),
        *settlement.due(session, now, case=case),
        *distribution.due(session, now, case=case),
    ]
    return sorted(found, key=lambda act: (act.by, act.what, act.on))


def due_json(act: DueAct, *, now: datetime) -> Mapping[str, object]:
    """Return a due act as the API tells it: what, on what, by when, and which article asks for it in a sentence."""
    return {
        "what": act.what,
        "on": act.on,
        "case": act.case,
        "by": act.by.isoformat(),
        "overdue": act.overdue(now),
        "article": act.article,
        "why": {"zh": act.zh, "en": act.en},
    }
