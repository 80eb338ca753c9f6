"""What is tried until the outside has answered: claimed by one process at a time, tried again where that died."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import Select

from auction.foundation.database.acts import Act
from auction.procedure.treasury.models import MoneyOrderRow
from auction.procedure.treasury.payment_events_models import PaymentEventRow
from auction.procedure.treasury.rules import delay_after

_Row = TypeVar("_Row", MoneyOrderRow, PaymentEventRow)


def claim(act: Act, waiting: Select[_Row], *, limit: int) -> Sequence[_Row]:
    """Claim rows that wait and nobody else is working on, in the order asked for; it schedules the next attempt."""
    rows = act.session.scalars(waiting.limit(limit).with_for_update(skip_locked=True)).all()
    for row in rows:
        row.attempts += 1
        row.next_attempt_at = act.now + delay_after(row.attempts)
    act.session.flush()
    return rows
